//! What an operator does with processes and instances, each by its command, on a site of the real program.

use serde_json::{Value, json};
use tessera_tests::network::{Network, Party, Roles};

use crate::foreign_models::with_file;

const MODEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="operations" targetNamespace="http://dsf.dev/bpe">
  <signal id="news" name="news"/>
  <message id="order" name="order"/>
  <error id="sick" errorCode="sick"/>
  <process id="dsfdev_helloWorld" isExecutable="true" camunda:versionTag="1.0">
    <startEvent id="byHand"/>
    <startEvent id="extra"><signalEventDefinition signalRef="news"/></startEvent>
    <startEvent id="warm"><conditionalEventDefinition><condition>${degrees > 30}</condition></conditionalEventDefinition></startEvent>
    <userTask id="review"/><userTask id="care"/><userTask id="read"/>
    <intermediateCatchEvent id="ordered"><messageEventDefinition messageRef="order"/></intermediateCatchEvent>
    <endEvent id="end"/>
    <boundaryEvent id="sickness" attachedToRef="review"><errorEventDefinition errorRef="sick"/></boundaryEvent>
    <sequenceFlow id="f1" sourceRef="byHand" targetRef="review"/>
    <sequenceFlow id="f2" sourceRef="review" targetRef="ordered"/>
    <sequenceFlow id="f3" sourceRef="ordered" targetRef="end"/>
    <sequenceFlow id="f4" sourceRef="sickness" targetRef="care"/>
    <sequenceFlow id="f5" sourceRef="extra" targetRef="read"/>
    <sequenceFlow id="f6" sourceRef="warm" targetRef="read"/>
  </process>
</definitions>"#;
const PROCESS: &str = "dsfdev_helloWorld";

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_has_a_command_and_every_refusal_a_reason() {
    let plugin =
        with_file(tessera_example_plugins::HELLO_WORLD.to_vec(), "bpe/hello-world.bpmn", MODEL.as_bytes());
    let network = Network::new(crate::program(), &["a.example"], &[("hello-world", &plugin)]);
    let _sites = network.start();
    let [site] = network.parties() else { unreachable!("one name, one party") };
    let shown = site.ask(Roles::All, &["plugin", "list"]);
    assert_eq!(shown[0]["state"], "active", "{shown:#}");

    // Suspended, nothing moves it.
    let id = start(site, &["--business-key", "first", "--variable", "x=1"]);
    let instance = |operation: &str, more: &[&str]| {
        site.tell(Roles::All, &[&["instance", operation, &id], more].concat())
    };
    let no = |operation: &str, more: &[&str], reason: &str| {
        let said = site.refused(Roles::All, &[&["instance", operation, &id], more].concat());
        assert!(said.contains(reason), "{operation} {more:?}: {said}");
    };
    instance("suspend", &[]);
    no("complete", &["review"], "suspended");
    no("suspend", &[], "suspended");
    instance("resume", &[]);
    no("complete", &["care"], "it is open at: review");
    no("complete", &["review", "--wait", "77"], "--wait");

    // Moved, by what the model says and against it.
    instance("set", &["x=5", "who=me"]);
    assert_eq!(variable(site, &id, "x"), json!(5));
    instance("throw", &["review", "--code", "sick", "--variable", "fever=39"]);
    assert_eq!((at(site, &id), variable(site, &id, "fever")), ("care".to_owned(), json!(39)));
    no("modify", &["before=nowhere"], "nowhere");
    instance("modify", &["cancel=care", "before=review"]);
    assert_eq!(at(site, &id), "review");
    no("migrate", &["--dry-run"], "");
    let plan = site.answer(Roles::All, &["instance", "migrate", &id, "--dry-run"]);
    assert!(plan["obstacles"][0].as_str().is_some_and(|line| line.contains("already")), "{plan}");

    // A message that comes too early is kept.
    let message = ["instance", "message", "order", "--business-key", "first"];
    let nobody = site.refused(Roles::All, &message);
    assert!(nobody.contains("nobody waits"), "{nobody}");
    let kept = site.tell(Roles::All, &[&message[..], &["--keep", "600"]].concat());
    assert!(kept.contains("it is kept"), "{kept}");
    no("delete", &[], "still runs");
    instance("complete", &["review"]);
    until(|| state(site, &id) == "completed").await;
    let journal = instance("journal", &[]);
    assert!(journal.contains("an operator modified it") && journal.contains("care"), "{journal}");
    instance("delete", &[]);
    until(|| site.ask(Roles::All, &["instance", "list"]) == json!([])).await;
    no("show", &[], "no such instance");

    // What starts others, and what does not any more.
    site.tell(Roles::All, &["instance", "signal", "news"]);
    until(|| running(site).len() == 1).await;
    let evaluate = |degrees: &str| ["process", "evaluate", "--variable", degrees].map(str::to_owned);
    let cold = evaluate("degrees=20");
    let said = site.refused(Roles::All, &cold.each_ref().map(String::as_str));
    assert!(said.contains("no condition"), "{said}");
    let warm = evaluate("degrees=40");
    assert!(site.tell(Roles::All, &warm.each_ref().map(String::as_str)).starts_with("started "));
    assert_eq!(running(site), ["read", "read"]);
    for nothing in [["--process", "other"], ["--business-key", "other"], ["--with-incident", "--running"]] {
        let listed = site.ask(Roles::All, &[&["instance", "list"], &nothing[..]].concat());
        assert_eq!(listed, json!([]), "{nothing:?}");
    }
    site.tell(Roles::All, &["process", "deactivate", PROCESS]);
    let said = site.refused(Roles::All, &["process", "start", PROCESS]);
    assert!(said.contains("not deployed") || said.contains("not in use"), "{said}");
    let processes = site.ask(Roles::All, &["process", "list"]);
    assert_eq!((&processes[0]["active"], &processes[0]["newest"]), (&json!(false), &json!(false)));
    site.tell(Roles::All, &["process", "activate", PROCESS]);
    let inside = start(site, &["--before", "care", "--before", "read"]);
    assert_eq!(at(site, &inside), "care,read");
    let all = site.refused(Roles::All, &["process", "migrate", PROCESS, "--from", "1.0", "--to", "2.0"]);
    assert!(all.is_empty(), "what stands in the way is the answer: {all}");
    site.tell(Roles::All, &["instance", "cancel", &inside]);
    assert_eq!(running(site), ["read", "read"]);
}

fn start(site: &Party, more: &[&str]) -> String {
    let started = site.ask(Roles::All, &[&["process", "start", PROCESS], more].concat());
    started["instance"].as_str().expect("its id is the answer").to_owned()
}

fn shown(site: &Party, id: &str) -> Value {
    site.ask(Roles::All, &["instance", "show", id])
}

fn variable(site: &Party, id: &str, name: &str) -> Value {
    shown(site, id)["variables"][name].clone()
}

fn state(site: &Party, id: &str) -> String {
    shown(site, id)["row"]["state"].as_str().unwrap_or_default().to_owned()
}

fn at(site: &Party, id: &str) -> String {
    places(&shown(site, id)["row"])
}

fn places(row: &Value) -> String {
    let places = row["at"].as_array().map_or(&[][..], Vec::as_slice);
    places.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(",")
}

fn running(site: &Party) -> Vec<String> {
    let rows = site.ask(Roles::All, &["instance", "list", "--running"]);
    rows.as_array().map_or(&[][..], Vec::as_slice).iter().map(places).collect()
}

/// Looks again and again, for a while.
async fn until(mut holds: impl FnMut() -> bool) {
    let mut look = tokio::time::interval(std::time::Duration::from_millis(100));
    let deadline = tokio::time::Instant::now() + std::time::Duration::from_secs(30);
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "it did not come to that");
        look.tick().await;
    }
}
