//! A pump in memory: one site, its mailbox, and plugins that answer by script. Everything that the driver asks for waits
//! in a queue; each entry is a border at which a test may let the site crash or the store fail.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use serde_json::{Value, json};
use tessera_bpmn::compile::{self, Program};
use tessera_bpmn::read;
use tessera_store::{CommitError, Memory, Outcome as CommitOutcome, Store as _};

use crate::driver::{
    Acceptance, Action, Command, Deployment, Driver, Event, Read, Reply, Settings, Ticket, Work,
};
use crate::effect::Outcome;
use crate::entropy::Entropy;
use crate::identity::{DefinitionKey, EffectId, Timestamp};
use crate::message::{Message, MessageStatus, Target};
use crate::plugin::{Call, CallOutcome, VariableScope, VariableWrite, Writes};

pub(super) const START: Timestamp = Timestamp(1_000_000);

/// Seeded, so that a run can be repeated.
pub(super) struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

/// What happens at a border instead of what should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The site dies before the action has an effect.
    CrashBefore,
    /// The action has its effect, but the site dies before it hears of it.
    CrashAfter,
    /// The commit fails, nothing is written.
    CommitFails,
    /// The commit lands, the store does not know.
    CommitUnknownLanded,
    /// The commit does not land, the store does not know.
    CommitUnknownLost,
}

impl Fault {
    pub(super) const ALL: [Self; 5] = [
        Self::CrashBefore,
        Self::CrashAfter,
        Self::CommitFails,
        Self::CommitUnknownLanded,
        Self::CommitUnknownLost,
    ];

    fn fits(self, action: &Action) -> bool {
        match self {
            Self::CrashBefore | Self::CrashAfter => true,
            Self::CommitFails | Self::CommitUnknownLanded | Self::CommitUnknownLost => {
                matches!(action, Action::Commit { .. })
            }
        }
    }
}

/// A message in the mailbox.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) message: Message,
    /// `requested` first, then as it was answered.
    pub(super) statuses: Vec<MessageStatus>,
    pub(super) error: Option<String>,
}

pub(super) type Script = Box<dyn FnMut(&Call) -> CallOutcome>;

pub(super) struct World {
    pub(super) store: Memory,
    pub(super) driver: Driver,
    pub(super) actions: VecDeque<Action>,
    pub(super) now: Timestamp,
    entropy: Seeded,
    definitions: Vec<Deployment>,
    settings: Settings,
    script: Script,
    pub(super) mailbox: BTreeMap<Arc<str>, Task>,
    /// Deliveries by the identity of their effect: a repetition is recognised.
    delivered: BTreeMap<String, Value>,
    pub(super) replies: BTreeMap<Ticket, Reply>,
    next_ticket: u64,
    /// Messages that the running driver was told of, by ticket.
    told: BTreeMap<Ticket, Arc<str>>,
    /// Messages that the running driver need not be told of again.
    accepted: BTreeSet<Arc<str>>,
    /// Messages that the driver was too busy for; they are brought again a while later.
    put_off: BTreeSet<Arc<str>>,
    pub(super) ready: bool,
    pub(super) borders: usize,
    pub(super) faults: BTreeMap<usize, Fault>,
    /// The mailbox refuses this status, for this reason.
    pub(super) refused: Option<(MessageStatus, &'static str)>,
    /// Handlers that were called, in order.
    pub(super) called: Vec<String>,
    /// Abandoned effects.
    pub(super) abandoned: Vec<EffectId>,
    /// Calls of this handler are not answered.
    pub(super) silent: Option<&'static str>,
    pub(super) unanswered: Vec<EffectId>,
}

const HEAD: &str = r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
    targetNamespace="test">
  <message id="mStartPing" name="startPing"/><message id="mPing" name="ping"/><message id="mPong" name="pong"/>
  <message id="mGo" name="go"/><message id="mMore" name="more"/><signal id="s" name="s"/>"#;

/// Compiles a process, version 1.0. Lines `a -> b` are sequence flows.
pub(super) fn definition(id: &str, digest: &str, body: &str) -> Deployment {
    let flow = |line: &str| match line.trim().split_once(" -> ") {
        Some((source, target)) => {
            format!(r#"<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>"#)
        }
        None => line.to_owned(),
    };
    let body: String = body.lines().map(flow).collect::<Vec<_>>().join("\n");
    let text = format!(r#"{HEAD}<process id="{id}" isExecutable="true">{body}</process></definitions>"#);
    let reading = read::read(text.as_bytes());
    let model = reading.model.unwrap_or_else(|| panic!("{:#?}", reading.diagnostics));
    let program: Program = compile::compile(&model, id).unwrap_or_else(|wrong| panic!("{wrong:#?}\n{text}"));
    let key = DefinitionKey { process_id: id.into(), version: "1.0".into(), digest: digest.into() };
    Deployment { key, program: Arc::new(program) }
}

impl World {
    pub(super) fn new(shards: u16, definitions: Vec<Deployment>) -> Self {
        let mut world = Self::closed(shards, definitions);
        world.start();
        world
    }

    /// A site that was not started yet.
    pub(super) fn closed(shards: u16, definitions: Vec<Deployment>) -> Self {
        Self::with_settings(&Settings { shards, ..Settings::default() }, definitions)
    }

    pub(super) fn with_settings(settings: &Settings, definitions: Vec<Deployment>) -> Self {
        let settings = Settings { early_message_ttl_ms: 60_000, ..settings.clone() };
        Self {
            store: Memory::new(),
            driver: Driver::new(settings.clone()),
            actions: VecDeque::new(),
            now: START,
            entropy: Seeded(42),
            definitions,
            settings,
            script: Box::new(|_| CallOutcome::Completed(Writes::default())),
            mailbox: BTreeMap::new(),
            delivered: BTreeMap::new(),
            replies: BTreeMap::new(),
            next_ticket: 0,
            told: BTreeMap::new(),
            accepted: BTreeSet::new(),
            put_off: BTreeSet::new(),
            ready: false,
            borders: 0,
            faults: BTreeMap::new(),
            called: Vec::new(),
            abandoned: Vec::new(),
            silent: None,
            unanswered: Vec::new(),
            refused: None,
        }
    }

    pub(super) fn with_script(mut self, script: impl FnMut(&Call) -> CallOutcome + 'static) -> Self {
        self.script = Box::new(script);
        self
    }

    pub(super) fn start(&mut self) {
        for deployment in self.definitions.clone() {
            self.event(Event::Deploy(deployment));
        }
        self.event(Event::Start);
    }

    /// The process dies; what was committed stays.
    pub(super) fn crash(&mut self) {
        self.driver = Driver::new(self.settings.clone());
        self.actions.clear();
        self.told.clear();
        self.accepted.clear();
        self.put_off.clear();
        self.unanswered.clear();
        self.ready = false;
    }

    pub(super) fn restart(&mut self) {
        self.crash();
        self.start();
    }

    pub(super) fn redefine(&mut self, definitions: Vec<Deployment>) {
        self.definitions = definitions;
    }

    /// How many rows begin with a prefix.
    pub(super) fn rows(&self, prefix: &[u8]) -> usize {
        self.store.range(prefix, &tessera_store::prefix_end(prefix), usize::MAX).unwrap().len()
    }

    /// Bytes of everything that is stored.
    pub(super) fn store_bytes(&self) -> usize {
        let all = self.store.range(&[0], &[u8::MAX; 1_025], usize::MAX).unwrap();
        all.iter().map(|(key, value)| key.len() + value.len()).sum()
    }

    pub(super) fn event(&mut self, event: Event) {
        let mut actions = Vec::new();
        self.driver.handle(self.now, event, &mut self.entropy, &mut actions);
        self.actions.extend(actions);
    }

    pub(super) fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    /// Puts a message into the mailbox, as a partner does.
    pub(super) fn post(&mut self, message: Message) {
        let task = Task { message, statuses: Vec::new(), error: None };
        self.mailbox.entry(task.message.id.clone()).or_insert(task);
    }

    /// Asks and waits for the reply.
    #[expect(clippy::needless_pass_by_value, reason = "tests build the command where they ask")]
    pub(super) fn ask(&mut self, command: Command) -> Reply {
        for _ in 0..100 {
            let ticket = self.ticket();
            self.event(Event::Command { ticket, command: command.clone() });
            while !self.replies.contains_key(&ticket) && self.step() {}
            match self.replies.get(&ticket) {
                Some(Reply::Busy) | None => self.settle_down(),
                Some(reply) => return reply.clone(),
            }
        }
        panic!("no reply to {command:?}");
    }

    /// Brings a message once more, whatever became of it, and waits for the reply.
    pub(super) fn bring_again(&mut self, message: Message) -> Acceptance {
        let ticket = self.ticket();
        self.event(Event::Message { ticket, message });
        while !self.replies.contains_key(&ticket) && self.step() {}
        match self.replies.get(&ticket) {
            Some(Reply::Message(acceptance)) => acceptance.clone(),
            other => panic!("{other:?}"),
        }
    }

    /// Goes on until nothing happens any more, without letting more time pass than reloads need.
    pub(super) fn settle_down(&mut self) {
        self.put_off.clear();
        let until = self.now.plus_ms(5_000);
        self.run_until(until);
    }

    /// Lets time pass, and everything happen that happens by then.
    pub(super) fn run_until(&mut self, until: Timestamp) {
        for _ in 0..100_000 {
            if self.step() || self.offer() {
                continue;
            }
            match self.driver.next_wakeup() {
                Some(due) if due <= until => {
                    self.put_off.clear();
                    self.now = self.now.max(due);
                    self.event(Event::Tick);
                }
                Some(_) | None => {
                    self.now = self.now.max(until);
                    return;
                }
            }
        }
        panic!(
            "the site does not come to rest after {:?}: at {:?} it wants to be woken at {:?}",
            self.faults,
            self.now,
            self.driver.next_wakeup()
        );
    }

    /// Reconciles with the mailbox: offers what the driver does not have.
    fn offer(&mut self) -> bool {
        if !self.ready {
            return false;
        }
        let open: Vec<_> = self
            .mailbox
            .values()
            .filter(|task| {
                !self.accepted.contains(&task.message.id) && !self.put_off.contains(&task.message.id)
            })
            .filter(|task| !self.told.values().any(|told| *told == task.message.id))
            .map(|task| (task.message.clone(), task.statuses.last().copied()))
            .collect();
        let mut any = false;
        for (message, status) in open {
            let ticket = self.ticket();
            let id = message.id.clone();
            match status {
                None => self.event(Event::Message { ticket, message }),
                Some(MessageStatus::InProgress) => self.event(Event::InProgress { ticket, message }),
                Some(MessageStatus::Completed | MessageStatus::Failed) => continue,
            }
            self.told.insert(ticket, id);
            any = true;
        }
        any
    }

    /// Does one thing that the driver asked for. Says whether there was one.
    pub(super) fn step(&mut self) -> bool {
        let Some(action) = self.actions.pop_front() else { return false };
        let border = self.borders;
        self.borders += 1;
        match self.faults.get(&border).copied().filter(|fault| fault.fits(&action)) {
            None => {
                if let Some(event) = self.act(action) {
                    self.event(event);
                }
            }
            Some(Fault::CrashBefore) => self.restart(),
            Some(Fault::CrashAfter) => {
                self.act(action);
                self.restart();
            }
            Some(fault) => {
                let Action::Commit { commit, batch } = action else { panic!("it fits commits only") };
                let error = CommitError::Storage { store: "memory", detail: "as the test wants".to_owned() };
                let outcome = match fault {
                    Fault::CommitUnknownLanded => {
                        // It may be refused, because of an earlier fault: the store still does not know.
                        self.store.commit(&[batch]);
                        CommitOutcome::Unknown(error)
                    }
                    Fault::CommitUnknownLost => CommitOutcome::Unknown(error),
                    Fault::CommitFails | Fault::CrashBefore | Fault::CrashAfter => {
                        CommitOutcome::Failed(error)
                    }
                };
                self.event(Event::Committed { commit, outcome });
            }
        }
        true
    }

    fn act(&mut self, action: Action) -> Option<Event> {
        match action {
            Action::Load { load, reads } => {
                let answers = reads.iter().map(|read| match read {
                    Read::Get { key } => {
                        self.store.get(key).unwrap().into_iter().map(|value| (key.clone(), value)).collect()
                    }
                    Read::Range { from, to, limit } => self.store.range(from, to, *limit).unwrap(),
                });
                Some(Event::Loaded { load, result: Ok(answers.collect()) })
            }
            Action::Commit { commit, batch } => {
                let outcome = self.store.commit(&[batch]).remove(0);
                Some(Event::Committed { commit, outcome })
            }
            Action::Perform { effect, work } => {
                let outcome = self.perform(&effect, work)?;
                Some(Event::Settled { effect, outcome })
            }
            Action::Abandon { effect } => {
                self.abandoned.push(effect);
                None
            }
            Action::Reply { ticket, reply } => {
                if let Some(message) = self.told.remove(&ticket) {
                    match &reply {
                        Reply::Message(Acceptance::Busy) => {
                            self.put_off.insert(message);
                        }
                        Reply::Message(_) => {
                            self.accepted.insert(message);
                        }
                        other => panic!("{other:?} is no reply to a message"),
                    }
                }
                assert_eq!(self.replies.insert(ticket, reply), None, "one reply per ticket");
                None
            }
            Action::Ready { .. } => {
                self.ready = true;
                None
            }
            Action::Halt { reason } => panic!("{reason}"),
        }
    }

    fn perform(&mut self, effect: &EffectId, work: Work) -> Option<Outcome> {
        match work {
            Work::Call { call, .. } => {
                if self.silent == Some(&*call.handler) {
                    self.unanswered.push(effect.clone());
                    return None;
                }
                self.called.push(call.handler.to_string());
                Some(Outcome::Call((self.script)(&call)))
            }
            Work::Build { message, execution, .. } => {
                let (_, process) = message.instantiates_canonical.rsplit_once('/').unwrap();
                let (process, version) = process.split_once('|').unwrap();
                let target = message.target.expect("the model sets it");
                let document = json!({
                    "process": process, "version": version, "name": message.message_name,
                    "businessKey": &*execution.business_key, "correlationKey": target.correlation_key,
                });
                let document = Arc::new(document);
                Some(Outcome::Call(CallOutcome::Prepared { writes: Writes::default(), document, target }))
            }
            Work::Deliver { document, .. } => {
                let identity = effect.to_string();
                let first = self.delivered.insert(identity.clone(), (*document).clone());
                assert!(first.is_none_or(|first| first == *document), "equal identity means equal content");
                let text = |name: &str| document[name].as_str().map(Arc::<str>::from);
                self.post(Message {
                    id: format!("Task/{identity}").into(),
                    sender: "test.org".into(),
                    process_id: text("process").unwrap(),
                    process_version: text("version").unwrap(),
                    name: text("name").unwrap(),
                    business_key: text("businessKey"),
                    correlation_key: text("correlationKey"),
                    document: document.clone(),
                });
                Some(Outcome::Delivered { reference: None })
            }
            Work::Answer { message, status, business_key, error, .. } => {
                if let Some((_, reason)) = self.refused.filter(|(refused, _)| *refused == status) {
                    return Some(Outcome::AnswerRefused { reason: reason.to_owned() });
                }
                let task = self.mailbox.get_mut(&message).expect("answers are to messages of the mailbox");
                if business_key.is_some() {
                    assert_eq!(status, MessageStatus::InProgress);
                    task.message.business_key = business_key;
                }
                match (task.statuses.last().copied(), status) {
                    (Some(reached), wanted) if reached == wanted => {}
                    (None, MessageStatus::Completed) => {
                        task.statuses.extend([MessageStatus::InProgress, status]);
                    }
                    (None, MessageStatus::InProgress | MessageStatus::Failed)
                    | (Some(MessageStatus::InProgress), MessageStatus::Completed | MessageStatus::Failed) => {
                        task.statuses.push(status);
                        task.error = error;
                    }
                    (reached, wanted) => panic!("{message}: {reached:?} -> {wanted:?}"),
                }
                Some(Outcome::Done)
            }
        }
    }
}

/// A message that starts or continues a process of version 1.0.
pub(super) fn message(id: &str, process: &str, name: &str, business_key: Option<&str>) -> Message {
    Message {
        id: format!("Task/{id}").into(),
        sender: "test.org".into(),
        process_id: process.into(),
        process_version: "1.0".into(),
        name: name.into(),
        business_key: business_key.map(Arc::from),
        correlation_key: None,
        document: Arc::new(json!({"id": id})),
    }
}

pub(super) fn set(name: &str, value: Value) -> VariableWrite {
    VariableWrite { scope: VariableScope::Process, name: name.into(), value: Some(Arc::new(value)) }
}

pub(super) fn writes(variables: Vec<VariableWrite>) -> CallOutcome {
    CallOutcome::Completed(Writes { variables, ..Writes::default() })
}

/// The variable that says to whom a message goes.
pub(super) fn target(correlation_key: Option<&str>) -> Value {
    serde_json::to_value(Target {
        organization: "test.org".to_owned(),
        endpoint: "endpoint.test.org".to_owned(),
        address: "https://test.org/fhir".to_owned(),
        correlation_key: correlation_key.map(str::to_owned),
    })
    .unwrap()
}
