//! How much a driver does in one thread, with a store in memory that acknowledges at once: what is left when disk, network
//! and plugins cost nothing. `cargo run --release -p tessera-core --example site_rate`
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measurement for people")]

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tessera_bpmn::{compile, read};
use tessera_core::driver::{
    Acceptance, Action, Command, Deployment, Driver, Event, Read, Reply, Settings, Ticket, Work,
};
use tessera_core::effect::Outcome;
use tessera_core::entropy::Entropy;
use tessera_core::identity::{DefinitionKey, Timestamp};
use tessera_core::message::Message;
use tessera_core::plugin::{CallOutcome, Writes};
use tessera_store::{Memory, Store as _};

const PARKED: u64 = 100_000;
const WORKED: u64 = 50_000;
const CORRELATED: u64 = 50_000;

const MODEL: &[u8] = br#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="rate">
  <message id="go" name="go"/><message id="more" name="more"/>
  <process id="work" isExecutable="true">
    <startEvent id="start"/>
    <serviceTask id="one" camunda:class="Work"/><serviceTask id="two" camunda:class="Work"/><serviceTask id="three" camunda:class="Work"/>
    <exclusiveGateway id="choose" default="f5"/>
    <endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="one"/><sequenceFlow id="f2" sourceRef="one" targetRef="two"/>
    <sequenceFlow id="f3" sourceRef="two" targetRef="three"/><sequenceFlow id="f4" sourceRef="three" targetRef="choose"/>
    <sequenceFlow id="f5" sourceRef="choose" targetRef="end"/>
  </process>
  <process id="park" isExecutable="true">
    <startEvent id="start"><messageEventDefinition messageRef="go"/></startEvent>
    <intermediateCatchEvent id="wait"><messageEventDefinition messageRef="more"/></intermediateCatchEvent>
    <endEvent id="end"/>
    <sequenceFlow id="f1" sourceRef="start" targetRef="wait"/><sequenceFlow id="f2" sourceRef="wait" targetRef="end"/>
  </process>
</definitions>"#;

struct Counter(u64);

impl Entropy for Counter {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

struct Pump {
    driver: Driver,
    store: Memory,
    entropy: Counter,
    actions: VecDeque<Action>,
    taken: u64,
    ready: bool,
}

impl Pump {
    fn event(&mut self, event: Event) {
        let mut actions = Vec::new();
        self.driver.handle(Timestamp(1_000), event, &mut self.entropy, &mut actions);
        self.actions.extend(actions);
    }

    fn run(&mut self) {
        while let Some(action) = self.actions.pop_front() {
            match action {
                Action::Load { load, reads } => {
                    let rows = reads.iter().map(|read| match read {
                        Read::Get { key } => self
                            .store
                            .get(key)
                            .unwrap()
                            .into_iter()
                            .map(|value| (key.clone(), value))
                            .collect(),
                        Read::Range { from, to, limit } => self.store.range(from, to, *limit).unwrap(),
                    });
                    let result = Ok(rows.collect());
                    self.event(Event::Loaded { load, result });
                }
                Action::Commit { commit, batch } => {
                    let outcome = self.store.commit(&[batch]).remove(0);
                    self.event(Event::Committed { commit, outcome });
                }
                Action::Perform { effect, work } => {
                    let outcome = match work {
                        Work::Call { .. } | Work::Build { .. } => {
                            Outcome::Call(CallOutcome::Completed(Writes::default()))
                        }
                        Work::Deliver { .. } => Outcome::Delivered { reference: None },
                        Work::Answer { .. } => Outcome::Done,
                    };
                    self.event(Event::Settled { effect, outcome });
                }
                Action::Reply { reply, .. } => {
                    let taken =
                        matches!(reply, Reply::Started { .. } | Reply::Message(Acceptance::Taken { .. }));
                    assert!(taken, "{reply:?}");
                    self.taken += 1;
                }
                Action::Ready { .. } => self.ready = true,
                Action::Abandon { .. } => {}
                Action::Halt { reason } => {
                    println!("{reason}");
                    return;
                }
            }
        }
    }

    fn open(&mut self) {
        self.driver = Driver::new(Settings::default());
        self.ready = false;
        let model = read::read(MODEL).model.unwrap();
        for id in ["work", "park"] {
            let program = Arc::new(compile::compile(&model, id).unwrap());
            let key = DefinitionKey { process_id: id.into(), version: "1.0".into(), digest: "d".into() };
            self.event(Event::Deploy(Deployment { key, program }));
        }
        self.event(Event::Start);
        self.run();
        assert!(self.ready, "recovered");
    }

    fn bytes(&self) -> usize {
        let all = self.store.range(&[0], &[u8::MAX; 1_025], usize::MAX).unwrap();
        all.iter().map(|(key, value)| key.len() + value.len()).sum()
    }
}

fn message(number: u64, name: &str) -> Message {
    Message {
        id: format!("Task/{name}-{number}").into(),
        sender: "rate.org".into(),
        process_id: "park".into(),
        process_version: "1.0".into(),
        name: name.into(),
        business_key: Some(format!("conversation-{number}").into()),
        correlation_key: None,
        document: Arc::new(json!({"resourceType": "Task", "id": number})),
    }
}

fn rate(count: u64, took: Duration) -> u64 {
    let nanoseconds = u64::try_from(took.as_nanos()).unwrap().max(1);
    count * 1_000_000_000 / nanoseconds
}

fn main() {
    let mut pump = Pump {
        driver: Driver::new(Settings::default()),
        store: Memory::new(),
        entropy: Counter(1),
        actions: VecDeque::new(),
        taken: 0,
        ready: false,
    };
    pump.open();

    let begun = Instant::now();
    for number in 0..WORKED {
        let command = Command::Start {
            process_id: "work".into(),
            version: None,
            message_name: None,
            business_key: Some(format!("w{number}").into()),
            variables: Vec::new(),
            before: Vec::new(),
        };
        pump.event(Event::Command { ticket: Ticket(number), command });
        if number % 64 == 63 {
            pump.run();
        }
    }
    pump.run();
    println!("instances with three calls, 64 at a time: {}/s", rate(WORKED, begun.elapsed()));

    let before = pump.bytes();
    let begun = Instant::now();
    for number in 0..PARKED {
        pump.event(Event::Message { ticket: Ticket(number), message: message(number, "go") });
        if number % 64 == 63 {
            pump.run();
        }
    }
    pump.run();
    println!("parked: {}/s", rate(PARKED, begun.elapsed()));
    println!("bytes each: {}", (pump.bytes() - before) / usize::try_from(PARKED).unwrap());

    let begun = Instant::now();
    pump.open();
    println!("recovered in {} ms with {PARKED} parked", begun.elapsed().as_millis());

    let begun = Instant::now();
    for number in 0..CORRELATED {
        pump.event(Event::Message { ticket: Ticket(number), message: message(number, "more") });
        if number % 64 == 63 {
            pump.run();
        }
    }
    pump.run();
    println!("correlated: {}/s", rate(CORRELATED, begun.elapsed()));
    assert_eq!(pump.taken, WORKED + PARKED + CORRELATED);
}
