//! The invariants of content: what a message carries arrives, at whoever waits for it, and its answer says what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tessera_core::effect::Effect;
use tessera_core::identity::{EffectSequence, InstanceId, NodeKey, Timestamp};
use tessera_core::instance::{Fact, Instance, Wait, WaitKind};
use tessera_core::message::Message;
use tessera_fhir::resource;
use tessera_fhir::task::{self, Status};

use super::{Checked, Expectation, Invariant, ensure};
use crate::content;
use crate::model::{self, Model};
use crate::random::digest;
use crate::world::EPOCH_MS;

/// What messages carried when they were sent, as digests, by identity.
#[derive(Debug, Default)]
pub(super) struct Sent(BTreeMap<String, u64>);

impl Sent {
    /// A message leaves its site. What a handler has shaped carries what the handler said.
    pub(super) fn leaves(
        &mut self,
        instance: Option<(&Instance, &Expectation)>,
        sequence: EffectSequence,
        document: &Value,
    ) -> Checked {
        if let Some(identity) = super::mailbox_identity(document) {
            self.0.insert(identity, digest(&[&document["input"].to_string()]));
        }
        let Some((instance, expectation)) = instance else { return Ok(()) };
        let Some(Effect::Deliver { node, .. }) = instance.effect(sequence).map(|effect| &**effect) else {
            return Ok(());
        };
        let mut activations = instance.activations();
        let Some(sender) = activations.find(|activation| activation.key == *node) else { return Ok(()) };
        let expected = expectation.model.shaped.contains(&**sender.element).then(|| {
            let word = content::value(sender.element, instance.business_key(), None);
            word.unwrap_or_default()
        });
        let said = said(resource::list(document, "input")).next().cloned();
        ensure(said == expected, Invariant::Oracle, || {
            format!("{} of {} sends {said:?}, {expected:?} is expected", sender.element, instance.id())
        })
    }

    /// A message was taken.
    pub(super) fn taken(&self, identity: &str, id: &InstanceId, document: &Value) -> Checked {
        let arrived = digest(&[&document["input"].to_string()]);
        let sent = self.0.get(identity);
        ensure(sent.is_none_or(|sent| *sent == arrived), Invariant::Effects, || {
            format!("message {identity} has other inputs where {id} took it than where it was sent")
        })
    }
}

/// Inputs or outputs of a Task by which handlers tell something.
fn said(entries: &[Value]) -> impl Iterator<Item = &Value> {
    let told = entries.iter().filter(|entry| entry["type"]["coding"][0]["code"] == model::SAID);
    told.map(|entry| &entry["valueString"])
}

/// A Task has come to its end: whoever left it can read what came of it.
pub(super) fn answered(id: &str, task: &Value, message: &task::Message) -> Checked {
    if !message.profiles.iter().any(|profile| profile == model::PROFILE) {
        return Ok(());
    }
    let outputs = resource::list(task, "output");
    if message.status == Status::Failed {
        let reason = outputs.iter().find(|entry| entry["type"]["coding"][0]["code"] == "error");
        let text = reason.and_then(|entry| entry["valueString"].as_str()).unwrap_or_default();
        ensure(!text.is_empty(), Invariant::TaskStatus, || {
            format!("Task/{id} is failed and does not say why: {outputs:?}")
        })?;
    }
    if message.status == Status::Completed && message.message_name == model::ASK {
        let conversation = message.business_key.as_deref().unwrap_or_default();
        let replied: Vec<_> = said(outputs).collect();
        let expected = content::value("replied", conversation, None);
        ensure(
            replied.len() == 1 && replied.first().copied() == expected.as_ref(),
            Invariant::Oracle,
            || format!("Task/{id} is completed and says {replied:?}, {expected:?} is expected"),
        )?;
    }
    Ok(())
}

/// Who was reached by what, in one step: messages by their keys, timers by what their models say.
#[derive(Debug, Default)]
pub(super) struct Reached {
    /// Waits for messages that were closed.
    closed: Vec<(Arc<str>, Option<Arc<str>>)>,
    taken: Vec<Arc<Message>>,
    /// Rounds that cycles should still have, of activations that were open.
    due_again: Vec<(NodeKey, Arc<str>)>,
    /// The last wait of each cycle: when it was due, and how often it was to fire after that.
    cycles: BTreeMap<(NodeKey, Arc<str>), (Timestamp, u32)>,
}

impl Reached {
    pub(super) fn begin_step(&mut self) {
        self.closed.clear();
        self.taken.clear();
        self.due_again.clear();
    }

    /// Looks at a fact before it is folded.
    pub(super) fn note(
        &mut self,
        instance: &Instance,
        model: Option<&Model>,
        at: Timestamp,
        fact: &Fact,
    ) -> Checked {
        if let Fact::MessageTaken { message, started: false, .. } = fact {
            self.taken.push(message.clone());
        }
        if let Fact::WaitClosed { wait } = fact
            && let Some(Wait { node, element, kind, .. }) = instance.wait(*wait)
        {
            if let WaitKind::Message { name, correlation_key } = kind {
                self.closed.push((name.clone(), correlation_key.clone()));
            }
            let place = (*node, element.clone());
            if let (WaitKind::Timer { .. }, Some((_, 1..))) = (kind, self.cycles.get(&place)) {
                self.due_again.push(place);
            }
        }
        if let (Fact::WaitOpened { opened, .. }, Some(model)) = (fact, model) {
            self.opened(model, opened, at)?;
        }
        Ok(())
    }

    fn opened(&mut self, model: &Model, opened: &Wait, at: Timestamp) -> Checked {
        let WaitKind::Timer { due, repeat } = &opened.kind else { return Ok(()) };
        let element = &opened.element;
        if let Some(after_ms) = model.dates.get(&**element) {
            let expected = EPOCH_MS + after_ms;
            ensure(due.0 == expected, Invariant::Time, || {
                format!("{element} is due at {}, its date is {expected}", due.0)
            })?;
        }
        let Some((times, interval)) = model.cycles.get(&**element) else { return Ok(()) };
        let place = (opened.node, element.clone());
        let left = repeat.as_ref().and_then(|repeat| repeat.times);
        let (is_right, expected) = match self.cycles.get(&place) {
            None => (due.0 == at.0 + interval, times.checked_sub(1)),
            // Rounds that were missed are left out, the rhythm stays.
            Some((before, left)) => {
                let since = due.0.saturating_sub(before.0);
                let is_next = due.0 > at.0 && since >= *interval && since.is_multiple_of(*interval);
                (is_next && due.0 <= at.0.max(before.0) + interval, left.checked_sub(1))
            }
        };
        self.due_again.retain(|waiting| *waiting != place);
        ensure(is_right && left == expected && expected.is_some(), Invariant::Time, || {
            format!(
                "{element} fires next at {} and then {left:?} times; decided at {}, {expected:?} times were left",
                due.0, at.0
            )
        })?;
        self.cycles.insert(place, (*due, left.unwrap_or_default()));
        Ok(())
    }

    /// What the step must have reached.
    pub(super) fn end_step(&self, id: &InstanceId, instance: &Instance, cause: &str) -> Checked {
        for message in &self.taken {
            let fits = |name: &str, key: Option<&Arc<str>>| {
                *name == *message.name && key.is_none_or(|key| Some(key) == message.correlation_key.as_ref())
            };
            let mut closed = self.closed.iter().filter(|(name, _)| *name == message.name).peekable();
            let was_waited_for = if closed.peek().is_some() {
                closed.any(|(name, key)| fits(name, key.as_ref()))
            } else {
                let waits = |wait: &Wait| matches!(&wait.kind, WaitKind::Message { name, correlation_key } if fits(name, correlation_key.as_ref()));
                !instance.is_running() || instance.waits().any(|(_, wait)| waits(wait))
            };
            ensure(was_waited_for, Invariant::OneCorrelation, || {
                format!(
                    "{id} took {} {:?} with the key {:?}, for which it did not wait: {:?}",
                    message.name, message.id, message.correlation_key, self.closed
                )
            })?;
        }
        if cause == "a timer was due" {
            let mut active = instance.activations();
            let stopped = self.due_again.iter().find(|(node, _)| active.any(|one| one.key == *node));
            ensure(stopped.is_none(), Invariant::Time, || format!("{id}: {stopped:?} does not go on"))?;
        }
        Ok(())
    }
}
