//! What a scenario's assertions speak about, seen in a world: where tokens wait, what happened so far.

use std::collections::BTreeMap;

use tessera_bpmn::compile::{Element, Kind};
use tessera_core::driver::{Place, Shown, State};
use tessera_core::identity::{InstanceId, NodeKey};
use tessera_core::instance::{Role, State as Stage, WaitKind};

use super::history::{Counts, History};
use super::world::{World, WorldError};

/// All instances of a world, in the order in which they appeared.
#[derive(Debug, Default)]
pub struct Observation {
    seen: Vec<Seen>,
}

/// One instance.
#[derive(Debug)]
pub struct Seen {
    /// How it stands.
    pub shown: Shown,
    /// What happened to it.
    pub history: History,
    /// Its start was meant to fail; an incident is how a durable engine says so.
    pub disregarded: bool,
}

impl Seen {
    /// Its identity.
    pub fn id(&self) -> &InstanceId {
        &self.shown.row.instance
    }

    /// Whether it is alive.
    pub fn is_running(&self) -> bool {
        self.shown.row.state == State::Running
    }
}

impl Observation {
    /// Looks again.
    pub fn look(&mut self, world: &mut World) -> Result<(), WorldError> {
        let mut rows = world.instances()?;
        rows.sort_by_key(|row| (row.started_at, row.caller.is_some()));
        for row in rows {
            let known = self.seen.iter_mut().find(|seen| *seen.id() == row.instance);
            let shown = world.show(&row.instance)?;
            if let Some(seen) = known {
                let entries = world.journal(&row.instance, seen.history.next_step)?;
                seen.history.read(&entries);
                seen.shown = shown;
            } else {
                let mut history = History::default();
                history.read(&world.journal(&row.instance, 0)?);
                self.seen.push(Seen { shown, history, disregarded: false });
            }
        }
        Ok(())
    }

    /// All instances that count.
    pub fn instances(&self) -> impl Iterator<Item = &Seen> {
        self.seen.iter().filter(|seen| !seen.disregarded)
    }

    /// Those of them that are alive.
    pub fn running(&self) -> impl Iterator<Item = &Seen> {
        self.instances().filter(|seen| seen.is_running())
    }

    /// The instance that was started first.
    pub fn first(&self) -> Option<&Seen> {
        self.instances().next()
    }

    /// How many instances there are, counted or not.
    pub fn len(&self) -> usize {
        self.seen.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// What went wrong and is not repaired, in all instances, counted or not: incidents, and work that is to be retried.
    pub fn troubles(&self) -> usize {
        let retries = |seen: &Seen| {
            seen.shown.waits.values().filter(|wait| matches!(wait.kind, WaitKind::Retry { .. })).count()
        };
        self.seen.iter().map(|seen| seen.shown.explanation.incidents.len() + retries(seen)).sum()
    }

    /// Leaves out the instances from the `from`-th on.
    pub fn disregard(&mut self, from: usize) {
        self.seen.iter_mut().skip(from).for_each(|seen| seen.disregarded = true);
    }

    /// Where tokens wait.
    pub fn waiting(&self, world: &World) -> Vec<String> {
        let mut waiting = Vec::new();
        for seen in self.running() {
            let places = seen.shown.places.iter().filter(|place| waits(world, seen, place));
            let places = places.filter(|place| !is_pending(world, seen, place));
            waiting.extend(places.map(|place| place.element.to_string()));
        }
        waiting.sort();
        waiting
    }

    /// Elements before or behind which an asynchronous continuation is pending.
    pub fn pending(&self, world: &World) -> Vec<String> {
        let mut pending = Vec::new();
        for seen in self.running() {
            let places = seen.shown.places.iter().filter(|place| is_pending(world, seen, place));
            pending.extend(places.map(|place| super::history::named(&place.element, place.role)));
        }
        pending.sort();
        pending
    }

    /// Active elements over all instances. One whose beginning is pending is not active yet, and one whose continuation
    /// is pending has completed.
    pub fn activity(&self, world: &World) -> Activity {
        let mut activity = Activity {
            active: self.sum(History::active),
            completed: self.sum(|history| history.completed.clone()),
        };
        for seen in self.running() {
            for place in seen.shown.places.iter().filter(|place| is_pending(world, seen, place)) {
                let name = super::history::named(&place.element, place.role);
                if let Some(count) = activity.active.get_mut(&name) {
                    *count = count.saturating_sub(1);
                }
                if place.state == Stage::Leaving {
                    *activity.completed.entry(name).or_default() += 1;
                }
            }
        }
        activity
    }

    /// Joins at which tokens wait for others.
    pub fn joining(&self) -> Vec<String> {
        let places = self.running().flat_map(|seen| &seen.shown.places);
        let parked = places.filter(|place| place.state == Stage::Parked);
        let mut joining: Vec<_> = parked.map(|place| place.element.to_string()).collect();
        joining.sort();
        joining
    }

    /// Instances by process id: alive ones, or ended ones.
    pub fn by_process(&self, running: bool) -> Counts {
        let mut counts = Counts::new();
        for seen in self.instances().filter(|seen| seen.is_running() == running) {
            *counts.entry(seen.shown.row.process_id.to_string()).or_default() += 1;
        }
        counts
    }

    /// Sums over the histories of all instances.
    pub fn sum(&self, count: impl Fn(&History) -> Counts) -> Counts {
        let mut sum = BTreeMap::new();
        for seen in self.instances() {
            for (element, times) in count(&seen.history) {
                *sum.entry(element).or_default() += times;
            }
        }
        sum
    }

    /// Each instance with its state, e.g. `order:COMPLETED end=shipped`.
    pub fn states(&self) -> Vec<String> {
        let mut states: Vec<_> = self.instances().map(state).collect();
        states.sort();
        states
    }

    /// Plain words about every running instance, and its journal.
    pub fn explain(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for seen in &self.seen {
            lines.extend(seen.shown.explanation.lines.iter().cloned());
            lines.extend(seen.history.lines.iter().map(|line| format!("  {line}")));
        }
        lines
    }
}

/// What is active and what has completed.
#[derive(Debug)]
pub struct Activity {
    /// How often each element is active.
    pub active: Counts,
    /// How often each has completed.
    pub completed: Counts,
}

/// Whether an activation waits for its turn between two commits: for its first attempt, or for the next.
fn is_pending(world: &World, seen: &Seen, place: &Place) -> bool {
    let mut waits = seen.shown.waits.values().filter(|wait| wait.node == place.node);
    waits.any(|wait| match wait.kind {
        WaitKind::Continuation { .. } => true,
        WaitKind::Retry { .. } => element(world, seen, place).is_some_and(|element| element.async_before),
        WaitKind::Message { .. }
        | WaitKind::Signal { .. }
        | WaitKind::Timer { .. }
        | WaitKind::Completion
        | WaitKind::Condition
        | WaitKind::Called { .. } => false,
    })
}

fn state(seen: &Seen) -> String {
    let process = &seen.shown.row.process_id;
    match seen.shown.row.state {
        State::Running => format!("{process}:ACTIVE"),
        State::Completed => match &seen.history.last {
            Some(last) => format!("{process}:COMPLETED end={last}"),
            None => format!("{process}:COMPLETED"),
        },
        State::Failed => format!("{process}:FAILED"),
        State::Cancelled => format!("{process}:TERMINATED"),
    }
}

/// Whether a token waits here for something from outside.
fn waits(world: &World, seen: &Seen, place: &Place) -> bool {
    let is_token = place.node != NodeKey::ROOT && matches!(place.role, Role::Element | Role::Iteration(_));
    is_token
        && match place.state {
            Stage::Parked => false,
            // What it calls waits for it.
            Stage::Waiting => !matches!(kind(world, seen, place), Some(Kind::CallActivity(_))),
            // What holds others waits by them; only a throwing event that holds its handlers is a place of its own.
            Stage::Holding => {
                matches!(kind(world, seen, place), Some(Kind::ThrowEvent(_) | Kind::EndEvent(_)))
            }
            Stage::Ready
            | Stage::Starting(_)
            | Stage::Started
            | Stage::Working
            | Stage::Preparing
            | Stage::Delivering
            | Stage::Consulting
            | Stage::Ending(_)
            | Stage::Leaving => true,
        }
}

fn kind<'w>(world: &'w World, seen: &Seen, place: &Place) -> Option<&'w Kind> {
    element(world, seen, place).map(|element| &element.kind)
}

fn element<'w>(world: &'w World, seen: &Seen, place: &Place) -> Option<&'w Element> {
    let row = &seen.shown.row;
    let mut definitions = world.definitions().iter().filter(|definition| {
        definition.key.process_id == row.process_id
            && definition.key.version == row.version
            && definition.key.digest == seen.shown.definition_digest
    });
    let program = definitions.next().map(|definition| &definition.program);
    program.and_then(|program| program.find(&place.element).map(|index| program.element(index)))
}
