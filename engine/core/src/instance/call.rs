//! What a handler sees: gathered when the call is performed, so that nothing of it has to be kept with the effect.

use std::collections::BTreeMap;
use std::sync::Arc;
use tessera_canary::{Canary, is_planted};

use serde_json::Value;
use tessera_bpmn::compile::Program;
use tessera_bpmn::expression::Scope;

use super::calls::stage_of;
use super::state::{Instance, Role};
use super::variables::{COUNTERS, View, ancestors, local_home};
use crate::effect::Effect;
use crate::identity::{EffectSequence, Incarnation, Timestamp};
use crate::plugin::{Call, Execution};

impl Instance {
    /// The call that a queued [`Effect::Call`] asks for, with what the handler sees now. `None` if the effect is not
    /// queued, is no call, or is the preparation of a message that no handler shapes (see [`Self::execution`]).
    pub fn call(
        &self,
        program: &Program,
        effect: EffectSequence,
        now: Timestamp,
        incarnation: &Incarnation,
    ) -> Option<Call> {
        match &**self.effect(effect)? {
            Effect::Call { handler: Some(handler), hook, .. } => Some(Call {
                handler: handler.clone(),
                hook: hook.clone(),
                execution: self.execution(program, effect, now, incarnation)?,
            }),
            Effect::Call { .. }
            | Effect::Deliver { .. }
            | Effect::Answer { .. }
            | Effect::Broadcast { .. }
            | Effect::Notify(_) => None,
        }
    }

    /// What a handler called by `effect` sees now. `None` if the effect is not queued or is no call.
    pub fn execution(
        &self,
        program: &Program,
        effect: EffectSequence,
        now: Timestamp,
        incarnation: &Incarnation,
    ) -> Option<Execution> {
        let Effect::Call { node: key, hook, fields, attempt, .. } = &**self.effect(effect)? else {
            return None;
        };
        let node = self.node(*key)?;
        let view = View::new(self, program, *key, now);
        let home = self.node(local_home(self, program, *key))?;
        let stage = stage_of(node.state, hook);
        Some(Execution {
            instance_id: self.id.0.clone(),
            business_key: self.business_key.clone(),
            process_id: self.definition.process_id.clone(),
            process_version: self.definition.version.clone(),
            definition_id: self.definition_id().into(),
            activity_id: view.activity_id().map_or_else(|| node.element.clone(), Arc::from),
            activity_name: view.activity_name().map(Arc::from),
            activity_instance_id: self.activity_instance_id(*key)?.into(),
            fields: fields.clone(),
            attempt: *attempt,
            loop_counter: ancestors(self, *key).find_map(|node| match node.role {
                Role::Iteration(index) => Some(index),
                Role::Element | Role::Body | Role::Flow | Role::Restored => None,
            }),
            idempotency_key: if is_planted(Canary::KeyPerAttempt) {
                format!("{}.{}.{}.{stage}.{attempt}", incarnation.0, self.id, key.0)
            } else {
                format!("{}.{}.{}.{stage}", incarnation.0, self.id, key.0)
            },
            now,
            variables: self.visible(&view, *key),
            local: home.variables.keys().cloned().collect(),
            start_message: self.messages.iter().find(|received| received.started).map(document),
            messages: self.messages.iter().map(document).collect(),
        })
    }

    /// All that an activation sees, nearest first, counters of iterations included.
    fn visible(&self, view: &View<'_>, node: crate::identity::NodeKey) -> BTreeMap<Arc<str>, Arc<Value>> {
        let mut visible = BTreeMap::new();
        for node in ancestors(self, node) {
            for (name, value) in &node.variables {
                visible.entry(name.clone()).or_insert_with(|| value.clone());
            }
        }
        for name in COUNTERS {
            if !visible.contains_key(name)
                && let Some(value) = view.variable(name)
            {
                visible.insert(name.into(), Arc::new(value.clone()));
            }
        }
        visible
    }
}

fn document(received: &super::state::ReceivedMessage) -> Arc<Value> {
    received.message.document.clone()
}
