//! Facts into state: total, infallible, and the only code that changes an [`Instance`]. Recovery is this and nothing else,
//! so it decides nothing; a fact about something that is not there changes nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_canary::{Canary, is_planted};

use super::fact::{Ending, Fact, Started};
use super::migration;
use super::state::{Instance, Iterations, Node, ReceivedMessage, Remembered, Role, State, Status};
use crate::effect::Effect;
use crate::identity::{NodeKey, Timestamp};
use crate::message::MessageStatus;

/// Brings `instance` up to date with one fact.
pub fn apply(instance: &mut Instance, fact: &Fact) {
    match fact {
        Fact::Started(started) => start(instance, started),
        Fact::Ended { status, at } => {
            instance.status = *status;
            instance.ended_at = Some(*at);
            instance.remembered.clear();
        }
        Fact::NodeEntered { node, parent, element, role, by, at } => {
            instance.next.node = instance.next.node.max(node.0.saturating_add(1));
            if let Some(around) = instance.nodes.get_mut(parent) {
                around.children.insert(*node);
            }
            instance.nodes.insert(*node, Node::new(*parent, element.clone(), *role, by.clone(), *at));
        }
        Fact::NodeAdvanced { node, state } => advance(instance, *node, *state),
        Fact::NodeLeft { node, ending: Ending::Completed | Ending::Cancelled | Ending::NeverBegun } => {
            leave(instance, *node);
        }
        Fact::VariableSet { node, name, value } => {
            if let Some(node) = instance.nodes.get_mut(node) {
                node.variables.insert(name.clone(), value.clone());
            }
        }
        Fact::VariableRemoved { node, name } => {
            if let Some(node) = instance.nodes.get_mut(node) {
                node.variables.remove(name);
            }
        }
        Fact::IterationsPlanned { node, total, items } => {
            if let Some(node) = instance.nodes.get_mut(node) {
                node.iterations = Some(Box::new(Iterations {
                    total: *total,
                    started: 0,
                    ended: 0,
                    items: items.clone(),
                    results: BTreeMap::new(),
                }));
            }
        }
        Fact::IterationsCounted { node, started, ended } => {
            if let Some(iterations) = iterations(instance, *node) {
                iterations.started = *started;
                iterations.ended = *ended;
            }
        }
        Fact::ResultCollected { node, index, value } => {
            if let Some(iterations) = iterations(instance, *node) {
                iterations.results.insert(*index, value.clone());
            }
        }
        Fact::WaitOpened { wait, opened } => {
            instance.next.wait = instance.next.wait.max(wait.0.saturating_add(1));
            if let Some(node) = instance.nodes.get_mut(&opened.node) {
                node.waits.push(*wait);
            }
            instance.waits.insert(*wait, opened.clone());
        }
        Fact::WaitClosed { wait } => {
            if let Some(closed) = instance.waits.remove(wait)
                && let Some(node) = instance.nodes.get_mut(&closed.node)
            {
                node.waits.retain(|key| key != wait);
            }
        }
        Fact::EffectQueued { sequence, effect } => {
            instance.next.effect = instance.next.effect.max(sequence.0.saturating_add(1));
            if let Some(node) = owner(effect).and_then(|node| instance.nodes.get_mut(&node)) {
                node.effect = Some(*sequence);
            }
            instance.effects.insert(*sequence, effect.clone());
        }
        Fact::EffectSettled { sequence, settlement: _ } | Fact::EffectWithdrawn { sequence } => {
            if let Some(effect) = instance.effects.remove(sequence)
                && let Some(node) = owner(&effect).and_then(|node| instance.nodes.get_mut(&node))
            {
                node.effect = None;
            }
        }
        Fact::IncidentOpened { incident } => {
            instance.next.incident = instance.next.incident.max(incident.key.0.saturating_add(1));
            if let Some(node) = instance.nodes.get_mut(&incident.node) {
                node.incident = Some(incident.key);
            }
            instance.incidents.insert(incident.key, incident.clone());
        }
        Fact::IncidentResolved { incident } => {
            if let Some(resolved) = instance.incidents.remove(incident)
                && let Some(node) = instance.nodes.get_mut(&resolved.node)
            {
                node.incident = None;
            }
        }
        Fact::MessageTaken { node, message, at, started } => {
            if let Some(node) = instance.nodes.get_mut(node) {
                node.messages.push(instance.messages.len());
            }
            instance.messages.push(ReceivedMessage {
                message: message.clone(),
                at: *at,
                status: MessageStatus::InProgress,
                started: *started,
            });
        }
        Fact::MessageAnswered { index, status } => {
            if let Some(received) = instance.messages.get_mut(*index) {
                received.status = *status;
            }
        }
        Fact::OutputAdded { output } => instance.outputs.push(output.clone()),
        Fact::AlternativeBusinessKeySet { key } => instance.alternative_business_key = Some(key.clone()),
        Fact::SuspensionChanged { suspended } => instance.suspended = *suspended,
        Fact::Migrated(migrated) => migration::rename(instance, migrated),
        Fact::CalledBy(caller) => instance.caller = Some(caller.clone()),
        Fact::NodeKept { node, variables } => remember(instance, *node, *variables),
        Fact::NodeRestored { node, parent, scope, position, at } => {
            restore(instance, *node, *parent, (*scope, *position), *at);
        }
    }
}

/// The activation that an effect belongs to; answers, broadcasts and notices belong to the instance as a whole.
pub(super) fn owner(effect: &Effect) -> Option<NodeKey> {
    match effect {
        Effect::Call { node, .. } | Effect::Deliver { node, .. } => Some(*node),
        Effect::Answer { .. } | Effect::Broadcast { .. } | Effect::Notify(_) => None,
    }
}

fn start(instance: &mut Instance, started: &Started) {
    instance.id = started.id.clone();
    instance.definition = started.definition.clone();
    instance.business_key = started.business_key.clone();
    instance.status = Status::Running;
    instance.started_at = started.at;
    let process = started.definition.process_id.clone();
    let mut root = Node::new(NodeKey::ROOT, process, Role::Element, None, started.at);
    root.state = State::Holding;
    instance.nodes.insert(NodeKey::ROOT, root);
    instance.next.node = instance.next.node.max(NodeKey::ROOT.0.saturating_add(1));
}

fn iterations(instance: &mut Instance, node: NodeKey) -> Option<&mut Iterations> {
    instance.nodes.get_mut(&node)?.iterations.as_deref_mut()
}

fn advance(instance: &mut Instance, key: NodeKey, state: State) {
    let Some(node) = instance.nodes.get_mut(&key) else { return };
    let before = std::mem::replace(&mut node.state, state);
    let stands = |state| matches!(state, State::Parked | State::Holding);
    if before == state || !(stands(before) || stands(state)) {
        return;
    }
    let (scope, element, role) = (node.parent, node.element.clone(), node.role);
    let flow = node.by.clone().unwrap_or_else(|| "".into());
    if before == State::Parked {
        unpark(instance, scope, &element, &flow, key);
    } else if before == State::Holding {
        release(instance, scope, &element, &flow, key);
    }
    let Some(scope) = instance.nodes.get_mut(&scope) else { return };
    if state == State::Parked {
        scope.joins.arrive(&element);
        scope.parked.entry(element).or_default().entry(flow).or_default().insert(key);
    } else if state == State::Holding && role == Role::Element {
        scope.joins.hold(&element, &flow, key);
    }
}

fn release(instance: &mut Instance, scope: NodeKey, element: &Arc<str>, flow: &Arc<str>, key: NodeKey) {
    if let Some(scope) = instance.nodes.get_mut(&scope) {
        scope.joins.release(element, flow, key);
    }
}

fn leave(instance: &mut Instance, key: NodeKey) {
    let Some(node) = instance.nodes.remove(&key) else { return };
    instance.remembered.remove(&key);
    if let Some(scope) = instance.nodes.get_mut(&node.parent) {
        scope.children.remove(&key);
        // Messages that nobody answered yet are answered by the scope around.
        scope.messages.extend(node.messages.iter().filter(|index| {
            instance
                .messages
                .get(**index)
                .is_some_and(|received| received.status == MessageStatus::InProgress)
        }));
    }
    let flow = node.by.clone().unwrap_or_else(|| "".into());
    if node.state == State::Parked {
        unpark(instance, node.parent, &node.element, &flow, key);
    } else if node.state == State::Holding {
        release(instance, node.parent, &node.element, &flow, key);
    }
}

/// All iterations together leave what each of them was: nobody undoes them as one.
fn remember(instance: &mut Instance, key: NodeKey, variables: bool) {
    let Some(node) = instance.nodes.get(&key) else { return };
    let within = instance.remembered.remove(&key).unwrap_or_default();
    let kept = match node.role {
        Role::Body => within,
        Role::Element | Role::Iteration(_) | Role::Flow | Role::Restored => {
            let variables = if variables { node.variables.clone() } else { BTreeMap::new() };
            vec![Remembered { element: node.element.clone(), variables, within }]
        }
    };
    instance.remembered.entry(node.parent).or_default().extend(kept);
}

fn restore(
    instance: &mut Instance,
    key: NodeKey,
    parent: NodeKey,
    (scope, position): (NodeKey, usize),
    at: Timestamp,
) {
    let Some(kept) = instance.remembered.get_mut(&scope).filter(|kept| position < kept.len()) else { return };
    let restored = if is_planted(Canary::UndoneAgain) { kept.get(position).cloned() } else { None };
    let Remembered { element, variables, within } = restored.unwrap_or_else(|| kept.remove(position));
    if kept.is_empty() {
        instance.remembered.remove(&scope);
    }
    instance.next.node = instance.next.node.max(key.0.saturating_add(1));
    if let Some(around) = instance.nodes.get_mut(&parent) {
        around.children.insert(key);
    }
    if !within.is_empty() {
        instance.remembered.insert(key, within);
    }
    let node = Node { variables, ..Node::new(parent, element, Role::Restored, None, at) };
    instance.nodes.insert(key, node);
}

fn unpark(instance: &mut Instance, scope: NodeKey, element: &Arc<str>, flow: &Arc<str>, key: NodeKey) {
    let Some(scope) = instance.nodes.get_mut(&scope) else { return };
    let Some(flows) = scope.parked.get_mut(element) else { return };
    if let Some(tokens) = flows.get_mut(flow) {
        if tokens.remove(&key) {
            scope.joins.depart(element, tokens.is_empty());
        }
        if tokens.is_empty() {
            flows.remove(flow);
        }
    }
    if flows.is_empty() {
        scope.parked.remove(element);
    }
}
