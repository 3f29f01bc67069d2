//! A little network: parent organization, this site `a.example`, its peer `b.example`, and the ping message.

use std::sync::Arc;

use serde_json::{Value, json};
use tessera_fhir::task::{Draft, build};
use tessera_fhir::{Identifier, Timestamp};
use tessera_mailbox::{Answer, Identity, Mailbox, Settings};
use tessera_store::{Committer, Memory, Store};

pub(crate) const BASE: &str = "https://a.example/fhir";
pub(crate) const LOCAL: &str = "a.example";
pub(crate) const PEER: &str = "b.example";

pub(crate) struct Site {
    pub(crate) mailbox: Arc<Mailbox>,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) committer: Arc<Committer>,
}

impl Site {
    /// A site with built-in resources only.
    pub(crate) async fn empty(settings: Settings) -> Self {
        let store: Arc<dyn Store> = Arc::new(Memory::default());
        let committer = Arc::new(Committer::start(Arc::clone(&store)).unwrap());
        let mailbox = Mailbox::open(Arc::clone(&store), Arc::clone(&committer), settings).await.unwrap();
        Self { mailbox, store, committer }
    }

    /// A site that knows the network and the ping process. The thumbprints are those of the local site and its peer.
    pub(crate) async fn in_network(settings: Settings, local: &str, peer: &str) -> Self {
        let site = Self::empty(settings).await;
        let answer =
            site.mailbox.load_allow_list(&allow_list(&site.mailbox.settings().base_url, local, peer)).await;
        assert_eq!(answer.status, 200, "{:#?}", answer.body);
        for resource in [ping_profile(), ping_process()] {
            let kind = tessera_fhir::resource::resource_type(&resource).unwrap();
            let answer = site.mailbox.create(&local_identity(), kind, resource, None).await;
            assert_eq!(answer.status, 201, "{:#?}", answer.body);
        }
        site
    }

    pub(crate) async fn usual() -> Self {
        Self::in_network(settings(), &"a".repeat(128), &"b".repeat(128)).await
    }
}

pub(crate) fn settings() -> Settings {
    Settings::new(BASE, LOCAL)
}

pub(crate) fn local_identity() -> Identity {
    Identity::local(LOCAL)
}

pub(crate) fn peer_identity() -> Identity {
    Identity::remote(PEER)
}

pub(crate) fn id_of(answer: &Answer) -> String {
    answer.body.as_ref().unwrap()["id"].as_str().unwrap().to_owned()
}

/// The ping of `requester`, as message number `number`.
pub(crate) fn ping(requester: &str, number: u32) -> Value {
    build(&Draft {
        profile: "http://dsf.dev/fhir/StructureDefinition/task-ping|1.0".to_owned(),
        instantiates_canonical: "http://dsf.dev/bpe/Process/pong|1.0".to_owned(),
        message_name: "ping".to_owned(),
        business_key: Some(format!("business-{number}")),
        correlation_key: Some(format!("correlation-{number}")),
        requester: requester.to_owned(),
        recipient: LOCAL.to_owned(),
        authored_on: Timestamp::UNIX_EPOCH,
        identifier: Identifier::new("urn:tessera:message", format!("{requester}-{number}")),
        additional_inputs: vec![json!({
            "type": { "coding": [{ "system": "http://dsf.dev/fhir/CodeSystem/ping", "code": "endpoint-identifier" }] },
            "valueReference": { "type": "Endpoint", "identifier": {
                "system": "http://dsf.dev/sid/endpoint-identifier", "value": format!("{PEER}.endpoint") } },
        })],
    })
}

pub(crate) fn tagged(code: &str) -> Value {
    json!({ "tag": [{ "system": "http://dsf.dev/fhir/CodeSystem/read-access-tag", "code": code }] })
}

pub(crate) fn organization(identifier: &str, thumbprint: Option<&str>, endpoint: Option<&str>) -> Value {
    let mut organization = json!({
        "resourceType": "Organization", "meta": tagged("ALL"), "active": true, "name": identifier,
        "identifier": [{ "system": "http://dsf.dev/sid/organization-identifier", "value": identifier }],
    });
    if let Some(thumbprint) = thumbprint {
        organization["extension"] = json!([{
            "url": "http://dsf.dev/fhir/StructureDefinition/extension-certificate-thumbprint", "valueString": thumbprint }]);
    }
    if let Some(endpoint) = endpoint {
        organization["endpoint"] = json!([{ "type": "Endpoint", "reference": endpoint }]);
    }
    organization
}

pub(crate) fn endpoint(identifier: &str, address: &str, organization: &str) -> Value {
    json!({
        "resourceType": "Endpoint", "meta": tagged("ALL"), "status": "active", "address": address,
        "identifier": [{ "system": "http://dsf.dev/sid/endpoint-identifier", "value": identifier }],
        "connectionType": { "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type", "code": "hl7-fhir-rest" },
        "managingOrganization": { "type": "Organization", "reference": organization },
    })
}

/// The allow list as it is distributed: a transaction whose entries refer to each other.
pub(crate) fn allow_list(base: &str, local: &str, peer: &str) -> Value {
    let put = |url: &str, query: &str, uuid: &str, resource: Value| {
        json!({ "fullUrl": format!("urn:uuid:{uuid}"), "resource": resource,
                "request": { "method": "PUT", "url": format!("{url}?{query}") } })
    };
    let by_identifier =
        |kind: &str, value: &str| format!("identifier=http://dsf.dev/sid/{kind}-identifier|{value}");
    let affiliation = |member: &str, organization: &str, endpoint: &str, role: &str| {
        put(
            "OrganizationAffiliation",
            &format!(
                "primary-organization:identifier=http://dsf.dev/sid/organization-identifier|parent.example&participating-organization:identifier=http://dsf.dev/sid/organization-identifier|{member}"
            ),
            &format!("affiliation-{member}"),
            json!({
                "resourceType": "OrganizationAffiliation", "meta": tagged("ALL"), "active": true,
                "organization": { "type": "Organization", "reference": "urn:uuid:parent" },
                "participatingOrganization": { "type": "Organization", "reference": organization },
                "code": [{ "coding": [{ "system": "http://dsf.dev/fhir/CodeSystem/organization-role", "code": role }] }],
                "endpoint": [{ "type": "Endpoint", "reference": endpoint }],
            }),
        )
    };
    let peer_base = "https://b.example/fhir";
    json!({ "resourceType": "Bundle", "type": "transaction", "entry": [
        affiliation(LOCAL, "urn:uuid:a", "urn:uuid:a-endpoint", "DIC"),
        affiliation(PEER, "urn:uuid:b", "urn:uuid:b-endpoint", "HRP"),
        put("Organization", &by_identifier("organization", "parent.example"), "parent", organization("parent.example", None, None)),
        put("Organization", &by_identifier("organization", LOCAL), "a", organization(LOCAL, Some(local), Some("urn:uuid:a-endpoint"))),
        put("Organization", &by_identifier("organization", PEER), "b", organization(PEER, Some(peer), Some("urn:uuid:b-endpoint"))),
        put("Endpoint", &by_identifier("endpoint", "a.example.endpoint"), "a-endpoint", endpoint("a.example.endpoint", base, "urn:uuid:a")),
        put("Endpoint", &by_identifier("endpoint", "b.example.endpoint"), "b-endpoint", endpoint("b.example.endpoint", peer_base, "urn:uuid:b")),
    ]})
}

pub(crate) fn ping_profile() -> Value {
    json!({
        "resourceType": "StructureDefinition", "meta": tagged("ALL"), "status": "active",
        "url": "http://dsf.dev/fhir/StructureDefinition/task-ping", "version": "1.0", "name": "TaskPing",
        "kind": "resource", "abstract": false, "type": "Task",
        "baseDefinition": "http://dsf.dev/fhir/StructureDefinition/task-base", "derivation": "constraint",
        "differential": { "element": [
            { "id": "Task.instantiatesCanonical", "path": "Task.instantiatesCanonical",
              "fixedCanonical": "http://dsf.dev/bpe/Process/pong|1.0" },
            { "id": "Task.input", "path": "Task.input", "min": 4, "max": "4" },
            { "id": "Task.input:message-name.value[x]", "path": "Task.input.value[x]", "fixedString": "ping" },
            { "id": "Task.input:business-key", "path": "Task.input", "sliceName": "business-key", "min": 1 },
            { "id": "Task.input:correlation-key", "path": "Task.input", "sliceName": "correlation-key", "min": 1 },
            { "id": "Task.input:endpoint-identifier", "path": "Task.input", "sliceName": "endpoint-identifier", "min": 1, "max": "1" },
            { "id": "Task.input:endpoint-identifier.type.coding.system", "path": "Task.input.type.coding.system",
              "fixedUri": "http://dsf.dev/fhir/CodeSystem/ping" },
            { "id": "Task.input:endpoint-identifier.type.coding.code", "path": "Task.input.type.coding.code",
              "fixedCode": "endpoint-identifier" },
            { "id": "Task.input:endpoint-identifier.value[x]", "path": "Task.input.value[x]", "type": [{ "code": "Reference" }] },
        ]},
    })
}

pub(crate) fn ping_process() -> Value {
    let party = |name: &str, code: &str| json!({ "url": name, "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/process-authorization", "code": code } });
    json!({
        "resourceType": "ActivityDefinition", "meta": tagged("ALL"), "status": "active", "kind": "Task",
        "url": "http://dsf.dev/bpe/Process/pong", "version": "1.0", "name": "Pong",
        "extension": [{ "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
            { "url": "message-name", "valueString": "ping" },
            { "url": "task-profile", "valueCanonical": "http://dsf.dev/fhir/StructureDefinition/task-ping|1.0" },
            party("requester", "REMOTE_ALL"), party("requester", "LOCAL_ALL"), party("recipient", "LOCAL_ALL"),
        ]}],
    })
}
