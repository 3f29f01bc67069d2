//! The CapabilityStatement: what this mailbox can do, derived from the tables that do it.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tessera_fhir::ResourceType;
use tessera_fhir::names;
use tessera_fhir::resource::text;
use tessera_fhir::search::{INCLUDES, names_of};

use crate::catalog::Catalog;
use crate::settings::Settings;

pub(crate) fn capability_statement(settings: &Settings, catalog: &Catalog) -> Value {
    let mut profiles: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for definition in catalog.definitions.of_type(ResourceType::StructureDefinition) {
        if let (Some(kind), Some(url), Some("active" | "draft")) =
            (text(definition, "type"), text(definition, "url"), text(definition, "status"))
        {
            profiles.entry(kind).or_default().push(url);
        }
    }
    let resources: Vec<Value> =
        ResourceType::ALL.iter().map(|kind| resource(*kind, profiles.get(kind.name()))).collect();
    let socket = settings.base_url.replacen("http", "ws", 1) + "/ws";
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": tessera_fhir::resource::instant(settings.clock.now()),
        "kind": "instance",
        "software": { "name": "Tessera", "version": env!("CARGO_PKG_VERSION") },
        "implementation": { "description": "Tessera mailbox", "url": settings.base_url },
        "fhirVersion": "4.0.1",
        "format": [names::FHIR_JSON],
        "rest": [{
            "extension": [{ "url": names::CAPABILITY_WEBSOCKET, "valueUrl": socket }],
            "mode": "server",
            "security": { "service": [{ "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                "code": "Certificates",
            }] }] },
            "resource": resources,
            "interaction": [{ "code": "transaction" }, { "code": "batch" }],
        }],
    })
}

fn resource(kind: ResourceType, profiles: Option<&Vec<&str>>) -> Value {
    let parameters: Vec<Value> =
        names_of(kind).map(|(name, parameter)| json!({ "name": name, "type": parameter })).collect();
    let interactions = ["create", "read", "vread", "update", "delete", "search-type"];
    let interactions: Vec<Value> = interactions.iter().map(|code| json!({ "code": code })).collect();
    let mut statement = json!({
        "type": kind.name(),
        "profile": kind.default_profile(),
        "interaction": interactions,
        "versioning": "versioned",
        "readHistory": true,
        "updateCreate": false,
        "conditionalCreate": true,
        "conditionalRead": "full-support",
        "conditionalUpdate": true,
        "conditionalDelete": "single",
        "referencePolicy": ["literal", "logical"],
        "searchParam": parameters,
    });
    let includes: Vec<String> = INCLUDES
        .iter()
        .filter(|row| row.source == kind)
        .map(|row| format!("{}:{}", row.source, row.parameter))
        .collect();
    let reverse: Vec<String> = INCLUDES
        .iter()
        .filter(|row| row.reversible && row.target == kind)
        .map(|row| format!("{}:{}", row.source, row.parameter))
        .collect();
    if let Some(members) = statement.as_object_mut() {
        // FHIR forbids empty arrays.
        for (name, values) in [("searchInclude", includes), ("searchRevInclude", reverse)] {
            if !values.is_empty() {
                members.insert(name.to_owned(), json!(values));
            }
        }
        members.extend(profiles.map(|profiles| ("supportedProfile".to_owned(), json!(profiles))));
    }
    statement
}
