//! Variables and scopes: what an expression sees, where a write lands.

use std::cell::OnceCell;
use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{Kind, Program};
use tessera_bpmn::expression::{Expression, Scope, Write};
use tessera_canary::{Canary, is_planted};

use super::fact::Fact;
use super::mappings::storable;
use super::occurrence::Trouble;
use super::state::{Instance, Node, Role};
use super::step::Step;
use crate::identity::{NodeKey, Timestamp};
use crate::limits::VALUE_DEPTH_MAX;
use crate::plugin::{VariableScope, Writes};

/// Variables by name.
pub(super) type Named = Vec<(Arc<str>, Arc<Value>)>;

/// The number of an iteration.
pub(super) const LOOP_COUNTER: &str = "loopCounter";
/// How many iterations there are in all.
pub(super) const INSTANCES: &str = "nrOfInstances";
/// How many of them are active.
pub(super) const ACTIVE_INSTANCES: &str = "nrOfActiveInstances";
/// How many have ended.
pub(super) const COMPLETED_INSTANCES: &str = "nrOfCompletedInstances";
/// All of them.
pub(super) const COUNTERS: [&str; 4] = [LOOP_COUNTER, INSTANCES, ACTIVE_INSTANCES, COMPLETED_INSTANCES];
/// The same in BPMN [table 10.30] and Zeebe. None is terminated before the last look at the completion condition.
const BPMN_COUNTERS: [&str; 4] = [
    "numberOfInstances",
    "numberOfActiveInstances",
    "numberOfCompletedInstances",
    "numberOfTerminatedInstances",
];

/// What an activation sees: its own variables, then those around it. Counters of iterations are variables too, without
/// being stored as such.
pub(super) struct View<'a> {
    instance: &'a Instance,
    program: &'a Program,
    node: NodeKey,
    now: Timestamp,
    /// Iterations that are to be counted as ended already.
    ended_more: u32,
    counters: OnceCell<[Value; 5]>,
    definition_id: OnceCell<String>,
}

impl<'a> View<'a> {
    pub(super) fn new(instance: &'a Instance, program: &'a Program, node: NodeKey, now: Timestamp) -> Self {
        Self {
            instance,
            program,
            node,
            now,
            ended_more: 0,
            counters: OnceCell::new(),
            definition_id: OnceCell::new(),
        }
    }

    /// What an activation sees in the course of a step.
    pub(super) fn of(step: &'a Step<'_>, node: NodeKey) -> Self {
        Self::new(step.instance, step.program, node, step.now)
    }

    /// The view of an iteration that is about to be counted as ended.
    pub(super) fn of_ended_iteration(step: &'a Step<'_>, node: NodeKey) -> Self {
        Self { ended_more: 1, ..Self::of(step, node) }
    }

    fn own(&self, node: &'a Node, name: &str) -> Option<&Value> {
        if let Some(value) = node.variables.get(name) {
            return Some(value);
        }
        let position = match (node.role, name) {
            (Role::Iteration(_), LOOP_COUNTER) => 0,
            (Role::Body, INSTANCES) => 1,
            (Role::Body, ACTIVE_INSTANCES) => 2,
            (Role::Body, COMPLETED_INSTANCES) => 3,
            (Role::Body, name) => {
                let counter = BPMN_COUNTERS.iter().position(|counter| *counter == name)?;
                counter.saturating_add(1)
            }
            _ => return None,
        };
        self.counters.get_or_init(|| self.count()).get(position)
    }

    /// The counters of the nearest iteration and its body. Those of outer ones are never visible.
    fn count(&self) -> [Value; 5] {
        let mut counter = None;
        for node in ancestors(self.instance, self.node) {
            match (node.role, &node.iterations) {
                (Role::Iteration(index), _) if counter.is_none() => counter = Some(index),
                (Role::Body, Some(iterations)) => {
                    let ended = iterations.ended.saturating_add(self.ended_more);
                    let active = iterations.started.saturating_sub(ended);
                    let from = counts_from(self.program, &node.element);
                    return [
                        Value::from(counter.unwrap_or_default().saturating_add(from)),
                        Value::from(iterations.total),
                        Value::from(active),
                        Value::from(ended),
                        Value::from(0),
                    ];
                }
                (Role::Element | Role::Body | Role::Iteration(_) | Role::Flow | Role::Restored, _) => {}
            }
        }
        [const { Value::Null }; 5]
    }

    /// The element that the activation stands for; a token on a flow still stands for the flow's source.
    fn element(&self) -> Option<&'a tessera_bpmn::compile::Element> {
        let node = self.instance.node(self.node)?;
        let index = match node.role {
            Role::Flow => self.program.flow(self.program.find_flow(&node.element)?).source,
            Role::Element | Role::Body | Role::Iteration(_) | Role::Restored => {
                self.program.find(&node.element)?
            }
        };
        Some(self.program.element(index))
    }
}

impl Scope for View<'_> {
    fn variable(&self, name: &str) -> Option<&Value> {
        ancestors(self.instance, self.node).find_map(|node| self.own(node, name))
    }

    fn local_variable(&self, name: &str) -> Option<&Value> {
        let home = local_home(self.instance, self.program, self.node);
        self.own(self.instance.node(home)?, name)
    }

    fn now_ms(&self) -> Option<i64> {
        i64::try_from(self.now.0).ok()
    }

    fn business_key(&self) -> Option<&str> {
        Some(&self.instance.business_key)
    }

    fn instance_id(&self) -> Option<&str> {
        Some(&self.instance.id.0)
    }

    fn activity_id(&self) -> Option<&str> {
        self.element().map(|element| &*element.id)
    }

    fn activity_name(&self) -> Option<&str> {
        self.element()?.name.as_deref()
    }

    fn process_definition_id(&self) -> Option<&str> {
        Some(self.definition_id.get_or_init(|| self.instance.definition_id()))
    }
}

impl Instance {
    /// The counters that an activation has of its own, as variables: those of an iteration, or of all iterations together.
    pub(crate) fn counters(&self, program: &Program, key: NodeKey, now: Timestamp) -> Named {
        let Some(node) = self.node(key) else { return Named::new() };
        let view = View::new(self, program, key, now);
        let own = |name: &str| Some((name.into(), Arc::new(view.own(node, name)?.clone())));
        COUNTERS.into_iter().filter_map(own).collect()
    }
}

/// What the counter of the first iteration of an activity is.
pub(super) fn counts_from(program: &Program, element: &str) -> u32 {
    let element = program.find(element).map(|index| program.element(index));
    element.and_then(|element| element.multi_instance.as_ref()).map_or(0, |plan| plan.counts_from)
}

/// A view in which one variable has another value.
pub(super) struct With<'a> {
    pub(super) view: View<'a>,
    pub(super) name: &'a str,
    pub(super) value: &'a Value,
}

impl Scope for With<'_> {
    fn variable(&self, name: &str) -> Option<&Value> {
        if name == self.name { Some(self.value) } else { self.view.variable(name) }
    }

    fn local_variable(&self, name: &str) -> Option<&Value> {
        if name == self.name { Some(self.value) } else { self.view.local_variable(name) }
    }

    fn around(&self) -> Option<&dyn Scope> {
        Some(&self.view)
    }
}

/// An activation and those around it, the process last.
pub(super) fn ancestors(instance: &Instance, node: NodeKey) -> impl Iterator<Item = &Node> {
    ancestor_keys(instance, node).filter_map(|key| instance.node(key))
}

/// The same by key.
pub(super) fn ancestor_keys(instance: &Instance, node: NodeKey) -> impl Iterator<Item = NodeKey> {
    std::iter::successors(Some(node), |key| match *key {
        NodeKey::ROOT => None,
        key => instance.node(key).map(|node| node.parent),
    })
}

/// Where a local write of an activation lands: its own node if that is a scope of variables, else the nearest around it.
pub(super) fn local_home(instance: &Instance, program: &Program, node: NodeKey) -> NodeKey {
    let is_scope = |key: &NodeKey| {
        let Some(node) = instance.node(*key) else { return false };
        match node.role {
            Role::Iteration(_) | Role::Restored => true,
            Role::Body | Role::Flow => false,
            Role::Element => {
                let element = program.find(&node.element).map(|index| program.element(index));
                element.is_some_and(|element| {
                    element.kind.scope().is_some()
                        || !element.inputs.is_empty()
                        || !element.outputs.is_empty()
                })
            }
        }
    };
    ancestor_keys(instance, node).find(is_scope).unwrap_or(NodeKey::ROOT)
}

/// Whether a value can be stored and read back.
pub(super) fn is_storable(value: &Value) -> bool {
    fn fits(value: &Value, depth_left: usize) -> bool {
        match value {
            Value::Array(items) => depth_left > 0 && items.iter().all(|item| fits(item, depth_left - 1)),
            Value::Object(members) => {
                depth_left > 0 && members.values().all(|item| fits(item, depth_left - 1))
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
        }
    }
    fits(value, VALUE_DEPTH_MAX)
}

impl Instance {
    /// `<process id>:<version>`, as texts and plugins name the definition.
    pub(super) fn definition_id(&self) -> String {
        format!("{}:{}", self.definition.process_id, self.definition.version)
    }
}

impl Step<'_> {
    /// Sets variables of one activation.
    pub(super) fn set_own(&mut self, node: NodeKey, variables: Named) {
        for (name, value) in variables {
            self.emit(Fact::VariableSet { node, name, value });
        }
    }

    /// Sets a variable where it is visible already, else in the process.
    pub(super) fn set_visible(&mut self, from: NodeKey, name: Arc<str>, value: Arc<Value>) {
        let holds =
            |key: &NodeKey| self.instance.node(*key).is_some_and(|node| node.variables.contains_key(&name));
        let node = ancestor_keys(self.instance, from).find(holds);
        let node = node.filter(|_| !is_planted(Canary::WrittenOutside)).unwrap_or(NodeKey::ROOT);
        self.emit(Fact::VariableSet { node, name, value });
    }

    /// Evaluates an expression that is work: what it sets is set once it has a value.
    pub(super) fn perform(&mut self, node: NodeKey, expression: &Expression) -> Result<Arc<Value>, Trouble> {
        let (value, writes) = expression.perform(&View::of(self, node))?;
        let value = storable(value)?;
        let mut checked = Vec::with_capacity(writes.len());
        for Write { name, value, local } in writes {
            checked.push((name.into(), value.map(storable).transpose()?, local));
        }
        for (name, value, local) in checked {
            self.set_by_work(node, name, value, local);
        }
        Ok(value)
    }

    fn set_by_work(&mut self, from: NodeKey, name: Arc<str>, value: Option<Arc<Value>>, local: bool) {
        let home = local_home(self.instance, self.program, from);
        match value {
            Some(value) if local => self.emit(Fact::VariableSet { node: home, name, value }),
            Some(value) => self.set_visible(from, name, value),
            None => {
                let holds = |key: &NodeKey| {
                    self.instance.node(*key).is_some_and(|node| node.variables.contains_key(&name))
                };
                let around = if local { vec![home] } else { ancestor_keys(self.instance, from).collect() };
                if let Some(node) = around.into_iter().find(holds) {
                    self.emit(Fact::VariableRemoved { node, name });
                }
            }
        }
    }

    /// Sets what work has yielded: where the model hands it out by outputs alone, it stays with the activity until then.
    pub(super) fn set_result(&mut self, node: NodeKey, name: Arc<str>, value: Arc<Value>) {
        match self.keeper(node) {
            Some(node) => self.emit(Fact::VariableSet { node, name, value }),
            None => self.set_visible(node, name, value),
        }
    }

    /// Whether an event behind a gateway keeps what came, and is entered at once when it has come.
    pub(super) fn is_kept_behind(&self, gateway: NodeKey, event: &str) -> bool {
        let Some(at) = self.at(gateway).filter(|at| at.element.kind == Kind::EventBasedGateway) else {
            return false;
        };
        at.element.outgoing.iter().map(|flow| self.program.flow(*flow)).any(|flow| {
            let target = self.program.element(flow.target);
            *target.id == *event
                && target.keeps_results
                && flow.listeners.is_empty()
                && target.start_quantity == 1
        })
    }

    /// The activation itself, if what its work yields stays with it.
    pub(super) fn keeper(&self, node: NodeKey) -> Option<NodeKey> {
        self.at(node).filter(|at| at.element.keeps_results).map(|at| at.node)
    }

    /// Applies what a handler buffered.
    pub(super) fn write(&mut self, node: NodeKey, writes: Writes) {
        let Writes { variables, outputs, alternative_business_key } = writes;
        for write in variables {
            match (write.scope, write.value) {
                (VariableScope::Process, Some(value)) => self.set_result(node, write.name, value),
                (scope, value) => self.set_by_work(node, write.name, value, scope == VariableScope::Local),
            }
        }
        for output in outputs {
            self.emit(Fact::OutputAdded { output: Arc::new(output) });
        }
        if let Some(key) = alternative_business_key {
            self.emit(Fact::AlternativeBusinessKeySet { key: key.into() });
        }
    }
}
