//! Processes: any model that is accepted comes to rest; any order of inputs leaves a site in order; any bytes in its store are
//! understood or refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::json;
use tessera_bpmn::compile;
use tessera_bpmn::model::RootElement;
use tessera_bpmn::read::read;
use tessera_core::driver::{Command, Counts, Deployment, Event, Reply, State};
use tessera_core::identity::{DefinitionKey, IncidentKey, InstanceId, WaitKey};
use tessera_core::message::Message;
use tessera_store::{Batch, Memory, Store as _};

use crate::pump::Site;

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
/// A model of this size is large for a person, and its run is short.
const MODEL_BYTES_MAX: usize = 64 * 1024;

const STARTS_MAX: usize = 8;

/// Everything that an input can meet: a start by message and one without, waits of each kind, parallel branches, a boundary.
const MODEL: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    targetNamespace="test">
  <message id="mGo" name="go"/><message id="mMore" name="more"/><signal id="sig" name="stop"/>
  <process id="talk" isExecutable="true">
    <startEvent id="start"><messageEventDefinition messageRef="mGo"/></startEvent>
    <parallelGateway id="fork"/>
    <serviceTask id="work" camunda:class="Work"/>
    <intermediateCatchEvent id="more"><messageEventDefinition messageRef="mMore"/></intermediateCatchEvent>
    <userTask id="person"/>
    <boundaryEvent id="late" attachedToRef="person"><timerEventDefinition>
      <timeDuration xsi:type="tFormalExpression">PT30S</timeDuration></timerEventDefinition></boundaryEvent>
    <intermediateCatchEvent id="told"><signalEventDefinition signalRef="sig"/></intermediateCatchEvent>
    <endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="fork"/><sequenceFlow id="f2" sourceRef="fork" targetRef="work"/>
    <sequenceFlow id="f3" sourceRef="fork" targetRef="person"/><sequenceFlow id="f4" sourceRef="fork" targetRef="told"/>
    <sequenceFlow id="f5" sourceRef="work" targetRef="more"/><sequenceFlow id="f6" sourceRef="more" targetRef="end"/>
    <sequenceFlow id="f7" sourceRef="person" targetRef="end"/><sequenceFlow id="f8" sourceRef="late" targetRef="end"/>
    <sequenceFlow id="f9" sourceRef="told" targetRef="end"/>
  </process>
  <process id="short" isExecutable="true">
    <startEvent id="begin"/><serviceTask id="job" camunda:class="Job"/><endEvent id="over"/>
    <sequenceFlow id="g1" sourceRef="begin" targetRef="job"/><sequenceFlow id="g2" sourceRef="job" targetRef="over"/>
  </process>
</definitions>"#;

fn deployments(bytes: &[u8]) -> Vec<Deployment> {
    let Some(model) = read(bytes).model else { return Vec::new() };
    let mut deployments = Vec::new();
    for process_id in model.processes().filter_map(|process| process.id.as_deref()) {
        if let Ok(program) = compile::compile(&model, process_id) {
            let key =
                DefinitionKey { process_id: process_id.into(), version: "1.0".into(), digest: "d".into() };
            deployments.push(Deployment { key, program: Arc::new(program) });
        }
    }
    deployments
}

fn message(id: usize, process: &str, name: &str, business_key: usize) -> Message {
    Message {
        id: format!("Task/{id}").into(),
        sender: "b.example".into(),
        process_id: process.into(),
        process_version: "1.0".into(),
        name: name.into(),
        business_key: Some(format!("key-{business_key}").into()),
        correlation_key: None,
        document: Arc::new(json!({ "number": id })),
    }
}

/// How a process may be started: without a message, and by each message of its model, which refuses those that are no start.
fn starts(bytes: &[u8]) -> Vec<Option<Arc<str>>> {
    let mut names = vec![None];
    if let Some(model) = read(bytes).model {
        let messages = model.root_elements.iter().filter_map(|element| {
            let RootElement::Message(message) = element else { return None };
            message.name.as_deref()
        });
        names.extend(messages.map(|name| Some(Arc::from(name))));
    }
    names.truncate(STARTS_MAX);
    names
}

/// Every process that compiles is started in every way. It comes to rest, says why it does not move, and can be cancelled.
pub fn compile_and_run(bytes: &[u8]) {
    if bytes.len() > MODEL_BYTES_MAX {
        return;
    }
    let deployments = deployments(bytes);
    if deployments.is_empty() {
        return;
    }
    let mut site = Site::new(Memory::new(), deployments.clone());
    for Deployment { key, .. } in &deployments {
        for message_name in starts(bytes) {
            site.command(Command::Start {
                process_id: key.process_id.clone(),
                version: None,
                message_name,
                before: Vec::new(),
                business_key: None,
                variables: vec![("n".into(), Arc::new(json!(1)))],
            });
        }
    }
    // What starts anew every second has no rest, and nothing that could be said of it.
    if !site.rest(DAY_MS) {
        return;
    }
    in_order(&mut site);
    let mut cancelled = Vec::new();
    for row in site.instances() {
        if row.state == State::Running {
            cancelled.push(row.instance.clone());
            site.command(Command::Cancel { instance: row.instance, reason: "enough".to_owned() });
        }
    }
    if !site.rest(DAY_MS) {
        return;
    }
    for row in site.instances() {
        let still = row.state == State::Running && cancelled.contains(&row.instance);
        assert!(!still, "an instance cannot be cancelled: {row:?}");
    }
    in_order(&mut site);
}

/// Two bytes for each input: which, and about what. Afterwards everything heals and comes to rest.
pub fn site_inputs(bytes: &[u8]) {
    let mut site = Site::new(Memory::new(), deployments(MODEL.as_bytes()));
    site.rest(1);
    drive(&mut site, bytes);
    site.fails = false;
    assert!(site.rest(DAY_MS), "no rest");
    site.restart();
    assert!(site.rest(DAY_MS), "no rest after a restart");
    assert!(!site.halted, "the site has halted");
    in_order(&mut site);
    let mut conversations: BTreeMap<_, usize> = BTreeMap::new();
    for row in site.instances() {
        if row.state == State::Running && &*row.process_id == "talk" {
            *conversations.entry(row.business_key).or_default() += 1;
        }
    }
    assert!(conversations.values().all(|count| *count == 1), "twice in one conversation: {conversations:?}");
}

fn drive(site: &mut Site, bytes: &[u8]) {
    let mut next_id = 0;
    for pair in bytes.chunks(2).take(200) {
        let (kind, about) = (pair[0] % 16, usize::from(pair.get(1).copied().unwrap_or_default()));
        let known = site.store.range(&[0], &[u8::MAX; 8], 1).map_or(0, |rows| rows.len());
        let instance = |site: &mut Site| {
            let rows = if known == 0 { Vec::new() } else { site.instances() };
            let chosen = rows.get(about % rows.len().max(1)).map(|row| row.instance.clone());
            chosen.unwrap_or_else(|| InstanceId("no-such-instance".into()))
        };
        match kind {
            0 | 1 => {
                next_id += 1;
                let ticket = site.ticket();
                site.event(Event::Message { ticket, message: message(next_id, "talk", "go", about % 4) });
            }
            2 => {
                next_id += 1;
                let ticket = site.ticket();
                site.event(Event::Message { ticket, message: message(next_id, "talk", "more", about % 4) });
            }
            3 => {
                // A message that was there before, with whatever name.
                let ticket = site.ticket();
                let name = ["go", "more", "else"][about % 3];
                let repeated = message(about % (next_id + 1), "talk", name, about % 4);
                site.event(Event::InProgress { ticket, message: repeated });
            }
            4 => {
                let process_id: Arc<str> = ["short", "talk", "none"][about % 3].into();
                site.command(Command::Start {
                    process_id,
                    version: None,
                    message_name: None,
                    before: Vec::new(),
                    // Who starts a conversation by hand opens one of its own, beside those of messages.
                    business_key: (about % 3 != 1).then(|| format!("key-{}", about % 4).into()),
                    variables: Vec::new(),
                });
            }
            5 => {
                let instance = instance(site);
                site.command(Command::Cancel { instance, reason: "fuzz".to_owned() });
            }
            6 => {
                let (instance, incident) = (instance(site), IncidentKey(u64::try_from(about % 3).unwrap()));
                site.command(Command::Retry { instance, incident });
            }
            7 => {
                let (instance, wait) = (instance(site), WaitKey(u64::try_from(about % 8).unwrap()));
                site.command(Command::Complete { instance, wait, variables: Vec::new() });
            }
            8 => {
                let (instance, wait) = (instance(site), WaitKey(u64::try_from(about % 8).unwrap()));
                let (code, message) = ("E".to_owned(), String::new());
                site.command(Command::Throw { instance, wait, code, message, variables: Vec::new() });
            }
            9 => {
                site.command(Command::Signal { name: "stop".into(), variables: Vec::new() });
            }
            10 => {
                let instance = instance(site);
                let variables = vec![("n".into(), Arc::new(json!(about)))];
                site.command(Command::SetVariables { instance, variables });
            }
            11 => drop(site.rest(u64::try_from(about * about).unwrap())),
            12 => site.restart(),
            13 => site.fails = true,
            14 => {
                // An answer that comes again, late.
                if let Some((effect, outcome)) = site.settled.get(about % site.settled.len().max(1)).cloned()
                {
                    site.event(Event::Settled { effect, outcome });
                }
            }
            _ => {
                for _ in 0..about % 16 {
                    site.step();
                }
            }
        }
    }
}

/// Who runs waits for something, and says for what; who does not run has nothing left to do.
fn in_order(site: &mut Site) {
    let rows = site.instances();
    for row in &rows {
        let explained = site.ask(&Command::Explain { instance: row.instance.clone() });
        let Some(Reply::Explained(explanation)) = explained else { panic!("{row:?}: {explained:?}") };
        assert!(
            row.state != State::Running || !explanation.lines.is_empty() || !explanation.incidents.is_empty(),
            "nobody knows why it does not move: {row:?}"
        );
    }
    let counted = site.ask(&Command::Counts);
    let Some(Reply::Counts(Counts { running, effects, .. })) = counted else { panic!("{counted:?}") };
    let alive = rows.iter().filter(|row| row.state == State::Running).count();
    assert_eq!(running, u64::try_from(alive).unwrap(), "counted and listed");
    assert_eq!(effects, 0, "effects that nobody performs");
}

/// The number of a table in the keys of the core's store, behind the two bytes of the shard.
const JOURNAL: u8 = 5;

/// Bytes in place of a part of the history.
pub fn journal_decode(bytes: &[u8]) {
    decode(bytes, &|table| table == JOURNAL);
}

/// Bytes in place of any other record: instances, waits, timers, outbox, what the site knows of itself.
pub fn snapshot_decode(bytes: &[u8]) {
    decode(bytes, &|table| table != JOURNAL);
}

/// The first two bytes choose the record and what becomes of it, the others are its new content.
fn decode(bytes: &[u8], is_meant: &dyn Fn(u8) -> bool) {
    let [choice, manner, content @ ..] = bytes else { return };
    let definitions = deployments(MODEL.as_bytes());
    let mut site = Site::new(Memory::new(), definitions.clone());
    site.rest(1);
    drive(&mut site, &[0, 0, 0, 1, 11, 20, 4, 0, 2, 1, 2, 3, 11, 20]);
    let all = site.store.range(&[0], &[u8::MAX; 64], usize::MAX).expect("memory can be read");
    let meant: Vec<_> =
        all.iter().filter(|(key, _)| key.get(2).is_some_and(|table| is_meant(*table))).collect();
    assert!(meant.len() > 3, "there is nothing to spoil");
    let (key, value) = meant[usize::from(*choice) % meant.len()];
    let spoilt = match manner % 3 {
        0 => content.to_vec(),
        1 => value[..usize::from(*manner) % value.len().max(1)].to_vec(),
        _ => {
            let mut spoilt = value.clone();
            for (index, byte) in content.iter().enumerate() {
                if !spoilt.is_empty() {
                    let at = (index * 7 + usize::from(*manner)) % spoilt.len();
                    spoilt[at] ^= byte;
                }
            }
            spoilt
        }
    };
    let store = Memory::new();
    let mut batch = Batch::new();
    for (other, value) in &all {
        batch = batch.put(other.clone(), if other == key { spoilt.clone() } else { value.clone() });
    }
    store.commit(&[batch]);
    let mut site = Site::new(store, definitions);
    site.rest(60_000);
    for row in site.instances() {
        let instance = row.instance;
        for command in [
            Command::Show { instance: instance.clone() },
            Command::Explain { instance: instance.clone() },
            Command::Journal { instance: instance.clone(), from: 0, limit: 100 },
            Command::Cancel { instance, reason: "enough".to_owned() },
        ] {
            let _ = site.ask(&command);
        }
    }
}
