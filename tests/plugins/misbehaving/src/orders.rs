//! Calls of the host on demand: which function, and two texts for its arguments. A fuzzer gives the orders, and looks what
//! becomes of the host. What the host answers is of no interest here.

use std::collections::BTreeMap;

use tessera_plugin_sdk::Level;
use tessera_plugin_sdk::host::{FieldValue, Server};
use tessera_plugin_sdk::prelude::*;

/// A function and two texts.
pub(crate) type Order = (u8, String, String);

/// Does as it is told, whatever comes of it.
pub(crate) fn obey(ctx: &Context<'_>, (function, one, other): &Order) {
    match function % 32 {
        0 => drop(ctx.set(one, other)),
        1 => drop(ctx.set_local(one, other)),
        2 => drop(ctx.set(one, &vec![(other, 1.5), (other, -0.0)])),
        3 => drop(ctx.unset(one)),
        4 => drop(ctx.unset_local(one)),
        5 => drop(ctx.get::<String>(one)),
        6 => drop(ctx.get_local::<u64>(one)),
        7 => drop(ctx.set_alternative_business_key(one)),
        8 => drop((
            ctx.instance_id(),
            ctx.business_key(),
            ctx.idempotency_key(),
            ctx.fresh_key(),
            ctx.now_ms(),
        )),
        9 => drop((ctx.process(), ctx.activity())),
        10 => drop(ctx.field::<String>(one)),
        11 => drop(ctx.set_target(&target(one, other))),
        12 => drop(ctx.target()),
        13 => drop(ctx.set_targets(&[target(one, other), target(other, one)])),
        14 => drop(ctx.targets()),
        15 => drop(ctx.start_task()),
        16 => drop(ctx.latest_task()),
        17 => drop(ctx.tasks()),
        18 => drop(ctx.add_output(&parameter(one, other, None))),
        19 => drop(ctx.add_output(&parameter(other, one, Some(one)))),
        20 => ctx.log(Level::Error, one, other, vec![(one, FieldValue::Text(other.clone()))]),
        21 => drop(ctx.log_sensitive(one, other)),
        22 => drop(ctx.fhir().read::<Anything>(one, other)),
        23 => drop(ctx.fhir().search(one).param(other, one).any_of(one, &[other, ""]).all::<Anything>()),
        24 => {
            drop(ctx.fhir().search_query(one).and_then(|search| search.at_most(u32::MAX).all::<Anything>()));
        }
        25 => drop(ctx.fhir_at(Server::Organization(one.clone())).base_url()),
        26 => drop(ctx.fhir_at(Server::Connection(one.clone())).read::<Anything>(other, one)),
        27 => drop(ctx.directory().find_organization(one)),
        28 => drop(ctx.directory().find_endpoint(one)),
        29 => drop(ctx.directory().find_member_endpoint(one, other, one)),
        30 => drop(ctx.directory().members(&members(one, other))),
        _ => drop(ctx.directory().targets(&members(one, other))),
    }
}

/// Whatever the host's JSON holds; most of it does not fit.
type Anything = BTreeMap<String, String>;

fn target(one: &str, other: &str) -> Target {
    Target::new(one, other, one).with_correlation_key(other)
}

fn parameter(one: &str, other: &str, extensions: Option<&str>) -> Parameter {
    let kind = Coding { system: one.to_owned(), code: other.to_owned(), version: None, display: None };
    Parameter { kind, value_json: other.to_owned(), extensions_json: extensions.map(str::to_owned) }
}

fn members(one: &str, other: &str) -> MembershipQuery {
    MembershipQuery {
        parent_organization: one.to_owned(),
        role: Some(other.to_owned()),
        members: vec![one.to_owned(), other.to_owned()],
    }
}
