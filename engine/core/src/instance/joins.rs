//! What joins ask about the tokens of their scope whenever something has moved in it, kept beside the state so that nobody
//! looks at every token each time. It follows from the state and is no part of it: a scope that was read from a record
//! has none of it until a join asks.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::state::{Instance, Role, State};
use crate::identity::NodeKey;

/// What is known about the tokens of one scope.
#[derive(Debug, Clone, Default)]
pub(super) struct Joins(Option<Box<Known>>);

#[derive(Debug, Clone, Default)]
struct Known {
    /// How many tokens wait, by join.
    arrived: BTreeMap<Arc<str>, usize>,
    /// What is held, by element and the flow by which it came.
    held: BTreeMap<Arc<str>, BTreeMap<Arc<str>, BTreeSet<NodeKey>>>,
    /// By join, a token before which none is waited for. What comes later has a higher key, and as long as tokens only
    /// arrive, none that was not waited for is waited for again.
    passed: BTreeMap<Arc<str>, NodeKey>,
}

impl PartialEq for Joins {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Joins {
    /// A token waits at a join now.
    pub(super) fn arrive(&mut self, join: &Arc<str>) {
        let Some(known) = &mut self.0 else { return };
        let arrived = known.arrived.entry(join.clone()).or_default();
        *arrived = arrived.saturating_add(1);
    }

    /// A token does not wait at a join any more; whether it was the last of its flow.
    pub(super) fn depart(&mut self, join: &Arc<str>, was_last: bool) {
        let Some(known) = &mut self.0 else { return };
        if let Some(arrived) = known.arrived.get_mut(join) {
            *arrived = arrived.saturating_sub(1);
            if *arrived == 0 {
                known.arrived.remove(join);
            }
        }
        if was_last {
            known.passed.remove(join);
        }
    }

    /// An activation holds something now.
    pub(super) fn hold(&mut self, element: &Arc<str>, flow: &Arc<str>, node: NodeKey) {
        let Some(known) = &mut self.0 else { return };
        known.held.entry(element.clone()).or_default().entry(flow.clone()).or_default().insert(node);
    }

    /// An activation holds nothing any more.
    pub(super) fn release(&mut self, element: &Arc<str>, flow: &Arc<str>, node: NodeKey) {
        let Some(known) = &mut self.0 else { return };
        known.passed.remove(element);
        let Some(flows) = known.held.get_mut(element) else { return };
        if let Some(nodes) = flows.get_mut(flow) {
            nodes.remove(&node);
            if nodes.is_empty() {
                flows.remove(flow);
            }
        }
        if flows.is_empty() {
            known.held.remove(element);
        }
    }

    /// How many tokens wait at a join.
    pub(super) fn arrived(&self, join: &str) -> usize {
        self.0.as_ref().and_then(|known| known.arrived.get(join).copied()).unwrap_or_default()
    }

    /// What is held, by the flow by which it came.
    pub(super) fn held(&self, element: &str) -> Option<&BTreeMap<Arc<str>, BTreeSet<NodeKey>>> {
        self.0.as_ref()?.held.get(element)
    }

    /// The elements of which something is held.
    pub(super) fn holders(&self) -> impl Iterator<Item = &Arc<str>> {
        self.0.iter().flat_map(|known| known.held.keys())
    }

    /// A token before which none is waited for.
    pub(super) fn passed(&self, join: &str) -> NodeKey {
        self.0.as_ref().and_then(|known| known.passed.get(join).copied()).unwrap_or(NodeKey::ROOT)
    }

    fn pass(&mut self, join: &Arc<str>, node: NodeKey) {
        if let Some(known) = &mut self.0 {
            known.passed.insert(join.clone(), node);
        }
    }
}

/// Looks at all tokens of a scope, if that was not done since it was read.
pub(super) fn know(instance: &mut Instance, scope: NodeKey) {
    let Some(around) = instance.nodes.get(&scope).filter(|around| around.joins.0.is_none()) else { return };
    let arrived = around.parked.iter().map(|(join, flows)| {
        let tokens = flows.values().map(BTreeSet::len).sum();
        (join.clone(), tokens)
    });
    let mut joins = Joins(Some(Box::new(Known { arrived: arrived.collect(), ..Known::default() })));
    for (key, node) in around.children.iter().filter_map(|key| Some((key, instance.nodes.get(key)?))) {
        if node.state == State::Holding && node.role == Role::Element {
            joins.hold(&node.element, &node.by.clone().unwrap_or_else(|| "".into()), *key);
        }
    }
    if let Some(around) = instance.nodes.get_mut(&scope) {
        around.joins = joins;
    }
}

/// Notes that a join waits for no token before this one.
pub(super) fn pass(instance: &mut Instance, scope: NodeKey, join: &Arc<str>, node: NodeKey) {
    if let Some(around) = instance.nodes.get_mut(&scope) {
        around.joins.pass(join, node);
    }
}

/// What is known about a scope, as if it had just been read.
#[cfg(test)]
pub(super) fn check(instance: &Instance) {
    let mut fresh = instance.clone();
    for (key, node) in instance.nodes.iter().filter(|(_, node)| node.joins.0.is_some()) {
        if let Some(around) = fresh.nodes.get_mut(key) {
            around.joins = Joins::default();
        }
        know(&mut fresh, *key);
        let known = |joins: &Joins| joins.0.as_ref().map(|known| (known.arrived.clone(), known.held.clone()));
        assert_eq!(
            known(&node.joins),
            known(&fresh.nodes[key].joins),
            "what is known about {}",
            node.element
        );
    }
}
