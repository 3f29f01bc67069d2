//! The conformance resources that every DSF mailbox brings along, in our own words: the Task profile, the code systems and
//! naming systems of the wire contract, the value set of message codes, and the Subscription that engines bind to.

use serde_json::{Value, json};

use crate::names;
use crate::search::index;

const VERSION: &str = "2.0.0";

/// All of them, without id and meta.versionId: the mailbox stores each once.
pub fn resources() -> Vec<Value> {
    let mut resources = vec![task_profile()];
    resources.extend(CODE_SYSTEMS.iter().map(|(name, codes)| code_system(name, codes)));
    resources.extend(VALUE_SETS.iter().map(|(name, system, codes)| value_set(name, system, codes)));
    resources.extend(NAMING_SYSTEMS.iter().map(|(name, uri, check)| naming_system(name, uri, *check)));
    resources.push(task_subscription());
    resources
}

/// The query by which a built-in resource is found again.
pub fn query(resource: &Value) -> String {
    let of = |name: &str| crate::resource::text(resource, name).unwrap_or_default();
    let mut query = form_urlencoded::Serializer::new(String::new());
    match crate::resource::type_name(resource) {
        Some("NamingSystem") => query.append_pair("name", of("name")),
        Some("Subscription") => query.append_pair("criteria:exact", of("criteria")),
        _ => query.append_pair(index::URL, of("url")).append_pair("version", of("version")),
    };
    query.finish()
}

#[rustfmt::skip]
const ORGANIZATION_ROLES: &[&str] =
    &["UAC", "COS", "CRR", "DIC", "DMS", "DTS", "HRP", "TTP", "AMS", "ASP", "SPR", "TSP", "PPH", "BIO"];

#[rustfmt::skip]
const PRACTITIONER_ROLES: &[&str] = &[
    "UAC_USER", "COS_USER", "CRR_USER", "DIC_USER", "DMS_USER", "DTS_USER", "HRP_USER", "TTP_USER", "AMS_USER",
    "ASP_USER", "SPR_USER", "TSP_USER", "PPH_USER", "BIO_USER", "DSF_ADMIN",
];

#[rustfmt::skip]
const RECIPIENT_CODES: &[&str] = &["LOCAL_ALL", "LOCAL_ORGANIZATION", "LOCAL_ROLE"];

#[rustfmt::skip]
const REQUESTER_CODES: &[&str] = &[
    "LOCAL_ALL", "LOCAL_ALL_PRACTITIONER", "LOCAL_ORGANIZATION", "LOCAL_ORGANIZATION_PRACTITIONER", "LOCAL_ROLE",
    "LOCAL_ROLE_PRACTITIONER", "REMOTE_ALL", "REMOTE_ORGANIZATION", "REMOTE_ROLE",
];

const MESSAGE_CODES: &[&str] =
    &[names::MESSAGE_NAME, names::BUSINESS_KEY, names::CORRELATION_KEY, names::ERROR];
const TAG_CODES: &[&str] = &["LOCAL", "ORGANIZATION", "ROLE", "ALL"];

const CODE_SYSTEMS: &[(&str, &[&str])] = &[
    ("bpmn-message", MESSAGE_CODES),
    ("organization-role", ORGANIZATION_ROLES),
    ("practitioner-role", PRACTITIONER_ROLES),
    ("process-authorization", REQUESTER_CODES),
    ("read-access-tag", TAG_CODES),
];

const VALUE_SETS: &[(&str, &str, &[&str])] = &[
    ("bpmn-message", "bpmn-message", &[]),
    ("organization-role", "organization-role", &[]),
    ("practitioner-role", "practitioner-role", &[]),
    ("process-authorization-recipient", "process-authorization", RECIPIENT_CODES),
    ("process-authorization-requester", "process-authorization", REQUESTER_CODES),
    ("read-access-tag", "read-access-tag", &[]),
];

/// Name, uri, and whether logical references with that uri must resolve.
const NAMING_SYSTEMS: &[(&str, &str, bool)] = &[
    ("DsfOrganizationIdentifier", names::ORGANIZATION_IDENTIFIER, true),
    ("DsfEndpointIdentifier", names::ENDPOINT_IDENTIFIER, true),
    ("DsfPractitionerIdentifier", names::PRACTITIONER_IDENTIFIER, false),
    ("DsfTaskIdentifier", names::TASK_IDENTIFIER, false),
];

fn readable_by(code: &str) -> Value {
    json!({ "tag": [{ "system": names::READ_ACCESS_TAG, "code": code }] })
}

fn task_profile() -> Value {
    serde_json::from_str(include_str!("task.json"))
        .expect("the file is part of this crate and read by its tests")
}

fn code_system(name: &str, codes: &[&str]) -> Value {
    let concepts: Vec<Value> = codes.iter().map(|code| json!({ "code": code })).collect();
    json!({
        "resourceType": "CodeSystem",
        "meta": readable_by("ALL"),
        "url": format!("http://dsf.dev/fhir/CodeSystem/{name}"),
        "version": VERSION,
        "name": name,
        "status": "active",
        "caseSensitive": true,
        "content": "complete",
        "concept": concepts,
    })
}

fn value_set(name: &str, code_system: &str, codes: &[&str]) -> Value {
    let mut include = json!({ "system": format!("http://dsf.dev/fhir/CodeSystem/{code_system}") });
    if let (false, Some(members)) = (codes.is_empty(), include.as_object_mut()) {
        let concepts: Vec<Value> = codes.iter().map(|code| json!({ "code": code })).collect();
        members.insert("concept".to_owned(), Value::Array(concepts));
    }
    json!({
        "resourceType": "ValueSet",
        "meta": readable_by("ALL"),
        "url": format!("http://dsf.dev/fhir/ValueSet/{name}"),
        "version": VERSION,
        "name": name,
        "status": "active",
        "compose": { "include": [include] },
    })
}

fn naming_system(name: &str, uri: &str, check: bool) -> Value {
    let mut unique_id = json!({ "type": "uri", "value": uri });
    if let (true, Some(members)) = (check, unique_id.as_object_mut()) {
        let extension = json!([{ "url": names::CHECK_LOGICAL_REFERENCE, "valueBoolean": true }]);
        members.insert("modifierExtension".to_owned(), extension);
    }
    json!({
        "resourceType": "NamingSystem",
        "meta": readable_by("ALL"),
        "name": name,
        "status": "active",
        "kind": "identifier",
        "date": "2024-01-01",
        "uniqueId": [unique_id],
    })
}

fn task_subscription() -> Value {
    json!({
        "resourceType": "Subscription",
        "meta": readable_by("LOCAL"),
        "status": "active",
        "reason": "New Tasks for the engine of this site",
        "criteria": "Task?status=requested",
        "channel": { "type": "websocket", "payload": names::FHIR_JSON },
    })
}
