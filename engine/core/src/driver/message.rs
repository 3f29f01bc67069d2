//! A message's way into an instance: taken once, correlated, or it starts an instance, or it is kept for a while, or it
//! is rejected. The inbox entry is committed together with what follows from it.

use std::sync::Arc;

use tessera_canary::{Canary, is_planted};
use tessera_store::prefix_end;

use super::input::{Input, StartCommand};
use super::shard::{Context, Draft, Performance, Performed, Purpose, Shard};
use super::step::{Presence, Standstill};
use super::view::Missing;
use super::{Acceptance, Reply, Rows, Ticket, Work};
use crate::identity::{EffectId, EffectSequence, InstanceId, WaitKey};
use crate::instance::{self, Refused, Start};
use crate::limits::{EARLY_MESSAGES_PER_KEY_MAX, ENDED_MESSAGE_TTL_MS};
use crate::message::{Message, MessageStatus};
use crate::site::deployments::Starting;
use crate::site::keys;
use crate::site::placement::{InstanceKey, Placement};
use crate::site::records::{About, Crossing, Early, Inbox, OwnAnswer, Rejection, Stored as _};

/// Texts of the error output, as DSF has them.
mod texts {
    pub(super) const PROCESS_NOT_FOUND: &str = "Process not found";
    pub(super) const NOT_CORRELATED: &str = "Unable to correlate Task";
    pub(super) const ANSWER_LOST: &str = "The message was dealt with, its answer is lost";
    pub(super) const INSTANCE_LOST: &str = "Process instance not found, unable to continue execution";

    pub(super) fn no_start(message_name: &str) -> String {
        format!("Process with start message-name '{message_name}' not found")
    }
}

/// What a row says about a message's way.
enum Found {
    Nobody,
    One(InstanceKey, WaitKey),
    Several,
}

impl Shard {
    /// A message came from the mailbox.
    pub(super) fn decide_message(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        message: &Arc<Message>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let entry = self.view.get(&keys::inbox(self.index, &message.id));
        let Some(business_key) = message.business_key.clone() else {
            let entry = entry?;
            if purpose == Purpose::Decide {
                let mut draft = Draft::default();
                let acceptance = match entry {
                    Some(entry) => self.seen_before(context, message, &entry, &mut draft),
                    None => self.start_by_message(context, message, &mut draft),
                };
                draft.reply(Some(ticket), Reply::Message(acceptance));
                self.commit(context, draft);
            }
            return Ok(());
        };
        let found = self.find_wait(self.index, message, &business_key);
        let alive = self.view.prefix(&keys::alive(self.index, &business_key, &message.process_id), 1);
        let alias = keys::alias(self.index, &business_key, &message.process_id);
        let aliased = self.view.prefix(&alias, 2);
        let (entry, found, alive, aliased) = (entry?, found?, alive?, aliased?);
        let aliased: Vec<_> = aliased.iter().filter_map(|(row, _)| keys::read_instance(row)).collect();
        let presence = match found {
            Found::One(instance, _) if entry.is_none() || is_planted(Canary::TakenAgain) => {
                self.bring(context, instance)?
            }
            Found::Nobody | Found::One(..) | Found::Several => Presence::Absent,
        };
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        // Written by other shards too: what was read may be outdated by the next message.
        self.view.forget_prefix(&alias);
        let mut draft = Draft::default();
        let acceptance = if let Some(entry) = entry.filter(|_| !is_planted(Canary::TakenAgain)) {
            self.seen_before(context, message, &entry, &mut draft)
        } else {
            match (found, presence) {
                (Found::One(instance, wait), Presence::Here) => {
                    self.correlate(context, message, instance, wait, &mut draft)
                }
                // The mailbox keeps it; it comes again when the record is restored.
                (Found::One(..), Presence::Unreadable(_)) => Acceptance::Busy,
                (Found::One(..), Presence::Absent) | (Found::Several, _) => {
                    self.reject(context, message, texts::NOT_CORRELATED.to_owned(), &mut draft)
                }
                (Found::Nobody, _) if !alive.is_empty() => {
                    self.keep_or_reject(context, message, &business_key, &mut draft)
                }
                (Found::Nobody, _) => match aliased.as_slice() {
                    [] => self.start_by_message(context, message, &mut draft),
                    [instance] => {
                        self.hand_over(context, ticket, message, *instance);
                        return Ok(());
                    }
                    [_, _, ..] => self.reject(context, message, texts::NOT_CORRELATED.to_owned(), &mut draft),
                },
            }
        };
        draft.reply(Some(ticket), Reply::Message(acceptance));
        self.commit(context, draft);
        Ok(())
    }

    /// Reconciling found a message in progress. If nobody here has it, its instance is lost.
    pub(super) fn decide_in_progress(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        message: &Arc<Message>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let entry = self.view.get(&keys::inbox(self.index, &message.id))?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let mut draft = Draft::default();
        let acceptance = match entry {
            Some(entry) => self.seen_before(context, message, &entry, &mut draft),
            None => self.reject(context, message, texts::INSTANCE_LOST.to_owned(), &mut draft),
        };
        draft.reply(Some(ticket), Reply::Message(acceptance));
        self.commit(context, draft);
        Ok(())
    }

    /// A start without a message.
    pub(super) fn decide_start(
        &mut self,
        context: &mut Context<'_>,
        command: &StartCommand,
        purpose: Purpose,
    ) {
        if purpose == Purpose::Prefetch {
            return;
        }
        let version = command.version.as_deref();
        let starting = context.deployments.start(&command.process_id, version, command.message_name.as_ref());
        let mut draft = Draft::default();
        let process = &command.process_id;
        let reply = match starting {
            Starting::NoDefinition => Reply::Refused {
                reason: match version {
                    Some(version) => format!("process {process} is not deployed in version {version}"),
                    None => format!("process {process} is not deployed"),
                },
            },
            Starting::NotRecorded => Reply::Busy,
            Starting::NoStartEvent => Reply::Refused {
                reason: match &command.message_name {
                    Some(name) => format!("process {process} has no start event for message {name:?}"),
                    None => format!(
                        "process {process} has no start event without a message; name the message to start it by"
                    ),
                },
            },
            Starting::At { definition, element } => {
                let id = Placement::draw_instance(context.entropy, self.index);
                let start = Start {
                    definition,
                    id: id.clone(),
                    business_key: command.business_key.clone(),
                    at: element,
                    variables: command.variables.clone(),
                    message: None,
                    before: command.before.clone(),
                    caller: None,
                };
                match self.start(context, start, "it was started by command".to_owned(), &mut draft) {
                    Ok(()) => Reply::Started { instance: id, business_key: command.business_key.clone() },
                    Err(standstill) => Reply::Refused { reason: standstill.to_string() },
                }
            }
        };
        draft.reply(Some(command.ticket), reply);
        self.commit(context, draft);
    }

    /// A conversation with early messages has changed: the oldest of them that somebody waits for now is taken.
    pub(super) fn decide_early(
        &mut self,
        context: &mut Context<'_>,
        business_key: &Arc<str>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let rows = self.view.prefix(&keys::early(self.index, business_key), EARLY_MESSAGES_PER_KEY_MAX)?;
        let mut missing = false;
        let mut next = None;
        for (row, value) in rows {
            let Ok(early) = Early::open(&value) else { continue };
            let found = self.find_early_wait(&early);
            let alive = self.view.prefix(&keys::alive(self.index, business_key, &early.process_id), 1);
            match (found, alive) {
                (Ok(Found::One(instance, wait)), Ok(_))
                    if next.is_none() || is_planted(Canary::YoungestFirst) =>
                {
                    next = Some((row, early, Some((instance, wait))));
                }
                (Ok(_), Ok(alive)) if alive.is_empty() && next.is_none() => next = Some((row, early, None)),
                (Ok(_), Ok(_)) => {}
                (Err(Missing), _) | (_, Err(Missing)) => missing = true,
            }
        }
        if missing {
            return Err(Missing);
        }
        let Some((row, early, taker)) = next else { return Ok(()) };
        let entry = self.view.get(&keys::inbox(self.index, &early.message));
        let presence = match taker {
            Some((instance, _)) => self.bring(context, instance)?,
            None => Presence::Absent,
        };
        let entry = entry?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        let mut draft = Draft::default();
        let done = match (entry.as_deref().map(Inbox::open), taker, presence) {
            (Some(Ok(Inbox::Buffered { message, .. })), Some((instance, wait)), Presence::Here) => {
                match self.correlate_now(context, &message, instance, wait, &mut draft) {
                    Ok(()) => true,
                    // It stays where it is until its definition is deployed, or the instance is resumed.
                    Err(Standstill::NotDeployed { .. } | Standstill::Refused(Refused::Suspended)) => false,
                    Err(_) => {
                        self.reject(context, &message, texts::NOT_CORRELATED.to_owned(), &mut draft);
                        true
                    }
                }
            }
            (Some(Ok(Inbox::Buffered { message, .. })), None, _) => {
                self.reject(context, &message, texts::NOT_CORRELATED.to_owned(), &mut draft);
                true
            }
            _unreadable => false,
        };
        if done {
            self.remove_early(&early, row, &mut draft);
            if self.early.contains_key(business_key) {
                self.queue.push_front(Input::Early { business_key: business_key.clone() });
            }
        }
        self.commit(context, draft);
        Ok(())
    }

    /// An early message has expired.
    pub(super) fn decide_early_due(
        &mut self,
        context: &mut Context<'_>,
        timer: &[u8],
        row: &[u8],
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let early = match self.view.get(row)? {
            Some(value) => Early::open(&value).ok(),
            None => None,
        };
        let entry = match &early {
            Some(early) => self.view.get(&keys::inbox(self.index, &early.message))?,
            None => None,
        };
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.due_in_hand = self.due_in_hand.saturating_sub(1);
        let mut draft = Draft::default();
        if let Some(early) = early {
            if let Some(Ok(Inbox::Buffered { message, .. })) = entry.as_deref().map(Inbox::open) {
                self.reject(context, &message, texts::NOT_CORRELATED.to_owned(), &mut draft);
            }
            self.remove_early(&early, row.to_vec(), &mut draft);
        }
        draft.delete(timer.to_vec());
        self.commit(context, draft);
        Ok(())
    }

    /// The sender of a rejected message was told, or cannot be told any more.
    pub(super) fn decide_rejection_settled(
        &mut self,
        context: &mut Context<'_>,
        message: &Arc<str>,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let entry = self.view.get(&keys::inbox(self.index, message))?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.performing.remove(&Performed::Rejection(message.clone()));
        let entry = entry.as_deref().map(Inbox::open).and_then(Result::ok);
        if let Some(OwnAnswer { status, error, business_key }) = entry.as_ref().and_then(Inbox::own_answer) {
            let mut draft = Draft::default();
            draft.delete(keys::rejection(self.index, message));
            self.end_message(context, message, business_key, (status, error), &mut draft);
            self.commit(context, draft);
        }
        Ok(())
    }

    /// Another shard has handed over a message that names an instance here.
    pub(super) fn decide_handed(
        &mut self,
        context: &mut Context<'_>,
        row: &[u8],
        ticket: Option<Ticket>,
        message: &Arc<Message>,
        id: &InstanceId,
        purpose: Purpose,
    ) -> Result<(), Missing> {
        let presence = self.addressed(context, id)?;
        if purpose == Purpose::Prefetch {
            return Ok(());
        }
        self.crossings.remove(row);
        let mut draft = Draft::default();
        let acceptance = match presence {
            Some((key, Presence::Here)) => {
                let waits = self.instance(key).map(|instance| matching_waits(instance, message));
                let business_key = self.instance(key).filter(|instance| instance.is_running());
                let business_key = business_key.map(|instance| instance.business_key().clone());
                match (waits.as_deref(), business_key) {
                    (Some([wait]), _) => self.correlate(context, message, key, *wait, &mut draft),
                    (Some([]), Some(business_key)) => {
                        self.keep_or_reject(context, message, &business_key, &mut draft)
                    }
                    _several_or_ended => {
                        self.reject(context, message, texts::NOT_CORRELATED.to_owned(), &mut draft)
                    }
                }
            }
            _absent => self.reject(context, message, texts::NOT_CORRELATED.to_owned(), &mut draft),
        };
        draft.delete(row.to_vec());
        draft.reply(ticket, Reply::Message(acceptance));
        self.commit(context, draft);
        Ok(())
    }

    /// A message's answer is settled: it is remembered for a while, so that a late repetition is not taken.
    pub(super) fn end_message(
        &mut self,
        context: &Context<'_>,
        message: &str,
        business_key: Option<&str>,
        (status, error): (MessageStatus, Option<&str>),
        draft: &mut Draft,
    ) {
        let until = context.now.plus_ms(ENDED_MESSAGE_TTL_MS);
        let first = business_key.map(|key| context.placement.of_text(key));
        // A message that was handed over has an entry in both shards.
        for shard in [Some(self.index), first.filter(|shard| *shard != self.index)].into_iter().flatten() {
            let entry = keys::inbox(shard, message);
            if shard != self.index {
                draft.after.pass_on.push((shard, Input::Due { at: until }));
            }
            draft.put(keys::timer_of_forgetting(shard, until, message), About(entry.clone()).seal());
            draft.put(entry, Inbox::Answered { status, error: error.map(str::to_owned), until }.seal());
        }
        self.due_at(until);
    }

    /// A message comes that was here before. If its answer was settled, the mailbox does not have it: it is given again.
    fn seen_before(
        &mut self,
        context: &Context<'_>,
        message: &Message,
        entry: &[u8],
        draft: &mut Draft,
    ) -> Acceptance {
        let (status, error) = match Inbox::open(entry) {
            Ok(Inbox::Answered { status, error, .. }) => (status, error),
            Ok(Inbox::Ended) => (MessageStatus::Failed, Some(texts::ANSWER_LOST.to_owned())),
            Ok(_) | Err(_) => return Acceptance::AlreadyTaken,
        };
        self.answer_again(context, &message.id, message.business_key.clone(), (status, error), draft);
        Acceptance::AlreadyTaken
    }

    /// Gives a message an answer that the mailbox does not have yet.
    pub(super) fn answer_again(
        &self,
        context: &Context<'_>,
        message: &Arc<str>,
        business_key: Option<Arc<str>>,
        (status, error): (MessageStatus, Option<String>),
        draft: &mut Draft,
    ) {
        self.give_own_answer(context, message, &Inbox::Again { status, error, business_key }, draft);
    }

    fn give_own_answer(&self, context: &Context<'_>, message: &Arc<str>, entry: &Inbox, draft: &mut Draft) {
        draft.put(keys::inbox(self.index, message), entry.seal());
        draft.put(keys::rejection(self.index, message), Rejection { message: message.clone() }.seal());
        self.perform_own_answer(context, message, entry, draft);
    }

    /// Tells the sender of a message what its inbox entry says.
    pub(super) fn perform_own_answer(
        &self,
        context: &Context<'_>,
        message: &Arc<str>,
        entry: &Inbox,
        draft: &mut Draft,
    ) {
        let Some(OwnAnswer { status, error, .. }) = entry.own_answer() else { return };
        draft.after.perform.push(Performance {
            of: Performed::Rejection(message.clone()),
            effect: rejection_effect(context, self.index, message),
            work: Work::Answer {
                message: message.clone(),
                status,
                business_key: None,
                outputs: Vec::new(),
                error: error.map(str::to_owned),
            },
        });
    }

    fn start_by_message(
        &mut self,
        context: &mut Context<'_>,
        message: &Arc<Message>,
        draft: &mut Draft,
    ) -> Acceptance {
        let version = Some(&*message.process_version);
        let (definition, element) =
            match context.deployments.start(&message.process_id, version, Some(&message.name)) {
                Starting::At { definition, element } => (definition, element),
                Starting::NoDefinition => {
                    return self.reject(context, message, texts::PROCESS_NOT_FOUND.to_owned(), draft);
                }
                // The mailbox keeps it; it comes again when the definition can be used.
                Starting::NotRecorded => return Acceptance::Busy,
                Starting::NoStartEvent => {
                    return self.reject(context, message, texts::no_start(&message.name), draft);
                }
            };
        let id = Placement::draw_instance(context.entropy, self.index);
        let business_key = match &message.business_key {
            Some(key) => key.clone(),
            None => context.placement.draw_business_key(context.entropy, self.index),
        };
        let start = Start {
            definition,
            id: id.clone(),
            business_key: business_key.clone(),
            at: element,
            variables: Vec::new(),
            message: Some(message.clone()),
            before: Vec::new(),
            caller: None,
        };
        match self.start(context, start, format!("message {} started it", message.id), draft) {
            Ok(()) => self.take(message, id, business_key, draft),
            Err(standstill) => self.reject(context, message, standstill.to_string(), draft),
        }
    }

    fn correlate(
        &mut self,
        context: &mut Context<'_>,
        message: &Arc<Message>,
        instance: InstanceKey,
        wait: WaitKey,
        draft: &mut Draft,
    ) -> Acceptance {
        match self.correlate_now(context, message, instance, wait, draft) {
            Ok(()) => {
                let business_key = self.instance(instance).map(|instance| instance.business_key().clone());
                Acceptance::Taken {
                    instance: instance.id(),
                    business_key: business_key.unwrap_or_else(|| "".into()),
                }
            }
            Err(Standstill::NotDeployed { .. } | Standstill::Refused(Refused::Suspended)) => {
                let business_key = self.instance(instance).map(|instance| instance.business_key().clone());
                match business_key {
                    Some(business_key) => self.keep_or_reject(context, message, &business_key, draft),
                    None => Acceptance::Busy,
                }
            }
            Err(Standstill::TooLarge { .. } | Standstill::Refused(_) | Standstill::Absent) => {
                self.reject(context, message, texts::NOT_CORRELATED.to_owned(), draft)
            }
        }
    }

    fn correlate_now(
        &mut self,
        context: &mut Context<'_>,
        message: &Arc<Message>,
        instance: InstanceKey,
        wait: WaitKey,
        draft: &mut Draft,
    ) -> Result<(), Standstill> {
        let input = instance::Input::Message { wait, message: message.clone() };
        let cause = format!("message {} came", message.id);
        self.step(context, instance, vec![input], cause, draft)?;
        draft.put(keys::inbox(self.index, &message.id), Inbox::Taken { instance: instance.id() }.seal());
        Ok(())
    }

    fn take(
        &mut self,
        message: &Message,
        instance: InstanceId,
        business_key: Arc<str>,
        draft: &mut Draft,
    ) -> Acceptance {
        draft.put(keys::inbox(self.index, &message.id), Inbox::Taken { instance: instance.clone() }.seal());
        Acceptance::Taken { instance, business_key }
    }

    fn reject(
        &mut self,
        context: &Context<'_>,
        message: &Message,
        reason: String,
        draft: &mut Draft,
    ) -> Acceptance {
        let entry = Inbox::Rejected { reason: reason.clone(), business_key: message.business_key.clone() };
        self.give_own_answer(context, &message.id, &entry, draft);
        Acceptance::Rejected { reason }
    }

    /// The conversation is alive but does not wait for the message. If it may come to wait for it, the message is kept.
    fn keep_or_reject(
        &mut self,
        context: &Context<'_>,
        message: &Arc<Message>,
        business_key: &Arc<str>,
        draft: &mut Draft,
    ) -> Acceptance {
        let kept = self.early.get(business_key).copied().unwrap_or_default();
        if kept >= EARLY_MESSAGES_PER_KEY_MAX
            || !context.deployments.may_await(&message.process_id, &message.name)
        {
            return self.reject(context, message, texts::NOT_CORRELATED.to_owned(), draft);
        }
        let expires = context.now.plus_ms(context.early_message_ttl_ms);
        let row = keys::early_message(self.index, business_key, context.now, &message.id);
        let early = Early {
            message: message.id.clone(),
            process_id: message.process_id.clone(),
            name: message.name.clone(),
            correlation_key: message.correlation_key.clone(),
            business_key: business_key.clone(),
            expires,
        };
        let entry = Inbox::Buffered { message: message.clone(), early: row.clone() };
        draft.put(keys::inbox(self.index, &message.id), entry.seal());
        draft.put(keys::timer_of_early(self.index, expires, &message.id), About(row.clone()).seal());
        draft.put(row, early.seal());
        self.early.insert(business_key.clone(), kept.saturating_add(1));
        self.due_at(expires);
        Acceptance::Buffered
    }

    fn remove_early(&mut self, early: &Early, row: Vec<u8>, draft: &mut Draft) {
        draft.delete(row);
        draft.delete(keys::timer_of_early(self.index, early.expires, &early.message));
        if let Some(kept) = self.early.get_mut(&early.business_key) {
            *kept = kept.saturating_sub(1);
            if *kept == 0 {
                self.early.remove(&early.business_key);
            }
        }
    }

    /// The message names an instance of another shard, or of this one, by its alternative business key.
    fn hand_over(
        &mut self,
        context: &mut Context<'_>,
        ticket: Ticket,
        message: &Arc<Message>,
        instance: InstanceKey,
    ) {
        let mut draft = Draft::default();
        let shard = instance.shard();
        let crossing = keys::crossing(shard, &message.id);
        let content = Crossing::Message { message: message.clone(), instance: instance.id() };
        draft.put(crossing.clone(), content.seal());
        draft.put(keys::inbox(self.index, &message.id), Inbox::Handed { shard }.seal());
        draft.after.pass_on.push((shard, Input::Crossing { row: crossing, ticket: Some(ticket) }));
        self.commit(context, draft);
    }

    /// Who waits for a message: first whoever waits for its correlation key, then whoever waits for any.
    fn find_wait(&mut self, shard: u16, message: &Message, business_key: &str) -> Result<Found, Missing> {
        let prefix = keys::message_waits(shard, &message.process_id, &message.name, business_key);
        self.find(prefix, message.correlation_key.as_deref())
    }

    fn find_early_wait(&mut self, early: &Early) -> Result<Found, Missing> {
        let prefix = keys::message_waits(self.index, &early.process_id, &early.name, &early.business_key);
        self.find(prefix, early.correlation_key.as_deref())
    }

    fn find(&mut self, prefix: Vec<u8>, correlation_key: Option<&str>) -> Result<Found, Missing> {
        let Some(correlation_key) = correlation_key.filter(|_| !is_planted(Canary::AnyConversation)) else {
            return Ok(found(&self.view.prefix(&prefix, 2)?));
        };
        if is_planted(Canary::AnyKey) {
            return Ok(found(&self.view.prefix(&prefix, 1)?));
        }
        let exact = self.view.prefix(&keys::message_waits_with(prefix.clone(), Some(correlation_key)), 2);
        let any = self.view.prefix(&keys::message_waits_with(prefix, None), 2);
        let (exact, any) = (exact?, any?);
        Ok(found(if exact.is_empty() { &any } else { &exact }))
    }
}

fn found(rows: &Rows) -> Found {
    match rows.as_slice() {
        [] => Found::Nobody,
        [(row, _)] => {
            keys::read_waiting(row).map_or(Found::Nobody, |(instance, wait)| Found::One(instance, wait))
        }
        [(row, _), ..] if is_planted(Canary::FirstOfSeveral) => {
            keys::read_waiting(row).map_or(Found::Nobody, |(instance, wait)| Found::One(instance, wait))
        }
        [_, _, ..] => Found::Several,
    }
}

/// The waits of one instance that a message fits, by the same rule as [`Shard::find`].
fn matching_waits(instance: &instance::Instance, message: &Message) -> Vec<WaitKey> {
    let waits_with = |wanted: &dyn Fn(Option<&Arc<str>>) -> bool| -> Vec<WaitKey> {
        let waits = instance.waits().filter(|(_, wait)| match &wait.kind {
            instance::WaitKind::Message { name, correlation_key } => {
                *name == message.name && wanted(correlation_key.as_ref())
            }
            instance::WaitKind::Timer { .. }
            | instance::WaitKind::Signal { .. }
            | instance::WaitKind::Completion
            | instance::WaitKind::Condition
            | instance::WaitKind::Called { .. }
            | instance::WaitKind::Continuation { .. }
            | instance::WaitKind::Retry { .. } => false,
        });
        waits.map(|(key, _)| key).collect()
    };
    let Some(correlation_key) = &message.correlation_key else { return waits_with(&|_| true) };
    let exact = waits_with(&|key| key == Some(correlation_key));
    if exact.is_empty() { waits_with(&|key| key.is_none()) } else { exact }
}

/// What stands for the instance in the identity of an answer that no instance gives.
const INBOX: &str = "inbox";

/// The identity of the answer to a rejected message.
fn rejection_effect(context: &Context<'_>, shard: u16, message: &str) -> EffectId {
    EffectId {
        incarnation: context.incarnation.clone(),
        instance: InstanceId(format!("{INBOX}:{shard}:{message}").into()),
        sequence: EffectSequence(0),
    }
}

/// The shard and message of such an identity.
pub(super) fn read_rejection_effect(effect: &EffectId) -> Option<(u16, Arc<str>)> {
    let (shard, message) = effect.instance.0.strip_prefix(INBOX)?.strip_prefix(':')?.split_once(':')?;
    Some((shard.parse().ok()?, message.into()))
}

/// All rows of a table in a shard, from a key or from its beginning.
pub(super) fn table_range(shard: u16, table: keys::Table, from: Option<&Vec<u8>>) -> (Vec<u8>, Vec<u8>) {
    let prefix = keys::table(shard, table);
    let end = prefix_end(&prefix);
    // A walk never begins with the prefix itself, so that the view can tell it from a lookup.
    (from.cloned().unwrap_or_else(|| keys::after(prefix)), end)
}
