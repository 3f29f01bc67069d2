//! The FHIR resources, judged by the code that judges them at a site: drafts and messages fit their profiles, and
//! authorizations can be read and name profiles that exist.
#![allow(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tessera_fhir::definitions::Definitions;
use tessera_fhir::{Identifier, builtin, process, profile, task};

const PING: &str = "http://dsf.dev/fhir/CodeSystem/ping";

/// All resources of a plugin as a site publishes them.
fn resources(plugin: &str) -> Vec<Value> {
    let mut folders = vec![PathBuf::from(plugin).join("fhir")];
    let mut resources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(&folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            let text = text
                .replace("#{version}", "1.0")
                .replace("#{date}", "2026-11-23")
                .replace("#{organization}", "a.example");
            let mut resource: Value = serde_json::from_str(&text).unwrap();
            resource["id"] = format!("{}-{}", plugin, resources.len()).into();
            resources.push(resource);
        }
    }
    resources
}

fn definitions(resources: &[Value]) -> Definitions {
    let mut definitions = Definitions::default();
    for (number, mut resource) in builtin::resources().into_iter().enumerate() {
        resource["id"] = format!("builtin-{number}").into();
        definitions.put(&resource);
    }
    for resource in resources {
        definitions.put(resource);
    }
    definitions
}

fn of_type<'a>(resources: &'a [Value], resource_type: &'a str) -> impl Iterator<Item = &'a Value> {
    resources.iter().filter(move |resource| resource["resourceType"] == resource_type)
}

#[test]
fn drafts_fit_their_profiles() {
    for plugin in ["ping-pong", "hello-world"] {
        let resources = resources(plugin);
        let definitions = definitions(&resources);
        assert!(of_type(&resources, "Task").count() > 0);
        for draft in of_type(&resources, "Task") {
            assert_eq!(profile::validate(draft, &definitions), [], "{draft:#}");
        }
    }
}

#[test]
fn authorizations_name_profiles_that_exist() {
    for plugin in ["ping-pong", "hello-world"] {
        let resources = resources(plugin);
        for definition in of_type(&resources, "ActivityDefinition") {
            for authorization in process::authorizations(definition).unwrap() {
                let url = authorization.task_profile.to_string();
                let exists = of_type(&resources, "StructureDefinition").any(|profile| {
                    format!("{}|{}", profile["url"].as_str().unwrap(), profile["version"].as_str().unwrap())
                        == url
                });
                assert!(exists, "{}: {url}", definition["url"]);
            }
        }
    }
}

#[test]
fn messages_fit_their_profiles() {
    let endpoint = json!({
        "type": { "coding": [{ "system": PING, "code": "endpoint-identifier" }] },
        "valueReference": { "type": "Endpoint", "identifier": { "system": "http://dsf.dev/sid/endpoint-identifier", "value": "a" } },
    });
    let query = task::input(PING, "target-endpoints", "Endpoint?status=active");
    let cases = [
        ("ping", "pong", true, vec![endpoint.clone()], true),
        ("ping", "pong", true, vec![], false),
        ("ping", "pong", false, vec![endpoint.clone()], false),
        ("pong", "ping", true, vec![], true),
        ("pong", "ping", true, vec![endpoint], false),
        ("start-ping", "ping", false, vec![query.clone()], true),
        ("start-ping", "ping", false, vec![], true),
        ("start-ping", "ping", true, vec![query], false),
    ];
    let resources = resources("ping-pong");
    let definitions = definitions(&resources);
    for (message, process, answers, additional_inputs, fits) in cases {
        let task = task::build(&task::Draft {
            profile: format!("http://dsf.dev/fhir/StructureDefinition/task-{message}|1.0"),
            instantiates_canonical: format!("http://dsf.dev/bpe/Process/{process}|1.0"),
            message_name: if message == "start-ping" { "startPing" } else { message }.to_owned(),
            business_key: Some("business".to_owned()),
            correlation_key: answers.then(|| "correlation".to_owned()),
            requester: "a.example".to_owned(),
            recipient: "b.example".to_owned(),
            authored_on: "2026-11-23T08:15:00Z".parse().unwrap(),
            identifier: Identifier::new("urn:tessera:effect", "1"),
            additional_inputs,
        });
        let issues = profile::validate(&task, &definitions);
        assert_eq!(issues.is_empty(), fits, "{message}: {issues:#?}");
    }
}

#[test]
fn outputs_fit_their_profile() {
    for (code, extension, fits) in [
        ("pong-received", "http://dsf.dev/fhir/StructureDefinition/extension-ping-status", true),
        ("pong-send", "http://dsf.dev/fhir/StructureDefinition/extension-ping-status", false),
        ("pong-missing", "http://example.org/anything-else", false),
    ] {
        let identifier = |url: &str| json!({ "url": url, "valueIdentifier": { "system": format!("http://dsf.dev/sid/{url}"), "value": "b" } });
        let resources = resources("ping-pong");
        let mut task = of_type(&resources, "Task")
            .find(|task| task["instantiatesCanonical"] == "http://dsf.dev/bpe/Process/ping|1.0")
            .unwrap()
            .clone();
        task["status"] = "in-progress".into();
        task.as_object_mut().unwrap().remove("identifier");
        let key = task::input("http://dsf.dev/fhir/CodeSystem/bpmn-message", "business-key", "business");
        task["input"].as_array_mut().unwrap().insert(1, key);
        task["output"] = json!([{
            "type": { "coding": [{ "system": PING, "code": "ping-status" }] },
            "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/ping-status", "code": code },
            "extension": [{
                "url": extension,
                "extension": [{ "url": "correlation-key", "valueString": "1" }, identifier("organization-identifier"), identifier("endpoint-identifier")],
            }],
        }]);
        let issues = profile::validate(&task, &definitions(&resources));
        assert_eq!(issues.is_empty(), fits, "{code}: {issues:#?}");
    }
}
