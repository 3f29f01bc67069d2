//! Create: authorise, validate, look whether it is there already, write version 1.

use http::StatusCode;
use serde_json::{Value, json};
use tessera_canary::{Canary, is_planted};
use tessera_fhir::access::{self, Identity, content};
use tessera_fhir::{ResourceType, builtin, names, outcome, profile, resource};

use super::{Found, deciding_query, find, find_same, location, multiple_matches, shown};
use crate::answer::{Answer, Rejection, Written};
use crate::fault::Fault;
use crate::settings::Settings;
use crate::unit::{ReferenceCheck, Unit};

/// Creates a resource. `id` is given inside transactions only, where it was allocated for a temporary reference.
pub(crate) fn create(
    unit: &mut Unit<'_>,
    identity: &Identity,
    resource_type: ResourceType,
    mut resource: Value,
    if_none_exist: Option<&str>,
    id: Option<String>,
) -> Result<Answer, Rejection> {
    prepare(resource_type, &mut resource)?;
    let context = unit.catalog().context();
    let is_task = resource_type == ResourceType::Task;
    if is_task {
        access::task::create(identity, &resource, context)
    } else {
        content::create(identity, &resource, context)
    }
    .map_err(|refusal| Answer::refusal(&refusal))?;
    if is_task {
        valid_task(&resource, unit)?;
    }
    if let Some(criteria) = if_none_exist.filter(|_| !is_planted(Canary::StoredTwice)) {
        let query = deciding_query(resource_type, criteria, unit.settings)?;
        match find_same(unit.view(), &query, unit.catalog(), identity, &resource)? {
            Found::None => {}
            Found::One(existing) => return Ok(exists(unit.settings, resource_type, criteria, &existing)),
            Found::Several => return Err(multiple_matches(resource_type, criteria)),
        }
    }
    let id = id.unwrap_or_else(|| unit.settings.entropy.uuid());
    let (_, stored) = unit.put(resource_type, &id, None, resource, ReferenceCheck::Required)?;
    let answer = shown(unit.settings, resource_type, StatusCode::CREATED, stored);
    Ok(Answer { written: Some(Written::Created), ..answer })
}

/// Stores a resource that this program brings along, unless it is there. No peer is involved, so no rule of access applies.
pub(crate) fn create_built_in(unit: &mut Unit<'_>, resource: Value) -> Result<(), Rejection> {
    let resource_type = resource::resource_type(&resource).expect("built-in resources have known types");
    let query = deciding_query(resource_type, &builtin::query(&resource), unit.settings)?;
    let local = Identity::local(&unit.settings.organization_identifier);
    if let Found::None = find(unit.view(), &query, unit.catalog(), &local)? {
        let id = unit.settings.entropy.uuid();
        unit.put(resource_type, &id, None, resource, ReferenceCheck::Waived)?;
    }
    Ok(())
}

/// Checks that the resource is what the url says, and adds the default profile as DSF does.
pub(super) fn prepare(resource_type: ResourceType, resource: &mut Value) -> Result<(), Rejection> {
    if resource::resource_type(resource) != Some(resource_type) {
        return Err(Answer::fault(
            Fault::OtherType,
            format!(
                "Unable to parse resource: resourceType is '{}', the url says {resource_type}",
                resource::type_name(resource).unwrap_or_default()
            ),
        ));
    }
    let needs_profile = resource_type != ResourceType::Task
        && !resource::profiles(resource).any(|profile| {
            profile.split('|').next().is_some_and(|url| {
                url == resource_type.default_profile()
                    || (resource_type == ResourceType::Organization
                        && url.strip_prefix(names::PROFILES) == Some("organization-parent"))
            })
        });
    if needs_profile && let Some(members) = resource.as_object_mut() {
        let meta = resource::object_mut(members, "meta");
        let profile = json!(resource_type.default_profile());
        match meta.get_mut("profile").and_then(Value::as_array_mut) {
            Some(profiles) => profiles.push(profile),
            None => {
                meta.insert("profile".to_owned(), json!([profile]));
            }
        }
    }
    Ok(())
}

/// Fits the Task its profiles, and is its process there?
pub(super) fn valid_task(task: &Value, unit: &Unit<'_>) -> Result<(), Rejection> {
    let issues = profile::validate(task, &unit.catalog().definitions);
    if !issues.is_empty() {
        return Err(Answer::invalid(issues));
    }
    access::task::process_exists(task, unit.catalog().context()).map_err(|refusal| Answer::refusal(&refusal))
}

fn exists(settings: &Settings, resource_type: ResourceType, criteria: &str, existing: &Value) -> Answer {
    let id = resource::id(existing).unwrap_or_default();
    let version = resource::version_id(existing);
    let text = format!("Resource with criteria '{criteria}' exists");
    Answer {
        version,
        location: version.map(|version| location(settings, resource_type, id, version)),
        last_modified: resource::last_updated(existing),
        ..Answer::ok(outcome::information("duplicate", text))
    }
}
