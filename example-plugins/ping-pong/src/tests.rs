//! Every handler against a mock host, and the models against the real compiler.

use serde_json::{Value, json};
use tessera_plugin_sdk::testing::{MockHost, input, message, task, text_input};

use super::*;
use crate::names::{TARGET_ENDPOINTS, TIMER_INTERVAL};

const KEY: &str = "0d7d2c36-5f1e-4f43-9d0c-0c4b0d6b7f11";

fn site() -> MockHost {
    MockHost::new("dic1.example").with_partner("ttp.example").with_partner("dic2.example")
}

fn ttp() -> Target {
    Target::new("ttp.example", "ttp.example/endpoint", "https://ttp.example/fhir").with_correlation_key(KEY)
}

fn ping_task(sender: &str, endpoint: &str) -> Value {
    let reference = json!({ "valueReference": { "type": "Endpoint", "identifier": { "system": naming::ENDPOINT, "value": endpoint } } });
    task(
        sender,
        "ping",
        &[
            input(PING, ENDPOINT_IDENTIFIER, reference),
            text_input(naming::BPMN_MESSAGE, "correlation-key", KEY),
        ],
    )
}

fn endpoint(identifier: &str, managed_by: &str, status: &str) -> Value {
    json!({
        "resourceType": "Endpoint",
        "status": status,
        "identifier": [{ "system": naming::ENDPOINT, "value": identifier }],
        "managingOrganization": { "reference": managed_by },
        "address": format!("https://{identifier}/fhir"),
    })
}

fn unreachable() -> DeliveryError {
    DeliveryError::Unreachable("connection refused".to_owned())
}

#[test]
fn everybody_but_ourselves_is_pinged() {
    let host = site().with_task(task("dic1.example", "startPing", &[]));
    host.service_task::<PingPong>("select-ping-targets").unwrap();

    let endpoints: Vec<_> =
        host.targets().into_iter().map(|target| (target.organization, target.endpoint)).collect();
    assert_eq!(
        endpoints,
        [
            ("dic2.example".to_owned(), "dic2.example/endpoint".to_owned()),
            ("ttp.example".to_owned(), "ttp.example/endpoint".to_owned()),
        ]
    );
    let keys: Vec<_> = host.targets().into_iter().map(|target| target.correlation_key).collect();
    assert!(keys.iter().all(Option::is_some));
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_search_chooses_among_the_allow_list() {
    let query = "Endpoint?status=active&identifier=http%3A%2F%2Fdsf.dev%2Fsid%2Fendpoint-identifier|";
    let host = site()
        .with_task(task("dic1.example", "startPing", &[text_input(PING, TARGET_ENDPOINTS, query)]))
        .with_resource(endpoint("ttp", "Organization/ttp.example", "active"))
        .with_resource(endpoint("old", "Organization/ttp.example", "off"))
        .with_resource(endpoint(
            "dic2",
            "https://dic1.example/fhir/Organization/dic2.example/_history/3",
            "active",
        ))
        .with_resource(endpoint("stranger", "Organization/stranger.example", "active"))
        .with_resource(endpoint("dic1.example/endpoint", "Organization/dic1.example", "active"));
    host.service_task::<PingPong>("select-ping-targets").unwrap();

    let endpoints: Vec<_> = host.targets().into_iter().map(|target| target.endpoint).collect();
    assert_eq!(endpoints, ["dic2", "ttp"]);
}

#[test]
fn a_search_the_site_refuses_is_not_repeated() {
    for (query, host) in [
        ("no query at all", site()),
        ("Endpoint?colour=red", site().with_resource(endpoint("ttp", "Organization/ttp.example", "active"))),
    ] {
        let host =
            host.with_task(task("dic1.example", "startPing", &[text_input(PING, TARGET_ENDPOINTS, query)]));
        let error = host.service_task::<PingPong>("select-ping-targets").unwrap_err();
        assert!(!error.may_retry(), "{query}: {}", error.message());
    }
}

#[test]
fn a_ping_names_the_endpoint_that_waits_for_the_pong() {
    let host = site().with_target(&ttp());
    let plan = host.prepare::<PingPong>("send-ping", &message("ping", Some(ttp()))).unwrap();

    assert_eq!(plan.business_key, BusinessKey::Same);
    let input: Value = serde_json::from_str(&plan.additional_inputs[0].value_json).unwrap();
    assert_eq!(plan.additional_inputs[0].kind, Coding::new(PING, ENDPOINT_IDENTIFIER));
    assert_eq!(input["valueReference"]["type"], "Endpoint");
    assert_eq!(input["valueReference"]["identifier"]["value"], "dic1.example/endpoint");
}

#[test]
fn a_lost_ping_is_a_result() {
    let cases = [
        (DeliveryError::refused(403, "no"), "not-allowed", "HTTP 403: no"),
        (DeliveryError::refused(401, "no"), "not-allowed", "HTTP 401: no"),
        (DeliveryError::refused(404, "no"), "not-reachable", "HTTP 404: no"),
        (unreachable(), "not-reachable", "connection refused"),
    ];
    for (error, code, reason) in cases {
        let host = site().with_target(&ttp());
        let disposition =
            host.failed::<PingPong>("send-ping", &message("ping", Some(ttp())), &error).unwrap();
        assert_eq!(disposition, Disposition::Proceed);
        assert_eq!(host.local("statusCode").unwrap(), code);

        host.service_task::<PingPong>("log-send-error").unwrap();
        assert_eq!(host.variable(&format!("statusCode_{KEY}")).unwrap(), code);
        assert_eq!(host.variable(&format!("errorMessage_{KEY}")).unwrap(), reason);
    }
}

#[test]
fn each_branch_waits_for_its_own_pong() {
    let host = site().with_target(&ttp());
    host.listener::<PingPong>("set-correlation-key", ListenerEvent::Start).unwrap();
    assert_eq!(host.local("correlationKey").unwrap(), KEY);
    assert_eq!(host.variable("correlationKey"), None);
}

#[test]
fn what_came_back_is_noted_per_site() {
    for (handler, code) in [("log-pong", "pong-received"), ("log-no-response", "pong-missing")] {
        let host = site().with_target(&ttp());
        host.service_task::<PingPong>(handler).unwrap();
        assert_eq!(host.variable(&format!("statusCode_{KEY}")).unwrap(), code);
        assert_eq!(host.log_lines()[0].fields["organization"], "ttp.example");
    }
}

#[test]
fn results_are_outputs_of_the_start_task() {
    let dic2 = Target::new("dic2.example", "dic2.example/endpoint", "https://dic2.example/fhir")
        .with_correlation_key("2");
    let host = site()
        .with_targets(&[ttp(), dic2])
        .with_variable(&format!("statusCode_{KEY}"), "pong-received")
        .with_variable("statusCode_2", "not-reachable")
        .with_variable("errorMessage_2", "connection refused");
    host.service_task::<PingPong>("save-results").unwrap();

    let outputs = host.outputs();
    assert_eq!(outputs.len(), 2);
    assert_eq!(
        outputs[1],
        json!({
            "type": { "coding": [{ "system": "http://dsf.dev/fhir/CodeSystem/ping", "code": "ping-status" }] },
            "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/ping-status", "code": "pong-received" },
            "extension": [{
                "url": "http://dsf.dev/fhir/StructureDefinition/extension-ping-status",
                "extension": [
                    { "url": "correlation-key", "valueString": KEY },
                    { "url": "organization-identifier", "valueIdentifier": { "system": "http://dsf.dev/sid/organization-identifier", "value": "ttp.example" } },
                    { "url": "endpoint-identifier", "valueIdentifier": { "system": "http://dsf.dev/sid/endpoint-identifier", "value": "ttp.example/endpoint" } },
                ],
            }],
        })
    );
    assert_eq!(outputs[0]["valueCoding"]["code"], "not-reachable");
    assert_eq!(
        outputs[0]["extension"][0]["extension"][3],
        json!({ "url": "error-message", "valueString": "connection refused" })
    );
}

#[test]
fn a_pong_goes_to_the_endpoint_that_the_ping_names() {
    let host = site().with_task(ping_task("ttp.example", "ttp.example/endpoint"));
    host.service_task::<PingPong>("log-ping").unwrap();
    host.service_task::<PingPong>("select-pong-target").unwrap();
    assert_eq!(host.target(), Some(ttp()));

    let plan = host.prepare::<PingPong>("send-pong", &message("pong", host.target())).unwrap();
    assert_eq!(
        (plan.business_key, plan.additional_inputs, plan.target),
        (BusinessKey::Same, Vec::new(), None)
    );
}

#[test]
fn a_ping_cannot_send_a_pong_to_a_third_party() {
    for endpoint in ["dic2.example/endpoint", "nowhere/endpoint"] {
        let host = site().with_task(ping_task("ttp.example", endpoint));
        let error = host.service_task::<PingPong>("select-pong-target").unwrap_err();
        assert_eq!(error.bpmn_code(), Some("target_not_allowed"), "{endpoint}");
        assert_eq!(host.target(), None);
    }
}

#[test]
fn the_end_of_a_pong_is_an_output_of_the_ping() {
    let sent = site().with_target(&ttp());
    sent.listener::<PingPong>("record-pong-sent", ListenerEvent::End).unwrap();
    assert_eq!(sent.outputs()[0]["valueCoding"]["code"], "pong-send");

    for (error, code) in
        [(DeliveryError::refused(403, "no"), "not-allowed"), (unreachable(), "not-reachable")]
    {
        let lost = site().with_target(&ttp());
        let disposition =
            lost.failed::<PingPong>("send-pong", &message("pong", Some(ttp())), &error).unwrap();
        assert_eq!(disposition, Disposition::Default);
        assert_eq!(lost.outputs()[0]["type"]["coding"][0]["code"], "pong-status");
        assert_eq!(lost.outputs()[0]["valueCoding"]["code"], code);
    }
}

#[test]
fn an_autostart_sends_to_its_own_site() {
    let configured = text_input(PING, TIMER_INTERVAL, "PT1H");
    let query = text_input(PING, TARGET_ENDPOINTS, "Endpoint?status=active");
    for (inputs, interval, handed_on) in [(vec![configured, query], "PT1H", 1), (Vec::new(), "PT24H", 0)] {
        let host = site().with_task(task("dic1.example", "startPingAutostart", &inputs));
        host.service_task::<PingPong>("set-target-and-configure-timer").unwrap();
        let target = host.target().unwrap();
        assert_eq!((target.organization.as_str(), target.correlation_key), ("dic1.example", None));
        assert_eq!(host.variable("timerInterval").unwrap(), interval);

        let plan = host.prepare::<PingPong>("send-start-ping", &message("startPing", host.target())).unwrap();
        assert_eq!(plan.business_key, BusinessKey::Fresh);
        assert_eq!(plan.additional_inputs.len(), handed_on);
    }
}

#[test]
fn a_site_that_denies_is_named_and_not_asked_again() {
    let host = site().with_task(task("dic1.example", "startPing", &[])).denying("directory.read");
    let error = host.service_task::<PingPong>("select-ping-targets").unwrap_err();
    assert!(error.message().contains("directory.read"));
    assert!(!error.may_retry());
}

#[test]
fn the_manifest_knows_every_name_of_the_original_models() {
    let manifest: Value = serde_json::from_str(PingPong::MANIFEST).unwrap();
    let aliases: Vec<&str> = manifest["handlers"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|handler| handler["aliases"][0].as_str())
        .collect();
    for class in [
        "service.SelectPingTargets",
        "service.LogPing",
        "service.LogPong",
        "service.LogNoResponse",
        "service.LogSendError",
        "service.SaveResults",
        "service.SelectPongTarget",
        "service.SetTargetAndConfigureTimer",
        "message.SendPing",
        "message.SendPong",
        "message.SendStartPing",
        "listener.SetCorrelationKeyListener",
    ] {
        assert!(aliases.contains(&format!("dev.dsf.bpe.{class}").as_str()), "{class}");
    }
    assert_eq!(manifest["resource-version"], "1.0");
    let processes: Vec<&str> = manifest["processes"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|process| process["id"].as_str())
        .collect();
    assert_eq!(processes, ["dsfdev_pingAutostart", "dsfdev_ping", "dsfdev_pong"]);
}

#[test]
fn the_models_compile() {
    for (path, text) in [
        ("ping", include_str!("../bpe/ping.bpmn")),
        ("pong", include_str!("../bpe/pong.bpmn")),
        ("pingAutostart", include_str!("../bpe/ping-autostart.bpmn")),
        ("helloWorld", include_str!("../../hello-world/bpe/hello-world.bpmn")),
    ] {
        let reading = tessera_bpmn::read::read(text.replace("#{version}", "1.0").as_bytes());
        assert!(reading.diagnostics.is_empty(), "{path}: {:#?}", reading.diagnostics);
        let program =
            tessera_bpmn::compile::compile(&reading.model.unwrap(), &format!("dsfdev_{path}")).unwrap();
        assert_eq!(program.version_tag.as_deref(), Some("1.0"));
    }
}
