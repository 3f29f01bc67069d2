//! The invariants: what must hold after every step of every site, whatever went wrong before. The auditor sees what lands
//! on the disks, what leaves the sites and what they answer; it asks the engine nothing.
//!
//! `instance` looks at one instance, `mailbox` at the Tasks of one mailbox; here is what concerns a whole site, and the
//! verdict at the end.

mod content;
mod instance;
mod mailbox;
mod seen;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use tessera_core::driver::Work;
use tessera_core::identity::{EffectId, EffectSequence, InstanceId, Timestamp, WaitKey};
use tessera_core::instance::{Fact, Settlement, Status};
use tessera_core::plugin::DeliveryError;
use tessera_core::site::inspect::{self, Row};
use tessera_store::Write;

use crate::block::Block;
use crate::mark::Mark;
use crate::model::Model;
use crate::oracle::Extent;
use crate::random::digest;
pub use instance::Live;
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
    /// Who called an instance, and with which wait.
    callers: BTreeMap<InstanceId, (InstanceId, WaitKey)>,
    /// What was asked under an identity, as a digest.
    performed: BTreeMap<(InstanceId, EffectSequence), u64>,
    /// How many instances timers have started, by digest of the definition.
    timed: BTreeMap<Arc<str>, u32>,
    /// The latest time that its clock has shown.
    pub latest: u64,
}

/// Sees everything.
#[derive(Debug, Default)]
pub struct Auditor {
    /// By site.
    pub sites: Vec<Site>,
    /// By digest of the definition.
    pub expectations: BTreeMap<Arc<str>, Expectation>,
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
                    let digest = &started.definition.digest;
                    let expected = self.expectations.get(digest);
                    if let Some(most) = expected.and_then(|expected| expected.model.starts_max) {
                        let begun = of_site.timed.entry(digest.clone()).or_default();
                        *begun += 1;
                        ensure(*begun <= most, Invariant::Time, || {
                            format!(
                                "{id} is instance {begun} of a process that its timer starts {most} times"
                            )
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
        let live = of_site.instances.get_mut(id).expect("it was folded just now");
        live.end_step(id, at, cause, number)?;
        self.marks.extend(live.met.iter().copied());
        if let Some(expectation) = self.expectations.get(&live.instance.definition().digest)
            && live.instance.status() == Status::Completed
        {
            live.check_trace(expectation, Extent::Whole)
                .map_err(|reason| violated(Invariant::Oracle, format!("{id} at site {site}: {reason}")))?;
        }
        let is_known = self.expectations.contains_key(&live.instance.definition().digest);
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
                .and_then(|instance| Some((instance, self.expectations.get(&instance.definition().digest)?)));
            self.sent.leaves(instance, effect.sequence, document)?;
        }
        if let Work::Call { definition, call } = work
            && let Some(expectation) = self.expectations.get(&definition.digest)
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

    /// Whether everything has come to its end, as far as it can. `None`: yes; else what has not.
    pub fn unfinished(&self) -> Option<String> {
        for (index, site) in self.sites.iter().enumerate() {
            for (id, live) in &site.instances {
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
                let Some(expectation) = self.expectations.get(&live.instance.definition().digest) else {
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

/// A broadcast is performed by the driver itself.
fn live_broadcasts(live: &Live, sequence: EffectSequence) -> bool {
    live.broadcasts.contains(&sequence)
}
