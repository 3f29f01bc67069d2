//! A site without network and without clock: the production driver, pumped in one thread, in virtual time, over memory or
//! a real store. Plugins are played by [`Script`]; work that nobody does stays open until somebody ends it.

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;

use serde_json::{Value, json};
use tempfile::TempDir;
use tessera_core::driver::{
    Action, Command, Continuations, Deployment, Driver, Event, Filter, JournalEntry, Read, Reply, Row,
    Settings, Shown, Ticket, Work,
};
use tessera_core::effect::Outcome;
use tessera_core::entropy::Entropy;
use tessera_core::identity::{DefinitionKey, EffectId, InstanceId, Timestamp};
use tessera_core::limits::LIST_ROWS_MAX;
use tessera_core::message::Target;
use tessera_core::plugin::{
    CallOutcome, Execution, Failure, FailureKind, Hook, RetryAdvice, VariableScope, VariableWrite, Writes,
};
use tessera_store::{Kind, Memory, Options, Store};

use super::schema::Variables;
use crate::limits::SCENARIO_ACTIONS_PER_STEP_MAX;

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
}

/// One piece of work that waits for its end.
#[derive(Debug)]
struct Open {
    hook: Hook,
    execution: Execution,
    /// Who decides whether failed work is tried again.
    retry: RetryAdvice,
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
        let outcome = Outcome::Call(outcome(&open, ending));
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
        let open = match work {
            Work::Call { definition, call } => match call.hook {
                // Whom a listener notifies is not part of a scenario.
                Hook::Listener(_) => {
                    let outcome = Outcome::Call(CallOutcome::Completed(Writes::default()));
                    return self.event(Event::Settled { effect, outcome });
                }
                hook @ (Hook::ServiceTask | Hook::Prepare(_) | Hook::Failed(..)) => {
                    let retry = self.retry(&definition, &call.execution.activity_id);
                    Open { hook, execution: call.execution, retry }
                }
            },
            Work::Build { definition, message, execution } => {
                let retry = self.retry(&definition, &execution.activity_id);
                Open { hook: Hook::Prepare(message), execution, retry }
            }
            Work::Deliver { .. } => {
                return self
                    .event(Event::Settled { effect, outcome: Outcome::Delivered { reference: None } });
            }
            Work::Answer { .. } => return self.event(Event::Settled { effect, outcome: Outcome::Done }),
        };
        match self.script.ending(&effect, &open.execution.activity_id) {
            Some(ending) => {
                let outcome = Outcome::Call(outcome(&open, ending));
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
fn outcome(open: &Open, ending: Ending) -> CallOutcome {
    match ending {
        Ending::Done(variables) => match &open.hook {
            Hook::Prepare(message) => CallOutcome::Prepared {
                writes: writes(variables),
                document: Arc::new(json!({ "resourceType": "Task" })),
                target: message.target.clone().unwrap_or_else(|| Target {
                    organization: "scenario".to_owned(),
                    endpoint: "scenario".to_owned(),
                    address: "https://scenario.invalid/fhir".to_owned(),
                    correlation_key: None,
                }),
            },
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

fn writes(variables: Variables) -> Writes {
    let write = |(name, value): (String, Value)| VariableWrite {
        scope: VariableScope::Process,
        name: name.into(),
        value: Some(Arc::new(value)),
    };
    Writes { variables: variables.into_iter().map(write).collect(), ..Writes::default() }
}
