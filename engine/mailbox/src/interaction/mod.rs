//! The interactions of FHIR REST as functions over a state: one file each. They know no HTTP and do not wait.

mod capability;
mod create;
mod delete;
mod read;
mod search;
pub(crate) mod transaction;
mod update;

use std::ops::ControlFlow;
use std::sync::Arc;

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use tessera_fhir::access::{self, Identity, Refusal, tags};
use tessera_fhir::resource;
use tessera_fhir::search::{Query, problems_text};
use tessera_fhir::{Identifier, ResourceType};

use crate::answer::{Answer, Rejection};
use crate::catalog::Catalog;
use crate::fault::Fault;
use crate::settings::Settings;
use crate::view::View;

pub(crate) use capability::capability_statement;
pub(crate) use create::{create, create_built_in};
pub(crate) use delete::{delete, delete_by_query};
pub(crate) use read::{read, read_version};
pub(crate) use search::search;
pub(crate) use update::{update, update_by_query};

/// What an interaction that only reads looks at.
pub(crate) struct Reading<'a> {
    pub(crate) view: View<'a>,
    pub(crate) settings: &'a Settings,
    pub(crate) catalog: Arc<Catalog>,
}

/// `{base}/{type}/{id}/_history/{version}`.
fn location(settings: &Settings, resource_type: ResourceType, id: &str, version: u64) -> String {
    format!("{}/{resource_type}/{id}/_history/{version}", settings.base_url)
}

/// An answer that shows a resource.
fn shown(
    settings: &Settings,
    resource_type: ResourceType,
    status: StatusCode,
    mut resource: Value,
) -> Answer {
    let version = resource::version_id(&resource);
    let last_modified = resource::last_updated(&resource);
    let id = resource::id(&resource).unwrap_or_default();
    let location = version.map(|version| location(settings, resource_type, id, version));
    resource::clean_references(&mut resource);
    Answer { version, location, last_modified, ..Answer::new(status, Some(resource)) }
}

/// 410, about the virtual version behind the last one.
fn gone(
    settings: &Settings,
    resource_type: ResourceType,
    id: &str,
    version: u64,
    time: Timestamp,
) -> Rejection {
    let mut rejection =
        Answer::fault(Fault::Deleted, format!("{resource_type} with id {id} is marked as deleted"));
    let version = version.saturating_add(1);
    rejection.version = Some(version);
    rejection.location = Some(location(settings, resource_type, id, version));
    rejection.last_modified = Some(time);
    rejection
}

fn may_read(identity: &Identity, resource: &Value, catalog: &Catalog) -> Result<(), Refusal> {
    match resource::resource_type(resource) {
        Some(ResourceType::Task) => access::task::read(identity, resource, &catalog.directory),
        _ => tags::read(identity, resource, &catalog.directory),
    }
}

/// A query that decides about a write: everything in it must be understood, and it must restrict something.
fn deciding_query(resource_type: ResourceType, text: &str, settings: &Settings) -> Result<Query, Rejection> {
    let bad = |text: String| Answer::fault(Fault::Condition, text);
    let text = text.trim();
    let text = text.strip_prefix('?').unwrap_or(text);
    if text.is_empty() {
        return Err(bad("Bad conditional query: it is empty".to_owned()));
    }
    if text.split('=').next().is_some_and(|head| head.contains('?') || head.contains('/')) {
        return Err(bad("Bad conditional query: give only the parameters, without a path".to_owned()));
    }
    let query = Query::parse(resource_type, text, &settings.time_zone);
    if !query.problems().is_empty() {
        return Err(bad(format!("Bad conditional query: {}", problems_text(query.problems()))));
    }
    if query.is_unrestricted() {
        return Err(bad("Bad conditional query: no parameter restricts it".to_owned()));
    }
    Ok(query)
}

/// What matches a deciding query: none, one or several.
enum Found {
    None,
    One(Value),
    Several,
}

/// Finds among what `identity` may read: what others left here neither answers its questions nor stands in its way.
fn find(view: View<'_>, query: &Query, catalog: &Catalog, identity: &Identity) -> Result<Found, Rejection> {
    find_where(view, query, catalog, identity, &|_| true)
}

/// Finds what a conditional create of `new` would repeat. A Task is only repeated by its own requester: the identifiers that
/// others choose cannot keep it out, not even where the caller may read theirs.
fn find_same(
    view: View<'_>,
    query: &Query,
    catalog: &Catalog,
    identity: &Identity,
    new: &Value,
) -> Result<Found, Rejection> {
    let requester = |resource: &Value| resource.pointer("/requester/identifier").and_then(Identifier::of);
    let is_task = query.resource_type() == ResourceType::Task;
    let of_new = requester(new);
    find_where(view, query, catalog, identity, &|found| !is_task || requester(found) == of_new)
}

fn find_where(
    view: View<'_>,
    query: &Query,
    catalog: &Catalog,
    identity: &Identity,
    counts: &dyn Fn(&Value) -> bool,
) -> Result<Found, Rejection> {
    let mut found = Found::None;
    view.candidates(query, &mut |resource| {
        if !query.matches(&resource, &catalog.directory)
            || !tags::visible(identity, &resource, &catalog.directory)
            || !counts(&resource)
        {
            return ControlFlow::Continue(());
        }
        match found {
            Found::None => {
                found = Found::One(resource);
                ControlFlow::Continue(())
            }
            Found::One(_) | Found::Several => {
                found = Found::Several;
                ControlFlow::Break(())
            }
        }
    })?;
    Ok(found)
}

fn multiple_matches(resource_type: ResourceType, query: &str) -> Rejection {
    Answer::fault(
        Fault::MultipleMatches,
        format!("Multiple {resource_type} resources with criteria '{query}' exist"),
    )
}
