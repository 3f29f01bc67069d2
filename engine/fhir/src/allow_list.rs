//! Who may talk to whom: the transaction Bundle that every site of a network loads.
//!
//! The shape is DSF's (organizations with certificate thumbprints, their endpoints, memberships in a parent
//! organization), so that the same file serves Tessera and DSF sites.

use crate::names;
use serde_json::{Value, json};

/// One member of the network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Organization identifier value, by convention a host name.
    pub organization: String,
    /// Shown to people.
    pub name: String,
    /// Endpoint identifier value.
    pub endpoint: String,
    /// FHIR base URL.
    pub address: String,
    /// SHA-512 of its client certificate in DER, lowercase hex.
    pub thumbprint: String,
    /// Role codes in the parent organization, e.g. `DIC`.
    pub roles: Vec<String>,
}

/// The Bundle: a parent organization, its members, and their endpoints and roles.
pub fn bundle(parent: &str, members: &[Member]) -> Value {
    let mut entries = vec![entry(
        "urn:uuid:00000000-0000-4000-8000-000000000000",
        &format!("Organization?identifier={}|{parent}", names::ORGANIZATION_IDENTIFIER),
        &json!({
            "resourceType": "Organization",
            "meta": meta("organization-parent"),
            "identifier": [identifier(names::ORGANIZATION_IDENTIFIER, parent)],
            "active": true,
            "name": parent,
        }),
    )];
    for (number, member) in (1_u32..).zip(members) {
        let urn = |kind: u8| format!("urn:uuid:00000000-0000-4000-8000-{kind:04}{number:08}");
        let (organization, endpoint, affiliation) = (urn(1), urn(2), urn(3));
        entries.push(entry(
            &organization,
            &format!("Organization?identifier={}|{}", names::ORGANIZATION_IDENTIFIER, member.organization),
            &json!({
                "resourceType": "Organization",
                "meta": meta("organization"),
                "extension": [{ "url": names::CERTIFICATE_THUMBPRINT, "valueString": member.thumbprint }],
                "identifier": [identifier(names::ORGANIZATION_IDENTIFIER, &member.organization)],
                "active": true,
                "name": member.name,
                "endpoint": [{ "type": "Endpoint", "reference": endpoint }],
            }),
        ));
        entries.push(entry(
            &endpoint,
            &format!("Endpoint?identifier={}|{}", names::ENDPOINT_IDENTIFIER, member.endpoint),
            &json!({
                "resourceType": "Endpoint",
                "meta": meta("endpoint"),
                "identifier": [identifier(names::ENDPOINT_IDENTIFIER, &member.endpoint)],
                "status": "active",
                "connectionType": {
                    "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type",
                    "code": "hl7-fhir-rest",
                },
                "name": member.name,
                "managingOrganization": { "type": "Organization", "reference": organization },
                "payloadType": [{ "coding": [{ "system": "http://hl7.org/fhir/resource-types", "code": "Task" }] }],
                "payloadMimeType": [names::FHIR_JSON, names::FHIR_XML],
                "address": member.address,
            }),
        ));
        entries.push(entry(
            &affiliation,
            &format!(
                "OrganizationAffiliation?primary-organization:identifier={system}|{parent}\
                 &participating-organization:identifier={system}|{member}",
                system = names::ORGANIZATION_IDENTIFIER,
                member = member.organization,
            ),
            &json!({
                "resourceType": "OrganizationAffiliation",
                "meta": meta("organization-affiliation"),
                "active": true,
                "organization": { "type": "Organization", "reference": "urn:uuid:00000000-0000-4000-8000-000000000000" },
                "participatingOrganization": { "type": "Organization", "reference": organization },
                "code": member.roles.iter().map(|role| json!({
                    "coding": [{ "system": "http://dsf.dev/fhir/CodeSystem/organization-role", "code": role }],
                })).collect::<Vec<_>>(),
                "endpoint": [{ "type": "Endpoint", "reference": endpoint }],
            }),
        ));
    }
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

fn entry(full_url: &str, conditional: &str, resource: &Value) -> Value {
    json!({ "fullUrl": full_url, "resource": resource, "request": { "method": "PUT", "url": conditional } })
}

fn meta(profile: &str) -> Value {
    json!({
        "profile": [format!("{}{profile}", names::PROFILES)],
        "tag": [{ "system": names::READ_ACCESS_TAG, "code": "ALL" }],
    })
}

fn identifier(system: &str, value: &str) -> Value {
    json!({ "system": system, "value": value })
}
