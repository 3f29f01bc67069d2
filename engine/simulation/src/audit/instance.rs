//! The invariants of one instance: tokens, scopes, waits, effects, time. What the facts say is counted here a second
//! time, in another way than the engine counts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tessera_core::effect::Effect;
use tessera_core::identity::{DefinitionKey, EffectSequence, InstanceId, NodeKey, Timestamp, WaitKey};
use tessera_core::instance::{Ending, Fact, Instance, Role, Settlement, State, Status, WaitKind, apply};
use tessera_core::limits::CALL_ATTEMPTS_DEFAULT;
use tessera_core::plugin::FailureKind;

use super::content::Reached;
use super::{Checked, Expectation, Invariant, ensure, violated};
use crate::mark::Mark;
use crate::model::Model;
use crate::oracle::{self, Ended, Extent, Part};

/// What was seen of an instance.
#[derive(Debug)]
pub struct Live {
    /// Its facts, folded.
    pub instance: Instance,
    /// Steps in its journal.
    pub steps: u64,
    /// What ended, in order.
    pub trace: Vec<Ended>,
    /// Effects that were queued.
    pub queued: BTreeSet<EffectSequence>,
    /// Effects that were settled.
    pub settled: BTreeSet<EffectSequence>,
    /// Effects that were withdrawn. The driver may hear of both commits after they have landed together.
    pub withdrawn: BTreeSet<EffectSequence>,
    /// Effects that the driver performs itself.
    pub broadcasts: BTreeSet<EffectSequence>,
    /// Index entries.
    pub timer_rows: BTreeSet<(WaitKey, Timestamp)>,
    /// Index entries.
    pub wait_rows: BTreeSet<WaitKey>,
    /// Index entries.
    pub outbox_rows: BTreeSet<EffectSequence>,
    /// Rare events of this step.
    pub met: BTreeSet<Mark>,
    nodes: BTreeMap<u64, Counted>,
    entered: BTreeSet<u64>,
    waits: BTreeMap<u64, Opened>,
    closed: BTreeSet<u64>,
    pub(super) model: Option<Arc<Model>>,
    /// Tokens that elements of this step have put on their flows.
    offered: BTreeMap<String, u64>,
    closed_now: Vec<Opened>,
    work_cancelled: bool,
    /// The block whose work was undone last in this step.
    undone: Option<u64>,
    /// By effect, whose call it is.
    calls: BTreeMap<EffectSequence, u64>,
    /// How often the work of an activation has failed in a row.
    failures: BTreeMap<u64, u32>,
    /// Activations whose handler could not do its work in this step.
    could_not: BTreeSet<u64>,
    /// It runs on another version than it began with.
    pub(super) migrated: bool,
    reached: Reached,
}

#[derive(Debug, Clone)]
struct Counted {
    parent: u64,
    element: Arc<str>,
    role: Role,
    children: u64,
    /// The step in which it began.
    step: u64,
}

#[derive(Debug, Clone)]
struct Opened {
    element: Arc<str>,
    at: Timestamp,
    due: Option<Timestamp>,
    is_retry: bool,
}

impl Default for Live {
    fn default() -> Self {
        Self {
            instance: Instance::empty(),
            steps: 0,
            trace: Vec::new(),
            queued: BTreeSet::new(),
            settled: BTreeSet::new(),
            withdrawn: BTreeSet::new(),
            broadcasts: BTreeSet::new(),
            timer_rows: BTreeSet::new(),
            wait_rows: BTreeSet::new(),
            outbox_rows: BTreeSet::new(),
            met: BTreeSet::new(),
            nodes: BTreeMap::new(),
            entered: BTreeSet::new(),
            waits: BTreeMap::new(),
            closed: BTreeSet::new(),
            model: None,
            offered: BTreeMap::new(),
            closed_now: Vec::new(),
            work_cancelled: false,
            undone: None,
            calls: BTreeMap::new(),
            failures: BTreeMap::new(),
            could_not: BTreeSet::new(),
            migrated: false,
            reached: Reached::default(),
        }
    }
}

impl Live {
    pub(super) fn begin_step(&mut self, facts: &[Fact], expectations: &BTreeMap<DefinitionKey, Expectation>) {
        if let Some(Fact::Started(started)) = facts.first() {
            let expected = expectations.get(&started.definition);
            self.model = expected.map(|expectation| Arc::new(expectation.model.clone()));
        }
        self.offered.clear();
        self.closed_now.clear();
        self.met.clear();
        self.work_cancelled = false;
        self.undone = None;
        self.could_not.clear();
        self.reached.begin_step();
    }

    /// One whole step.
    pub fn step(
        &mut self,
        id: &InstanceId,
        at: Timestamp,
        cause: &str,
        facts: &[Fact],
        expectations: &BTreeMap<DefinitionKey, Expectation>,
    ) -> Checked {
        self.begin_step(facts, expectations);
        facts.iter().try_for_each(|fact| self.fold(id, at, fact, expectations))?;
        self.end_step(id, at, cause, self.steps)?;
        self.check_at_rest(id)
    }

    /// Takes one fact.
    pub(super) fn fold(
        &mut self,
        id: &InstanceId,
        at: Timestamp,
        fact: &Fact,
        expectations: &BTreeMap<DefinitionKey, Expectation>,
    ) -> Checked {
        // That an answer to a message has arrived may become known: it moves nothing.
        let moves = matches!(fact, Fact::NodeEntered { .. } | Fact::MessageTaken { .. })
            || matches!(fact, Fact::EffectSettled { sequence, .. } if self.calls.contains_key(sequence));
        ensure(!moves || !self.instance.is_suspended(), Invariant::Oracle, || {
            format!("{id} moves while it is suspended: {fact:?}")
        })?;
        self.reached.note(&self.instance, self.model.as_deref(), at, fact)?;
        apply(&mut self.instance, fact);
        #[expect(
            clippy::wildcard_enum_match_arm,
            reason = "variables, progress and messages are not counted"
        )]
        match fact {
            Fact::Started(started) => {
                let root = Counted {
                    parent: 0,
                    element: started.definition.process_id.clone(),
                    role: Role::Element,
                    children: 0,
                    step: self.steps,
                };
                self.entered.insert(NodeKey::ROOT.0);
                self.nodes.insert(NodeKey::ROOT.0, root);
                Ok(())
            }
            Fact::NodeEntered { node, parent, element, role, by, .. } => {
                self.entered(id, *node, *parent, element, *role, by.as_deref())
            }
            Fact::NodeRestored { node, parent, .. } => {
                let restored = self.instance.activations().find(|activation| activation.key == *node);
                let element: Arc<str> = restored.map_or_else(|| "?".into(), |found| found.element.clone());
                self.entered(id, *node, *parent, &element, Role::Restored, None)
            }
            Fact::NodeLeft { node, ending } => self.left(id, *node, *ending),
            Fact::WaitOpened { wait, opened } => {
                ensure(
                    !self.waits.contains_key(&wait.0) && !self.closed.contains(&wait.0),
                    Invariant::NoOrphan,
                    || format!("{id} opens wait {} twice", wait.0),
                )?;
                let is_retry = matches!(opened.kind, WaitKind::Retry { .. });
                let failures = self.failures.get(&opened.node.0).copied().unwrap_or_default();
                ensure(
                    !is_retry || self.model.is_none() || failures < CALL_ATTEMPTS_DEFAULT,
                    Invariant::Bounds,
                    || format!("{id}: {} is tried again after {failures} failures", opened.element),
                )?;
                let due = opened.kind.due();
                self.waits.insert(wait.0, Opened { element: opened.element.clone(), at, due, is_retry });
                Ok(())
            }
            Fact::WaitClosed { wait } => {
                let Some(opened) = self.waits.remove(&wait.0) else {
                    return Err(violated(
                        Invariant::Time,
                        format!("{id} closes wait {}, which is not open", wait.0),
                    ));
                };
                self.closed.insert(wait.0);
                self.closed_now.push(opened);
                Ok(())
            }
            Fact::EffectQueued { sequence, effect } => {
                if let Effect::Call { node, attempt, .. } = &**effect {
                    self.calls.insert(*sequence, node.0);
                    let failures = self.failures.get(&node.0).copied().unwrap_or_default();
                    ensure(*attempt == failures + 1, Invariant::Effects, || {
                        format!("{id}: effect {} is attempt {attempt} after {failures} failures", sequence.0)
                    })?;
                }
                if matches!(**effect, Effect::Broadcast { .. } | Effect::Notify(_)) {
                    self.broadcasts.insert(*sequence);
                }
                ensure(self.queued.insert(*sequence), Invariant::Effects, || {
                    format!("{id} queues effect {} twice", sequence.0)
                })
            }
            Fact::EffectSettled { sequence, .. } | Fact::EffectWithdrawn { sequence } => {
                ensure(self.queued.contains(sequence), Invariant::Effects, || {
                    format!("{id} settles effect {}, which was never queued", sequence.0)
                })?;
                let before = self.settled.contains(sequence) || self.withdrawn.contains(sequence);
                if let (Fact::EffectSettled { settlement, .. }, Some(node)) = (fact, self.calls.get(sequence))
                {
                    if let Settlement::Failed { kind, .. } = &**settlement {
                        let counts = *kind != FailureKind::MailboxAway;
                        *self.failures.entry(*node).or_default() += u32::from(counts);
                        if *kind == FailureKind::Technical {
                            self.could_not.insert(*node);
                        }
                    } else {
                        self.failures.remove(node);
                    }
                }
                let is_settled = matches!(fact, Fact::EffectSettled { .. });
                if is_settled {
                    self.settled.insert(*sequence)
                } else {
                    self.withdrawn.insert(*sequence)
                };
                ensure(!before, Invariant::Effects, || format!("{id} settles effect {} twice", sequence.0))
            }
            Fact::IncidentOpened { incident } => {
                let failures = self.failures.remove(&incident.node.0).unwrap_or_default();
                let gave_up = self.model.is_some() && self.could_not.contains(&incident.node.0);
                ensure(!gave_up || failures == CALL_ATTEMPTS_DEFAULT, Invariant::Bounds, || {
                    format!("{id}: {} needs a human after {failures} failures", incident.element)
                })
            }
            Fact::Migrated(migrated) => {
                let expected = expectations.get(&migrated.definition);
                self.model = expected.map(|expectation| Arc::new(expectation.model.clone()));
                self.migrated = true;
                self.met.insert(Mark::Migrated);
                Ok(())
            }
            Fact::SuspensionChanged { suspended: false } => {
                self.met.insert(Mark::Resumed);
                Ok(())
            }
            Fact::Ended { status, .. } => {
                let left = self.nodes.len();
                ensure(*status != Status::Completed || left <= 1, Invariant::Conservation, || {
                    format!("{id} completes with {left} activations")
                })?;
                self.nodes.clear();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn entered(
        &mut self,
        id: &InstanceId,
        node: NodeKey,
        parent: NodeKey,
        element: &Arc<str>,
        role: Role,
        by: Option<&str>,
    ) -> Checked {
        ensure(self.entered.insert(node.0), Invariant::Conservation, || {
            format!("{id} uses activation {} again", node.0)
        })?;
        if node != parent {
            let Some(around) = self.nodes.get_mut(&parent.0) else {
                return Err(violated(
                    Invariant::Conservation,
                    format!("{id}: {element} begins in a scope that has ended"),
                ));
            };
            around.children += 1;
        }
        if let (Some(flow), Some(model)) = (by, &self.model)
            && let Some(source) = model.flows.get(flow)
            // An event-based gateway ends only after the event that was chosen has begun.
            && !source.starts_with("wait")
        {
            let offered = self.offered.get_mut(&format!("{source}>{flow}"));
            let Some(offered) = offered.filter(|offered| **offered > 0) else {
                return Err(violated(
                    Invariant::Conservation,
                    format!("{id}: a token reached {element} by {flow}, but {source} did not send one"),
                ));
            };
            *offered -= 1;
        }
        // What was done last is undone first.
        if let (Some(block), Some(_)) = (element.strip_prefix("undo"), &self.model)
            && let Ok(block) = block.parse::<u64>()
        {
            ensure(self.undone.is_none_or(|before| block < before), Invariant::Oracle, || {
                format!("{id}: {element} begins after undo{}", self.undone.unwrap_or_default())
            })?;
            self.undone = Some(block);
            self.met.insert(Mark::Undone);
        }
        self.nodes.insert(
            node.0,
            Counted { parent: parent.0, element: element.clone(), role, children: 0, step: self.steps },
        );
        Ok(())
    }

    fn left(&mut self, id: &InstanceId, node: NodeKey, ending: Ending) -> Checked {
        let Some(counted) = self.nodes.remove(&node.0) else {
            return Err(violated(Invariant::Conservation, format!("{id}: activation {} ends twice", node.0)));
        };
        let element = &counted.element;
        let completed = ending == Ending::Completed;
        self.work_cancelled |= !completed && element.starts_with("work");
        if let (true, Some(join), Some(model)) = (completed, element.strip_prefix("join"), &self.model) {
            let decided = format!("decide{join}");
            if counted.step < self.steps && model.flows.values().any(|source| *source == decided) {
                self.met.insert(Mark::LateInclusiveBranch);
            }
        }
        ensure(!completed || counted.children == 0, Invariant::Conservation, || {
            format!("{id}: {element} completes with {} activations in it", counted.children)
        })?;
        let iterations = self.iterations(node.0, &counted);
        if let Some(around) = self.nodes.get_mut(&counted.parent) {
            around.children = around.children.saturating_sub(1);
        }
        let leaves = matches!(counted.role, Role::Element | Role::Body);
        if let (true, true, Some(model)) = (completed, leaves, &self.model) {
            for flow in model.flows.iter().filter(|(_, source)| **source == **element).map(|(flow, _)| flow) {
                *self.offered.entry(format!("{element}>{flow}")).or_default() += 1;
            }
        }
        if completed && element.starts_with("remind") {
            self.met.insert(Mark::Reminded);
        }
        if let (true, Some(signal)) = (completed, element.strip_prefix("catch")) {
            let throw = format!("throw{signal}");
            if self.model.is_some() && !self.trace.iter().any(|ended| ended.element == throw) {
                self.met.insert(Mark::SignalCrossed);
            }
        }
        if node != NodeKey::ROOT && !matches!(counted.role, Role::Flow | Role::Restored) {
            let part = if counted.role == Role::Body { Part::All } else { Part::One };
            self.trace.push(Ended { element: element.to_string(), part, iterations, completed });
        }
        Ok(())
    }

    /// The iterations around an activation, outermost first, itself included.
    fn iterations(&self, node: u64, counted: &Counted) -> Vec<u64> {
        let mut found = Vec::new();
        let (mut key, mut at) = (node, Some(counted));
        while let Some(here) = at {
            if matches!(here.role, Role::Iteration(_)) {
                found.push(key);
            }
            if here.parent == key {
                break;
            }
            key = here.parent;
            at = self.nodes.get(&key);
        }
        found.reverse();
        found
    }

    /// What a step must have left behind.
    pub(super) fn end_step(&mut self, id: &InstanceId, at: Timestamp, cause: &str, number: u64) -> Checked {
        self.steps = number + 1;
        if self.model.is_some() {
            self.reached.end_step(id, &self.instance, cause)?;
        }
        if cause == "a timer was due" {
            let due = |opened: &&Opened| {
                let declared = self.model.as_ref().and_then(|model| model.timers.get(&*opened.element));
                let earliest =
                    declared.map_or(opened.due, |milliseconds| Some(opened.at.plus_ms(*milliseconds)));
                (opened.due.is_some() || opened.is_retry) && earliest.is_some_and(|earliest| earliest <= at)
            };
            let fired = self.closed_now.iter().filter(due).count();
            ensure(fired > 0, Invariant::Time, || {
                format!("a timer of {id} fired at {}, before any was due: {:?}", at.0, self.closed_now)
            })?;
            if fired > 1 {
                self.met.insert(Mark::TwoTimersInOneTick);
            }
            if self.work_cancelled {
                self.met.insert(Mark::BoundaryRace);
            }
        }
        // Two writes of one answer are there together, and nothing of another conversation. Other handlers write what they like.
        for activation in self.instance.activations().filter(|_| self.model.is_some()) {
            for (name, value) in activation.variables {
                let Some(block) = name.strip_prefix("one") else { continue };
                let other = activation.variables.get(&*format!("other{block}"));
                ensure(other == Some(value), Invariant::Atomicity, || {
                    format!("{id}: {name} is {value}, other{block} is {other:?}")
                })?;
            }
            let own = format!("{}#", self.instance.business_key());
            let foreign = activation.variables.values().find(|value| {
                value.as_str().is_some_and(|text| text.contains('#') && !text.starts_with(&own))
            });
            if let Some(value) = foreign {
                return Err(violated(
                    Invariant::Isolation,
                    format!("{id} holds {value} of another conversation"),
                ));
            }
        }
        Ok(())
    }

    /// Whether the index entries are those of the record.
    pub(super) fn check_indexes(&self, id: &InstanceId) -> Checked {
        let mut timers = BTreeSet::new();
        let mut waits = BTreeSet::new();
        for (key, wait) in self.instance.waits() {
            match &wait.kind {
                WaitKind::Timer { due, .. }
                | WaitKind::Retry { due, .. }
                | WaitKind::Continuation { due } => {
                    timers.insert((key, *due));
                }
                WaitKind::Message { .. } | WaitKind::Signal { .. } => {
                    waits.insert(key);
                }
                WaitKind::Completion | WaitKind::Condition | WaitKind::Called { .. } => {}
            }
        }
        let effects: BTreeSet<_> = self.instance.effects().map(|(sequence, _)| sequence).collect();
        ensure(timers == self.timer_rows, Invariant::Atomicity, || {
            format!("{id} has timers {timers:?}, its index has {:?}", self.timer_rows)
        })?;
        ensure(waits == self.wait_rows, Invariant::Atomicity, || {
            format!("{id} has waits {waits:?}, its index has {:?}", self.wait_rows)
        })?;
        ensure(effects == self.outbox_rows, Invariant::Atomicity, || {
            format!("{id} has effects {effects:?}, its outbox has {:?}", self.outbox_rows)
        })
    }

    /// Whether everything that is active can go on.
    pub(super) fn check_at_rest(&self, id: &InstanceId) -> Checked {
        if self.instance.status() != Status::Running {
            let left = self.instance.waits().map(|(_, wait)| wait.element.clone()).next();
            return ensure(left.is_none(), Invariant::NoOrphan, || {
                format!("{id} has ended and still waits at {}", left.unwrap_or_default())
            });
        }
        let mut moved: BTreeSet<u64> = self.instance.waits().map(|(_, wait)| wait.node.0).collect();
        moved.extend(self.instance.incidents().map(|incident| incident.node.0));
        for (_, effect) in self.instance.effects() {
            match &**effect {
                Effect::Call { node, .. } | Effect::Deliver { node, .. } => {
                    moved.insert(node.0);
                }
                Effect::Answer { .. } | Effect::Broadcast { .. } | Effect::Notify(_) => {}
            }
        }
        // Nothing is left of what has ended.
        for node in &moved {
            ensure(self.nodes.contains_key(node), Invariant::NoOrphan, || {
                format!("{id}: activation {node} has ended; a wait, an effect or an incident of it is left")
            })?;
        }
        let mut any = false;
        for activation in self.instance.activations() {
            let counted = self.nodes.get(&activation.key.0);
            let Some(counted) = counted else {
                return Err(violated(
                    Invariant::Conservation,
                    format!("{id}: {} is active and was left", activation.element),
                ));
            };
            if activation.state == State::Parked || counted.children > 0 {
                continue;
            }
            ensure(moved.contains(&activation.key.0), Invariant::NoOrphan, || {
                format!("{id}: {} is active and waits for nothing", activation.element)
            })?;
            any = true;
        }
        ensure(self.nodes.len() == self.instance.activations().count(), Invariant::Conservation, || {
            format!(
                "{id}: {} activations were counted, the record has {}",
                self.nodes.len(),
                self.instance.activations().count()
            )
        })?;
        ensure(any, Invariant::NoOrphan, || format!("{id} is running and nothing can move it"))
    }

    /// Whether its trace is one that the oracle allows.
    pub(super) fn check_trace(&self, expectation: &Expectation, extent: Extent) -> Result<(), String> {
        let migrated = self.migrated.then(|| expectation.block.for_migrated());
        let block = migrated.as_ref().unwrap_or(&expectation.block);
        oracle::check(block, self.instance.business_key(), &self.trace, extent)
    }

    /// What keeps it from being at its end; `None` if nothing does, or if that is excused.
    pub(super) fn unfinished(&self, excused: &BTreeSet<Arc<str>>, waiting_is_an_end: bool) -> Option<String> {
        if self.instance.effects().next().is_some() {
            return Some("has effects that are not settled".to_owned());
        }
        if self.instance.status() != Status::Running {
            return None;
        }
        if let Some(incident) = self.instance.incidents().next() {
            return Some(format!("incident {} at {}: {}", incident.code, incident.element, incident.message));
        }
        let waits_only = self.instance.waits().all(|(_, wait)| matches!(wait.kind, WaitKind::Message { .. }));
        if (waiting_is_an_end || excused.contains(self.instance.business_key())) && waits_only {
            return None;
        }
        let places: Vec<_> = self.instance.waits().map(|(_, wait)| wait.element.to_string()).collect();
        let trace: Vec<_> = self.trace.iter().map(|ended| ended.element.as_str()).collect();
        Some(format!("waits at {} after {}", places.join(" "), trace.join(" ")))
    }
}
