//! The state of one instance: a tree of activations (nodes), what they wait for, what was queued for them, what went
//! wrong. Changed by [`super::apply`] alone; all else reads.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::incident::Incident;
use super::joins::Joins;
use super::wait::Wait;
use crate::calling::Caller;
use crate::effect::Effect;
use crate::identity::{DefinitionKey, EffectSequence, IncidentKey, InstanceId, NodeKey, Timestamp, WaitKey};
use crate::message::{Message, MessageStatus};

/// One process instance: what a record holds. Elements are named by their BPMN id, so that a record outlives its program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Instance {
    pub(super) id: InstanceId,
    pub(super) definition: DefinitionKey,
    pub(super) business_key: Arc<str>,
    pub(super) alternative_business_key: Option<Arc<str>>,
    pub(super) status: Status,
    pub(super) started_at: Timestamp,
    pub(super) ended_at: Option<Timestamp>,
    pub(super) nodes: BTreeMap<NodeKey, Node>,
    pub(super) waits: BTreeMap<WaitKey, Wait>,
    pub(super) effects: BTreeMap<EffectSequence, Arc<Effect>>,
    pub(super) incidents: BTreeMap<IncidentKey, Arc<Incident>>,
    pub(super) messages: Vec<ReceivedMessage>,
    #[serde(with = "crate::json")]
    pub(super) outputs: Vec<Arc<Value>>,
    pub(super) next: NextKeys,
    // Records of version 1 end here; see `site::records`.
    pub(super) caller: Option<Box<Caller>>,
    /// What has completed in each scope and can be undone, oldest first.
    pub(super) remembered: BTreeMap<NodeKey, Vec<Remembered>>,
    /// Whether nothing moves it until it is resumed.
    pub(super) suspended: bool,
}

/// Where an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Status {
    /// Not started: the state before the first fact.
    Empty,
    /// It has a wait, an effect or an incident.
    Running,
    /// Its last token ended.
    Completed,
    /// It could not go on and nobody is to repair it.
    Failed,
    /// It was ended: by an operator, by the instance that called it, or because what it threw goes on in that one.
    Cancelled,
}

/// A message that the instance took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReceivedMessage {
    /// The message.
    pub message: Arc<Message>,
    /// When it was taken.
    pub at: Timestamp,
    /// What its sender has been told, or is about to be.
    pub status: MessageStatus,
    /// Whether it started the instance.
    pub started: bool,
}

/// The keys that are given out next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(super) struct NextKeys {
    pub(super) node: u64,
    pub(super) wait: u64,
    pub(super) effect: u64,
    pub(super) incident: u64,
}

/// One activation of an element. The root node is the process; its children are what is active in it; and so on down.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Node {
    /// The activation around it; the root is its own.
    pub(super) parent: NodeKey,
    /// BPMN id of its element, or of its flow if it is a token on a flow.
    pub(super) element: Arc<str>,
    pub(super) role: Role,
    pub(super) state: State,
    /// The flow by which its token came.
    pub(super) by: Option<Arc<str>>,
    pub(super) since: Timestamp,
    #[serde(with = "crate::json")]
    pub(super) variables: BTreeMap<Arc<str>, Arc<Value>>,
    pub(super) children: BTreeSet<NodeKey>,
    pub(super) waits: Vec<WaitKey>,
    pub(super) effect: Option<EffectSequence>,
    pub(super) incident: Option<IncidentKey>,
    /// Tokens within this scope that wait at a join: element, flow, tokens.
    pub(super) parked: BTreeMap<Arc<str>, BTreeMap<Arc<str>, BTreeSet<NodeKey>>>,
    /// Positions of the unanswered messages that this scope took.
    pub(super) messages: Vec<usize>,
    pub(super) iterations: Option<Box<Iterations>>,
    /// What joins know about this scope.
    #[serde(skip)]
    pub(super) joins: Joins,
}

/// What is kept of an activation that has completed, so that it can be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// BPMN id of its element.
    pub(super) element: Arc<str>,
    /// The variables that it held itself, as they were when it ended.
    #[serde(with = "crate::json")]
    pub(super) variables: BTreeMap<Arc<str>, Arc<Value>>,
    /// What had completed in it.
    pub(super) within: Vec<Self>,
}

// The depth of the recursion is that of subprocesses, which the reader of models bounds.
impl Remembered {
    /// Shows the element of each.
    pub(super) fn visit(&self, seen: &mut dyn FnMut(&Arc<str>)) {
        seen(&self.element);
        for within in &self.within {
            within.visit(&mut *seen);
        }
    }

    /// Changes the names of elements.
    pub(super) fn rename(&mut self, renamed: &dyn Fn(&mut Arc<str>)) {
        renamed(&mut self.element);
        for within in &mut self.within {
            within.rename(renamed);
        }
    }

    fn values_mut(&mut self, visit: &mut dyn FnMut(&mut Arc<Value>)) {
        self.variables.values_mut().for_each(&mut *visit);
        for within in &mut self.within {
            within.values_mut(&mut *visit);
        }
    }
}

/// What part an activation plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    /// The element itself.
    Element,
    /// All the iterations of a multi-instance element together: its boundary events and outgoing flows are here.
    Body,
    /// One iteration, 0-based.
    Iteration(u32),
    /// A token on its way along a flow: listeners are called, or its target waits for more of them.
    Flow,
    /// What was kept of an activation that has ended, while it is undone.
    Restored,
}

/// How far an activation has come. Each is a point from which work can be resumed after a restart, a retry or a repair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum State {
    /// Entered; nothing was done.
    Ready,
    /// Its start listeners are called; this one is next.
    Starting(u32),
    /// Its work can begin.
    Started,
    /// A handler works.
    Working,
    /// A handler shapes the message that is to be sent.
    Preparing,
    /// The message is on its way.
    Delivering,
    /// A handler is asked what to do about a message that did not arrive.
    Consulting,
    /// Waits for a message, a point in time or a signal.
    Waiting,
    /// What it contains is active.
    Holding,
    /// Waits at a join for other tokens.
    Parked,
    /// Its end listeners are called; this one is next.
    Ending(u32),
    /// Done; its outgoing flows are to be taken.
    Leaving,
}

/// The progress of a multi-instance body.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Iterations {
    pub(super) total: u32,
    pub(super) started: u32,
    pub(super) ended: u32,
    /// The items still to be handed out; only where iterations follow one another.
    #[serde(with = "crate::json::optional")]
    pub(super) items: Option<Arc<Value>>,
    /// What the ended iterations yielded, by position.
    #[serde(with = "crate::json")]
    pub(super) results: BTreeMap<u32, Arc<Value>>,
}

impl Node {
    pub(super) fn new(
        parent: NodeKey,
        element: Arc<str>,
        role: Role,
        by: Option<Arc<str>>,
        since: Timestamp,
    ) -> Self {
        Self {
            parent,
            element,
            role,
            state: State::Ready,
            by,
            since,
            variables: BTreeMap::new(),
            children: BTreeSet::new(),
            waits: Vec::new(),
            effect: None,
            incident: None,
            parked: BTreeMap::new(),
            messages: Vec::new(),
            iterations: None,
            joins: Joins::default(),
        }
    }
}

impl Instance {
    /// The state before the first fact.
    pub fn empty() -> Self {
        let nothing: Arc<str> = "".into();
        Self {
            id: InstanceId(nothing.clone()),
            definition: DefinitionKey {
                process_id: nothing.clone(),
                version: nothing.clone(),
                digest: nothing.clone(),
            },
            business_key: nothing,
            alternative_business_key: None,
            status: Status::Empty,
            started_at: Timestamp(0),
            ended_at: None,
            nodes: BTreeMap::new(),
            waits: BTreeMap::new(),
            effects: BTreeMap::new(),
            incidents: BTreeMap::new(),
            messages: Vec::new(),
            outputs: Vec::new(),
            next: NextKeys::default(),
            caller: None,
            remembered: BTreeMap::new(),
            suspended: false,
        }
    }

    /// Its identity.
    pub fn id(&self) -> &InstanceId {
        &self.id
    }

    /// The definition that it runs on for life.
    pub fn definition(&self) -> &DefinitionKey {
        &self.definition
    }

    /// The conversation's key.
    pub fn business_key(&self) -> &Arc<str> {
        &self.business_key
    }

    /// A second key that messages may name it by.
    pub fn alternative_business_key(&self) -> Option<&Arc<str>> {
        self.alternative_business_key.as_ref()
    }

    /// Who called it, if another instance did.
    pub fn caller(&self) -> Option<&Caller> {
        self.caller.as_deref()
    }

    /// Where it stands.
    pub fn status(&self) -> Status {
        self.status
    }

    /// Whether it can still move.
    pub fn is_running(&self) -> bool {
        self.status == Status::Running
    }

    /// Whether it stands still until it is resumed.
    pub fn is_suspended(&self) -> bool {
        self.suspended
    }

    /// When it was started.
    pub fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// When it ended.
    pub fn ended_at(&self) -> Option<Timestamp> {
        self.ended_at
    }

    /// What it waits for.
    pub fn waits(&self) -> impl Iterator<Item = (WaitKey, &Wait)> {
        self.waits.iter().map(|(key, wait)| (*key, wait))
    }

    /// One open wait.
    pub fn wait(&self, key: WaitKey) -> Option<&Wait> {
        self.waits.get(&key)
    }

    /// What was queued and is not settled. An ended instance may still have answers here.
    pub fn effects(&self) -> impl Iterator<Item = (EffectSequence, &Arc<Effect>)> {
        self.effects.iter().map(|(sequence, effect)| (*sequence, effect))
    }

    /// One queued effect.
    pub fn effect(&self, sequence: EffectSequence) -> Option<&Arc<Effect>> {
        self.effects.get(&sequence)
    }

    /// Open incidents.
    pub fn incidents(&self) -> impl Iterator<Item = &Arc<Incident>> {
        self.incidents.values()
    }

    /// One open incident.
    pub fn incident(&self, key: IncidentKey) -> Option<&Arc<Incident>> {
        self.incidents.get(&key)
    }

    /// The messages it took, oldest first.
    pub fn messages(&self) -> &[ReceivedMessage] {
        &self.messages
    }

    /// A process variable.
    pub fn variable(&self, name: &str) -> Option<&Arc<Value>> {
        self.nodes.get(&NodeKey::ROOT)?.variables.get(name)
    }

    /// All process variables.
    pub fn variables(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Value>)> {
        self.nodes.get(&NodeKey::ROOT).into_iter().flat_map(|root| &root.variables)
    }

    /// What is active, the process itself first: key, element (or flow), role, state, parent.
    pub fn activations(&self) -> impl Iterator<Item = Activation<'_>> {
        self.nodes.iter().map(|(key, node)| Activation {
            key: *key,
            parent: node.parent,
            element: &node.element,
            role: node.role,
            state: node.state,
            since: node.since,
            variables: &node.variables,
        })
    }

    /// Visits every value that the record holds, so that the store can keep large ones elsewhere.
    pub fn values_mut(&mut self, visit: &mut dyn FnMut(&mut Arc<Value>)) {
        for node in self.nodes.values_mut() {
            node.variables.values_mut().for_each(&mut *visit);
            if let Some(iterations) = &mut node.iterations {
                iterations.items.iter_mut().for_each(&mut *visit);
                iterations.results.values_mut().for_each(&mut *visit);
            }
        }
        for remembered in self.remembered.values_mut().flatten() {
            remembered.values_mut(&mut *visit);
        }
        for received in &mut self.messages {
            visit(&mut Arc::make_mut(&mut received.message).document);
        }
        for effect in self.effects.values_mut() {
            match &**effect {
                Effect::Deliver { .. } | Effect::Broadcast { .. } | Effect::Notify(_) => {
                    match Arc::make_mut(effect) {
                        Effect::Deliver { document, .. } => visit(document),
                        Effect::Broadcast { variables, .. } => {
                            for (_, value) in variables {
                                visit(value);
                            }
                        }
                        Effect::Notify(notice) => notice.values_mut(visit),
                        Effect::Call { .. } | Effect::Answer { .. } => {}
                    }
                }
                Effect::Call { .. } | Effect::Answer { .. } => {}
            }
        }
        self.outputs.iter_mut().for_each(visit);
    }

    /// What has completed in a scope and can be undone, oldest first.
    pub(super) fn remembered(&self, scope: NodeKey) -> &[Remembered] {
        self.remembered.get(&scope).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn node(&self, key: NodeKey) -> Option<&Node> {
        self.nodes.get(&key)
    }
}

/// One activation, to look at.
#[derive(Debug, Clone, Copy)]
pub struct Activation<'a> {
    /// Its key.
    pub key: NodeKey,
    /// The activation around it; the root is its own.
    pub parent: NodeKey,
    /// BPMN id of its element or flow.
    pub element: &'a Arc<str>,
    /// What part it plays.
    pub role: Role,
    /// How far it has come.
    pub state: State,
    /// Since when it is active.
    pub since: Timestamp,
    /// The variables that it holds itself.
    pub variables: &'a BTreeMap<Arc<str>, Arc<Value>>,
}
