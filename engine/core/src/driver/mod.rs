//! The order of load, decide, commit, perform, reply: a machine without I/O. Events go in, actions come out; the pump
//! (`engine/node`, or the simulator in one thread) does what the actions say. Start reading at [`Event`] and [`Action`],
//! then [`Driver::handle`]; then `shard`, which keeps the order, and one file per kind of input.

mod action;
mod bounds;
mod command;
mod correlation;
mod crossing;
mod event;
mod input;
mod look;
mod message;
mod notice;
mod opening;
mod place;
mod recovery;
mod resident;
mod retention;
mod shard;
mod starts;
mod step;
#[cfg(test)]
mod tests;
mod timers;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use action::{Action, Read, Work};
pub use bounds::Bounds;
pub use command::{
    Acceptance, Command, Correlation, Counts, Explanation, Filter, IncidentView, JournalEntry, ProcessRow,
    Reply, Row, Shown, State, Statistics,
};
pub use event::{CommitId, Deployment, Event, LoadId, Rows, Ticket};
pub use place::{Move, Place};

use crate::effect::Outcome;
use crate::entropy::{Entropy, uuid};
use crate::identity::{EffectId, InstanceId, Timestamp};
use crate::limits::{EARLY_MESSAGE_TTL_MS, LIST_ROWS_MAX};
use crate::message::Message;
use crate::site::deployments::Deployments;
use crate::site::keys;
use crate::site::placement::InstanceKey;
use input::{
    Asked, Change, ConditionalStart, Correlating, CountedTable, Counting, Input, Listing, StartCommand,
};
use opening::Opening;
use shard::{Context, Numbers, Shard};

/// What a site decides once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Shards of a new store. An existing store keeps the number it was made with.
    pub shards: u16,
    /// How long an early message is kept for a live conversation, in milliseconds.
    pub early_message_ttl_ms: u64,
    /// When asynchronous continuations go on.
    pub continuations: Continuations,
    /// What each shard takes at a time and keeps in memory.
    pub bounds: Bounds,
}

/// When asynchronous continuations go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Continuations {
    /// At once, in a step of their own.
    ByThemselves,
    /// On [`Command::Continue`]; for tests of what lies between.
    ByCommand,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            shards: 16,
            early_message_ttl_ms: EARLY_MESSAGE_TTL_MS,
            continuations: Continuations::ByThemselves,
            bounds: Bounds::default(),
        }
    }
}

/// One site's driver.
#[derive(Debug)]
pub struct Driver {
    settings: Settings,
    opening: Opening,
    deployments: Deployments,
    shards: Vec<Shard>,
    numbers: Numbers,
    statistics: Statistics,
    ready: bool,
    /// Processes whose newest definition may be another than before.
    changed: BTreeSet<Arc<str>>,
}

impl Driver {
    /// A driver that knows nothing yet; its first event is [`Event::Start`].
    pub fn new(mut settings: Settings) -> Self {
        settings.bounds = settings.bounds.checked();
        Self {
            settings,
            opening: Opening::default(),
            deployments: Deployments::default(),
            shards: Vec::new(),
            numbers: Numbers::default(),
            statistics: Statistics::default(),
            ready: false,
            changed: BTreeSet::new(),
        }
    }

    /// Takes one event and says what is to be done.
    pub fn handle(
        &mut self,
        now: Timestamp,
        event: Event,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
    ) {
        let mut stirred = BTreeSet::new();
        match event {
            Event::Start => self.open(actions),
            Event::Deploy(Deployment { key, program }) => {
                self.changed.insert(key.process_id.clone());
                self.deployments.deploy(key, program);
                for shard in &mut self.shards {
                    shard.release(now);
                }
                stirred.extend(self.all_shards());
            }
            Event::Withdraw { definition } => self.deployments.withdraw(&definition),
            Event::Message { ticket, message } => {
                let shard = self.opening.placement().map(|placement| placement.of_text(route(&message)));
                let input = Input::Message { ticket, message: Arc::new(message) };
                stirred.extend(self.pass(now, entropy, actions, shard, input));
            }
            Event::InProgress { ticket, message } => {
                let shard = self.opening.placement().map(|placement| placement.of_text(route(&message)));
                let input = Input::InProgress { ticket, message: Arc::new(message) };
                stirred.extend(self.pass(now, entropy, actions, shard, input));
            }
            Event::Command { ticket, command } => {
                stirred.extend(self.command(now, entropy, actions, ticket, command));
            }
            Event::Loaded { load, result } => {
                if let Some(index) = self.shard_of(load.0) {
                    self.with(index, now, entropy, actions, |shard, context| {
                        shard.loaded(context, load, result);
                    });
                    stirred.insert(index);
                } else {
                    self.opened(load, result, entropy, actions);
                    stirred.extend(self.all_shards());
                }
            }
            Event::Committed { commit, outcome } => {
                if let Some(index) = self.shard_of(commit.0) {
                    let passed_on = self.with(index, now, entropy, actions, |shard, context| {
                        shard.committed(context, commit, &outcome);
                    });
                    stirred.insert(index);
                    stirred.extend(self.distribute(now, entropy, actions, passed_on));
                } else {
                    self.recorded(now, commit, &outcome, actions);
                    stirred.extend(self.all_shards());
                }
            }
            Event::Settled { effect, outcome } => {
                stirred.extend(self.settled(now, entropy, actions, &effect, outcome));
            }
            Event::Tick => stirred.extend(self.all_shards()),
        }
        self.keep_records(now, actions);
        if let Some(placement) = self.opening.placement() {
            for process in std::mem::take(&mut self.changed) {
                let shard = placement.of_text(&process);
                let input = Input::Starts { process };
                self.with(shard, now, entropy, actions, |shard, context| shard.accept(context, input));
                stirred.insert(shard);
            }
        }
        while let Some(index) = stirred.pop_first() {
            let passed_on = self.with(index, now, entropy, actions, Shard::advance);
            stirred.extend(self.distribute(now, entropy, actions, passed_on));
        }
        if !self.ready
            && let Some(incarnation) = self.opening.settled()
            && self.shards.iter().all(|shard| shard.recovered)
        {
            self.ready = true;
            actions.push(Action::Ready { incarnation: incarnation.clone() });
        }
    }

    /// When [`Event::Tick`] is wanted next.
    pub fn next_wakeup(&self) -> Option<Timestamp> {
        self.shards.iter().filter_map(Shard::next_wakeup).chain(self.opening.retry_at()).min()
    }

    /// What happened so far.
    pub fn statistics(&self) -> Statistics {
        self.statistics
    }

    fn settled(
        &mut self,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
        effect: &EffectId,
        outcome: Outcome,
    ) -> Option<u16> {
        // Another incarnation's effects are none of this store's.
        self.opening.incarnation().filter(|incarnation| **incarnation == effect.incarnation)?;
        let (shard, input) = if let Some((shard, message)) = message::read_rejection_effect(effect) {
            (shard, Input::RejectionSettled { message })
        } else {
            let (shard, instance) = self.opening.placement()?.of_instance(&effect.instance)?;
            (shard, Input::Settled { instance, sequence: effect.sequence, outcome })
        };
        usize::from(shard).lt(&self.shards.len()).then_some(())?;
        self.with(shard, now, entropy, actions, |shard, context| shard.accept(context, input));
        Some(shard)
    }

    fn command(
        &mut self,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
        ticket: Ticket,
        command: Command,
    ) -> Option<u16> {
        let Some(placement) = self.opening.placement() else {
            actions.push(Action::Reply { ticket, reply: Reply::Busy });
            return None;
        };
        let known = |instance: &InstanceId| placement.of_instance(instance);
        let addressed = |instance: &InstanceId, input: &dyn Fn(InstanceKey) -> Input| {
            known(instance).map(|(shard, key)| (shard, input(key)))
        };
        let change = |instance: &InstanceId, change: Change| {
            addressed(instance, &|instance| Input::Change { ticket, instance, change: change.clone() })
        };
        let routed = match command {
            Command::Start { process_id, version, message_name, business_key, variables, before } => {
                let business_key = business_key.unwrap_or_else(|| uuid(entropy).into());
                let shard = placement.of_text(&business_key);
                let start = StartCommand {
                    ticket,
                    process_id,
                    version,
                    message_name,
                    business_key,
                    variables,
                    before,
                };
                Some((shard, Input::Start(Box::new(start))))
            }
            Command::Suspend { instance } => change(&instance, Change::Suspend),
            Command::Resume { instance } => change(&instance, Change::Resume),
            Command::Modify { instance, changes } => change(&instance, Change::Modify { changes }),
            Command::Migrate { instance, version, mapping, dry_run } => {
                change(&instance, Change::Migrate { version, mapping, dry_run })
            }
            Command::Continue { instance, wait } => change(&instance, Change::Continue { wait }),
            Command::Correlate(correlation) => {
                let shard = correlation.business_key.as_deref().map_or(0, |key| placement.of_text(key));
                let found = Vec::new();
                Some((
                    shard,
                    Input::Correlate(Box::new(Correlating { ticket, correlation: *correlation, found })),
                ))
            }
            Command::StartByCondition { process_id, business_key, variables } => {
                let key = business_key.as_deref().or(process_id.as_deref()).unwrap_or_default();
                let shard = placement.of_text(key);
                let input = ConditionalStart { ticket, process_id, business_key, variables };
                Some((shard, Input::StartByCondition(Box::new(input))))
            }
            Command::Processes => {
                let reply = Reply::Processes(self.deployments.listed());
                actions.push(Action::Reply { ticket, reply });
                return None;
            }
            Command::SetActive { process_id, version, active } => {
                let definitions = self.deployments.with_activity(&process_id, version.as_deref(), active);
                if definitions.is_empty() {
                    let reason = match version {
                        Some(version) => format!("process {process_id} is not known in version {version}"),
                        None => format!("process {process_id} is not known"),
                    };
                    actions.push(Action::Reply { ticket, reply: Reply::Refused { reason } });
                } else {
                    self.opening.request(ticket, definitions);
                }
                return None;
            }
            Command::Cancel { instance, reason } => change(&instance, Change::Cancel { reason }),
            Command::Delete { instance } => change(&instance, Change::Delete),
            Command::Retry { instance, incident } => change(&instance, Change::Retry { incident }),
            Command::SetVariables { instance, variables } => {
                change(&instance, Change::SetVariables { variables })
            }
            Command::Deliver { instance, wait, name, variables } => {
                change(&instance, Change::Deliver { wait, name, variables })
            }
            Command::Complete { instance, wait, variables } => {
                change(&instance, Change::Complete { wait, variables })
            }
            Command::Throw { instance, wait, code, message, variables } => {
                change(&instance, Change::Throw { wait, code, message, variables })
            }
            Command::Signal { name, variables } => {
                Some((placement.of_text(&name), Input::BroadcastSignal { ticket, name, variables }))
            }
            Command::List { filter, after, limit } => {
                let from = match &after {
                    None => Some((0, None)),
                    Some(after) => {
                        known(after).map(|(shard, key)| (shard, Some(keys::after(keys::instance(key)))))
                    }
                };
                from.map(|(shard, from)| {
                    let limit = limit.clamp(1, LIST_ROWS_MAX);
                    (shard, Input::List(Box::new(Listing { ticket, filter, limit, rows: Vec::new(), from })))
                })
            }
            Command::Show { instance } => addressed(&instance, &|instance| Input::Show { ticket, instance }),
            Command::Explain { instance } => {
                addressed(&instance, &|instance| Input::Explain { ticket, instance })
            }
            Command::AwaitEnd { instance } => {
                addressed(&instance, &|instance| Input::AwaitEnd { ticket, instance })
            }
            Command::Journal { instance, from, limit } => {
                addressed(&instance, &|instance| Input::Journal { ticket, instance, from, limit })
            }
            Command::Counts => {
                let counting =
                    Counting { ticket, counts: Counts::default(), table: CountedTable::FIRST, from: None };
                Some((0, Input::Count(Box::new(counting))))
            }
        };
        let Some((shard, input)) = routed else {
            actions.push(Action::Reply { ticket, reply: Reply::NotFound });
            return None;
        };
        self.pass(now, entropy, actions, Some(shard), input)
    }

    /// Gives an input to its shard, if the site is ready for inputs from outside.
    fn pass(
        &mut self,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
        shard: Option<u16>,
        input: Input,
    ) -> Option<u16> {
        let Some(index) = shard.filter(|_| self.ready) else {
            let (ticket, asked) = input.ticket()?;
            let reply = match asked {
                Asked::Message => Reply::Message(Acceptance::Busy),
                Asked::Command => Reply::Busy,
            };
            actions.push(Action::Reply { ticket, reply });
            return None;
        };
        self.with(index, now, entropy, actions, |shard, context| shard.accept(context, input));
        Some(index)
    }

    /// Gives what shards have for each other to whom it is for.
    fn distribute(
        &mut self,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
        passed_on: Vec<(u16, Input)>,
    ) -> Vec<u16> {
        let mut stirred = Vec::with_capacity(passed_on.len());
        for (index, input) in passed_on {
            self.with(index, now, entropy, actions, |shard, context| shard.accept(context, input));
            stirred.push(index);
        }
        stirred
    }

    /// Lets a shard do something; returns what it has for others.
    fn with(
        &mut self,
        index: u16,
        now: Timestamp,
        entropy: &mut dyn Entropy,
        actions: &mut Vec<Action>,
        act: impl FnOnce(&mut Shard, &mut Context<'_>),
    ) -> Vec<(u16, Input)> {
        let mut passed_on = Vec::new();
        if let (Some(placement), Some(incarnation)) = (self.opening.placement(), self.opening.incarnation())
            && let Some(shard) = self.shards.get_mut(usize::from(index))
        {
            let mut context = Context {
                now,
                entropy,
                deployments: &self.deployments,
                placement,
                incarnation,
                early_message_ttl_ms: self.settings.early_message_ttl_ms,
                continues_by_itself: self.settings.continuations == Continuations::ByThemselves,
                bounds: self.settings.bounds,
                actions,
                numbers: &mut self.numbers,
                statistics: &mut self.statistics,
                passed_on: &mut passed_on,
            };
            act(shard, &mut context);
        }
        passed_on
    }

    fn shard_of(&self, number: u64) -> Option<u16> {
        Some(Numbers::shard(number)).filter(|shard| usize::from(*shard) < self.shards.len())
    }

    fn all_shards(&self) -> impl Iterator<Item = u16> + use<> {
        0..u16::try_from(self.shards.len()).expect("there are at most SHARDS_MAX shards")
    }
}

/// What a message's shard is found by.
fn route(message: &Message) -> &str {
    message.business_key.as_deref().unwrap_or(&message.id)
}
