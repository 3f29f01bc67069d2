//! Whom to ping.

use std::collections::BTreeMap;

use serde_json::Value;
use tessera_plugin_sdk::prelude::*;

use crate::names::{PING, TARGET_ENDPOINTS};

/// All active endpoints of other organizations, or those that the start Task's search finds. Sorted by endpoint
/// identifier, each with a fresh correlation key.
pub(crate) fn select(ctx: &Context<'_>) -> Result<Vec<Target>> {
    let task = ctx.start_task()?;
    let local = ctx.directory().local_endpoint()?.identifier;
    let mut partners = match task.input_str(PING, TARGET_ENDPOINTS) {
        Some(query) => search(ctx, query)?,
        None => known(ctx)?,
    };
    partners.retain(|endpoint, _| *endpoint != local);
    Ok(partners
        .into_iter()
        .map(|(endpoint, (organization, address))| {
            Target::new(organization, endpoint, address).with_correlation_key(ctx.fresh_key())
        })
        .collect())
}

/// Organization and address by endpoint identifier.
type Partners = BTreeMap<String, (String, String)>;

fn known(ctx: &Context<'_>) -> Result<Partners> {
    let endpoints = ctx.directory().endpoints()?.into_iter().filter(|endpoint| endpoint.active);
    Ok(endpoints
        .filter_map(|endpoint| Some((endpoint.identifier, (endpoint.organization?, endpoint.address))))
        .collect())
}

fn search(ctx: &Context<'_>, query: &str) -> Result<Partners> {
    let organizations = ctx.directory().remote_organizations()?;
    let found: Vec<Value> = ctx.fhir().search_query(query)?.all()?;
    let mut partners = Partners::new();
    for endpoint in found
        .iter()
        .filter(|resource| resource["resourceType"] == "Endpoint" && resource["status"] == "active")
    {
        let Some(identifier) = dsf_identifier(endpoint) else { continue };
        let Some(address) = endpoint["address"].as_str() else { continue };
        // Only organizations on the allow list, whatever else the search brings.
        let manager = organizations.iter().find(|organization| manages(organization, endpoint));
        if let Some(manager) = manager {
            partners.insert(identifier.to_owned(), (manager.identifier.clone(), address.to_owned()));
        }
    }
    Ok(partners)
}

fn dsf_identifier(endpoint: &Value) -> Option<&str> {
    let identifiers = endpoint["identifier"].as_array()?;
    identifiers.iter().find(|identifier| identifier["system"] == naming::ENDPOINT)?["value"].as_str()
}

fn manages(organization: &Organization, endpoint: &Value) -> bool {
    let manager = &endpoint["managingOrganization"];
    let by_reference = manager["reference"].as_str().is_some_and(|reference| {
        // References may be absolute, and may name a version.
        let (unversioned, _) = reference.split_once("/_history/").unwrap_or((reference, ""));
        unversioned == organization.reference
            || unversioned.ends_with(&format!("/{}", organization.reference))
    });
    by_reference || manager["identifier"]["value"].as_str() == Some(&organization.identifier)
}
