//! What a process consists of: flow elements, the flows between them, and the lanes over them.

use super::schema::{choice, element};
use super::{
    AdHocSubProcess, Base, BoundaryEvent, BusinessRuleTask, CallActivity, CallChoreography, ChoreographyTask,
    ComplexGateway, Content, DataObject, DataObjectReference, DataStoreReference, EndEvent, Event,
    EventBasedGateway, ExclusiveGateway, ImplicitThrowEvent, InclusiveGateway, IntermediateCatchEvent,
    IntermediateThrowEvent, ManualTask, ParallelGateway, ReceiveTask, Reference, ScriptTask, SendTask,
    ServiceTask, StartEvent, SubChoreography, SubProcess, Task, Transaction, UserTask,
};

element! {
    /// What flow elements share.
    FlowElementPart {
        base: Base,
        attributes { name: String = "name", }
        children {
            auditing: Option<Box<Base>> = "auditing",
            monitoring: Option<Box<Base>> = "monitoring",
            category_values: Vec<Reference> = "categoryValueRef",
        }
    }
}

element! {
    /// What the nodes of the flow graph share.
    FlowNode {
        flow_element: FlowElementPart,
        children { incoming: Vec<Reference> = "incoming", outgoing: Vec<Reference> = "outgoing", }
    }
}

element! {
    /// Leads from one node to another.
    SequenceFlow {
        flow_element: FlowElementPart,
        attributes {
            source: Reference = "sourceRef",
            target: Reference = "targetRef",
            is_immediate: bool = "isImmediate",
        }
        children { condition: Option<Box<Content>> = "conditionExpression", }
    }
}

choice! {
    /// What stands in a process, subprocess or choreography.
    FlowElement {
        SequenceFlow(SequenceFlow) = "sequenceFlow",
        StartEvent(StartEvent) = "startEvent",
        EndEvent(EndEvent) = "endEvent",
        IntermediateCatchEvent(IntermediateCatchEvent) = "intermediateCatchEvent",
        IntermediateThrowEvent(IntermediateThrowEvent) = "intermediateThrowEvent",
        ImplicitThrowEvent(ImplicitThrowEvent) = "implicitThrowEvent",
        BoundaryEvent(BoundaryEvent) = "boundaryEvent",
        Event(Event) = "event",
        Task(Task) = "task",
        ServiceTask(ServiceTask) = "serviceTask",
        SendTask(SendTask) = "sendTask",
        ReceiveTask(ReceiveTask) = "receiveTask",
        UserTask(UserTask) = "userTask",
        ManualTask(ManualTask) = "manualTask",
        ScriptTask(ScriptTask) = "scriptTask",
        BusinessRuleTask(BusinessRuleTask) = "businessRuleTask",
        CallActivity(CallActivity) = "callActivity",
        SubProcess(SubProcess) = "subProcess",
        Transaction(Transaction) = "transaction",
        AdHocSubProcess(AdHocSubProcess) = "adHocSubProcess",
        ExclusiveGateway(ExclusiveGateway) = "exclusiveGateway",
        ParallelGateway(ParallelGateway) = "parallelGateway",
        InclusiveGateway(InclusiveGateway) = "inclusiveGateway",
        ComplexGateway(ComplexGateway) = "complexGateway",
        EventBasedGateway(EventBasedGateway) = "eventBasedGateway",
        DataObject(DataObject) = "dataObject",
        DataObjectReference(DataObjectReference) = "dataObjectReference",
        DataStoreReference(DataStoreReference) = "dataStoreReference",
        ChoreographyTask(ChoreographyTask) = "choreographyTask",
        CallChoreography(CallChoreography) = "callChoreography",
        SubChoreography(SubChoreography) = "subChoreography",
    }
}

element! {
    /// A set of lanes.
    LaneSet {
        base: Base,
        attributes { name: String = "name", }
        children { lanes: Vec<Lane> = "lane", }
    }
}

element! {
    /// Groups flow nodes, mostly by who is responsible for them.
    Lane {
        base: Base,
        attributes { name: String = "name", partition_element_reference: Reference = "partitionElementRef", }
        children {
            partition_element: Option<Box<Base>> = "partitionElement",
            flow_nodes: Vec<Reference> = "flowNodeRef",
            child_lane_set: Option<Box<LaneSet>> = "childLaneSet",
        }
    }
}
