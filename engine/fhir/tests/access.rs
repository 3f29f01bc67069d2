//! The rules of Task and of read-access tags as tables.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may panic")]

use serde_json::{Value, json};
use tessera_fhir::access::{Context, Identity, Operation, content, permit, tags, task};
use tessera_fhir::definitions::Definitions;
use tessera_fhir::directory::Directory;
use tessera_fhir::resource::Coding;
use tessera_fhir::task::{Draft, Status, build, transition};
use tessera_fhir::{Identifier, ResourceType, Timestamp, builtin, names, profile};

const LOCAL: &str = "a.example";
const PEER: &str = "b.example";
const PARENT: &str = "parent.example";

fn network() -> (Directory, Definitions) {
    let mut directory = Directory::new(LOCAL, "https://a.example/fhir");
    let organization = |id: &str, identifier: &str| {
        json!({ "resourceType": "Organization", "id": id, "active": true,
            "identifier": [{ "system": names::ORGANIZATION_IDENTIFIER, "value": identifier }] })
    };
    let affiliation = |id: &str, member: &str, role: &str| {
        json!({ "resourceType": "OrganizationAffiliation", "id": id, "active": true,
            "organization": { "reference": "Organization/p" },
            "participatingOrganization": { "reference": format!("Organization/{member}") },
            "code": [{ "coding": [{ "system": "http://dsf.dev/fhir/CodeSystem/organization-role", "code": role }] }] })
    };
    for resource in [
        organization("a", LOCAL),
        organization("b", PEER),
        organization("p", PARENT),
        affiliation("1", "a", "DIC"),
        affiliation("2", "b", "HRP"),
    ] {
        directory.put(&resource);
    }
    let mut definitions = Definitions::default();
    for (number, mut resource) in builtin::resources().into_iter().enumerate() {
        resource["id"] = json!(format!("builtin-{number}"));
        definitions.put(&resource);
    }
    (directory, definitions)
}

fn party(name: &str, code: &str) -> Value {
    let role = json!({ "url": names::AUTHORIZATION_PARENT_ORGANIZATION_ROLE, "extension": [
        { "url": "parent-organization", "valueIdentifier": { "system": names::ORGANIZATION_IDENTIFIER, "value": PARENT } },
        { "url": "organization-role", "valueCoding": {
            "system": "http://dsf.dev/fhir/CodeSystem/organization-role", "code": code.rsplit('/').next() } } ] });
    let organization = json!({ "url": names::AUTHORIZATION_ORGANIZATION, "valueIdentifier": {
        "system": names::ORGANIZATION_IDENTIFIER, "value": code.rsplit('/').next() } });
    let practitioner = json!({ "url": names::AUTHORIZATION_PRACTITIONER, "valueCoding": {
        "system": names::PRACTITIONER_ROLE_CODES, "code": code.rsplit('/').next() } });
    let name_of_code = code.split('/').next().unwrap();
    let mut coding = json!({ "system": names::PROCESS_AUTHORIZATION_CODES, "code": name_of_code });
    let nested = match name_of_code {
        "LOCAL_ROLE" | "REMOTE_ROLE" => Some(role),
        "LOCAL_ORGANIZATION" | "REMOTE_ORGANIZATION" => Some(organization),
        "LOCAL_ALL_PRACTITIONER" => Some(practitioner),
        _ => None,
    };
    if let Some(nested) = nested {
        coding["extension"] = json!([nested]);
    }
    json!({ "url": name, "valueCoding": coding })
}

fn process(requester: &str, recipient: &str) -> Value {
    json!({ "resourceType": "ActivityDefinition", "id": "process", "status": "active",
        "url": "http://dsf.dev/bpe/Process/test", "version": "1.0",
        "extension": [{ "url": names::PROCESS_AUTHORIZATION, "extension": [
            { "url": "message-name", "valueString": "test" },
            { "url": "task-profile", "valueCanonical": "http://dsf.dev/fhir/StructureDefinition/test-task|1.0" },
            party("requester", requester), party("recipient", recipient) ] }] })
}

fn test_task(requester: &Identifier) -> Value {
    let mut task = build(&Draft {
        profile: "http://dsf.dev/fhir/StructureDefinition/test-task".to_owned(),
        instantiates_canonical: "http://dsf.dev/bpe/Process/test|1.0".to_owned(),
        message_name: "test".to_owned(),
        business_key: None,
        correlation_key: None,
        requester: LOCAL.to_owned(),
        recipient: LOCAL.to_owned(),
        authored_on: Timestamp::UNIX_EPOCH,
        identifier: Identifier::new("urn:test", "1"),
        additional_inputs: Vec::new(),
    });
    task["requester"]["identifier"] = requester.to_json();
    task
}

fn own_identifier(identity: &Identity) -> Identifier {
    match &identity.actor {
        tessera_fhir::access::Actor::Organization => {
            Identifier::new(names::ORGANIZATION_IDENTIFIER, &identity.organization)
        }
        tessera_fhir::access::Actor::Practitioner(practitioner) => {
            Identifier::new(names::PRACTITIONER_IDENTIFIER, &practitioner.identifier)
        }
    }
}

fn practitioner(role: &str) -> Identity {
    Identity::practitioner(LOCAL, "who@a.example", [Coding::new(names::PRACTITIONER_ROLE_CODES, role)])
}

#[test]
fn who_may_send_by_process_authorization() {
    let (local, peer) = (Identity::local(LOCAL), Identity::remote(PEER));
    let (clerk, admin) = (practitioner("DIC_USER"), practitioner("DSF_ADMIN"));
    #[rustfmt::skip]
    let table = [
        // requester                         recipient          local  peer   clerk  admin
        ("LOCAL_ALL",                        "LOCAL_ALL",       true,  false, false, true),
        ("REMOTE_ALL",                       "LOCAL_ALL",       false, true,  false, false),
        ("REMOTE_ORGANIZATION/b.example",    "LOCAL_ROLE/DIC",  false, true,  false, false),
        ("REMOTE_ORGANIZATION/c.example",    "LOCAL_ALL",       false, false, false, false),
        ("REMOTE_ROLE/HRP",                  "LOCAL_ALL",       false, true,  false, false),
        ("REMOTE_ROLE/DIC",                  "LOCAL_ALL",       false, false, false, false),
        ("LOCAL_ALL_PRACTITIONER/DIC_USER",  "LOCAL_ALL",       false, false, true,  true),
        ("LOCAL_ALL_PRACTITIONER/UAC_USER",  "LOCAL_ALL",       false, false, false, true),
        ("LOCAL_ORGANIZATION/a.example",     "LOCAL_ALL",       true,  false, false, true),
        ("LOCAL_ROLE/DIC",                   "LOCAL_ALL",       true,  false, false, true),
        ("LOCAL_ROLE/TTP",                   "LOCAL_ALL",       false, false, false, false),
        ("LOCAL_ALL",                        "LOCAL_ROLE/TTP",  false, false, false, false),
        ("LOCAL_ALL",                        "REMOTE_ALL",      false, false, false, false),
    ];
    for (requester, recipient, by_local, by_peer, by_clerk, by_admin) in table {
        let (directory, mut definitions) = network();
        definitions.put(&process(requester, recipient));
        let context = Context { directory: &directory, definitions: &definitions };
        for (identity, expected) in
            [(&local, by_local), (&peer, by_peer), (&clerk, by_clerk), (&admin, by_admin)]
        {
            let decision = task::create(identity, &test_task(&own_identifier(identity)), context);
            assert_eq!(decision.is_ok(), expected, "{requester} -> {recipient} by {identity}: {decision:?}");
        }
    }
}

#[test]
fn status_of_new_tasks_by_actor() {
    let (directory, mut definitions) = network();
    definitions.put(&process("LOCAL_ALL", "LOCAL_ALL"));
    let mut remote = process("REMOTE_ALL", "LOCAL_ALL");
    remote["id"] = json!("remote");
    remote["version"] = json!("2.0");
    definitions.put(&remote);
    let context = Context { directory: &directory, definitions: &definitions };
    let actors =
        [Identity::local(LOCAL), Identity::remote(PEER), practitioner("DIC_USER"), practitioner("DSF_ADMIN")];
    for actor in &actors {
        for status in Status::ALL {
            let draft = *status == Status::Draft;
            let sender = if draft { Identity::local(LOCAL) } else { actor.clone() };
            let mut task = test_task(&own_identifier(&sender));
            task["status"] = json!(status.code());
            if !actor.is_local() {
                task["instantiatesCanonical"] = json!("http://dsf.dev/bpe/Process/test|2.0");
            }
            if draft {
                task["identifier"][0]["system"] = json!(names::TASK_IDENTIFIER);
            }
            let clerk = actor.is_local() && !actor.is_local_admin();
            let expected = (draft && actor.is_local_admin()) || (*status == Status::Requested && !clerk);
            let decision = task::create(actor, &task, context);
            assert_eq!(decision.is_ok(), expected, "{status} by {actor}: {decision:?}");
        }
    }
}

#[test]
fn names_and_keys_are_short_and_printable() {
    let (directory, mut definitions) = network();
    definitions.put(&process("REMOTE_ALL", "LOCAL_ALL"));
    let context = Context { directory: &directory, definitions: &definitions };
    let peer = Identity::remote(PEER);
    let (longest, longer) = ("ä".repeat(127) + "k", "k".repeat(256));
    let table = [
        (names::BUSINESS_KEY, longest.as_str(), None),
        (names::BUSINESS_KEY, longer.as_str(), Some("business-key of the Task has 256 bytes")),
        (names::BUSINESS_KEY, "a\u{1b}[2J", Some("control character")),
        (names::CORRELATION_KEY, longest.as_str(), None),
        (names::CORRELATION_KEY, longer.as_str(), Some("correlation-key of the Task has 256 bytes")),
        (names::CORRELATION_KEY, "a\n", Some("control character")),
        (names::MESSAGE_NAME, longer.as_str(), Some("message-name of the Task has 256 bytes")),
        (names::MESSAGE_NAME, "te\0st", Some("control character")),
    ];
    for (name, text, refused) in table {
        let mut task = test_task(&own_identifier(&peer));
        let inputs = task["input"].as_array_mut().unwrap();
        if name == names::MESSAGE_NAME {
            inputs.clear();
        }
        let mut input = tessera_fhir::task::input(names::BPMN_MESSAGE, name, "");
        input["valueString"] = json!(text);
        inputs.push(input);
        let decision = task::create(&peer, &task, context);
        match refused {
            None => assert!(decision.is_ok(), "{name}: {decision:?}"),
            Some(reason) => {
                let refusal = decision.unwrap_err();
                assert_eq!(refusal.code.id(), "F1114", "{name}");
                assert!(refusal.text.contains(reason), "{name}: {refusal}");
            }
        }
    }
}

#[test]
fn every_step_of_every_actor() {
    let (directory, mut definitions) = network();
    definitions.put(&process("REMOTE_ALL", "LOCAL_ALL"));
    let context = Context { directory: &directory, definitions: &definitions };
    let peer = own_identifier(&Identity::remote(PEER));
    let allowed = [
        (Status::Requested, Status::InProgress),
        (Status::Requested, Status::Failed),
        (Status::InProgress, Status::InProgress),
        (Status::InProgress, Status::Completed),
        (Status::InProgress, Status::Failed),
    ];
    for from in Status::ALL {
        for to in Status::ALL {
            let with = |status: Status| {
                let mut task = test_task(&peer);
                task["status"] = json!(status.code());
                task
            };
            let expected = allowed.contains(&(*from, *to));
            let local = task::update(&Identity::local(LOCAL), &with(*from), &with(*to), context);
            assert_eq!(local.is_ok(), expected, "{from} -> {to}: {local:?}");
            assert!(task::update(&Identity::remote(PEER), &with(*from), &with(*to), context).is_err());
            assert!(task::update(&practitioner("DIC_USER"), &with(*from), &with(*to), context).is_err());
        }
    }
    assert_eq!(transition::TRANSITIONS.len(), allowed.len() + 1, "and draft to draft");
}

#[test]
fn rights_by_type() {
    for resource_type in ResourceType::ALL {
        for operation in Operation::ALL {
            assert!(permit(&Identity::local(LOCAL), *operation, *resource_type).is_ok());
            let expected = match operation {
                Operation::Create => *resource_type == ResourceType::Task,
                Operation::Read | Operation::Search | Operation::History => true,
                Operation::Update | Operation::Delete | Operation::WebSocket => false,
            };
            assert_eq!(permit(&Identity::remote(PEER), *operation, *resource_type).is_ok(), expected);
        }
    }
}

#[test]
fn read_access_tags() {
    let tag = |code: &str, extension: Value| {
        let mut tag = json!({ "system": names::READ_ACCESS_TAG, "code": code });
        if !extension.is_null() {
            tag["extension"] = json!([extension]);
        }
        tag
    };
    let organization = |value: &str| {
        tag(
            "ORGANIZATION",
            json!({ "url": names::READ_ACCESS_ORGANIZATION,
            "valueIdentifier": { "system": names::ORGANIZATION_IDENTIFIER, "value": value } }),
        )
    };
    let role = |code: &str| {
        tag(
            "ROLE",
            json!({ "url": names::READ_ACCESS_PARENT_ORGANIZATION_ROLE, "extension": [
            { "url": "parent-organization", "valueIdentifier": { "system": names::ORGANIZATION_IDENTIFIER, "value": PARENT } },
            { "url": "organization-role", "valueCoding": {
                "system": "http://dsf.dev/fhir/CodeSystem/organization-role", "code": code } } ] }),
        )
    };
    let (all, local) = (tag("ALL", Value::Null), tag("LOCAL", Value::Null));
    let (directory, definitions) = network();
    let context = Context { directory: &directory, definitions: &definitions };
    #[rustfmt::skip]
    let table = [
        // tags                                              valid  local  peer
        (vec![all.clone()],                                  true,  true,  true),
        (vec![local.clone()],                                true,  true,  false),
        (vec![local.clone(), organization(PEER)],            true,  true,  true),
        (vec![local.clone(), organization("c.example")],     false, true,  false),
        (vec![local.clone(), role("HRP")],                   true,  true,  true),
        (vec![local.clone(), role("DIC")],                   true,  true,  false),
        (vec![local.clone(), role("XYZ")],                   false, true,  false),
        (vec![organization(PEER)],                           false, false, true),
        (vec![all.clone(), local.clone()],                   false, true,  true),
        (vec![all.clone(), all],                             false, true,  true),
        (vec![local, tag("ROLE", Value::Null)],              false, true,  false),
        (vec![],                                             false, false, false),
    ];
    for (tags_of_resource, valid, by_local, by_peer) in table {
        let resource = json!({ "resourceType": "ValueSet", "meta": { "tag": tags_of_resource },
            "url": "http://x", "version": "1", "status": "active" });
        assert_eq!(tags::valid(&resource, context).is_ok(), valid, "{resource}");
        assert_eq!(
            tags::read(&Identity::local(LOCAL), &resource, &directory).is_ok(),
            by_local,
            "{resource}"
        );
        assert_eq!(tags::read(&Identity::remote(PEER), &resource, &directory).is_ok(), by_peer, "{resource}");
        assert_eq!(content::create(&Identity::local(LOCAL), &resource, context).is_ok(), valid, "{resource}");
        assert!(content::create(&Identity::remote(PEER), &resource, context).is_err());
    }
}

type Change<'a> = &'a dyn Fn(&mut Value);

#[test]
fn profiles_constrain_inputs() {
    let (_, mut definitions) = network();
    definitions.put(&json!({
        "resourceType": "StructureDefinition", "id": "test-task", "type": "Task", "status": "active",
        "url": "http://dsf.dev/fhir/StructureDefinition/test-task", "version": "1.0",
        "baseDefinition": "http://dsf.dev/fhir/StructureDefinition/task",
        "differential": { "element": [
            { "id": "Task.input:message-name.value[x]", "path": "Task.input.value[x]", "fixedString": "test" },
            { "id": "Task.input:correlation-key", "path": "Task.input", "sliceName": "correlation-key", "max": "0" },
            { "id": "Task.output:result", "path": "Task.output", "sliceName": "result" },
            { "id": "Task.output:result.type.coding.code", "path": "Task.output.type.coding.code", "fixedCode": "result" },
            { "id": "Task.output:result.value[x]", "path": "Task.output.value[x]", "type": [{ "code": "Coding" }] },
        ] } }));
    let input = |code: &str, value: Value| {
        let mut input = tessera_fhir::task::input(names::BPMN_MESSAGE, code, "");
        input["valueString"] = value;
        input
    };
    let local = own_identifier(&Identity::local(LOCAL));
    let check = |change: &dyn Fn(&mut Value)| {
        let mut task = test_task(&local);
        change(&mut task);
        let found = profile::validate(&task, &definitions);
        found.into_iter().map(|issue| issue.diagnostics).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(check(&|_| {}), "");
    let table: [(Change<'_>, &str); 9] = [
        (&|task| task["input"][0]["valueString"] = json!("other"), "must be exactly \"test\""),
        (
            &|task| task["input"].as_array_mut().unwrap().push(input("correlation-key", json!("x"))),
            "at most 0 allowed",
        ),
        (
            &|task| task["input"].as_array_mut().unwrap().push(input("message-name", json!("test"))),
            "at most 1 allowed",
        ),
        (&|task| task["intent"] = json!("plan"), "must be exactly \"order\""),
        (
            &|task| {
                task.as_object_mut().unwrap().remove("authoredOn");
            },
            "Task.authoredOn: element is there 0 times",
        ),
        (&|task| task["status"] = json!("in-progress"), "business-key is needed"),
        (&|task| task["meta"]["profile"] = json!([]), "names no profile"),
        (
            &|task| {
                task["meta"]["profile"][0] = json!("http://dsf.dev/fhir/StructureDefinition/test-task|0.9");
            },
            "not installed",
        ),
        (
            &|task| {
                task["output"] = json!([{ "type": { "coding": [{ "system": "s", "code": "result" }] }, "valueString": "x" }]);
            },
            "has type String; allowed: Coding",
        ),
    ];
    for (change, expected) in table {
        let found = check(change);
        assert!(found.contains(expected), "{expected}: {found}");
    }
}
