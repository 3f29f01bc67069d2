//! One shard: it decides serially, over what is committed plus its own pending writes, and commits in order without
//! waiting for the commit before. What leaves the shard leaves when its commit is acknowledged. A commit that fails takes
//! all later ones with it (each names the one before as its condition); the shard then forgets everything and recovers.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use tessera_canary::{Canary, is_planted};
use tessera_store::{Batch, Outcome as CommitOutcome, Precondition, Write};

use super::input::{Asked, Input, Recovery};
use super::resident::Residents;
use super::view::{Missing, View};
use super::{Acceptance, Action, Bounds, CommitId, LoadId, Read, Reply, Rows, Statistics, Ticket};
use crate::effect::Outcome;
use crate::entropy::Entropy;
use crate::identity::{EffectId, EffectSequence, Incarnation, Timestamp};
use crate::limits::{PREFETCHED_INPUTS_MAX, RELOAD_DELAY_MS};
use crate::site::deployments::Deployments;
use crate::site::keys;
use crate::site::placement::{InstanceKey, Placement};
use crate::site::records::{Head, Stored as _};

/// What a shard may use of its site while it decides.
pub(super) struct Context<'a> {
    pub(super) now: Timestamp,
    pub(super) entropy: &'a mut dyn Entropy,
    pub(super) deployments: &'a Deployments,
    pub(super) placement: Placement,
    pub(super) incarnation: &'a Incarnation,
    pub(super) early_message_ttl_ms: u64,
    pub(super) continues_by_itself: bool,
    pub(super) bounds: Bounds,
    pub(super) actions: &'a mut Vec<Action>,
    pub(super) numbers: &'a mut Numbers,
    pub(super) statistics: &'a mut Statistics,
    /// Inputs for other shards, or for this one again.
    pub(super) passed_on: &'a mut Vec<(u16, Input)>,
}

/// Gives loads and commits their identities, which name their shard.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    next: u64,
}

const SHARD_BITS: u32 = 16;

impl Numbers {
    pub(super) fn draw(&mut self, shard: u16) -> u64 {
        let number = self.next << SHARD_BITS | u64::from(shard);
        self.next = self.next.saturating_add(1);
        number
    }

    /// The shard that an identity was drawn for.
    pub(super) fn shard(number: u64) -> u16 {
        u16::try_from(number & u64::from(u16::MAX)).expect("sixteen bits are a u16")
    }
}

/// Whether a decision is to be made, or only its reads to be found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    Decide,
    Prefetch,
}

/// One commit in the making.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) batch: Batch,
    pub(super) after: After,
}

/// What happens once a commit is acknowledged, in this order.
#[derive(Debug, Default)]
pub(super) struct After {
    /// Effects to perform.
    pub(super) perform: Vec<Performance>,
    /// Effects that were withdrawn, or settled.
    pub(super) gone: Vec<(InstanceKey, EffectSequence)>,
    pub(super) replies: Vec<(Ticket, Reply)>,
    pub(super) pass_on: Vec<(u16, Input)>,
}

/// An effect and what to do for it.
#[derive(Debug)]
pub(super) struct Performance {
    pub(super) of: Performed,
    pub(super) effect: EffectId,
    pub(super) work: super::Work,
}

/// Who asked for an effect.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Performed {
    Instance(InstanceKey, EffectSequence),
    Rejection(Arc<str>),
}

impl Draft {
    pub(super) fn put(&mut self, key: Vec<u8>, value: Vec<u8>) {
        self.batch.writes.push(Write::Put { key, value });
    }

    pub(super) fn delete(&mut self, key: Vec<u8>) {
        self.batch.writes.push(Write::Delete { key });
    }

    pub(super) fn reply(&mut self, ticket: Option<Ticket>, reply: Reply) {
        self.after.replies.extend(ticket.map(|ticket| (ticket, reply)));
    }
}

impl After {
    fn append(&mut self, later: Self) {
        let Self { perform, gone, replies, pass_on } = later;
        self.perform.extend(perform);
        self.gone.extend(gone);
        self.replies.extend(replies);
        self.pass_on.extend(pass_on);
    }
}

#[derive(Debug)]
struct InFlight {
    commit: CommitId,
    keys: Vec<Vec<u8>>,
    after: After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Running,
    /// A commit failed; those after it are still to be acknowledged.
    Draining,
    /// Nothing is in memory; recovery begins then.
    Down {
        until: Timestamp,
    },
}

/// One shard of a site.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a fact of its own about what is known or under way"
)]
pub(super) struct Shard {
    pub(super) index: u16,
    phase: Phase,
    pub(super) recovered: bool,
    /// It went down since it was recovered last.
    pub(super) failed: bool,
    pub(super) queue: VecDeque<Input>,
    load: Option<(LoadId, Vec<Read>)>,
    in_flight: VecDeque<InFlight>,
    /// The number of the last commit that was asked for.
    pub(super) head: u64,
    pub(super) view: View,
    pub(super) residents: Residents,
    /// Effects that are being performed.
    pub(super) performing: BTreeSet<Performed>,
    /// There are unsettled effects that are not being performed.
    pub(super) outbox_behind: bool,
    pub(super) outbox_walking: bool,
    /// No timer is due before this, as far as is known.
    pub(super) next_due: Option<Timestamp>,
    /// Due rows that are being decided; no new ones are looked for until they are.
    pub(super) due_in_hand: usize,
    /// Due rows of instances that cannot move now, because their definition is not deployed or their record is damaged.
    pub(super) held_timers: BTreeSet<Vec<u8>>,
    /// How many early messages each conversation has.
    pub(super) early: BTreeMap<Arc<str>, usize>,
    /// Crossings that are in the queue.
    pub(super) crossings: BTreeSet<Vec<u8>>,
    /// Those of them that cannot be decided now, because a definition is not deployed or a record is damaged.
    pub(super) held_crossings: BTreeSet<Vec<u8>>,
    /// Outcomes of what suspended instances asked for; taken when they are resumed.
    pub(super) held_outcomes: BTreeMap<(InstanceKey, EffectSequence), Outcome>,
    /// The rows of the messages by command that wait for each conversation.
    pub(super) kept: BTreeMap<Arc<str>, BTreeSet<Vec<u8>>>,
    /// Who waits for the end of which instance.
    pub(super) awaiting_end: BTreeMap<InstanceKey, Vec<Ticket>>,
}

impl Shard {
    pub(super) fn new(index: u16) -> Self {
        Self {
            index,
            phase: Phase::Running,
            recovered: false,
            failed: false,
            queue: VecDeque::from([Input::Recover(Recovery::Head)]),
            load: None,
            in_flight: VecDeque::new(),
            head: 0,
            view: View::default(),
            residents: Residents::default(),
            performing: BTreeSet::new(),
            outbox_behind: false,
            outbox_walking: false,
            next_due: None,
            due_in_hand: 0,
            held_timers: BTreeSet::new(),
            early: BTreeMap::new(),
            crossings: BTreeSet::new(),
            held_crossings: BTreeSet::new(),
            held_outcomes: BTreeMap::new(),
            kept: BTreeMap::new(),
            awaiting_end: BTreeMap::new(),
        }
    }

    /// Takes an input, or says that there are too many.
    pub(super) fn accept(&mut self, context: &mut Context<'_>, input: Input) {
        let is_running = self.phase == Phase::Running;
        let is_full = self.queue.len() >= context.bounds.inputs;
        match input.ticket() {
            // What nobody would bring again is taken in any case; it is bounded by what is being performed.
            None if is_running => self.queue.push_back(input),
            Some(_) if is_running && (!is_full || matches!(input, Input::Crossing { .. })) => {
                self.queue.push_back(input);
            }
            // While the shard is down, settlements and crossings are found again by recovery.
            None => self.forget(&input),
            Some(asked) => refuse_busy(context, asked),
        }
    }

    /// When this shard wants to be woken.
    pub(super) fn next_wakeup(&self) -> Option<Timestamp> {
        match self.phase {
            Phase::Running if self.due_in_hand == 0 => self.next_due,
            Phase::Running | Phase::Draining => None,
            Phase::Down { until } => Some(until),
        }
    }

    /// Decides whatever can be decided now.
    pub(super) fn advance(&mut self, context: &mut Context<'_>) {
        self.wake(context.now, context.bounds);
        while self.phase == Phase::Running
            && self.load.is_none()
            && (self.in_flight.len() < context.bounds.commits_in_flight
                || is_planted(Canary::CommitsUncounted))
        {
            let Some(mut input) = self.queue.pop_front() else { break };
            if self.decide(context, &mut input, Purpose::Decide) == Err(Missing) {
                self.queue.push_front(input);
                self.load_ahead(context);
            } else {
                self.view.trim(self.queue.is_empty(), context.bounds);
            }
            self.wake(context.now, context.bounds);
        }
    }

    /// Takes over what was read.
    pub(super) fn loaded(
        &mut self,
        context: &mut Context<'_>,
        load: LoadId,
        result: Result<Vec<Rows>, String>,
    ) {
        let Some((_, reads)) = self.load.take_if(|(waiting, _)| *waiting == load) else { return };
        match result {
            Ok(answers) => self.view.loaded(reads, answers),
            // Nothing was decided, so nothing is lost but time.
            Err(_) if self.phase == Phase::Running => self.fail(context),
            Err(_) => {}
        }
    }

    /// Hears the fate of a commit.
    pub(super) fn committed(&mut self, context: &mut Context<'_>, commit: CommitId, outcome: &CommitOutcome) {
        // A pump that keeps the order acknowledges the first; anything else is not ours any more.
        if self.in_flight.front().is_none_or(|first| first.commit != commit) {
            return;
        }
        let Some(done) = self.in_flight.pop_front() else { return };
        if *outcome == CommitOutcome::Committed {
            self.view.acknowledged(done.keys, commit);
            self.follow_up(context, done.after);
        } else {
            context.statistics.failed_commits = context.statistics.failed_commits.saturating_add(1);
            for (ticket, reply) in done.after.replies {
                let asked = if matches!(reply, Reply::Message(_)) { Asked::Message } else { Asked::Command };
                refuse_busy(context, (ticket, asked));
            }
            if self.phase == Phase::Running {
                self.fail(context);
            }
        }
        if self.phase == Phase::Draining && self.in_flight.is_empty() {
            self.phase = Phase::Down { until: context.now.plus_ms(RELOAD_DELAY_MS) };
        }
    }

    /// A definition was deployed: what was held for it can go on.
    pub(super) fn release(&mut self, now: Timestamp) {
        if !self.held_timers.is_empty() {
            self.held_timers.clear();
            self.due_at(now);
        }
        let held = std::mem::take(&mut self.held_crossings);
        self.queue.extend(held.into_iter().map(|row| Input::Crossing { row, ticket: None }));
        let waiting: Vec<_> = self.early.keys().cloned().collect();
        self.queue.extend(waiting.into_iter().map(|business_key| Input::Early { business_key }));
        let kept: Vec<_> = self.kept.keys().cloned().collect();
        self.queue.extend(kept.into_iter().map(|business_key| Input::Kept { business_key }));
        self.outbox_behind = true;
    }

    /// A timer may be due then.
    pub(super) fn due_at(&mut self, due: Timestamp) {
        self.next_due =
            Some(self.next_due.map_or(due, |next| {
                if is_planted(Canary::TimerLate) { next.max(due) } else { next.min(due) }
            }));
    }

    /// Asks for a commit. An empty draft needs none: it takes effect at once.
    pub(super) fn commit(&mut self, context: &mut Context<'_>, draft: Draft) {
        let Draft { mut batch, mut after } = draft;
        if batch.writes.is_empty() {
            // It may rest on writes that are under way: then it waits for them too.
            match self.in_flight.back_mut() {
                Some(last) => last.after.append(after),
                None => self.follow_up(context, after),
            }
            return;
        }
        let head = keys::head(self.index);
        if !self.in_flight.is_empty() && !is_planted(Canary::CommitUnchained) {
            batch = batch.require(Precondition::Equals { key: head.clone(), value: Head(self.head).seal() });
        }
        self.head = self.head.saturating_add(1);
        let commit = CommitId(context.numbers.draw(self.index));
        let mut written = Vec::with_capacity(batch.writes.len());
        for write in &batch.writes {
            // History is written and never decided upon.
            if keys::is_journal(write.key()) {
                continue;
            }
            written.push(write.key().to_vec());
            self.view.write(write.key().to_vec(), write.value().map(<[u8]>::to_vec), commit);
        }
        batch = batch.put(head, Head(self.head).seal());
        if is_planted(Canary::PerformedEarly) {
            for performance in std::mem::take(&mut after.perform) {
                self.perform(context, performance);
            }
        }
        if is_planted(Canary::RepliedEarly) {
            for (ticket, reply) in std::mem::take(&mut after.replies) {
                context.actions.push(Action::Reply { ticket, reply });
            }
        }
        self.in_flight.push_back(InFlight { commit, keys: written, after });
        context.statistics.commits = context.statistics.commits.saturating_add(1);
        context.actions.push(Action::Commit { commit, batch });
    }

    /// Gives an effect to the pump, unless it has it or has enough.
    pub(super) fn perform(&mut self, context: &mut Context<'_>, performance: Performance) {
        if self.performing.len() >= context.bounds.effects_in_flight {
            self.outbox_behind = true;
        } else if self.performing.insert(performance.of) {
            let Performance { effect, work, .. } = performance;
            context.actions.push(Action::Perform { effect, work });
        }
    }

    /// Effects that are being performed, and those that are when the commits under way are acknowledged.
    pub(super) fn effects_in_hand(&self) -> usize {
        let waiting = self.in_flight.iter().map(|commit| commit.after.perform.len());
        waiting.fold(self.performing.len(), usize::saturating_add)
    }

    fn follow_up(&mut self, context: &mut Context<'_>, after: After) {
        let effects_wanted = self.phase == Phase::Running;
        for performance in after.perform {
            // Recovery finds those that a failing shard does not perform any more.
            if effects_wanted {
                self.perform(context, performance);
            }
        }
        for (instance, sequence) in after.gone {
            if self.performing.remove(&Performed::Instance(instance, sequence)) {
                let effect =
                    EffectId { incarnation: context.incarnation.clone(), instance: instance.id(), sequence };
                context.actions.push(Action::Abandon { effect });
            }
        }
        for (ticket, reply) in after.replies {
            context.actions.push(Action::Reply { ticket, reply });
        }
        context.passed_on.extend(after.pass_on);
    }

    fn load_ahead(&mut self, context: &mut Context<'_>) {
        let mut queue = std::mem::take(&mut self.queue);
        for input in queue.iter_mut().skip(1).take(PREFETCHED_INPUTS_MAX) {
            // What is missing is noted down; that is all that is wanted here.
            let _ = self.decide(context, input, Purpose::Prefetch);
        }
        self.queue = queue;
        let reads = self.view.take_missing();
        let load = LoadId(context.numbers.draw(self.index));
        self.load = Some((load, reads.clone()));
        context.actions.push(Action::Load { load, reads });
    }

    /// Puts what time alone brings into the queue.
    fn wake(&mut self, now: Timestamp, bounds: Bounds) {
        match self.phase {
            // A clock that went back must not keep the shard down.
            Phase::Down { until } if until <= now || until > now.plus_ms(RELOAD_DELAY_MS) => {
                self.phase = Phase::Running;
                self.queue.push_front(Input::Recover(Recovery::Head));
            }
            Phase::Running if self.recovered => {
                if self.due_in_hand == 0 && self.next_due.is_some_and(|due| due <= now) {
                    self.due_in_hand = 1;
                    self.queue.push_back(Input::Timers);
                }
                if self.outbox_behind
                    && !self.outbox_walking
                    && self.effects_in_hand() <= bounds.effects_in_flight / 2
                {
                    self.outbox_behind = false;
                    self.outbox_walking = true;
                    let then = super::input::Then::Stop;
                    self.queue.push_back(Input::Recover(Recovery::Outbox { from: None, then }));
                }
            }
            Phase::Running | Phase::Draining | Phase::Down { .. } => {}
        }
    }

    /// Forgets everything that the store can tell again.
    fn fail(&mut self, context: &mut Context<'_>) {
        for input in std::mem::take(&mut self.queue) {
            match input.ticket() {
                Some(asked) => refuse_busy(context, asked),
                None => self.forget(&input),
            }
        }
        for ticket in std::mem::take(&mut self.awaiting_end).into_values().flatten() {
            refuse_busy(context, (ticket, Asked::Command));
        }
        self.failed = true;
        self.load = None;
        self.view = View::default();
        self.residents = Residents::default();
        self.outbox_behind = false;
        self.outbox_walking = false;
        self.next_due = None;
        self.due_in_hand = 0;
        self.held_timers.clear();
        self.early.clear();
        self.crossings.clear();
        self.held_crossings.clear();
        self.kept.clear();
        for (instance, sequence) in std::mem::take(&mut self.held_outcomes).into_keys() {
            self.performing.remove(&Performed::Instance(instance, sequence));
        }
        self.phase = if self.in_flight.is_empty() {
            Phase::Down { until: context.now.plus_ms(RELOAD_DELAY_MS) }
        } else {
            Phase::Draining
        };
    }

    /// An input that is dropped: an effect whose outcome is lost is not being performed any more.
    fn forget(&mut self, input: &Input) {
        match input {
            Input::Settled { instance, sequence, .. } => {
                self.performing.remove(&Performed::Instance(*instance, *sequence));
            }
            Input::RejectionSettled { message } => {
                self.performing.remove(&Performed::Rejection(message.clone()));
            }
            Input::Message { .. }
            | Input::InProgress { .. }
            | Input::Start(_)
            | Input::Change { .. }
            | Input::BroadcastSignal { .. }
            | Input::Timers
            | Input::WaitDue { .. }
            | Input::Due { .. }
            | Input::EarlyDue { .. }
            | Input::Early { .. }
            | Input::Crossing { .. }
            | Input::Starts { .. }
            | Input::StartDue { .. }
            | Input::DeleteDue { .. }
            | Input::Correlate(_)
            | Input::StartByCondition(_)
            | Input::Kept { .. }
            | Input::Resume { .. }
            | Input::Recover(_)
            | Input::Show { .. }
            | Input::Explain { .. }
            | Input::AwaitEnd { .. }
            | Input::Journal { .. }
            | Input::List(_)
            | Input::Count(_) => {}
        }
    }

    /// Decides one input if all that it needs is in memory; otherwise nothing has happened.
    fn decide(
        &mut self,
        context: &mut Context<'_>,
        input: &mut Input,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        match input {
            Input::Message { ticket, message } => self.decide_message(context, *ticket, message, purpose),
            Input::InProgress { ticket, message } => {
                self.decide_in_progress(context, *ticket, message, purpose)
            }
            Input::Start(start) => {
                self.decide_start(context, start, purpose);
                Ok(())
            }
            Input::Change { ticket, instance, change } => {
                self.decide_change(context, *ticket, *instance, change, purpose)
            }
            Input::BroadcastSignal { ticket, name, variables } => {
                self.decide_broadcast(context, *ticket, name, variables, purpose);
                Ok(())
            }
            Input::Settled { instance, sequence, outcome } => {
                self.decide_settled(context, *instance, *sequence, outcome, purpose)
            }
            Input::RejectionSettled { message } => self.decide_rejection_settled(context, message, purpose),
            Input::Timers => self.decide_timers(context, purpose),
            Input::WaitDue { row, instance, wait } => {
                self.decide_wait_due(context, row, *instance, *wait, purpose)
            }
            Input::Due { at } => {
                if purpose == Purpose::Decide {
                    self.due_at(*at);
                }
                Ok(())
            }
            Input::EarlyDue { row, early } => self.decide_early_due(context, row, early, purpose),
            Input::Early { business_key } => self.decide_early(context, business_key, purpose),
            Input::Crossing { row, ticket } => self.decide_crossing(context, row, *ticket, purpose),
            Input::Starts { process } => self.decide_starts(context, process, purpose),
            Input::StartDue { row, about } => self.decide_start_due(context, row, about, purpose),
            Input::DeleteDue { row, instance, from } => {
                self.decide_deletion(context, row, *instance, from.as_ref(), purpose)
            }
            Input::Correlate(correlating) => self.decide_correlation(context, correlating, purpose),
            Input::StartByCondition(start) => {
                self.decide_conditional_starts(context, start, purpose);
                Ok(())
            }
            Input::Kept { business_key } => self.decide_kept(context, business_key, purpose),
            Input::Resume { instance } => self.decide_resume(context, *instance, purpose),
            Input::Recover(recovery) => self.decide_recovery(context, recovery, purpose),
            Input::Show { ticket, instance } => self.decide_show(context, *ticket, *instance, purpose),
            Input::Explain { ticket, instance } => self.decide_explain(context, *ticket, *instance, purpose),
            Input::AwaitEnd { ticket, instance } => {
                self.decide_await_end(context, *ticket, *instance, purpose)
            }
            Input::Journal { ticket, instance, from, limit } => {
                self.decide_journal(context, *ticket, *instance, *from, *limit, purpose)
            }
            Input::List(listing) => self.decide_list(context, listing, purpose),
            Input::Count(counting) => self.decide_count(context, counting, purpose),
        }
    }
}

/// Asks to ask again.
pub(super) fn refuse_busy(context: &mut Context<'_>, (ticket, asked): (Ticket, Asked)) {
    let reply = match asked {
        Asked::Message => Reply::Message(Acceptance::Busy),
        Asked::Command => Reply::Busy,
    };
    context.actions.push(Action::Reply { ticket, reply });
}
