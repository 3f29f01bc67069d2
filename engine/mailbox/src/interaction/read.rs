//! Read and vread. Deleting leaves no version behind; the one after the last is the virtual deleted one.

use http::StatusCode;
use tessera_fhir::access::{self, Identity, Operation};
use tessera_fhir::{ResourceType, resource};

use super::{Reading, gone, may_read, shown};
use crate::answer::{Answer, Rejection};
use crate::record::State;

pub(crate) fn read(
    reading: &Reading<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    id: &str,
) -> Result<Answer, Rejection> {
    permit(identity, resource_type)?;
    if !resource::is_id(id) {
        return Err(Answer::not_found());
    }
    let stored = reading.view.stored(resource_type, id)?.ok_or_else(Answer::not_found)?;
    if stored.head.state == State::Deleted {
        return Err(gone(reading.settings, resource_type, id, stored.head.version, stored.head.time));
    }
    may_read(identity, &stored.resource, &reading.catalog).map_err(|refusal| Answer::refusal(&refusal))?;
    Ok(Answer { location: None, ..shown(reading.settings, resource_type, StatusCode::OK, stored.resource) })
}

pub(crate) fn read_version(
    reading: &Reading<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    id: &str,
    version: u64,
) -> Result<Answer, Rejection> {
    permit(identity, resource_type)?;
    if !resource::is_id(id) {
        return Err(Answer::not_found());
    }
    let head = reading.view.head(resource_type, id)?.ok_or_else(Answer::not_found)?;
    if head.state == State::Deleted && version == head.version.saturating_add(1) {
        return Err(gone(reading.settings, resource_type, id, head.version, head.time));
    }
    let resource = reading.view.version(resource_type, id, version)?.ok_or_else(Answer::not_found)?;
    may_read(identity, &resource, &reading.catalog).map_err(|refusal| Answer::refusal(&refusal))?;
    Ok(Answer { location: None, ..shown(reading.settings, resource_type, StatusCode::OK, resource) })
}

fn permit(identity: &Identity, resource_type: ResourceType) -> Result<(), Rejection> {
    access::permit(identity, Operation::Read, resource_type).map_err(|refusal| Answer::refusal(&refusal))
}
