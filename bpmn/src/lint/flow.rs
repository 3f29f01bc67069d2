//! The flow graph of a file: for each node what leads in and out, as the sequence flows say, not as the lists `incoming`
//! and `outgoing` repeat it.

use crate::lint::document::Node;
use crate::lint::file::File;

/// Everything that sequence flows connect, and sub-processes of all kinds.
pub const ACTIVITIES: &[&str] = &[
    "task",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "userTask",
    "manualTask",
    "scriptTask",
    "businessRuleTask",
    "callActivity",
    "subProcess",
    "transaction",
    "adHocSubProcess",
];
/// Tasks.
pub const TASKS: &[&str] = &[
    "task",
    "serviceTask",
    "sendTask",
    "receiveTask",
    "userTask",
    "manualTask",
    "scriptTask",
    "businessRuleTask",
];
/// Sub-processes of all kinds.
pub const SUB_PROCESSES: &[&str] = &["subProcess", "transaction", "adHocSubProcess"];
/// Gateways.
pub const GATEWAYS: &[&str] =
    &["exclusiveGateway", "parallelGateway", "inclusiveGateway", "complexGateway", "eventBasedGateway"];
/// Events.
pub const EVENTS: &[&str] = &[
    "startEvent",
    "endEvent",
    "intermediateCatchEvent",
    "intermediateThrowEvent",
    "boundaryEvent",
    "implicitThrowEvent",
];
/// Events that catch.
pub const CATCHING_EVENTS: &[&str] = &["startEvent", "intermediateCatchEvent", "boundaryEvent"];
/// Events that throw.
pub const THROWING_EVENTS: &[&str] = &["intermediateThrowEvent", "endEvent"];
/// Activities of choreographies.
pub const CHOREOGRAPHY_ACTIVITIES: &[&str] = &["choreographyTask", "callChoreography", "subChoreography"];
/// What contains a flow of its own.
pub const SCOPES: &[&str] = &[
    "process",
    "subProcess",
    "transaction",
    "adHocSubProcess",
    "choreography",
    "subChoreography",
    "globalChoreographyTask",
];

/// What a node is for the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowKind {
    /// A task, call activity or sub-process.
    Activity,
    /// A gateway.
    Gateway,
    /// An event.
    Event,
    /// An activity of a choreography.
    ChoreographyActivity,
}

/// A node of the flow graph.
#[derive(Debug, Clone)]
pub struct FlowNode<'d> {
    /// The element.
    pub node: Node<'d>,
    /// What it is for the flow.
    pub kind: FlowKind,
    /// Sequence flows that lead to it.
    pub incoming: Vec<Node<'d>>,
    /// Sequence flows that leave it.
    pub outgoing: Vec<Node<'d>>,
    /// Boundary events that are attached to it.
    pub boundary: Vec<Node<'d>>,
}

impl<'d> FlowNode<'d> {
    /// Whether it is a sub-process that an event starts.
    #[must_use]
    pub fn is_event_sub_process(&self) -> bool {
        is_event_sub_process(self.node)
    }

    /// Whether it runs only to compensate.
    #[must_use]
    pub fn is_compensation(&self) -> bool {
        self.node.flag("isForCompensation")
    }

    /// The flow that is taken when no condition holds.
    #[must_use]
    pub fn default_flow(&self) -> Option<&'d str> {
        self.node.attribute("default")
    }
}

/// Whether a node is a sub-process that an event starts.
#[must_use]
pub fn is_event_sub_process(node: Node<'_>) -> bool {
    node.is_any(SUB_PROCESSES) && node.flag("triggeredByEvent")
}

/// The event definitions within an event.
pub fn event_definitions(event: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    event.children().filter(|child| {
        child.name().ends_with("EventDefinition") && child.space() == crate::lint::Space::Bpmn
    })
}

/// How many triggers an event has, those by reference included.
#[must_use]
pub fn trigger_count(event: Node<'_>) -> usize {
    event_definitions(event).count().saturating_add(event.children_named("eventDefinitionRef").count())
}

/// Most nodes have one flow on each side, and a large model has many nodes.
fn push<'d>(nodes: &mut Vec<Node<'d>>, node: Node<'d>) {
    if nodes.is_empty() {
        nodes.reserve_exact(1);
    }
    nodes.push(node);
}

/// The flow graph.
#[derive(Debug)]
pub struct Graph<'d> {
    nodes: Vec<FlowNode<'d>>,
    /// For each element of the file its place among the nodes.
    places: Vec<u32>,
}

impl<'d> Graph<'d> {
    pub(super) fn new(file: &File<'d>) -> Self {
        let mut graph = Self { nodes: Vec::new(), places: vec![u32::MAX; file.document().len()] };
        for node in file.document().nodes() {
            let Some(kind) = flow_kind(node) else { continue };
            if let Some(place) = graph.places.get_mut(node.place()) {
                *place = super::document::short(graph.nodes.len());
            }
            graph.nodes.push(FlowNode {
                node,
                kind,
                incoming: Vec::new(),
                outgoing: Vec::new(),
                boundary: Vec::new(),
            });
        }
        for flow in file.named("sequenceFlow") {
            if let Some(source) =
                file.attribute_target(*flow, "sourceRef").and_then(|node| graph.find_mut(node))
            {
                push(&mut source.outgoing, *flow);
            }
            if let Some(target) =
                file.attribute_target(*flow, "targetRef").and_then(|node| graph.find_mut(node))
            {
                push(&mut target.incoming, *flow);
            }
        }
        for event in file.named("boundaryEvent") {
            if let Some(host) =
                file.attribute_target(*event, "attachedToRef").and_then(|node| graph.find_mut(node))
            {
                push(&mut host.boundary, *event);
            }
        }
        graph
    }

    /// All nodes in the order of the file.
    #[must_use]
    pub fn nodes(&self) -> &[FlowNode<'d>] {
        &self.nodes
    }

    /// The node for an element, if it is one.
    #[must_use]
    pub fn find(&self, node: Node<'d>) -> Option<&FlowNode<'d>> {
        let place = *self.places.get(node.place())?;
        self.nodes.get(super::document::long(place))
    }

    fn find_mut(&mut self, node: Node<'d>) -> Option<&mut FlowNode<'d>> {
        let place = *self.places.get(node.place())?;
        self.nodes.get_mut(super::document::long(place))
    }
}

/// What an element is for the flow, if it is part of it.
#[must_use]
pub fn flow_kind(node: Node<'_>) -> Option<FlowKind> {
    if node.space() != crate::lint::Space::Bpmn || !node.parent().is_some_and(|parent| parent.is_any(SCOPES))
    {
        return None;
    }
    let name = node.name();
    if ACTIVITIES.contains(&name) {
        Some(FlowKind::Activity)
    } else if EVENTS.contains(&name) {
        Some(FlowKind::Event)
    } else if GATEWAYS.contains(&name) {
        Some(FlowKind::Gateway)
    } else if CHOREOGRAPHY_ACTIVITIES.contains(&name) {
        Some(FlowKind::ChoreographyActivity)
    } else {
        None
    }
}

/// Whether a sequence flow has a condition.
#[must_use]
pub fn is_conditional(flow: Node<'_>) -> bool {
    flow.child("conditionExpression").is_some()
}

/// Whether an event has triggers, all of one kind.
#[must_use]
pub fn is_only(event: Node<'_>, definition: &str) -> bool {
    let mut definitions = event_definitions(event).peekable();
    definitions.peek().is_some() && definitions.all(|found| found.is(definition))
}
