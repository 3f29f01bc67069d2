//! Update, by id or by query: authorise against what is stored, compare versions, validate, write the next version.

use http::StatusCode;
use serde_json::Value;
use tessera_canary::{Canary, is_planted};
use tessera_fhir::ResourceType;
use tessera_fhir::access::{self, Identity, content};
use tessera_fhir::resource;
use tessera_fhir::task::Status;
use tessera_fhir::task::transition::Check;

use super::create::{create, prepare, valid_task};
use super::{Found, deciding_query, find, gone, multiple_matches, shown};
use crate::answer::{Answer, Rejection, Written};
use crate::fault::Fault;
use crate::record::State;
use crate::unit::{ReferenceCheck, Unit, precondition_failed};

pub(crate) fn update(
    unit: &mut Unit<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    id: &str,
    mut new: Value,
    if_match: Option<&str>,
) -> Result<Answer, Rejection> {
    if !resource::is_id(id) {
        return Err(Answer::fault(Fault::NotFound, format!("{resource_type} id {id} is not an id")));
    }
    if resource::id(&new) != Some(id) {
        return Err(Answer::fault(
            Fault::OtherId,
            format!("Path id not equal to {resource_type} id {}", resource::id(&new).unwrap_or("(none)")),
        ));
    }
    prepare(resource_type, &mut new)?;
    let Some(stored) = unit.view().stored(resource_type, id)? else {
        return Err(Answer::fault(Fault::UpdateAsCreate, "Update as create not allowed"));
    };
    if stored.head.state == State::Deleted {
        return Err(gone(unit.settings, resource_type, id, stored.head.version, stored.head.time));
    }
    // Compared as the client saw it.
    let mut seen = stored.resource.clone();
    resource::clean_references(&mut seen);
    let context = unit.catalog().context();
    let profile = if resource_type == ResourceType::Task {
        access::task::update(identity, &seen, &new, context).map(|transition| transition.profile)
    } else {
        content::update(identity, &stored.resource, &new, context).map(|()| Check::Waived)
    }
    .map_err(|refusal| Answer::refusal(&refusal))?;
    if let Some(expected) = if_match.and_then(weak_version)
        && expected != stored.head.version
        && !is_planted(Canary::VersionIgnored)
    {
        return Err(precondition_failed(format!(
            "{resource_type}/{id} has version {}, not {expected}; read it and decide again",
            stored.head.version
        )));
    }
    if profile == Check::Required {
        valid_task(&new, unit)?;
    }
    let failed =
        resource_type == ResourceType::Task && resource::text(&new, "status") == Some(Status::Failed.code());
    let references = if failed { ReferenceCheck::Waived } else { ReferenceCheck::Required };
    let old = (stored.head.version, stored.resource);
    let (_, stored) = unit.put(resource_type, id, Some(old), new, references)?;
    let answer = shown(unit.settings, resource_type, StatusCode::OK, stored);
    Ok(Answer { written: Some(Written::Updated), ..answer })
}

/// Updates the only match, or creates. `id` is given inside transactions only.
pub(crate) fn update_by_query(
    unit: &mut Unit<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    criteria: &str,
    mut new: Value,
    id: Option<String>,
) -> Result<Answer, Rejection> {
    let query = deciding_query(resource_type, criteria, unit.settings)?;
    let sent_id = resource::id(&new).filter(|id| !id.starts_with("urn:uuid:")).map(str::to_owned);
    match find(unit.view(), &query, unit.catalog(), identity)? {
        Found::None => match sent_id {
            None => create(unit, identity, resource_type, new, None, id),
            Some(_) => Err(Answer::fault(Fault::UpdateAsCreate, "Update as create not allowed")),
        },
        Found::One(existing) => {
            let existing = resource::id(&existing).unwrap_or_default().to_owned();
            if sent_id.is_some_and(|sent| sent != existing) {
                return Err(Answer::fault(
                    Fault::OtherId,
                    format!("The {resource_type} that matches has another id than the one sent"),
                ));
            }
            if let Some(members) = new.as_object_mut() {
                members.insert("id".to_owned(), Value::String(existing.clone()));
            }
            update(unit, identity, resource_type, &existing, new, None)
        }
        Found::Several => Err(multiple_matches(resource_type, criteria)),
    }
}

/// The number in `W/"<number>"`. As in DSF nothing else is understood, and what is not understood is ignored.
fn weak_version(etag: &str) -> Option<u64> {
    etag.trim().strip_prefix("W/\"")?.strip_suffix('"')?.parse().ok()
}
