//! The invariants: what must hold after every step of every site, whatever went wrong before. The auditor sees what lands
//! on the disks, what leaves the sites and what they answer; it asks the engine nothing.
//!
//! `instance` looks at one instance, `mailbox` at the Tasks of one mailbox; here is what concerns a whole site, and the
//! verdict at the end.

mod content;
mod instance;
mod lists;
mod mailbox;
mod messages;
mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use tessera_core::calling::Caller;
use tessera_core::driver::Work;
use tessera_core::identity::{DefinitionKey, EffectId, EffectSequence, InstanceId, Timestamp, WaitKey};
use tessera_core::instance::{Fact, Settlement, Status};
use tessera_core::message::MessageStatus;
use tessera_core::plugin::{DeliveryError, Hook, ListenerEvent};
use tessera_core::site::inspect::{self, Row};
use tessera_store::Write;

use crate::block::Block;
use crate::mark::Mark;
use crate::model::Model;
use crate::oracle::Extent;
use crate::random::digest;
pub use instance::Live;
pub use lists::Lists;
pub use mailbox::{TaskState, Tasks, identity as mailbox_identity};
pub use seen::{Seen, SeenInstance};

macro_rules! invariants {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        /// What can be violated.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Invariant { $($(#[$doc])* $name,)* }

        impl Invariant {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// A word for it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

invariants! {
    /// Tokens come from somewhere; a scope closes exactly when it has none.
    Conservation = "conservation";
    /// A running instance waits for a named thing, has a queued effect, or an incident.
    NoOrphan = "no-orphan";
    /// A Task only moves along its table, each transition is recorded once, terminal is final.
    TaskStatus = "task-status";
    /// A message is correlated at most once, and ends correlated or refused.
    OneCorrelation = "one-correlation";
    /// An effect is committed, then performed, then settled once; equal identity means equal content.
    Effects = "effects";
    /// Each identity has one consequence at its receiver.
    OneConsequence = "one-consequence";
    /// What was answered with success is on disk.
    AcknowledgedIsDurable = "acknowledged-is-durable";
    /// The folded facts are the record, byte for byte.
    Replay = "replay";
    /// Nothing of one conversation is seen in another.
    Isolation = "isolation";
    /// No fact has a cause that was not permitted at that time.
    Authorisation = "authorisation";
    /// Queues and what is under way stay within the limits.
    Bounds = "bounds";
    /// No timer fires early by the site's clock, none twice.
    Time = "time";
    /// The trace is one that the oracle allows.
    Oracle = "oracle";
    /// What is written together is seen together, and indexes agree with records.
    Atomicity = "atomicity";
    /// After healing, everything ends.
    Liveness = "liveness";
    /// What the process developer expects of the end.
    Expectation = "expectation";
    /// A site stops or a component panics.
    Sanity = "sanity";
}

/// One invariant did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub invariant: Invariant,
    /// Where and how.
    pub detail: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.invariant.name(), self.detail)
    }
}

/// Shorthand of everything that checks.
pub type Checked = Result<(), Violation>;

/// A violation.
pub fn violated(invariant: Invariant, detail: impl Into<String>) -> Violation {
    Violation { invariant, detail: detail.into() }
}

/// Fails unless something holds.
pub fn ensure(holds: bool, invariant: Invariant, detail: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(violated(invariant, detail())) }
}

/// What an executed definition is expected to do.
#[derive(Debug, Clone)]
pub struct Expectation {
    /// The tree that it was made of.
    pub block: Block,
    /// What its text says.
    pub model: Model,
}

/// Everything that was seen of one site.
#[derive(Debug, Default)]
pub struct Site {
    /// Its instances by id.
    pub instances: BTreeMap<InstanceId, Live>,
    /// Its mailbox.
    pub tasks: Tasks,
    /// Mailbox identities of the messages that instances took.
    taken: BTreeSet<Arc<str>>,
    /// The inbox entries of messages for which something is still to be done: their keys, and `Task/<id>`.
    remembered: BTreeSet<(Vec<u8>, String)>,
    /// The messages that it keeps.
    early: messages::Early,
    /// Whether definitions were taken out of its plugin folder.
    pub withdrawn: bool,
    /// Who called an instance, and with which wait.
    callers: BTreeMap<InstanceId, (InstanceId, WaitKey)>,
    /// What was asked under an identity, as a digest.
    performed: BTreeMap<(InstanceId, EffectSequence), u64>,
    /// How many instances timers have started, by digest of the definition.
    timed: BTreeMap<Arc<str>, u32>,
    /// The latest time that its clock has shown.
    pub latest: u64,
    /// The allow lists of its mailbox.
    pub lists: Lists,
    /// The definitions that it remembers, and since when they are as they are, in the world's time.
    definitions: BTreeMap<DefinitionKey, Known>,
    /// When it fired a timer last.
    fired: Option<Timestamp>,
    /// The idempotency key of each stage of an activation.
    keys: BTreeMap<(InstanceId, String), String>,
}

#[derive(Debug)]
struct Known {
    sequence: u64,
    active: bool,
    since: u64,
}

/// Sees everything.
#[derive(Debug, Default)]
pub struct Auditor {
    /// Milliseconds since the world began.
    pub now: u64,
    /// By site.
    pub sites: Vec<Site>,
    /// By definition.
    pub expectations: BTreeMap<DefinitionKey, Expectation>,
    /// Conversations in which an operator has cancelled something: what waits for it may wait for ever.
    pub excused: BTreeSet<Arc<str>>,
    /// Instances that an operator has asked to be cancelled.
    pub cancelled: BTreeSet<InstanceId>,
    /// Whether an instance that only waits for messages has come to its end.
    pub waiting_is_an_end: bool,
    /// Identities of effects (as on the wire) whose message was taken somewhere.
    consequences: BTreeSet<String>,
    sent: content::Sent,
    /// What was met on the way.
    pub marks: BTreeSet<Mark>,
}

impl Auditor {
    /// For so many sites.
    pub fn new(sites: usize) -> Self {
        Self { sites: (0..sites).map(|_| Site::default()).collect(), ..Self::default() }
    }

    /// A batch of an engine has landed.
    pub fn engine_landed(&mut self, site: usize, writes: &[Write]) -> Checked {
        let mut records = BTreeMap::new();
        let mut touched = BTreeSet::new();
        let mut indexed = BTreeSet::new();
        for write in writes {
            let row = inspect::read(write.key(), write.value())
                .map_err(|reason| violated(Invariant::Replay, format!("an unreadable row: {reason}")))?;
            match row {
                Row::Step { id, number, at, cause, facts } => {
                    self.step(site, &id, number, at, &cause, &facts)?;
                    touched.insert(id);
                }
                Row::Instance { id, record: Some((_, bytes)), steps } => {
                    records.insert(id, (bytes, steps));
                }
                Row::Instance { id, record: None, .. } => {
                    return Err(violated(Invariant::Replay, format!("the record of {id} was deleted")));
                }
                Row::TimerIndex { id, wait, due, present } => {
                    let live = self.sites[site].instances.entry(id.clone()).or_default();
                    let row = (wait, due);
                    if present {
                        live.timer_rows.insert(row);
                    } else {
                        live.timer_rows.remove(&row);
                    }
                    indexed.insert(id);
                }
                Row::WaitIndex { id, wait, present } => {
                    let live = self.sites[site].instances.entry(id.clone()).or_default();
                    if present {
                        live.wait_rows.insert(wait);
                    } else {
                        live.wait_rows.remove(&wait);
                    }
                    indexed.insert(id);
                }
                Row::OutboxIndex { id, sequence, present } => {
                    let live = self.sites[site].instances.entry(id.clone()).or_default();
                    if present {
                        live.outbox_rows.insert(sequence);
                    } else {
                        live.outbox_rows.remove(&sequence);
                    }
                    indexed.insert(id);
                }
                Row::Inbox { message, open } => {
                    let row = (write.key().to_vec(), message);
                    let of_site = &mut self.sites[site];
                    if open {
                        of_site.remembered.insert(row);
                    } else {
                        of_site.remembered.remove(&row);
                    }
                }
                Row::Early(Some(kept)) => {
                    self.sites[site].early.insert(write.key().to_vec(), kept);
                }
                Row::Early(None) => {
                    self.sites[site].early.remove(write.key());
                }
                Row::Definition { key, sequence, active } => {
                    let known = Known { sequence, active, since: self.now };
                    self.sites[site].definitions.insert(key, known);
                }
                Row::Other => {}
            }
        }
        for id in &touched {
            let live = &self.sites[site].instances[id];
            let Some((bytes, steps)) = records.get(id) else {
                return Err(violated(
                    Invariant::Replay,
                    format!("a step of {id} was written without its record"),
                ));
            };
            ensure(*steps == live.steps, Invariant::Replay, || {
                format!("{id} has {} steps, its record says {steps}", live.steps)
            })?;
            ensure(inspect::encode(&live.instance) == *bytes, Invariant::Replay, || {
                format!("{id}: the folded facts are not the record after step {}", live.steps)
            })?;
        }
        ensure(records.keys().all(|id| touched.contains(id)), Invariant::Replay, || {
            "a record was written without a step of its journal".to_owned()
        })?;
        for id in touched.union(&indexed) {
            let live = &self.sites[site].instances[id];
            live.check_indexes(id)?;
            live.check_at_rest(id)?;
        }
        Ok(())
    }

    /// A batch of a mailbox has landed. A Task ends as the instance that took its message says.
    pub fn mailbox_landed(&mut self, site: usize, writes: &[Write]) -> Checked {
        let of_site = &mut self.sites[site];
        for id in of_site.tasks.landed(writes)? {
            let reference = format!("Task/{id}");
            let shown = of_site.tasks.known(&reference).map(|task| task.status.clone()).unwrap_or_default();
            let received = of_site.instances.values().flat_map(|live| live.instance.messages());
            let mut said = received.filter(|received| *received.message.id == *reference);
            let said = said.next_back().map_or(MessageStatus::Failed, |received| received.status);
            ensure(
                matches!(
                    (&*shown, said),
                    ("completed", MessageStatus::Completed) | ("failed", MessageStatus::Failed)
                ),
                Invariant::TaskStatus,
                || format!("site {site} shows {reference} as {shown}; it has ended as {said:?}"),
            )?;
        }
        Ok(())
    }

    fn step(
        &mut self,
        site: usize,
        id: &InstanceId,
        number: u64,
        at: Timestamp,
        cause: &str,
        facts: &[Fact],
    ) -> Checked {
        let of_site = &mut self.sites[site];
        ensure(at.0 <= of_site.latest, Invariant::Time, || {
            format!(
                "step {number} of {id} was decided at {}, the clock never showed more than {}",
                at.0, of_site.latest
            )
        })?;
        let live = of_site.instances.entry(id.clone()).or_default();
        ensure(live.steps == number, Invariant::Replay, || {
            format!("step {number} of {id} was written after step {}", live.steps)
        })?;
        live.begin_step(facts, &self.expectations);
        of_site.may_take(id, facts)?;
        for fact in facts {
            of_site.instances.entry(id.clone()).or_default().fold(id, at, fact, &self.expectations)?;
            #[expect(clippy::wildcard_enum_match_arm, reason = "all other facts concern the instance alone")]
            match fact {
                Fact::MessageTaken { message, .. } => {
                    ensure(of_site.taken.insert(message.id.clone()), Invariant::OneCorrelation, || {
                        format!("{} was taken twice, now by {id}", message.id)
                    })?;
                    let identity = mailbox::identity(&message.document);
                    if let Some(identity) = identity {
                        self.sent.taken(&identity, id, &message.document)?;
                        ensure(
                            self.consequences.insert(identity.clone()),
                            Invariant::OneConsequence,
                            || {
                                format!(
                                    "message {identity} had a second consequence: {id} took it as {}",
                                    message.id
                                )
                            },
                        )?;
                    }
                    let task = of_site.tasks.known(&message.id);
                    ensure(task.is_some_and(|task| task.permitted), Invariant::Authorisation, || {
                        format!("{id} took {}, which nobody who may has sent", message.id)
                    })?;
                    let live = &of_site.instances[id];
                    let key = message.business_key.as_deref();
                    ensure(
                        key.is_none_or(|key| key.split('#').next() == Some(live.instance.business_key())),
                        Invariant::Isolation,
                        || {
                            format!(
                                "{id} of conversation {} took a message of conversation {key:?}",
                                live.instance.business_key()
                            )
                        },
                    )?;
                }
                Fact::EffectSettled { sequence, settlement } => {
                    if let Settlement::NotDelivered(DeliveryError::Refused { status, .. }) = &**settlement {
                        let is_refusal = (400..=499).contains(status) && !matches!(status, 408 | 425 | 429);
                        ensure(is_refusal, Invariant::Effects, || {
                            format!(
                                "effect {} of {id} was given up for HTTP {status}, which is no refusal",
                                sequence.0
                            )
                        })?;
                    }
                    let performed = of_site.performed.contains_key(&(id.clone(), *sequence));
                    ensure(
                        performed || live_broadcasts(&of_site.instances[id], *sequence),
                        Invariant::Effects,
                        || format!("effect {} of {id} was settled and never performed", sequence.0),
                    )?;
                }
                Fact::Ended { status: Status::Cancelled, .. } => {
                    let told = |fact: &Fact| {
                        matches!(fact, Fact::MessageAnswered { status: MessageStatus::Completed, .. })
                    };
                    ensure(!facts.iter().any(told), Invariant::TaskStatus, || {
                        format!("{id} was cancelled, and its senders are told that it completed")
                    })?;
                    let caller = of_site.callers.get(id);
                    let is_called = caller.is_some_and(|(caller, wait)| {
                        let live = of_site.instances.get(caller);
                        live.is_some_and(|live| live.instance.waits().any(|(open, _)| open == *wait))
                    });
                    // Whom nobody waits for any more, because the call was interrupted, is cancelled by the engine.
                    let abandoned = caller.is_some() && !is_called;
                    if abandoned && !self.cancelled.contains(id) {
                        self.marks.insert(Mark::CallAbandoned);
                    }
                    let model = of_site.instances.get(id).and_then(|live| live.model.as_ref());
                    let by_error = caller.is_some() && model.is_some_and(|model| model.ends_by_error);
                    ensure(self.cancelled.contains(id) || abandoned || by_error, Invariant::Oracle, || {
                        format!("{id} was cancelled by nobody")
                    })?;
                }
                Fact::Started(started) => {
                    let caller = facts.iter().find_map(|fact| match fact {
                        Fact::CalledBy(caller) => Some(&**caller),
                        _ => None,
                    });
                    of_site.may_start(&started.definition, caller, self.now)?;
                    let digest = &started.definition.digest;
                    let expected = self.expectations.get(&started.definition);
                    if let Some(most) = expected.and_then(|expected| expected.model.starts_max) {
                        let begun = of_site.timed.entry(digest.clone()).or_default();
                        *begun += 1;
                        ensure(*begun <= most, Invariant::Time, || {
                            format!("{id} is instance {begun} of a process that starts {most} times")
                        })?;
                    }
                }
                Fact::CalledBy(caller) => {
                    let call = (caller.instance.clone(), caller.wait);
                    let twice = of_site.callers.values().any(|known| *known == call);
                    ensure(!twice, Invariant::OneConsequence, || {
                        format!("wait {} of {} called a second instance: {id}", call.1.0, call.0)
                    })?;
                    of_site.callers.insert(id.clone(), call);
                }
                _ => {}
            }
        }
        if cause == "a timer was due" && of_site.fired.replace(at) == Some(at) {
            self.marks.insert(Mark::TwoTimersInOneTick);
        }
        let live = of_site.instances.get_mut(id).expect("it was folded just now");
        live.end_step(id, at, cause, number)?;
        self.marks.extend(live.met.iter().copied());
        if let Some(expectation) = self.expectations.get(live.instance.definition())
            && live.instance.status() == Status::Completed
        {
            live.check_trace(expectation, Extent::Whole)
                .map_err(|reason| violated(Invariant::Oracle, format!("{id} at site {site}: {reason}")))?;
        }
        let is_known = self.expectations.contains_key(live.instance.definition());
        ensure(!is_known || live.instance.status() != Status::Failed, Invariant::Oracle, || {
            format!("{id} failed")
        })
    }

    /// An engine asks for an effect to be performed.
    pub fn performs(&mut self, site: usize, effect: &EffectId, work: &Work) -> Checked {
        let content = match work {
            Work::Call { call, .. } => {
                digest(&["call", &call.handler, &format!("{:?}", call.execution.activity_instance_id)])
            }
            Work::Build { message, .. } => digest(&["build", &format!("{message:?}")]),
            Work::Deliver { target, document } => {
                digest(&["deliver", &target.address, &document.to_string()])
            }
            Work::Answer { message, status, error, outputs, .. } => {
                digest(&["answer", message, &format!("{status:?} {error:?} {outputs:?}")])
            }
        };
        let of_site = &mut self.sites[site];
        if let Work::Call { call, .. } = work {
            let stage =
                format!("{} {} {}", call.execution.activity_instance_id, stage(&call.hook), call.handler);
            let key = &call.execution.idempotency_key;
            let first = of_site.keys.entry((effect.instance.clone(), stage)).or_insert_with(|| key.clone());
            ensure(first == key, Invariant::Effects, || {
                format!("{effect} has the idempotency key {key}; the first attempt had {first}")
            })?;
        }
        let key = (effect.instance.clone(), effect.sequence);
        if let Some(live) = of_site.instances.get(&effect.instance) {
            ensure(live.queued.contains(&effect.sequence), Invariant::Effects, || {
                format!("effect {effect} is performed before its commit")
            })?;
            ensure(!live.settled.contains(&effect.sequence), Invariant::Effects, || {
                format!("effect {effect} is performed after its settlement")
            })?;
        } else {
            ensure(effect.instance.0.starts_with("inbox:"), Invariant::Effects, || {
                format!("effect {effect} is performed for an instance that is not on disk")
            })?;
        }
        let first = *of_site.performed.entry(key).or_insert(content);
        ensure(first == content, Invariant::Effects, || {
            format!("effect {effect} has changed its content: {work:?}")
        })?;
        if let Work::Deliver { document, .. } = work {
            let live = of_site.instances.get(&effect.instance);
            let instance = live
                .map(|live| &live.instance)
                .and_then(|instance| Some((instance, self.expectations.get(instance.definition())?)));
            self.sent.leaves(instance, effect.sequence, document)?;
        }
        if let Work::Call { definition, call } = work
            && let Some(expectation) = self.expectations.get(definition)
        {
            crate::content::check(&expectation.model, call)
                .map_err(|reason| violated(Invariant::Oracle, format!("{effect}: {reason}")))?;
            let own = format!("{}#", call.execution.business_key);
            let foreign = call.execution.variables.iter().find(|(_, value)| {
                value.as_str().is_some_and(|text| text.contains('#') && !text.starts_with(&own))
            });
            if let Some((name, value)) = foreign {
                return Err(violated(
                    Invariant::Isolation,
                    format!("{effect} shows {name} = {value} of another conversation"),
                ));
            }
        }
        Ok(())
    }

    /// After healing, what is due fires soon by the clock of its site.
    pub fn check_timers(&self, site: usize, shown: Timestamp) -> Checked {
        let of_site = &self.sites[site];
        let running = of_site.instances.iter().filter(|(_, live)| !live.instance.is_suspended());
        let late = running.flat_map(|(id, live)| live.timer_rows.iter().map(move |(_, due)| (id, *due)));
        let late = late.min_by_key(|(_, due)| *due).filter(|(_, due)| due.plus_ms(LATE_MS) < shown);
        ensure(late.is_none(), Invariant::Time, || {
            let late = late.map(|(id, due)| format!("a timer of {id} was due at {}", due.0));
            format!("{} at site {site}, it has not fired at {}", late.unwrap_or_default(), shown.0)
        })
    }

    /// Whether everything has come to its end, as far as it can. `None`: yes; else what has not.
    pub fn unfinished(&self) -> Option<String> {
        for (index, site) in self.sites.iter().enumerate() {
            for (id, live) in &site.instances {
                if live.instance.is_running() && site.is_abandoned(id) {
                    return Some(format!(
                        "instance {id} at site {index} goes on, although nobody waits for it"
                    ));
                }
                if let Some(what) = live.unfinished(&self.excused, self.waiting_is_an_end) {
                    return Some(format!(
                        "instance {id} at site {index} of {}: {what}",
                        live.instance.business_key()
                    ));
                }
            }
            if let Some(what) = site.tasks.unfinished(&self.excused).filter(|_| !self.waiting_is_an_end) {
                return Some(format!("site {index}: {what}"));
            }
            let answered = |message: &str| site.tasks.known(message).is_some_and(TaskState::has_ended);
            if let Some((_, message)) = site.remembered.iter().find(|(_, message)| answered(message)) {
                return Some(format!("site {index}: {message} is answered, and never forgotten"));
            }
        }
        None
    }

    /// The verdict on what has come to an end, and on what is excused.
    pub fn conclude(&self) -> Checked {
        for (index, site) in self.sites.iter().enumerate() {
            for (id, live) in &site.instances {
                let Some(expectation) = self.expectations.get(live.instance.definition()) else {
                    continue;
                };
                let extent =
                    if live.instance.status() == Status::Completed { Extent::Whole } else { Extent::Begun };
                live.check_trace(expectation, extent).map_err(|reason| {
                    violated(Invariant::Oracle, format!("{id} at site {index}: {reason}"))
                })?;
            }
            // What a mailbox acknowledged was taken or refused, never both, never neither.
            for (id, task) in site.tasks.all() {
                let reference: Arc<str> = format!("Task/{id}").into();
                let taken = site.taken.contains(&reference);
                ensure(
                    taken || task.status == "failed" || self.excused.contains(&*task.business_key),
                    Invariant::OneCorrelation,
                    || format!("site {index}: {reference} is {} and no instance took it", task.status),
                )?;
            }
        }
        Ok(())
    }

    /// What all sites have of what is not at its end, for a report.
    pub fn survey(&self) -> Vec<String> {
        let mut conversations = BTreeSet::new();
        for site in &self.sites {
            let open = site
                .instances
                .values()
                .filter(|live| live.unfinished(&self.excused, self.waiting_is_an_end).is_some());
            conversations.extend(open.map(|live| live.instance.business_key().clone()));
        }
        let mut lines = Vec::new();
        for (index, site) in self.sites.iter().enumerate() {
            for (id, live) in &site.instances {
                if conversations.contains(live.instance.business_key()) {
                    let what = live
                        .unfinished(&self.excused, self.waiting_is_an_end)
                        .unwrap_or_else(|| format!("{:?}", live.instance.status()));
                    lines.push(format!(
                        "site {index}: {} {id} of {}: {what}",
                        live.instance.definition(),
                        live.instance.business_key()
                    ));
                }
            }
            for (id, task) in site.tasks.all().filter(|(_, task)| conversations.contains(&*task.business_key))
            {
                let taken = site.taken.contains(&*format!("Task/{id}"));
                lines.push(format!(
                    "site {index}: Task/{id} {} is {}{}",
                    task.identity.as_deref().unwrap_or("?"),
                    task.status,
                    if taken { ", taken" } else { "" }
                ));
            }
        }
        lines
    }

    /// How many instances of a process a conversation has had at a site.
    pub fn instances_of(&self, site: usize, process: &str, conversation: &str) -> usize {
        let of_site = self.sites[site].instances.values();
        of_site
            .filter(|live| {
                *live.instance.definition().process_id == *process
                    && **live.instance.business_key() == *conversation
            })
            .count()
    }

    /// Whether the message with this identity had its consequence.
    pub fn has_consequence(&self, identity: &str) -> bool {
        self.consequences.contains(identity)
    }
}

impl Site {
    /// Whether an instance was called and the call is over.
    fn is_abandoned(&self, id: &InstanceId) -> bool {
        self.callers.get(id).is_some_and(|(caller, wait)| {
            let live = self.instances.get(caller);
            !live.is_some_and(|live| live.instance.waits().any(|(open, _)| open == *wait))
        })
    }

    /// An instance starts in a definition: one that is in use, and the newest. What was decided in the moment before may
    /// land a while later.
    fn may_start(&self, definition: &DefinitionKey, caller: Option<&Caller>, now: u64) -> Checked {
        let Some(used) = self.definitions.get(definition) else {
            return Err(violated(Invariant::Oracle, format!("{definition} was started and is not recorded")));
        };
        let settled = |known: &Known| now > known.since + DECIDED_BEFORE_MS;
        ensure(used.active || !settled(used), Invariant::Authorisation, || {
            format!("{definition} was started, although it is out of use")
        })?;
        if let Some(caller) = caller {
            let live = self.instances.get(&caller.instance);
            let wait = live.and_then(|live| live.instance.wait(caller.wait));
            // Whoever called may have gone on in the meantime.
            let (Some(live), Some(wait)) = (live, wait) else { return Ok(()) };
            if live.model.as_ref().is_some_and(|model| model.bound.contains(&*wait.element)) {
                let own = live.instance.definition();
                let may_be_another = live.migrated || self.withdrawn;
                return ensure(may_be_another || own.digest == definition.digest, Invariant::Oracle, || {
                    format!(
                        "an instance of {own} in package {} called one of {definition} in package {}",
                        own.digest, definition.digest
                    )
                });
            }
        }
        let newer = self.definitions.iter().find(|(key, known)| {
            key.process_id == definition.process_id
                && key.version == definition.version
                && known.sequence > used.sequence
                && known.active
                && settled(known)
        });
        ensure(newer.is_none(), Invariant::Oracle, || {
            format!("{definition} was started, although there is a newer definition")
        })
    }
}

/// A timer that is due longer is late.
const LATE_MS: u64 = 90_000;

/// What was decided lands within so many milliseconds, or not at all.
const DECIDED_BEFORE_MS: u64 = 180_000;

/// What a handler is called for.
fn stage(hook: &Hook) -> &'static str {
    match hook {
        Hook::ServiceTask => "execute",
        Hook::Listener(ListenerEvent::Start) => "start",
        Hook::Listener(ListenerEvent::End) => "end",
        Hook::Listener(ListenerEvent::Take) => "take",
        Hook::Prepare(_) => "prepare",
        Hook::Failed(..) => "failed",
    }
}

/// A broadcast is performed by the driver itself.
fn live_broadcasts(live: &Live, sequence: EffectSequence) -> bool {
    live.broadcasts.contains(&sequence)
}
