//! Messages that the instance took, and the answers to their senders: in progress at once, completed when the scope that
//! took them ends, failed when the instance does.

use std::sync::Arc;

use serde_json::Value;

use super::fact::Fact;
use super::state::{Instance, Role};
use super::step::Step;
use super::variables::ancestor_keys;
use crate::effect::Effect;
use crate::identity::NodeKey;
use crate::message::{Message, MessageStatus};

impl Step<'_> {
    /// Takes a message into the scope around `from`, which answers for it.
    pub(super) fn take_message(&mut self, from: NodeKey, message: Arc<Message>, started: bool) {
        let is_scope = |key: &NodeKey| {
            // A body only holds its iterations; each of them, or what is around, is the scope.
            self.instance.node(*key).is_some_and(|node| !matches!(node.role, Role::Body))
        };
        let node = ancestor_keys(self.instance, from).find(is_scope).unwrap_or(NodeKey::ROOT);
        let business_key = message.business_key.is_none().then(|| self.instance.business_key.clone());
        self.queue(Effect::Answer {
            message: message.id.clone(),
            status: MessageStatus::InProgress,
            business_key,
            outputs: Vec::new(),
            error: None,
        });
        self.emit(Fact::MessageTaken { node, message, at: self.now, started });
    }

    /// Tells the senders of the messages that a scope took that they were dealt with.
    pub(super) fn answer_completed(&mut self, scope: NodeKey) {
        let held = self.instance.node(scope).map(|node| node.messages.clone()).unwrap_or_default();
        for index in held {
            self.answer(index, MessageStatus::Completed, None);
        }
    }

    /// Tells the senders of all unanswered messages that it came to nothing.
    pub(super) fn answer_failed(&mut self, error: &str) {
        for index in 0..self.instance.messages.len() {
            self.answer(index, MessageStatus::Failed, Some(error));
        }
    }

    fn answer(&mut self, index: usize, status: MessageStatus, error: Option<&str>) {
        let Some(received) = self.instance.messages.get(index) else { return };
        if received.status != MessageStatus::InProgress {
            return;
        }
        let outputs = if received.started { self.instance.outputs.as_slice() } else { &[] };
        let outputs = outputs.iter().map(|output| Value::clone(output)).collect();
        let message = received.message.id.clone();
        self.emit(Fact::MessageAnswered { index, status });
        let error = error.map(str::to_owned);
        self.queue(Effect::Answer { message, status, business_key: None, outputs, error });
    }
}

impl Instance {
    /// `<activity id>:<activation>`, as texts and plugins name an activation.
    pub(super) fn activity_instance_id(&self, node: NodeKey) -> Option<String> {
        Some(format!("{}:{}", self.node(node)?.element, node.0))
    }
}
