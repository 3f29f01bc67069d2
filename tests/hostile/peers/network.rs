//! The network of the site under attack, and what it plays: members, one profile, and processes with different rules.

use serde_json::{Value, json};
use tessera_fhir::names;

use super::certificates::Who;
use super::site::{INACTIVE, LOCAL, OTHER, PARENT, PEER};

/// Name, certificate, role in the parent organization.
const MEMBERS: [(&str, Who, &str); 4] = [
    (LOCAL, Who::Local, "DIC"),
    (PEER, Who::Peer, "HRP"),
    (OTHER, Who::Other, "DIC"),
    (INACTIVE, Who::Inactive, "DIC"),
];

/// The transaction that every site of the network loads.
pub(super) fn allow_list(base: &str, thumbprint: &dyn Fn(Who) -> String) -> Value {
    let identifier = |kind: &str, value: &str| json!([{ "system": format!("http://dsf.dev/sid/{kind}-identifier"), "value": value }]);
    let put = |urn: &str, url: String, resource: Value| json!({ "fullUrl": urn, "resource": resource, "request": { "method": "PUT", "url": url } });
    let by = |kind: &str, value: &str| format!("identifier=http://dsf.dev/sid/{kind}-identifier|{value}");
    let mut entries = vec![put(
        "urn:uuid:parent",
        format!("Organization?{}", by("organization", PARENT)),
        json!({ "resourceType": "Organization", "meta": tagged(), "active": true, "name": PARENT,
            "identifier": identifier("organization", PARENT) }),
    )];
    for (name, who, role) in MEMBERS {
        let urn = |kind: &str| format!("urn:uuid:{kind}-{name}");
        let address = if name == LOCAL { base.to_owned() } else { format!("https://{name}/fhir") };
        let (organization, endpoint) = (urn("organization"), urn("endpoint"));
        entries.push(put(
            &organization,
            format!("Organization?{}", by("organization", name)),
            json!({ "resourceType": "Organization", "meta": tagged(), "active": name != INACTIVE, "name": name,
                "identifier": identifier("organization", name),
                "extension": [{ "url": names::CERTIFICATE_THUMBPRINT, "valueString": thumbprint(who) }],
                "endpoint": [{ "type": "Endpoint", "reference": endpoint }] }),
        ));
        entries.push(put(
            &endpoint,
            format!("Endpoint?{}", by("endpoint", &format!("{name}.endpoint"))),
            json!({ "resourceType": "Endpoint", "meta": tagged(), "status": "active", "address": address,
                "identifier": identifier("endpoint", &format!("{name}.endpoint")),
                "connectionType": { "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "code": "hl7-fhir-rest" },
                "managingOrganization": { "type": "Organization", "reference": organization } }),
        ));
        let system = names::ORGANIZATION_IDENTIFIER;
        entries.push(put(
            &urn("affiliation"),
            format!("OrganizationAffiliation?primary-organization:identifier={system}|{PARENT}&participating-organization:identifier={system}|{name}"),
            json!({ "resourceType": "OrganizationAffiliation", "meta": tagged(), "active": true,
                "organization": { "type": "Organization", "reference": "urn:uuid:parent" },
                "participatingOrganization": { "type": "Organization", "reference": organization },
                "code": [{ "coding": [{ "system": "http://dsf.dev/fhir/CodeSystem/organization-role", "code": role }] }],
                "endpoint": [{ "type": "Endpoint", "reference": endpoint }] }),
        ));
    }
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

fn tagged() -> Value {
    json!({ "tag": [{ "system": names::READ_ACCESS_TAG, "code": "ALL" }] })
}

pub(super) fn profile() -> Value {
    json!({
        "resourceType": "StructureDefinition", "meta": tagged(), "status": "active",
        "url": "http://dsf.dev/fhir/StructureDefinition/task-ping", "version": "1.0", "name": "TaskPing",
        "kind": "resource", "abstract": false, "type": "Task",
        "baseDefinition": "http://dsf.dev/fhir/StructureDefinition/task-base", "derivation": "constraint",
        "differential": { "element": [
            { "id": "Task.input", "path": "Task.input", "min": 3, "max": "3" },
            { "id": "Task.input:message-name.value[x]", "path": "Task.input.value[x]", "fixedString": "ping" },
            { "id": "Task.input:business-key", "path": "Task.input", "sliceName": "business-key", "min": 1 },
            { "id": "Task.input:correlation-key", "path": "Task.input", "sliceName": "correlation-key", "min": 1 },
        ]},
    })
}

pub(super) fn process(name: &str, requesters: &[Value]) -> Value {
    let mut parts = vec![
        json!({ "url": "message-name", "valueString": "ping" }),
        json!({ "url": "task-profile", "valueCanonical": "http://dsf.dev/fhir/StructureDefinition/task-ping|1.0" }),
        json!({ "url": "recipient", "valueCoding": party("LOCAL_ALL") }),
    ];
    for requester in requesters {
        parts.push(json!({ "url": "requester", "valueCoding": requester }));
    }
    json!({
        "resourceType": "ActivityDefinition", "meta": tagged(), "status": "active", "kind": "Task",
        "url": format!("http://dsf.dev/bpe/Process/{name}"), "version": "1.0", "name": name,
        "extension": [{ "url": names::PROCESS_AUTHORIZATION, "extension": parts }],
    })
}

pub(super) fn party(code: &str) -> Value {
    json!({ "system": names::PROCESS_AUTHORIZATION_CODES, "code": code })
}

/// Other organizations that have this role in the parent organization.
pub(super) fn role(code: &str) -> Value {
    let mut party = party("REMOTE_ROLE");
    party["extension"] = json!([{
        "url": names::AUTHORIZATION_PARENT_ORGANIZATION_ROLE,
        "extension": [
            { "url": "parent-organization", "valueIdentifier": { "system": names::ORGANIZATION_IDENTIFIER, "value": PARENT } },
            { "url": "organization-role", "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/organization-role", "code": code } },
        ],
    }]);
    party
}
