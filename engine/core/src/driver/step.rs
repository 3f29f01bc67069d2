//! A step of an instance: bring it into memory, let it decide, put record, index, journal and what is to be performed
//! into one draft.

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_bpmn::compile::Program;
use tessera_canary::{Canary, is_planted};

use super::input::Input;
use super::notice::notify;
use super::resident::Resident;
use super::retention::over_at;
use super::shard::{Context, Draft, Performance, Performed, Purpose, Shard};
use super::view::Missing;
use super::{Reply, Ticket, Work};
use crate::effect::{Effect, Outcome};
use crate::identity::{DefinitionKey, EffectId, EffectSequence, InstanceId};
use crate::instance::{self, Instance, Refused};
use crate::limits::STEP_BYTES_MAX;
use crate::message::MessageStatus;
use crate::plugin::{CallOutcome, Failure, FailureKind, Hook, RetryAdvice};
use crate::site::describe;
use crate::site::keys;
use crate::site::placement::InstanceKey;
use crate::site::records::{
    Crossing, InstanceHeader, Step, Stored as _, Unreadable, open_instance, seal_instance,
};

/// Whether an instance can be worked with.
#[derive(Debug)]
pub(super) enum Presence {
    /// It is in memory.
    Here,
    Absent,
    /// It is stored but cannot be read.
    Unreadable(Unreadable),
}

/// Why an instance took no step. Nothing has happened.
#[derive(Debug, thiserror::Error)]
pub(super) enum Standstill {
    #[error("its definition {definition} (digest {}) is not deployed; deploy it and try again", .definition.digest)]
    NotDeployed { definition: DefinitionKey },
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error(
        "the step would write {bytes} bytes, more than the {STEP_BYTES_MAX} that one step may; make its values smaller"
    )]
    TooLarge { bytes: usize },
    #[error("it is not stored at this site")]
    Absent,
}

impl Shard {
    /// Brings an instance into memory.
    pub(super) fn bring(&mut self, context: &Context<'_>, key: InstanceKey) -> Result<Presence, Missing> {
        if self.residents.touch(key).is_some() {
            return Ok(Presence::Here);
        }
        let Some(bytes) = self.view.get(&keys::instance(key))? else { return Ok(Presence::Absent) };
        let (header, record) = match open_instance(&bytes) {
            Ok(opened) => opened,
            Err(unreadable) => return Ok(Presence::Unreadable(unreadable)),
        };
        let values: Vec<_> = header
            .beside
            .iter()
            .map(|digest| self.view.get(&keys::value(key, digest)).map(|text| (*digest, text)))
            .collect();
        let mut texts = Vec::with_capacity(values.len());
        for value in values {
            match value? {
                (digest, Some(text)) => texts.push((digest, text)),
                (_, None) => return Ok(Presence::Unreadable(Unreadable::ValueMissing)),
            }
        }
        match Resident::stored(key, context.placement, header.steps, &record, texts) {
            Ok(resident) => {
                self.residents.admit(key, resident, context.bounds);
                Ok(Presence::Here)
            }
            Err(unreadable) => Ok(Presence::Unreadable(unreadable)),
        }
    }

    /// An instance that [`bring`](Self::bring) found.
    pub(super) fn instance(&mut self, key: InstanceKey) -> Option<&Instance> {
        self.residents.touch(key).map(|resident| &resident.instance)
    }

    /// A new instance's first step.
    pub(super) fn start(
        &mut self,
        context: &mut Context<'_>,
        start: instance::Start,
        cause: String,
        draft: &mut Draft,
    ) -> Result<(), Standstill> {
        let Some((_, key)) = context.placement.of_instance(&start.id) else {
            return Err(Standstill::Absent);
        };
        self.residents.admit(key, Resident::unstored(), context.bounds);
        let started = self.step(context, key, vec![instance::Input::Start(Box::new(start))], cause, draft);
        if started.is_err() {
            self.residents.drop(key);
        }
        started
    }

    /// One step of an instance in memory. Several inputs make one step if at least one of them is taken.
    pub(super) fn step(
        &mut self,
        context: &mut Context<'_>,
        key: InstanceKey,
        inputs: Vec<instance::Input>,
        cause: String,
        draft: &mut Draft,
    ) -> Result<(), Standstill> {
        let Some(resident) = self.residents.touch(key) else { return Err(Standstill::Absent) };
        let mut facts = Vec::new();
        let mut refused = None;
        for input in inputs {
            let definition = if let instance::Input::Start(start) = &input {
                &start.definition
            } else {
                resident.instance.definition()
            };
            let Some(program) = context.deployments.program(definition) else {
                return Err(Standstill::NotDeployed { definition: definition.clone() });
            };
            match instance::handle(&mut resident.instance, program, context.now, input) {
                Ok(more) => facts.extend(more),
                Err(reason) => refused = Some(reason),
            }
        }
        if let (true, Some(reason)) = (facts.is_empty(), refused) {
            return Err(Standstill::Refused(reason));
        }
        context.statistics.steps = context.statistics.steps.saturating_add(1);
        let count = u64::try_from(facts.len()).unwrap_or(u64::MAX);
        context.statistics.facts = context.statistics.facts.saturating_add(count);

        let mut new_values = Vec::new();
        resident.beside.put_aside_facts(&mut facts, &mut new_values);
        let steps = resident.steps.saturating_add(1);
        let (record, used) =
            resident.beside.without(&mut resident.instance, &mut new_values, |instance, beside| {
                let header = InstanceHeader { steps, beside };
                (seal_instance(&header, instance), header.beside)
            });
        resident.beside.keep_only(&used);
        if is_planted(Canary::FactLost) && facts.len() > 12 {
            facts.pop();
        }
        let journal = Step { at: context.now, cause, facts }.seal();
        let values: usize = new_values.iter().map(|value| value.text.len()).sum();
        let bytes = record.len().saturating_add(journal.len()).saturating_add(values);
        if bytes > STEP_BYTES_MAX {
            // What is in memory has taken the step; what is stored has not.
            self.residents.drop(key);
            return Err(Standstill::TooLarge { bytes });
        }
        for value in new_values {
            draft.put(keys::value(key, &value.digest), value.text);
        }
        draft.put(keys::journal_step(key, resident.steps), journal);
        draft.put(keys::instance(key), record);
        resident.steps = steps;

        let changes = resident.indexed.update(&resident.instance, key, context.placement);
        for row in changes.deletes {
            draft.delete(row);
        }
        for row in changes.puts {
            draft.put(row, Vec::new());
        }
        draft.after.gone.extend(changes.gone.into_iter().map(|sequence| (key, sequence)));
        if changes.ended {
            let program = context.deployments.program(resident.instance.definition());
            let time_to_live = program.and_then(|program| program.history_time_to_live.as_deref());
            if let Some(due) = over_at(time_to_live, context.now) {
                draft.put(keys::timer_of_deletion(due, key), Vec::new());
                self.next_due = Some(self.next_due.map_or(due, |next| next.min(due)));
            }
            let state = describe::row(&resident.instance).state;
            for ticket in self.awaiting_end.remove(&key).into_iter().flatten() {
                draft.reply(Some(ticket), Reply::Ended { state });
            }
        }
        let program = context.deployments.program(resident.instance.definition()).cloned();
        for sequence in changes.queued {
            queue_effect(context, &resident.instance, program.as_deref(), key, sequence, draft);
        }
        let business_key = resident.instance.business_key().clone();
        if let Some(due) = changes.due {
            self.due_at(due);
        }
        if changes.message_wait_opened && self.kept.contains_key(&business_key) {
            self.queue.push_front(Input::Kept { business_key: business_key.clone() });
        }
        if (changes.message_wait_opened || changes.ended) && self.early.contains_key(&business_key) {
            self.queue.push_front(Input::Early { business_key });
        }
        Ok(())
    }

    /// An effect was performed.
    pub(super) fn decide_settled(
        &mut self,
        context: &mut Context<'_>,
        key: InstanceKey,
        sequence: EffectSequence,
        outcome: &mut Outcome,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.bring(context, key)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        match presence {
            Presence::Here => {}
            // Nobody is there to hear it. An unreadable record stands still until it is restored, its effect with it.
            Presence::Absent | Presence::Unreadable(_) => return Ok(()),
        }
        let answered = self.instance(key).and_then(|instance| Answered::of(instance, sequence));
        let mut draft = Draft::default();
        let input = instance::Input::Settled { effect: sequence, outcome: outcome.clone() };
        let cause = format!("effect {} was settled", sequence.0);
        match self.step(context, key, vec![input], cause, &mut draft) {
            Ok(()) => {
                // It needs no `Abandon`: it has ended by itself.
                self.performing.remove(&Performed::Instance(key, sequence));
                if let Some(answered) = answered {
                    let is_remembered = is_planted(Canary::NeverForgotten);
                    match (answered.terminal, &*outcome) {
                        // The last word then is why: nobody is to wait for an answer that never comes.
                        (Some((MessageStatus::Completed, _)), Outcome::AnswerRefused { reason }) => {
                            let last = (MessageStatus::Failed, Some(reason.clone()));
                            let business_key = answered.business_key.clone();
                            self.answer_again(context, &answered.message, business_key, last, &mut draft);
                        }
                        (Some((status, error)), _) if !is_remembered => {
                            let business_key = answered.business_key.as_deref();
                            let last = (status, error.as_deref());
                            self.end_message(context, &answered.message, business_key, last, &mut draft);
                        }
                        _ => {}
                    }
                    if let Some(next) = answered.next {
                        self.perform_next(context, key, next, &mut draft);
                    }
                }
                self.commit(context, draft);
            }
            Err(Standstill::Refused(Refused::Suspended)) => {
                self.held_outcomes.insert((key, sequence), outcome.clone());
            }
            // A late or repeated answer.
            Err(Standstill::Refused(_) | Standstill::Absent) => {
                self.performing.remove(&Performed::Instance(key, sequence));
            }
            // Performed again when it is deployed again.
            Err(Standstill::NotDeployed { .. }) => {
                self.performing.remove(&Performed::Instance(key, sequence));
            }
            Err(error @ Standstill::TooLarge { .. }) => {
                let is_call =
                    matches!(outcome, Outcome::Call(outcome) if !matches!(outcome, CallOutcome::Failed(_)));
                if is_call {
                    let failure = Failure {
                        kind: FailureKind::OtherLimit,
                        message: error.to_string(),
                        causes: Vec::new(),
                        log: Vec::new(),
                        retry: RetryAdvice::Never,
                    };
                    let outcome = Outcome::Call(CallOutcome::Failed(failure));
                    self.queue.push_front(Input::Settled { instance: key, sequence, outcome });
                }
                // Otherwise the instance has outgrown what can be stored. It stays as it is, its effect unsettled and
                // not performed again before a restart.
            }
        }
        Ok(())
    }

    /// The answer that waited for the one before it.
    fn perform_next(
        &mut self,
        context: &Context<'_>,
        key: InstanceKey,
        sequence: EffectSequence,
        draft: &mut Draft,
    ) {
        let Some(resident) = self.residents.touch(key) else { return };
        if let Some(program) = context.deployments.program(resident.instance.definition()) {
            queue_again(context, &resident.instance, program, key, sequence, draft);
        }
    }

    /// Performs again what an instance has queued.
    pub(super) fn decide_resume(
        &mut self,
        context: &mut Context<'_>,
        key: InstanceKey,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.bring(context, key)?;
        if purpose == Purpose::Prefetch || !matches!(presence, Presence::Here) {
            return Ok(());
        }
        let Some(resident) = self.residents.touch(key) else { return Ok(()) };
        let Some(program) = context.deployments.program(resident.instance.definition()).cloned() else {
            return Ok(());
        };
        let mut draft = Draft::default();
        for (sequence, _) in resident.instance.effects() {
            let known = self.performing.contains(&Performed::Instance(key, sequence));
            // One whose commit is under way is performed when that is acknowledged.
            if !known && !self.view.is_pending(&keys::outbox(key, sequence)) {
                queue_again(context, &resident.instance, &program, key, sequence, &mut draft);
            }
        }
        self.commit(context, draft);
        Ok(())
    }

    /// An operator changes an instance.
    pub(super) fn decide_change(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        key: InstanceKey,
        change: &super::input::Change,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        use super::input::Change;
        let presence = self.bring(context, key)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let mut draft = Draft::default();
        let reply = match presence {
            Presence::Absent => Reply::NotFound,
            Presence::Unreadable(unreadable) => Reply::Refused { reason: unreadable.to_string() },
            Presence::Here => {
                let migration = match change {
                    Change::Migrate { version, mapping, dry_run } => {
                        let planned = self.plan_migration(context, key, version.as_deref(), mapping);
                        Some((planned, *dry_run))
                    }
                    Change::Cancel { .. }
                    | Change::Suspend
                    | Change::Resume
                    | Change::Modify { .. }
                    | Change::Continue { .. }
                    | Change::Delete
                    | Change::Retry { .. }
                    | Change::SetVariables { .. }
                    | Change::Deliver { .. }
                    | Change::Complete { .. }
                    | Change::Throw { .. } => None,
                };
                let (input, cause) = match change {
                    Change::Migrate { .. } => match migration.clone() {
                        Some((Ok((migration, _)), false)) => {
                            let cause = format!("an operator migrated it to {}", migration.definition);
                            (instance::Input::Migrate(Box::new(migration)), cause)
                        }
                        Some((Ok((_, plan)), true)) => {
                            draft.reply(Some(ticket), Reply::Migration(plan));
                            self.commit(context, draft);
                            return Ok(());
                        }
                        Some((Err(reason), _)) => {
                            draft.reply(Some(ticket), Reply::Refused { reason });
                            self.commit(context, draft);
                            return Ok(());
                        }
                        None => return Ok(()),
                    },
                    Change::Delete => {
                        let reply = self.delete_by_command(key, context.now, &mut draft);
                        draft.reply(Some(ticket), reply);
                        self.commit(context, draft);
                        return Ok(());
                    }
                    Change::Suspend => (instance::Input::Suspend, "an operator suspended it".to_owned()),
                    Change::Resume => (instance::Input::Resume, "an operator resumed it".to_owned()),
                    Change::Modify { changes } => {
                        (instance::Input::Modify(changes.clone()), "an operator modified it".to_owned())
                    }
                    Change::Continue { wait } => {
                        (instance::Input::Timer { wait: *wait }, "it was told to continue".to_owned())
                    }
                    Change::Cancel { reason } => (
                        instance::Input::Cancel { reason: reason.clone() },
                        format!("an operator cancelled it: {reason}"),
                    ),
                    Change::Retry { incident } => (
                        instance::Input::RetryIncident { incident: *incident },
                        format!("an operator retried incident {}", incident.0),
                    ),
                    Change::SetVariables { variables } => (
                        instance::Input::SetVariables {
                            node: crate::identity::NodeKey::ROOT,
                            variables: variables.clone(),
                        },
                        "an operator set variables".to_owned(),
                    ),
                    Change::Deliver { wait, name, variables } => (
                        instance::Input::Delivery {
                            wait: *wait,
                            name: name.clone(),
                            variables: variables.clone(),
                        },
                        format!("message {name} was delivered by command"),
                    ),
                    Change::Complete { wait, variables } => (
                        instance::Input::Complete { wait: *wait, variables: variables.clone() },
                        format!("wait {} was completed", wait.0),
                    ),
                    Change::Throw { wait, code, message, variables } => (
                        instance::Input::Throw {
                            wait: *wait,
                            code: code.clone(),
                            message: message.clone(),
                            variables: variables.clone(),
                        },
                        format!("wait {} ended with BPMN error {code}", wait.0),
                    ),
                };
                match self.step(context, key, vec![input], cause, &mut draft) {
                    Ok(()) => {
                        if matches!(change, Change::Resume) {
                            self.bring_what_was_held(context, key);
                        }
                        match migration {
                            Some((Ok((_, plan)), _)) => Reply::Migration(plan),
                            Some((Err(_), _)) | None => Reply::Done,
                        }
                    }
                    Err(standstill) => Reply::Refused { reason: standstill.to_string() },
                }
            }
        };
        draft.reply(Some(ticket), reply);
        self.commit(context, draft);
        Ok(())
    }
}

impl Shard {
    /// An instance moves again: what was held for it comes.
    fn bring_what_was_held(&mut self, context: &Context<'_>, key: InstanceKey) {
        let held: Vec<_> = self.held_outcomes.extract_if(.., |(instance, _), _| *instance == key).collect();
        for ((instance, sequence), outcome) in held {
            self.queue.push_back(Input::Settled { instance, sequence, outcome });
        }
        self.queue.push_back(Input::Resume { instance: key });
        self.release(context.now);
    }

    fn plan_migration(
        &mut self,
        context: &Context<'_>,
        key: InstanceKey,
        version: Option<&str>,
        mapping: &BTreeMap<Arc<str>, Arc<str>>,
    ) -> Result<(instance::Migration, instance::Plan), String> {
        let Some(instance) = self.instance(key) else { return Err(Standstill::Absent.to_string()) };
        let current = instance.definition();
        let Some(program) = context.deployments.program(current) else {
            return Err(Standstill::NotDeployed { definition: current.clone() }.to_string());
        };
        let process = &current.process_id;
        let Some(definition) = context.deployments.migration_target(process, version) else {
            return Err(match version {
                Some(version) => format!("process {process} is not deployed in version {version}"),
                None => format!("process {process} has no definition that is in use"),
            });
        };
        let Some(target) = context.deployments.program(definition) else {
            return Err(Standstill::NotDeployed { definition: definition.clone() }.to_string());
        };
        let (definition, mapping) = (definition.clone(), mapping.clone());
        let migration = instance::Migration { definition, program: target.clone(), mapping };
        let plan = instance::plan_migration(instance, program, &migration);
        Ok((migration, plan))
    }
}

/// The answer whose settlement is being decided.
struct Answered {
    message: Arc<str>,
    /// The message's own key, by which it came here.
    business_key: Option<Arc<str>>,
    /// Its last status, and the error with it.
    terminal: Option<(MessageStatus, Option<String>)>,
    /// The next answer to the same message: they are given one after the other.
    next: Option<EffectSequence>,
}

impl Answered {
    fn of(instance: &Instance, sequence: EffectSequence) -> Option<Self> {
        let Effect::Answer { message, status, error, .. } = &**instance.effect(sequence)? else {
            return None;
        };
        let received = instance.messages().iter().find(|received| received.message.id == *message);
        let next = instance.effects().find(|(later, effect)| *later > sequence && answers(effect, message));
        Some(Self {
            message: message.clone(),
            business_key: received.and_then(|received| received.message.business_key.clone()),
            terminal: match status {
                MessageStatus::Completed | MessageStatus::Failed => Some((*status, error.clone())),
                MessageStatus::InProgress => None,
            },
            next: next.map(|(sequence, _)| sequence),
        })
    }
}

fn answers(effect: &Effect, wanted: &str) -> bool {
    match effect {
        Effect::Answer { message, .. } => **message == *wanted,
        Effect::Call { .. } | Effect::Deliver { .. } | Effect::Broadcast { .. } | Effect::Notify(_) => false,
    }
}

/// Whether an effect is an answer to a message that has an earlier answer which is not settled.
fn must_wait(instance: &Instance, sequence: EffectSequence) -> bool {
    match instance.effect(sequence).map(|effect| &**effect) {
        Some(Effect::Answer { message, .. }) => {
            let mut earlier = instance.effects().take_while(|(earlier, _)| *earlier < sequence);
            earlier.any(|(_, effect)| answers(effect, message))
        }
        Some(Effect::Call { .. } | Effect::Deliver { .. } | Effect::Broadcast { .. } | Effect::Notify(_))
        | None => false,
    }
}

/// Whether an effect would move an instance that is suspended. It is performed when that is resumed.
fn rests(instance: &Instance, sequence: EffectSequence) -> bool {
    let moves = match instance.effect(sequence).map(|effect| &**effect) {
        Some(Effect::Call { .. } | Effect::Deliver { .. }) => true,
        Some(Effect::Answer { .. } | Effect::Broadcast { .. } | Effect::Notify(_)) | None => false,
    };
    moves && instance.is_suspended()
}

/// An effect was queued in this step. A broadcast is written to all shards, and a notice to the one that it is for, right
/// here, in the same commit: from then on it is their own matter, and the effect is settled.
fn queue_effect(
    context: &Context<'_>,
    instance: &Instance,
    program: Option<&Program>,
    key: InstanceKey,
    sequence: EffectSequence,
    draft: &mut Draft,
) {
    if let Some(Effect::Broadcast { name, variables }) = instance.effect(sequence).map(|effect| &**effect) {
        let identity = format!("{}.{}", instance.id(), sequence.0);
        broadcast(context, &identity, name, variables, Some(instance.id()), draft);
    }
    if let Some(Effect::Notify(notice)) = instance.effect(sequence).map(|effect| &**effect) {
        notify(context, instance, sequence, notice, draft);
    }
    if let Some(program) = program {
        queue_again(context, instance, program, key, sequence, draft);
    }
}

/// What is left of a signal.
pub(super) fn crossing(
    name: Arc<str>,
    variables: Vec<(Arc<str>, Arc<serde_json::Value>)>,
    told: Option<InstanceId>,
    thrower: Option<&InstanceId>,
) -> Crossing {
    match thrower.cloned() {
        Some(thrower) => Crossing::Thrown { name, variables, told, thrower },
        None => Crossing::Signal { name, variables, told },
    }
}

/// Leaves a signal to every shard.
pub(super) fn broadcast(
    context: &Context<'_>,
    identity: &str,
    name: &Arc<str>,
    variables: &[(Arc<str>, Arc<serde_json::Value>)],
    thrower: Option<&InstanceId>,
    draft: &mut Draft,
) {
    let signal = Crossing::Broadcast {
        name: name.clone(),
        variables: variables.to_vec(),
        started: None,
        thrower: thrower.cloned(),
    }
    .seal();
    for shard in 0..context.placement.shards() {
        let row = keys::crossing(shard, identity);
        draft.put(row.clone(), signal.clone());
        draft.after.pass_on.push((shard, Input::Crossing { row, ticket: None }));
    }
}

fn queue_again(
    context: &Context<'_>,
    instance: &Instance,
    program: &Program,
    key: InstanceKey,
    sequence: EffectSequence,
    draft: &mut Draft,
) {
    if must_wait(instance, sequence) || rests(instance, sequence) {
        return;
    }
    match work(context, instance, program, sequence) {
        Asked::Outside(work) => {
            let effect = EffectId {
                incarnation: context.incarnation.clone(),
                instance: instance.id().clone(),
                sequence,
            };
            let of = Performed::Instance(key, sequence);
            draft.after.perform.push(Performance { of, effect, work: *work });
        }
        Asked::Nothing(outcome) => {
            let input = Input::Settled { instance: key, sequence, outcome };
            draft.after.pass_on.push((key.shard(), input));
        }
    }
}

enum Asked {
    Outside(Box<Work>),
    /// It is done already; how it ended.
    Nothing(Outcome),
}

fn work(context: &Context<'_>, instance: &Instance, program: &Program, sequence: EffectSequence) -> Asked {
    let (now, incarnation) = (context.now, context.incarnation);
    let definition = instance.definition();
    let work = match instance.effect(sequence).map(|effect| &**effect) {
        Some(Effect::Call { handler: None, hook: Hook::Prepare(message), .. }) => {
            instance.execution(program, sequence, now, incarnation).map(|execution| Work::Build {
                definition: definition.clone(),
                message: message.clone(),
                execution,
            })
        }
        Some(Effect::Call { .. }) => instance
            .call(program, sequence, now, incarnation)
            .map(|call| Work::Call { definition: definition.clone(), call }),
        Some(Effect::Deliver { target, document, .. }) => {
            Some(Work::Deliver { target: target.clone(), document: document.clone() })
        }
        Some(Effect::Answer { message, status, business_key, outputs, error }) => Some(Work::Answer {
            message: message.clone(),
            status: *status,
            business_key: business_key.clone(),
            outputs: outputs.clone(),
            error: error.clone(),
        }),
        Some(Effect::Broadcast { .. } | Effect::Notify(_)) => return Asked::Nothing(Outcome::Done),
        None => None,
    };
    match work {
        Some(work) => Asked::Outside(Box::new(work)),
        None => Asked::Nothing(Outcome::Call(CallOutcome::Failed(Failure {
            kind: FailureKind::HandlerMissing,
            message: "the deployed model does not say what to call here; deploy the version that the instance runs on"
                .to_owned(),
            causes: Vec::new(),
            log: Vec::new(),
            retry: RetryAdvice::Never,
        }))),
    }
}
