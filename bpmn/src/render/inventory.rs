//! What a model has to show: nodes with their kinds and parents, links with their ends, and scopes that hold both.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Activity, Artifact, CatchEvent, ChoreographyActivity, Collaboration, ConversationNode, DataAssociation,
    DataObject, DataObjectReference, Definitions, EventDefinition, FlowElement, FlowNode,
    InputOutputSpecification, LaneSet, LoopCharacteristics, Process, Reference, RootElement, SubProcess,
    ThrowEvent,
};

/// What a node looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Pool { has_many: bool },
    Lane,
    Event { border: Border, trigger: Trigger },
    Activity { work: Work, repetition: Option<Repetition>, is_compensation: bool },
    Gateway(Gateway),
    Data { role: DataRole, is_collection: bool },
    DataStore,
    Annotation,
    Group,
    Message,
    Conversation { is_call: bool, is_sub: bool },
    Choreography { is_call: bool, is_sub: bool, repetition: Option<Repetition> },
}

/// The line around an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Border {
    Start,
    NonInterruptingStart,
    Catch,
    NonInterruptingCatch,
    Throw,
    End,
}

/// What an event waits for or throws.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trigger {
    None,
    Message,
    Timer,
    Signal,
    Error,
    Escalation,
    Conditional,
    Compensation,
    Link,
    Cancel,
    Terminate,
    Multiple,
    ParallelMultiple,
}

/// What an activity does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    Task(TaskKind),
    /// Calls a process, or a global task of this file.
    Call(Option<TaskKind>),
    SubProcess,
    EventSubProcess,
    Transaction,
    AdHoc,
}

/// Who or what does a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TaskKind {
    Plain,
    Service,
    Send,
    Receive,
    /// A receive task that starts the process.
    InstantiatingReceive,
    User,
    Manual,
    Script,
    BusinessRule,
}

/// How often an activity runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repetition {
    Loop,
    Parallel,
    Sequential,
}

/// The symbol of a gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gateway {
    Exclusive,
    Parallel,
    Inclusive,
    Complex,
    EventBased,
    InstantiatingEventBased,
    ParallelEventBased,
}

/// What data are to a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DataRole {
    Object,
    Input,
    Output,
}

/// What a link looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LinkKind {
    Sequence { is_default: bool, is_conditional: bool },
    Message,
    Association { at_source: bool, at_target: bool },
    Data,
    Conversation,
}

/// Something that is drawn as a shape.
#[derive(Debug, Clone)]
pub(super) struct Node<'m> {
    /// Empty if the element has none.
    pub(super) id: &'m str,
    pub(super) name: Cow<'m, str>,
    pub(super) kind: Kind,
    /// How many containers are around it.
    pub(super) depth: usize,
    /// What it contains.
    pub(super) scope: Option<usize>,
    /// The activity that a boundary event is on.
    pub(super) host: Option<&'m str>,
    /// The participants of a choreography activity, from top to bottom, and whether each begins.
    pub(super) participants: Vec<(&'m str, bool)>,
    /// The category values that a flow element belongs to, or the one that a group shows.
    pub(super) categories: Vec<&'m str>,
}

/// Something that is drawn as a line.
#[derive(Debug, Clone)]
pub(super) struct Link<'m> {
    pub(super) id: &'m str,
    pub(super) name: Cow<'m, str>,
    pub(super) kind: LinkKind,
    pub(super) source: &'m str,
    pub(super) target: &'m str,
}

/// A process, subprocess, choreography or collaboration: what it holds directly.
#[derive(Debug, Default)]
pub(super) struct Scope<'m> {
    pub(super) nodes: Vec<usize>,
    pub(super) links: Vec<usize>,
    pub(super) lane_sets: &'m [LaneSet],
    /// The nodes of its lanes, each before those within it.
    pub(super) lanes: Vec<usize>,
    /// Whether it is in no other scope.
    pub(super) is_root: bool,
    /// Whether it shows participants.
    pub(super) is_collaboration: bool,
}

/// Where an id leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Node(usize),
    Link(usize),
}

/// What a model has to show.
#[derive(Debug, Default)]
pub(super) struct Inventory<'m> {
    pub(super) nodes: Vec<Node<'m>>,
    pub(super) links: Vec<Link<'m>>,
    pub(super) scopes: Vec<Scope<'m>>,
    places: BTreeMap<&'m str, Place>,
    root_names: BTreeMap<&'m str, &'m RootElement>,
    defaults: BTreeSet<&'m str>,
    data_objects: BTreeMap<&'m str, &'m DataObject>,
    category_values: BTreeMap<&'m str, &'m str>,
    /// The scope of each process.
    processes: BTreeMap<&'m str, usize>,
}

impl<'m> Inventory<'m> {
    pub(super) fn of(model: &'m Definitions) -> Self {
        let mut inventory = Self::default();
        for root in &model.root_elements {
            if let Some(id) = root.base().id.as_deref() {
                inventory.root_names.insert(id, root);
            }
            if let RootElement::Category(category) = root {
                for value in &category.values {
                    let name = value.value.as_deref().or(category.name.as_deref()).unwrap_or_default();
                    inventory.category_values.insert(value.id.as_deref().unwrap_or_default(), name);
                }
            }
        }
        for process in model.processes() {
            inventory.process(process);
        }
        for root in &model.root_elements {
            inventory.root(root);
        }
        inventory
    }

    /// What an id is drawn as.
    pub(super) fn place(&self, id: &str) -> Option<Place> {
        self.places.get(id).copied()
    }

    /// The node with an id.
    pub(super) fn node_index(&self, id: &str) -> Option<usize> {
        match self.place(id)? {
            Place::Node(node) => Some(node),
            Place::Link(_) => None,
        }
    }

    /// The name of a participant or another element with a shape.
    pub(super) fn name_of(&self, id: &'m str) -> &str {
        let node = self.node_index(id).and_then(|node| self.nodes.get(node));
        node.map_or(id, |node| &*node.name)
    }

    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "nothing else at the root has a shape; processes come first"
    )]
    fn root(&mut self, root: &'m RootElement) {
        match root {
            RootElement::Collaboration(collaboration) => self.collaboration(collaboration),
            RootElement::GlobalConversation(conversation) => self.collaboration(conversation),
            RootElement::Choreography(choreography) => {
                self.participants(choreography);
                let scope = self.scope(&[], true);
                self.flow_elements(&choreography.flow_elements, scope, 0);
                self.artifacts(&choreography.artifacts, scope, 0);
            }
            RootElement::Message(message) => {
                // Shown only where a diagram gives it a shape.
                let name = message.name.as_deref().unwrap_or_default();
                self.node(message.id.as_deref(), name, Kind::Message, 0, None);
            }
            _ => {}
        }
    }

    fn scope(&mut self, lane_sets: &'m [LaneSet], is_root: bool) -> usize {
        self.scopes.push(Scope { lane_sets, is_root, ..Scope::default() });
        self.scopes.len().saturating_sub(1)
    }

    fn node(
        &mut self,
        id: Option<&'m str>,
        name: impl Into<Cow<'m, str>>,
        kind: Kind,
        depth: usize,
        scope: Option<usize>,
    ) -> usize {
        let id = id.unwrap_or_default();
        let index = self.nodes.len();
        let (participants, categories) = (Vec::new(), Vec::new());
        let name = name.into();
        self.nodes.push(Node { id, name, kind, depth, scope: None, host: None, participants, categories });
        if !id.is_empty() {
            self.places.entry(id).or_insert(Place::Node(index));
        }
        if let Some(scope) = scope.and_then(|scope| self.scopes.get_mut(scope)) {
            scope.nodes.push(index);
        }
        index
    }

    fn link(
        &mut self,
        id: Option<&'m str>,
        name: &'m str,
        kind: LinkKind,
        ends: (Option<&'m Reference>, Option<&'m Reference>),
        scope: usize,
    ) {
        let (Some(source), Some(target)) = ends else { return };
        self.link_between(id, name, kind, (source.id(), target.id()), scope);
    }

    fn link_between(
        &mut self,
        id: Option<&'m str>,
        name: &'m str,
        kind: LinkKind,
        (source, target): (&'m str, &'m str),
        scope: usize,
    ) {
        let id = id.unwrap_or_default();
        let index = self.links.len();
        self.links.push(Link { id, name: name.into(), kind, source, target });
        if !id.is_empty() {
            self.places.entry(id).or_insert(Place::Link(index));
        }
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.links.push(index);
        }
    }

    fn process(&mut self, process: &'m Process) {
        let scope = self.scope(&process.lane_sets, true);
        if let Some(id) = process.id.as_deref() {
            self.processes.entry(id).or_insert(scope);
        }
        self.lanes(&process.lane_sets, scope, 0);
        if let Some(specification) = &process.io_specification {
            self.specification(specification, scope);
        }
        self.flow_elements(&process.flow_elements, scope, 0);
        self.artifacts(&process.artifacts, scope, 0);
    }

    /// The inputs and outputs of a process are shown; those of its activities are not.
    fn specification(&mut self, specification: &'m InputOutputSpecification, scope: usize) {
        for input in &specification.data_inputs {
            let is_collection = input.is_collection.unwrap_or_default();
            let kind = Kind::Data { role: DataRole::Input, is_collection };
            self.node(input.id.as_deref(), input.name.as_deref().unwrap_or_default(), kind, 0, Some(scope));
        }
        for output in &specification.data_outputs {
            let is_collection = output.is_collection.unwrap_or_default();
            let kind = Kind::Data { role: DataRole::Output, is_collection };
            self.node(output.id.as_deref(), output.name.as_deref().unwrap_or_default(), kind, 0, Some(scope));
        }
    }

    fn lanes(&mut self, sets: &'m [LaneSet], scope: usize, depth: usize) {
        for lane in sets.iter().flat_map(|set| &set.lanes) {
            let node = self.node(
                lane.id.as_deref(),
                lane.name.as_deref().unwrap_or_default(),
                Kind::Lane,
                depth,
                None,
            );
            if let Some(scope) = self.scopes.get_mut(scope) {
                scope.lanes.push(node);
            }
            if let Some(children) = &lane.child_lane_set {
                self.lanes(std::slice::from_ref(children), scope, depth.saturating_add(1));
            }
        }
    }

    fn participants(&mut self, collaboration: &'m Collaboration) {
        for participant in &collaboration.participants {
            let process = participant.process.as_ref().and_then(|process| self.root_names.get(process.id()));
            let of_process = || match process {
                Some(RootElement::Process(process)) => process.name.as_deref(),
                _ => None,
            };
            let name = participant.name.as_deref().or_else(of_process).unwrap_or_default();
            let has_many = participant
                .multiplicity
                .as_ref()
                .is_some_and(|multiplicity| multiplicity.maximum.is_none_or(|maximum| maximum > 1));
            self.node(participant.id.as_deref(), name, Kind::Pool { has_many }, 0, None);
        }
    }

    fn collaboration(&mut self, collaboration: &'m Collaboration) {
        let first = self.nodes.len();
        self.participants(collaboration);
        let scope = self.scope(&[], true);
        if let Some(scope) = self.scopes.get_mut(scope) {
            scope.is_collaboration = true;
        }
        for (node, participant) in (first..).zip(&collaboration.participants) {
            let process = participant.process.as_ref().map(Reference::id);
            let content = process.and_then(|process| self.processes.get(process)).copied();
            if let Some(node) = self.nodes.get_mut(node) {
                node.scope = content;
            }
            if let Some(scope) = self.scopes.get_mut(scope) {
                scope.nodes.push(node);
            }
        }
        self.conversations(&collaboration.conversation_nodes, scope);
        for flow in &collaboration.message_flows {
            let named = flow.message.as_ref().and_then(|message| self.root_names.get(message.id()));
            let of_message = || match named {
                Some(RootElement::Message(message)) => message.name.as_deref(),
                _ => None,
            };
            let name = flow.name.as_deref().or_else(of_message).unwrap_or_default();
            self.link(
                flow.id.as_deref(),
                name,
                LinkKind::Message,
                (flow.source.as_ref(), flow.target.as_ref()),
                scope,
            );
        }
        for link in &collaboration.conversation_links {
            let ends = (link.source.as_ref(), link.target.as_ref());
            let name = link.name.as_deref().unwrap_or_default();
            self.link(link.id.as_deref(), name, LinkKind::Conversation, ends, scope);
        }
        self.artifacts(&collaboration.artifacts, scope, 0);
    }

    fn conversations(&mut self, nodes: &'m [ConversationNode], scope: usize) {
        for node in nodes {
            let (id, name, is_call, is_sub) = match node {
                ConversationNode::Conversation(node) => {
                    (node.id.as_deref(), node.name.as_deref(), false, false)
                }
                ConversationNode::SubConversation(node) => {
                    (node.id.as_deref(), node.name.as_deref(), false, true)
                }
                ConversationNode::CallConversation(node) => {
                    (node.id.as_deref(), node.name.as_deref(), true, false)
                }
            };
            let kind = Kind::Conversation { is_call, is_sub };
            self.node(id, name.unwrap_or_default(), kind, 0, Some(scope));
        }
    }

    fn flow_elements(&mut self, elements: &'m [FlowElement], scope: usize, depth: usize) {
        for element in elements {
            if let Some(default) = default_of(element) {
                self.defaults.insert(default.id());
            }
            if let FlowElement::DataObject(object) = element
                && let Some(id) = object.id.as_deref()
            {
                self.data_objects.insert(id, object);
            }
        }
        for element in elements {
            self.flow_element(element, scope, depth);
        }
    }

    fn flow_element(&mut self, element: &'m FlowElement, scope: usize, depth: usize) {
        use FlowElement as E;
        match element {
            E::SequenceFlow(flow) => {
                let is_default = flow.id.as_deref().is_some_and(|id| self.defaults.contains(id));
                let kind = LinkKind::Sequence { is_default, is_conditional: flow.condition.is_some() };
                let ends = (flow.source.as_ref(), flow.target.as_ref());
                self.link(flow.id.as_deref(), flow.name.as_deref().unwrap_or_default(), kind, ends, scope);
            }
            E::StartEvent(event) => {
                let border = if event.is_interrupting == Some(false) {
                    Border::NonInterruptingStart
                } else {
                    Border::Start
                };
                self.catch(event, border, scope, depth);
            }
            E::IntermediateCatchEvent(event) => {
                self.catch(event, Border::Catch, scope, depth);
            }
            E::BoundaryEvent(event) => {
                let border = if event.cancel_activity == Some(false) {
                    Border::NonInterruptingCatch
                } else {
                    Border::Catch
                };
                let node = self.catch(event, border, scope, depth);
                if let Some(node) = self.nodes.get_mut(node) {
                    node.host = event.attached_to.as_ref().map(Reference::id);
                }
            }
            E::IntermediateThrowEvent(event) => self.throw(event, Border::Throw, scope, depth),
            E::ImplicitThrowEvent(event) => self.throw(event, Border::Throw, scope, depth),
            E::EndEvent(event) => self.throw(event, Border::End, scope, depth),
            E::Event(event) => {
                let kind = Kind::Event { border: Border::Throw, trigger: Trigger::None };
                let node = self.node(
                    event.id.as_deref(),
                    event.name.as_deref().unwrap_or_default(),
                    kind,
                    depth,
                    Some(scope),
                );
                self.categorise(node, &event.category_values);
            }
            E::Task(task) => self.task(task, TaskKind::Plain, scope, depth),
            E::ServiceTask(task) => self.task(task, TaskKind::Service, scope, depth),
            E::SendTask(task) => self.task(task, TaskKind::Send, scope, depth),
            E::ReceiveTask(task) => {
                let kind = if task.instantiate == Some(true) {
                    TaskKind::InstantiatingReceive
                } else {
                    TaskKind::Receive
                };
                self.task(task, kind, scope, depth);
            }
            E::UserTask(task) => self.task(task, TaskKind::User, scope, depth),
            E::ManualTask(task) => self.task(task, TaskKind::Manual, scope, depth),
            E::ScriptTask(task) => self.task(task, TaskKind::Script, scope, depth),
            E::BusinessRuleTask(task) => self.task(task, TaskKind::BusinessRule, scope, depth),
            E::CallActivity(call) => {
                let called = call.called_element.as_deref().map(Reference::new);
                let called = called.and_then(|called| self.root_names.get(called.id()).copied());
                let work = Work::Call(called.and_then(global_task));
                self.activity(call, work, scope, depth);
            }
            E::SubProcess(process) => {
                let is_event = process.triggered_by_event == Some(true);
                let work = if is_event { Work::EventSubProcess } else { Work::SubProcess };
                self.sub_process(process, work, scope, depth);
            }
            E::Transaction(process) => self.sub_process(process, Work::Transaction, scope, depth),
            E::AdHocSubProcess(process) => self.sub_process(process, Work::AdHoc, scope, depth),
            E::ExclusiveGateway(node) => self.gateway(node, Gateway::Exclusive, scope, depth),
            E::ParallelGateway(node) => self.gateway(node, Gateway::Parallel, scope, depth),
            E::InclusiveGateway(node) => self.gateway(node, Gateway::Inclusive, scope, depth),
            E::ComplexGateway(node) => self.gateway(node, Gateway::Complex, scope, depth),
            E::EventBasedGateway(node) => {
                let kind = match (node.instantiate, node.gateway_type.as_deref()) {
                    (Some(true), Some("Parallel")) => Gateway::ParallelEventBased,
                    (Some(true), _) => Gateway::InstantiatingEventBased,
                    _ => Gateway::EventBased,
                };
                self.gateway(node, kind, scope, depth);
            }
            // Only references to it have a shape, unless a diagram gives it one.
            E::DataObject(data) => {
                let is_collection = data.is_collection.unwrap_or_default();
                let name = with_state(
                    data.name.as_deref().unwrap_or_default(),
                    data.data_state.as_ref().and_then(|state| state.name.as_deref()),
                );
                let kind = Kind::Data { role: DataRole::Object, is_collection };
                self.node(data.id.as_deref(), name, kind, depth, None);
            }
            E::DataObjectReference(data) => self.data_reference(data, scope, depth),
            E::DataStoreReference(store) => {
                let referenced = store.data_store.as_ref().and_then(|store| self.root_names.get(store.id()));
                let of_store = || match referenced {
                    Some(RootElement::DataStore(store)) => store.name.as_deref(),
                    _ => None,
                };
                let name = store.name.as_deref().or_else(of_store).unwrap_or_default();
                let state = store.data_state.as_ref().and_then(|state| state.name.as_deref());
                let node = self.node(
                    store.id.as_deref(),
                    with_state(name, state),
                    Kind::DataStore,
                    depth,
                    Some(scope),
                );
                self.categorise(node, &store.category_values);
            }
            E::ChoreographyTask(task) => {
                self.choreography(task, (false, false), scope, depth);
            }
            E::CallChoreography(call) => {
                self.choreography(call, (true, false), scope, depth);
            }
            E::SubChoreography(sub) => {
                let node = self.choreography(sub, (false, true), scope, depth);
                let content = self.scope(&[], false);
                if let Some(node) = self.nodes.get_mut(node) {
                    node.scope = Some(content);
                }
                self.flow_elements(&sub.flow_elements, content, depth.saturating_add(1));
                self.artifacts(&sub.artifacts, content, depth.saturating_add(1));
            }
        }
    }

    fn catch(&mut self, event: &'m CatchEvent, border: Border, scope: usize, depth: usize) -> usize {
        let is_parallel = event.parallel_multiple == Some(true);
        let trigger = self.trigger(&event.event_definitions, &event.event_definition_references, is_parallel);
        let node = self.node(
            event.id.as_deref(),
            event.name.as_deref().unwrap_or_default(),
            Kind::Event { border, trigger },
            depth,
            Some(scope),
        );
        self.categorise(node, &event.category_values);
        self.data(&[], &event.data_output_associations, event.id.as_deref(), scope);
        node
    }

    fn throw(&mut self, event: &'m ThrowEvent, border: Border, scope: usize, depth: usize) {
        let trigger = self.trigger(&event.event_definitions, &event.event_definition_references, false);
        let node = self.node(
            event.id.as_deref(),
            event.name.as_deref().unwrap_or_default(),
            Kind::Event { border, trigger },
            depth,
            Some(scope),
        );
        self.categorise(node, &event.category_values);
        self.data(&event.data_input_associations, &[], event.id.as_deref(), scope);
    }

    fn trigger(
        &self,
        definitions: &[EventDefinition],
        references: &[Reference],
        is_parallel: bool,
    ) -> Trigger {
        let shared = references.iter().filter_map(|reference| {
            self.root_names.get(reference.id()).and_then(|root| root.event_definition())
        });
        let mut all =
            definitions.iter().map(of_definition).chain(shared.map(|shared| of_definition(&shared)));
        match (all.next(), all.next()) {
            (None, _) => Trigger::None,
            (Some(trigger), None) => trigger,
            (Some(_), Some(_)) if is_parallel => Trigger::ParallelMultiple,
            (Some(_), Some(_)) => Trigger::Multiple,
        }
    }

    fn task(&mut self, activity: &'m Activity, kind: TaskKind, scope: usize, depth: usize) {
        self.activity(activity, Work::Task(kind), scope, depth);
    }

    fn activity(&mut self, activity: &'m Activity, work: Work, scope: usize, depth: usize) -> usize {
        let repetition =
            activity.loop_characteristics.as_ref().map(|characteristics| match characteristics {
                LoopCharacteristics::Standard(_) => Repetition::Loop,
                LoopCharacteristics::MultiInstance(many) if many.is_sequential == Some(true) => {
                    Repetition::Sequential
                }
                LoopCharacteristics::MultiInstance(_) => Repetition::Parallel,
            });
        let is_compensation = activity.is_for_compensation == Some(true);
        let kind = Kind::Activity { work, repetition, is_compensation };
        let node = self.node(
            activity.id.as_deref(),
            activity.name.as_deref().unwrap_or_default(),
            kind,
            depth,
            Some(scope),
        );
        self.categorise(node, &activity.category_values);
        let (inputs, outputs) = (&activity.data_input_associations, &activity.data_output_associations);
        self.data(inputs, outputs, activity.id.as_deref(), scope);
        node
    }

    fn sub_process(&mut self, process: &'m SubProcess, work: Work, scope: usize, depth: usize) {
        let node = self.activity(process, work, scope, depth);
        let content = self.scope(&process.lane_sets, false);
        if let Some(node) = self.nodes.get_mut(node) {
            node.scope = Some(content);
        }
        let inner = depth.saturating_add(1);
        self.lanes(&process.lane_sets, content, inner);
        self.flow_elements(&process.flow_elements, content, inner);
        self.artifacts(&process.artifacts, content, inner);
    }

    fn gateway(&mut self, gateway: &'m FlowNode, kind: Gateway, scope: usize, depth: usize) {
        let name = gateway.name.as_deref().unwrap_or_default();
        let node = self.node(gateway.id.as_deref(), name, Kind::Gateway(kind), depth, Some(scope));
        self.categorise(node, &gateway.category_values);
    }

    fn choreography(
        &mut self,
        activity: &'m ChoreographyActivity,
        (is_call, is_sub): (bool, bool),
        scope: usize,
        depth: usize,
    ) -> usize {
        let repetition = match activity.loop_type.as_deref() {
            Some("Standard") => Some(Repetition::Loop),
            Some("MultiInstanceParallel") => Some(Repetition::Parallel),
            Some("MultiInstanceSequential") => Some(Repetition::Sequential),
            _ => None,
        };
        let kind = Kind::Choreography { is_call, is_sub, repetition };
        let index = self.node(
            activity.id.as_deref(),
            activity.name.as_deref().unwrap_or_default(),
            kind,
            depth,
            Some(scope),
        );
        let initiating = activity.initiating_participant.as_ref().map(Reference::id);
        let participants = activity.participants.iter();
        let participants = participants
            .map(|participant| (participant.id(), Some(participant.id()) == initiating))
            .collect();
        if let Some(node) = self.nodes.get_mut(index) {
            node.participants = participants;
        }
        index
    }

    fn data_reference(&mut self, data: &'m DataObjectReference, scope: usize, depth: usize) {
        let object = data.data_object.as_ref().and_then(|object| self.data_objects.get(object.id()));
        let is_collection = object.and_then(|object| object.is_collection).unwrap_or_default();
        let name = data.name.as_deref().or_else(|| object?.name.as_deref()).unwrap_or_default();
        let state = data.data_state.as_ref().and_then(|state| state.name.as_deref());
        let kind = Kind::Data { role: DataRole::Object, is_collection };
        let node = self.node(data.id.as_deref(), with_state(name, state), kind, depth, Some(scope));
        self.categorise(node, &data.category_values);
    }

    /// Arrows between data and what uses them.
    fn data(
        &mut self,
        inputs: &'m [DataAssociation],
        outputs: &'m [DataAssociation],
        owner: Option<&'m str>,
        scope: usize,
    ) {
        let Some(owner) = owner else { return };
        for input in inputs {
            for source in &input.sources {
                self.link_between(input.id.as_deref(), "", LinkKind::Data, (source.id(), owner), scope);
            }
        }
        for output in outputs {
            if let Some(target) = &output.target {
                self.link_between(output.id.as_deref(), "", LinkKind::Data, (owner, target.id()), scope);
            }
        }
    }

    fn artifacts(&mut self, artifacts: &'m [Artifact], scope: usize, depth: usize) {
        for artifact in artifacts {
            match artifact {
                Artifact::Association(association) => {
                    let direction = association.direction.as_deref();
                    let kind = LinkKind::Association {
                        at_source: direction == Some("Both"),
                        at_target: matches!(direction, Some("One" | "Both")),
                    };
                    let ends = (association.source.as_ref(), association.target.as_ref());
                    self.link(association.id.as_deref(), "", kind, ends, scope);
                }
                Artifact::TextAnnotation(annotation) => {
                    let content = annotation.text.as_ref().map(|text| text.text()).unwrap_or_default();
                    self.node(annotation.id.as_deref(), content, Kind::Annotation, depth, Some(scope));
                }
                Artifact::Group(group) => {
                    let value = group.category_value.as_ref().map_or("", Reference::id);
                    let name = self.category_values.get(value).copied().unwrap_or_default();
                    let node = self.node(group.id.as_deref(), name, Kind::Group, depth, Some(scope));
                    self.categorise(node, group.category_value.as_slice());
                }
            }
        }
    }

    fn categorise(&mut self, node: usize, values: &'m [Reference]) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.categories = values.iter().map(Reference::id).collect();
        }
    }
}

fn with_state<'m>(name: &'m str, state: Option<&'m str>) -> Cow<'m, str> {
    match state {
        Some(state) if !state.is_empty() => Cow::Owned(format!("{name}\n[{state}]")),
        _ => Cow::Borrowed(name),
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "nothing else has a default flow")]
fn default_of(element: &FlowElement) -> Option<&Reference> {
    use FlowElement as E;
    match element {
        E::Task(task) => task.default.as_ref(),
        E::ServiceTask(task) => task.default.as_ref(),
        E::SendTask(task) => task.default.as_ref(),
        E::ReceiveTask(task) => task.default.as_ref(),
        E::UserTask(task) => task.default.as_ref(),
        E::ManualTask(task) => task.default.as_ref(),
        E::ScriptTask(task) => task.default.as_ref(),
        E::BusinessRuleTask(task) => task.default.as_ref(),
        E::CallActivity(call) => call.default.as_ref(),
        E::SubProcess(process) => process.default.as_ref(),
        E::Transaction(process) => process.default.as_ref(),
        E::AdHocSubProcess(process) => process.default.as_ref(),
        E::ExclusiveGateway(gateway) => gateway.default.as_ref(),
        E::InclusiveGateway(gateway) => gateway.default.as_ref(),
        E::ComplexGateway(gateway) => gateway.default.as_ref(),
        _ => None,
    }
}

fn of_definition(definition: &EventDefinition) -> Trigger {
    match definition {
        EventDefinition::MessageEventDefinition(_) => Trigger::Message,
        EventDefinition::TimerEventDefinition(_) => Trigger::Timer,
        EventDefinition::SignalEventDefinition(_) => Trigger::Signal,
        EventDefinition::ErrorEventDefinition(_) => Trigger::Error,
        EventDefinition::EscalationEventDefinition(_) => Trigger::Escalation,
        EventDefinition::ConditionalEventDefinition(_) => Trigger::Conditional,
        EventDefinition::CompensateEventDefinition(_) => Trigger::Compensation,
        EventDefinition::LinkEventDefinition(_) => Trigger::Link,
        EventDefinition::CancelEventDefinition(_) => Trigger::Cancel,
        EventDefinition::TerminateEventDefinition(_) => Trigger::Terminate,
    }
}

#[expect(clippy::wildcard_enum_match_arm, reason = "nothing else is a task that can be called")]
fn global_task(root: &RootElement) -> Option<TaskKind> {
    match root {
        RootElement::GlobalTask(_) => Some(TaskKind::Plain),
        RootElement::GlobalUserTask(_) => Some(TaskKind::User),
        RootElement::GlobalManualTask(_) => Some(TaskKind::Manual),
        RootElement::GlobalScriptTask(_) => Some(TaskKind::Script),
        RootElement::GlobalBusinessRuleTask(_) => Some(TaskKind::BusinessRule),
        _ => None,
    }
}
