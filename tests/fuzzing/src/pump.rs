//! A site in memory that does what its driver asks for, at once and in order, until it is told to fail.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde_json::{Value, json};
use tessera_core::driver::{
    Action, Command, Deployment, Driver, Event, Filter, Read, Reply, Row, Settings, Ticket, Work,
};
use tessera_core::effect::Outcome;
use tessera_core::entropy::Entropy;
use tessera_core::identity::{EffectId, Timestamp};
use tessera_core::limits::LIST_ROWS_MAX;
use tessera_core::message::Target;
use tessera_core::plugin::{CallOutcome, Hook, Writes};
use tessera_store::{Batch, CommitError, Memory, Outcome as CommitOutcome, Store as _};

/// More than any rest takes, unless time goes on and things happen again and again.
const STEPS_MAX: usize = 50_000;

pub(crate) struct Site {
    pub(crate) store: Memory,
    pub(crate) now: Timestamp,
    /// The store said that it cannot be used.
    pub(crate) halted: bool,
    pub(crate) replies: BTreeMap<Ticket, Reply>,
    /// What was settled, to be settled again.
    pub(crate) settled: Vec<(EffectId, Outcome)>,
    /// The next commit fails.
    pub(crate) fails: bool,
    driver: Driver,
    definitions: Vec<Deployment>,
    actions: VecDeque<Action>,
    entropy: Seeded,
    next_ticket: u64,
}

struct Seeded(u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = self.0.to_be_bytes()[0];
        }
    }
}

impl Site {
    pub(crate) fn new(store: Memory, definitions: Vec<Deployment>) -> Self {
        let mut site = Self {
            store,
            now: Timestamp(1_000_000),
            halted: false,
            replies: BTreeMap::new(),
            settled: Vec::new(),
            fails: false,
            driver: driver(),
            definitions,
            actions: VecDeque::new(),
            entropy: Seeded(1),
            next_ticket: 0,
        };
        site.start();
        site
    }

    /// The process dies and is started again; what was committed is there.
    pub(crate) fn restart(&mut self) {
        self.driver = driver();
        self.actions.clear();
        self.start();
    }

    fn start(&mut self) {
        for definition in self.definitions.clone() {
            self.event(Event::Deploy(definition));
        }
        self.event(Event::Start);
    }

    pub(crate) fn event(&mut self, event: Event) {
        let mut actions = Vec::new();
        self.driver.handle(self.now, event, &mut self.entropy, &mut actions);
        self.actions.extend(actions);
    }

    pub(crate) fn ticket(&mut self) -> Ticket {
        self.next_ticket += 1;
        Ticket(self.next_ticket)
    }

    pub(crate) fn command(&mut self, command: Command) -> Ticket {
        let ticket = self.ticket();
        self.event(Event::Command { ticket, command });
        ticket
    }

    /// Asks, and works until there is a reply; none when there is never one.
    pub(crate) fn ask(&mut self, command: &Command) -> Option<Reply> {
        for _ in 0..20 {
            let ticket = self.command(command.clone());
            while !self.replies.contains_key(&ticket) && self.step() {}
            match self.replies.remove(&ticket) {
                Some(Reply::Busy) | None => drop(self.rest(5_000)),
                reply => return reply,
            }
        }
        None
    }

    pub(crate) fn instances(&mut self) -> Vec<Row> {
        let list = Command::List { filter: Filter::default(), after: None, limit: LIST_ROWS_MAX };
        match self.ask(&list) {
            Some(Reply::List { rows, .. }) => rows,
            _ => Vec::new(),
        }
    }

    /// Does one thing that the driver asked for; whether there was one.
    pub(crate) fn step(&mut self) -> bool {
        let Some(action) = self.actions.pop_front() else { return false };
        if let Some(event) = self.act(action) {
            self.event(event);
        }
        true
    }

    /// Works, and lets so much time pass, until nothing is left to do; whether it came to that.
    pub(crate) fn rest(&mut self, milliseconds: u64) -> bool {
        let begun = self.now;
        let until = self.now.plus_ms(milliseconds);
        for _ in 0..STEPS_MAX {
            if self.halted {
                return true;
            }
            if self.step() {
                continue;
            }
            match self.driver.next_wakeup() {
                Some(due) if due <= until => {
                    self.now = self.now.max(due);
                    self.event(Event::Tick);
                }
                _ => {
                    self.now = until;
                    return true;
                }
            }
        }
        assert!(self.now > begun, "the site goes round in a circle");
        false
    }

    fn act(&mut self, action: Action) -> Option<Event> {
        match action {
            Action::Load { load, reads } => {
                let rows = reads.iter().map(|read| match read {
                    Read::Get { key } => {
                        let found = self.store.get(key).expect("memory can be read");
                        found.into_iter().map(|value| (key.clone(), value)).collect()
                    }
                    Read::Range { from, to, limit } => {
                        self.store.range(from, to, *limit).expect("memory can be read")
                    }
                });
                Some(Event::Loaded { load, result: Ok(rows.collect()) })
            }
            Action::Commit { commit, batch } => Some(Event::Committed { commit, outcome: self.write(batch) }),
            Action::Perform { effect, work } => {
                let outcome = perform(&work);
                self.settled.push((effect.clone(), outcome.clone()));
                Some(Event::Settled { effect, outcome })
            }
            Action::Reply { ticket, reply } => {
                assert!(self.replies.insert(ticket, reply).is_none(), "two replies for one ticket");
                None
            }
            Action::Halt { .. } => {
                self.halted = true;
                None
            }
            Action::Abandon { .. } | Action::Ready { .. } => None,
        }
    }

    fn write(&mut self, batch: Batch) -> CommitOutcome {
        if std::mem::take(&mut self.fails) {
            return CommitOutcome::Failed(CommitError::Storage {
                store: "memory",
                detail: "asked to".to_owned(),
            });
        }
        self.store.commit(&[batch]).remove(0)
    }
}

fn driver() -> Driver {
    Driver::new(Settings { shards: 3, early_message_ttl_ms: 60_000, ..Settings::default() })
}

/// Everybody outside is obliging.
fn perform(work: &Work) -> Outcome {
    let target = || Target {
        organization: "b.example".to_owned(),
        endpoint: "b.example".to_owned(),
        address: "https://b.example/fhir".to_owned(),
        correlation_key: None,
    };
    let prepared = |document: Value| {
        let document = Arc::new(document);
        Outcome::Call(CallOutcome::Prepared { writes: Writes::default(), document, target: target() })
    };
    match work {
        Work::Call { call, .. } => match &call.hook {
            Hook::Prepare(message) => prepared(json!({ "message": message.message_name })),
            Hook::ServiceTask | Hook::Listener(_) | Hook::Failed(..) => {
                Outcome::Call(CallOutcome::Completed(Writes::default()))
            }
        },
        Work::Build { message, .. } => prepared(json!({ "message": message.message_name })),
        Work::Deliver { .. } => Outcome::Delivered { reference: None },
        Work::Answer { .. } => Outcome::Done,
    }
}
