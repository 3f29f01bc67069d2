//! Delete: marks, never removes. Doing it twice is as good as once.

use http::StatusCode;
use tessera_fhir::ResourceType;
use tessera_fhir::access::{self, Identity, content};
use tessera_fhir::{outcome, resource};

use super::{Found, deciding_query, find, multiple_matches};
use crate::answer::{Answer, Rejection};
use crate::fault::Fault;
use crate::record::State;
use crate::unit::Unit;

pub(crate) fn delete(
    unit: &mut Unit<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    id: &str,
) -> Result<Answer, Rejection> {
    let stored = if resource::is_id(id) { unit.view().stored(resource_type, id)? } else { None };
    let Some(stored) = stored else {
        return Err(Answer::fault(Fault::NotFound, format!("{resource_type} with id {id} not found")));
    };
    if resource_type == ResourceType::Task {
        access::task::delete(identity, &stored.resource)
    } else {
        content::delete(identity, resource_type)
    }
    .map_err(|refusal| Answer::refusal(&refusal))?;
    if stored.head.state == State::Current {
        unit.delete(resource_type, id, stored.head.version, stored.resource);
    }
    let text = format!("{resource_type} with id {id} marked as deleted");
    Ok(Answer::ok(outcome::information("informational", text)))
}

pub(crate) fn delete_by_query(
    unit: &mut Unit<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    criteria: &str,
) -> Result<Answer, Rejection> {
    let query = deciding_query(resource_type, criteria, unit.settings)?;
    match find(unit.view(), &query, unit.catalog(), identity)? {
        Found::None => Ok(Answer::new(StatusCode::NO_CONTENT, None)),
        Found::One(existing) => {
            let id = resource::id(&existing).unwrap_or_default().to_owned();
            delete(unit, identity, resource_type, &id)
        }
        Found::Several => Err(multiple_matches(resource_type, criteria)),
    }
}
