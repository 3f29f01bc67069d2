//! A site without network and without clock: the production driver, pumped in one thread, in virtual time, over memory or
//! a real store. Plugins are played by [`Script`], or are [`Hosted`]; work that nobody does stays open until somebody ends it.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::Value;
use tempfile::TempDir;
use tessera_core::driver::{
    Acceptance, Action, Command, Continuations, Deployment, Driver, Event, Filter, JournalEntry, Read, Reply,
    Row, Settings, Shown, Ticket, Work,
};
use tessera_core::effect::Outcome;
use tessera_core::entropy::Entropy;
use tessera_core::identity::{DefinitionKey, EffectId, InstanceId, Timestamp};
use tessera_core::limits::LIST_ROWS_MAX;
use tessera_core::message::{Message, Target};
use tessera_core::plugin::{
    CallOutcome, DeliveryError, Execution, Failure, FailureKind, Hook, MessageSpec, RetryAdvice,
    VariableScope, VariableWrite, Writes,
};
use tessera_exchange::delivery::MESSAGE_IDENTIFIER;
use tessera_exchange::inbox::{self, Offer};
use tessera_fhir::resource::Identifier;
use tessera_fhir::task::{self, Draft};
use tessera_store::{Kind, Memory, Options, Store};

use super::hosted::Hosted;
use super::messages::{Messages, Received, Sent, parameters};
use super::schema::{Surroundings, Variables};
use crate::limits::SCENARIO_ACTIONS_PER_STEP_MAX;

/// The status by which a partner refuses.
const FORBIDDEN: u16 = 403;

/// What a world cannot do.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The driver refuses, or nobody is there to take it.
    #[error("{0}")]
    Refused(String),
    /// The store is broken.
    #[error("the store cannot be used: {0}")]
    Store(String),
    /// The process loops.
    #[error("the process does not come to rest after {SCENARIO_ACTIONS_PER_STEP_MAX} actions; it loops")]
    Restless,
}

/// How a piece of work ends.
#[derive(Debug, Clone)]
pub enum Ending {
    /// It is done.
    Done(Variables),
    /// With a BPMN error.
    Error {
        /// Its code.
        code: String,
        /// What it sets.
        variables: Variables,
    },
    /// It fails.
    Failed(String),
}

/// Who does the work.
pub trait Script {
    /// How this work ends; `None` if it stays open. Asked again for the same effect after a restart.
    fn ending(&mut self, effect: &EffectId, element: &str) -> Option<Ending>;

    /// Whether this element is played, whatever plugin has its handlers.
    fn plays(&self, element: &str) -> bool;

    /// Whether no listener is notified.
    fn ignores_listeners(&self) -> bool;
}

/// A message on its way into the mailbox.
#[derive(Debug, Clone)]
pub struct Arriving<'a> {
    /// The process that it addresses.
    pub process: &'a str,
    /// Its name.
    pub message: &'a str,
    /// Organization identifier of the sender.
    pub from: Option<String>,
    /// Its conversation.
    pub business_key: Option<String>,
    /// Tells parallel branches apart.
    pub correlation_key: Option<String>,
    /// Inputs after the envelope, as FHIR JSON.
    pub inputs: Vec<Value>,
}

impl<'a> Arriving<'a> {
    /// A message of the own organisation that begins a conversation.
    pub fn from_ourselves(process: &'a str, message: &'a str) -> Self {
        Self { process, message, from: None, business_key: None, correlation_key: None, inputs: Vec::new() }
    }
}

/// One piece of work that waits for its end.
#[derive(Debug)]
struct Open {
    hook: Hook,
    execution: Execution,
    /// Who decides whether failed work is tried again.
    retry: RetryAdvice,
    /// The own organisation.
    own: String,
}

/// A site in memory.
pub struct World {
    driver: Driver,
    store: Arc<dyn Store>,
    kind: Kind,
    /// Where a real store lives; gone with the world.
    folder: Option<TempDir>,
    definitions: Vec<Deployment>,
    script: Box<dyn Script>,
    hosted: Option<Hosted>,
    around: Surroundings,
    messages: Messages,
    now: Timestamp,
    entropy: Repeatable,
    actions: VecDeque<Action>,
    replies: BTreeMap<Ticket, Reply>,
    open: BTreeMap<EffectId, Open>,
    next_ticket: u64,
    ready: bool,
    halted: Option<String>,
    continuations: Continuations,
}

impl std::fmt::Debug for World {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("World")
            .field("now", &self.now)
            .field("open", &self.open)
            .finish_non_exhaustive()
    }
}

/// The same numbers in every run, so that two runs can be compared.
#[derive(Debug)]
struct Repeatable(u64);

impl Entropy for Repeatable {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

impl World {
    /// A site that runs from `now` on, with nothing deployed.
    pub fn open(
        kind: Kind,
        now: Timestamp,
        script: Box<dyn Script>,
        hosted: Option<Hosted>,
        around: Surroundings,
        continuations: Continuations,
    ) -> Result<Self, WorldError> {
        let folder = match kind {
            Kind::Memory => None,
            Kind::Sled | Kind::Fjall => {
                Some(tempfile::tempdir().map_err(|error| WorldError::Store(error.to_string()))?)
            }
        };
        let mut world = Self {
            driver: driver(continuations),
            store: Arc::new(Memory::new()),
            kind,
            folder,
            definitions: Vec::new(),
            script,
            hosted,
            around,
            messages: Messages::default(),
            now,
            entropy: Repeatable(42),
            actions: VecDeque::new(),
            replies: BTreeMap::new(),
            open: BTreeMap::new(),
            next_ticket: 0,
            ready: false,
            halted: None,
            continuations,
        };
        world.open_store()?;
        world.event(Event::Start);
        world.settle()?;
        Ok(world)
    }

    fn open_store(&mut self) -> Result<(), WorldError> {
        if let Some(folder) = &self.folder {
            // The old one has to let go of its folder first.
            self.store = Arc::new(Memory::new());
            let folder: PathBuf = folder.path().join("store");
            let opened = tessera_store::open(self.kind, &folder, Options::default());
            self.store = opened.map_err(|error| WorldError::Store(error.to_string()))?;
        }
        Ok(())
    }

    /// Makes a definition executable.
    pub fn deploy(&mut self, deployment: Deployment) -> Result<(), WorldError> {
        self.definitions.push(deployment.clone());
        self.event(Event::Deploy(deployment));
        self.settle()
    }

    /// What was deployed, in order.
    pub fn definitions(&self) -> &[Deployment] {
        &self.definitions
    }

    /// The plugins that are there.
    pub fn hosted(&self) -> Option<&Hosted> {
        self.hosted.as_ref()
    }

    /// What was sent and received so far.
    pub fn messages(&self) -> &Messages {
        &self.messages
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Everything that is not in the store is forgotten, as by the end of the program; then the site starts again.
    pub fn reload(&mut self) -> Result<(), WorldError> {
        self.driver = driver(self.continuations);
        self.actions.clear();
        self.replies.clear();
        self.open.clear();
        self.ready = false;
        self.open_store()?;
        for deployment in self.definitions.clone() {
            self.event(Event::Deploy(deployment));
        }
        self.event(Event::Start);
        self.settle()
    }

    /// Goes on until nothing happens any more without time passing.
    pub fn settle(&mut self) -> Result<(), WorldError> {
        self.run_until(self.now)
    }

    /// Lets time pass; what is due happens at its time.
    pub fn run_until(&mut self, until: Timestamp) -> Result<(), WorldError> {
        for _ in 0..SCENARIO_ACTIONS_PER_STEP_MAX {
            if let Some(action) = self.actions.pop_front() {
                self.act(action)?;
                continue;
            }
            match self.driver.next_wakeup() {
                Some(due) if due <= until => {
                    self.now = self.now.max(due);
                    self.event(Event::Tick);
                    // A tick that changes nothing would be asked for for ever.
                    if self.actions.is_empty() && self.driver.next_wakeup().is_some_and(|next| next <= due) {
                        return Err(WorldError::Restless);
                    }
                }
                Some(_) | None => {
                    self.now = self.now.max(until);
                    return match &self.halted {
                        Some(reason) => Err(WorldError::Store(reason.clone())),
                        None if self.ready => Ok(()),
                        None => Err(WorldError::Store("the site does not become ready".to_owned())),
                    };
                }
            }
        }
        Err(WorldError::Restless)
    }

    fn event(&mut self, event: Event) {
        let mut actions = Vec::new();
        self.driver.handle(self.now, event, &mut self.entropy, &mut actions);
        self.actions.extend(actions);
    }

    fn ticket(&mut self) -> Ticket {
        self.next_ticket = self.next_ticket.saturating_add(1);
        Ticket(self.next_ticket)
    }

    /// Asks, waits for the reply, and goes on until nothing happens any more.
    pub fn ask(&mut self, command: Command) -> Result<Reply, WorldError> {
        let ticket = self.ticket();
        self.event(Event::Command { ticket, command });
        self.reply(ticket)
    }

    fn reply(&mut self, ticket: Ticket) -> Result<Reply, WorldError> {
        self.settle()?;
        let no_reply = || WorldError::Refused("the site does not answer".to_owned());
        match self.replies.remove(&ticket).ok_or_else(no_reply)? {
            Reply::Refused { reason } => Err(WorldError::Refused(reason)),
            Reply::NotFound => Err(WorldError::Refused("there is no such instance".to_owned())),
            Reply::Busy => Err(WorldError::Refused("the site is busy".to_owned())),
            reply @ (Reply::Message(_)
            | Reply::Started { .. }
            | Reply::Done
            | Reply::List { .. }
            | Reply::Shown(_)
            | Reply::Explained(_)
            | Reply::Ended { .. }
            | Reply::Journal(_)
            | Reply::Migration(_)
            | Reply::Processes(_)
            | Reply::StartedAll(_)
            | Reply::Counts(_)) => Ok(reply),
        }
    }

    /// What the site says to a message, after everything that follows from it.
    fn receive(&mut self, message: Message) -> Result<Acceptance, WorldError> {
        let ticket = self.offer(message);
        let Reply::Message(acceptance) = self.reply(ticket)? else { return Err(unexpected()) };
        match acceptance {
            Acceptance::Rejected { reason } => Err(WorldError::Refused(reason)),
            Acceptance::Busy => Err(WorldError::Refused("the site is busy".to_owned())),
            taken @ (Acceptance::Taken { .. } | Acceptance::AlreadyTaken | Acceptance::Buffered) => Ok(taken),
        }
    }

    /// A message arrives from an organisation, the own one if it is not said.
    pub fn arrive(&mut self, arriving: Arriving<'_>) -> Result<Acceptance, WorldError> {
        let Arriving { process, message, from, business_key, correlation_key, inputs } = arriving;
        let newest = self.definitions.iter().rev().find(|known| *known.key.process_id == *process);
        let version = newest.map(|known| Arc::clone(&known.key.version)).unwrap_or_default();
        let number = self.messages.received.len().saturating_add(1);
        let id = format!("received-{number}");
        let hosted = self.hosted.as_ref();
        let (canonical, profile) =
            hosted.and_then(|hosted| hosted.authorized(process, message)).unwrap_or_default();
        let from = from.unwrap_or_else(|| self.around.own.clone());
        let mut document = task::build(&Draft {
            profile,
            instantiates_canonical: canonical,
            message_name: message.to_owned(),
            business_key: business_key.clone(),
            correlation_key: correlation_key.clone(),
            requester: from.clone(),
            recipient: self.around.own.clone(),
            authored_on: crate::clock::instant(self.now),
            identifier: Identifier::new(MESSAGE_IDENTIFIER, id.clone()),
            additional_inputs: inputs,
        });
        document["id"] = id.as_str().into();
        self.receive(Message {
            id: format!("Task/{id}").into(),
            sender: from.into(),
            process_id: process.into(),
            process_version: version,
            name: message.into(),
            business_key: business_key.map(Into::into),
            correlation_key: correlation_key.map(Into::into),
            document: Arc::new(document),
        })
    }

    fn offer(&mut self, message: Message) -> Ticket {
        let ticket = self.ticket();
        let received = Received { message: message.name.to_string(), status: None, outputs: parameters([]) };
        self.messages.received.insert(Arc::clone(&message.id), received);
        self.event(Event::Message { ticket, message });
        ticket
    }

    /// A message goes to an organisation; to the own one it comes back.
    fn deliver(&mut self, effect: &EffectId, target: &Target, document: &Arc<Value>) -> Outcome {
        let among = |organizations: &[String]| organizations.contains(&target.organization);
        if among(&self.around.unreachable) {
            let reason = format!("{} does not answer", target.organization);
            return Outcome::NotDelivered(DeliveryError::Unreachable { reason });
        }
        if among(&self.around.refusing) {
            let reason = format!("{} refuses it", target.organization);
            return Outcome::NotDelivered(DeliveryError::Refused { status: FORBIDDEN, reason });
        }
        let first = self.messages.sent.insert(effect.clone(), Sent::of(document, target)).is_none();
        if first && target.organization == self.around.own {
            let mut task = Value::clone(document);
            task["id"] = format!("sent-{}", self.messages.sent.len()).into();
            if let Ok(Some(Offer::Requested(message))) = inbox::offer(task) {
                self.offer(message);
            }
        }
        Outcome::Delivered { reference: None }
    }

    /// What a plugin says to a piece of work; none if it is left to the script.
    fn ask_plugin(&mut self, effect: &EffectId, work: &Work) -> Option<CallOutcome> {
        let (definition, element) = match work {
            Work::Call { definition, call } => (definition, &call.execution.activity_id),
            Work::Build { definition, execution, .. } => (definition, &execution.activity_id),
            Work::Deliver { .. } | Work::Answer { .. } => return None,
        };
        let is_listener = matches!(work, Work::Call { call, .. } if matches!(call.hook, Hook::Listener(_)));
        if self.script.plays(element) || (is_listener && self.script.ignores_listeners()) {
            return None;
        }
        let mut outcome = self.hosted.as_ref()?.perform(effect, work)?;
        if let CallOutcome::Failed(failure) = &mut outcome
            && failure.retry == RetryAdvice::ByPolicy
        {
            failure.retry = self.retry(definition, element);
        }
        Some(outcome)
    }

    /// All instances that there are or were.
    pub fn instances(&mut self) -> Result<Vec<Row>, WorldError> {
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let list = Command::List { filter: Filter::default(), after, limit: LIST_ROWS_MAX };
            let Reply::List { rows, more_after } = self.ask(list)? else { return Err(unexpected()) };
            all.extend(rows);
            match more_after {
                Some(last) => after = Some(last),
                None => return Ok(all),
            }
        }
    }

    /// Everything about one instance.
    pub fn show(&mut self, instance: &InstanceId) -> Result<Shown, WorldError> {
        let reply = self.ask(Command::Show { instance: instance.clone() })?;
        if let Reply::Shown(shown) = reply { Ok(*shown) } else { Err(unexpected()) }
    }

    /// The history of one instance from a step on.
    pub fn journal(&mut self, instance: &InstanceId, from: u64) -> Result<Vec<JournalEntry>, WorldError> {
        let mut all: Vec<JournalEntry> = Vec::new();
        loop {
            let from = all.last().map_or(from, |entry| entry.step.saturating_add(1));
            let page = Command::Journal { instance: instance.clone(), from, limit: LIST_ROWS_MAX };
            let Reply::Journal(entries) = self.ask(page)? else { return Err(unexpected()) };
            let last = entries.len() < LIST_ROWS_MAX;
            all.extend(entries);
            if last {
                return Ok(all);
            }
        }
    }

    /// The open work of an instance, in the order in which it was queued: its identity, element and visible variables.
    pub fn work<'a>(
        &'a self,
        instance: &'a InstanceId,
    ) -> impl Iterator<Item = (&'a EffectId, &'a Execution)> + 'a {
        self.open
            .iter()
            .filter(move |(effect, _)| effect.instance == *instance)
            .map(|(effect, open)| (effect, &open.execution))
    }

    /// Ends a piece of open work.
    pub fn end(&mut self, effect: &EffectId, ending: Ending) -> Result<(), WorldError> {
        let Some(open) = self.open.remove(effect) else {
            return Err(WorldError::Refused("this work is not open".to_owned()));
        };
        let outcome = Outcome::Call(outcome(effect, &open, ending));
        self.event(Event::Settled { effect: effect.clone(), outcome });
        self.settle()
    }

    fn act(&mut self, action: Action) -> Result<(), WorldError> {
        match action {
            Action::Load { load, reads } => {
                let answers = reads.iter().map(|read| match read {
                    Read::Get { key } => {
                        let value = self.store.get(key)?;
                        Ok(value.into_iter().map(|value| (key.clone(), value)).collect())
                    }
                    Read::Range { from, to, limit } => self.store.range(from, to, *limit),
                });
                let result: Result<Vec<_>, tessera_store::ReadError> = answers.collect();
                let result = result.map_err(|error| WorldError::Store(error.to_string()))?;
                self.event(Event::Loaded { load, result: Ok(result) });
            }
            Action::Commit { commit, batch } => {
                let outcome = self.store.commit(&[batch]).pop();
                let outcome = outcome.expect("a store answers every batch");
                self.event(Event::Committed { commit, outcome });
            }
            Action::Perform { effect, work } => self.perform(effect, work),
            Action::Abandon { effect } => drop(self.open.remove(&effect)),
            Action::Reply { ticket, reply } => drop(self.replies.insert(ticket, reply)),
            Action::Ready { .. } => self.ready = true,
            Action::Halt { reason } => self.halted = Some(reason),
        }
        Ok(())
    }

    fn perform(&mut self, effect: EffectId, work: Work) {
        if let Some(outcome) = self.ask_plugin(&effect, &work) {
            return self.event(Event::Settled { effect, outcome: Outcome::Call(outcome) });
        }
        let own = self.around.own.clone();
        let open = match work {
            Work::Call { definition, call } => match call.hook {
                // Whom a listener notifies, where no plugin has it, is not part of a scenario.
                Hook::Listener(_) => {
                    let outcome = Outcome::Call(CallOutcome::Completed(Writes::default()));
                    return self.event(Event::Settled { effect, outcome });
                }
                hook @ (Hook::ServiceTask | Hook::Prepare(_) | Hook::Failed(..)) => {
                    let retry = self.retry(&definition, &call.execution.activity_id);
                    Open { hook, execution: call.execution, retry, own }
                }
            },
            Work::Build { definition, message, execution } => {
                let retry = self.retry(&definition, &execution.activity_id);
                Open { hook: Hook::Prepare(message), execution, retry, own }
            }
            Work::Deliver { target, document } => {
                let outcome = self.deliver(&effect, &target, &document);
                return self.event(Event::Settled { effect, outcome });
            }
            Work::Answer { message, status, outputs, .. } => {
                if let Some(received) = self.messages.received.get_mut(&message) {
                    received.status = received.status.max(Some(status));
                    received.outputs = parameters(&outputs);
                }
                return self.event(Event::Settled { effect, outcome: Outcome::Done });
            }
        };
        match self.script.ending(&effect, &open.execution.activity_id) {
            Some(ending) => {
                let outcome = Outcome::Call(outcome(&effect, &open, ending));
                self.event(Event::Settled { effect, outcome });
            }
            None => drop(self.open.insert(effect, open)),
        }
    }
}

impl World {
    /// Failed work is tried again as the model says. Where it says nothing, a scenario does not want to wait.
    fn retry(&self, key: &DefinitionKey, element: &str) -> RetryAdvice {
        let program = self.definitions.iter().rev().find(|definition| definition.key == *key);
        let element = program.and_then(|definition| {
            let program = &definition.program;
            Some(program.element(program.find(element)?))
        });
        match element {
            Some(element) if element.retry_cycle.is_some() => RetryAdvice::ByPolicy,
            Some(_) | None => RetryAdvice::Never,
        }
    }
}

fn driver(continuations: Continuations) -> Driver {
    Driver::new(Settings { shards: 2, continuations, ..Settings::default() })
}

fn unexpected() -> WorldError {
    WorldError::Refused("the site answered something else than it was asked".to_owned())
}

/// What a handler would have answered.
fn outcome(effect: &EffectId, open: &Open, ending: Ending) -> CallOutcome {
    match ending {
        Ending::Done(variables) => match &open.hook {
            Hook::Prepare(message) => {
                let target = message.target.clone().unwrap_or_else(|| Target {
                    organization: "scenario".to_owned(),
                    endpoint: "scenario".to_owned(),
                    address: "https://scenario.invalid/fhir".to_owned(),
                    correlation_key: None,
                });
                let document = Arc::new(document(effect, open, message, &target));
                CallOutcome::Prepared { writes: writes(variables), document, target }
            }
            Hook::ServiceTask | Hook::Listener(_) | Hook::Failed(..) => {
                CallOutcome::Completed(writes(variables))
            }
        },
        Ending::Error { code, variables } => CallOutcome::BpmnError {
            code,
            message: "as the scenario wants".to_owned(),
            writes: writes(variables),
        },
        Ending::Failed(message) => CallOutcome::Failed(Failure {
            kind: FailureKind::Technical,
            message,
            causes: Vec::new(),
            log: Vec::new(),
            retry: open.retry,
        }),
    }
}

/// The Task of a message that nobody shapes.
fn document(effect: &EffectId, open: &Open, message: &MessageSpec, target: &Target) -> Value {
    task::build(&Draft {
        profile: message.profile.clone(),
        instantiates_canonical: message.instantiates_canonical.clone(),
        message_name: message.message_name.clone(),
        business_key: Some(message.business_key.to_string()),
        correlation_key: target.correlation_key.clone(),
        requester: open.own.clone(),
        recipient: target.organization.clone(),
        authored_on: crate::clock::instant(open.execution.now),
        identifier: Identifier::new(MESSAGE_IDENTIFIER, effect.to_string()),
        additional_inputs: Vec::new(),
    })
}

fn writes(variables: Variables) -> Writes {
    let write = |(name, value): (String, Value)| VariableWrite {
        scope: VariableScope::Process,
        name: name.into(),
        value: Some(Arc::new(value)),
    };
    Writes { variables: variables.into_iter().map(write).collect(), ..Writes::default() }
}
