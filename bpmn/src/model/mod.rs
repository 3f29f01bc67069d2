//! BPMN 2.0 as types: what a file says, not yet what it means. Every element of the standard that can be executed has a
//! type here, whether or not an engine executes it yet; extensions, diagrams and unknown things are kept as XML.
//!
//! Types follow the schema's inheritance by composition and dereference to what they extend, so that `task.incoming` and
//! `task.id` work on every task. Start reading at [`Definitions`]; how types are declared is in `schema.rs`.

mod activity;
mod artifact;
mod base;
mod choreography;
mod collaboration;
mod data;
mod definitions;
mod event;
mod flow;
mod gateway;
mod process;
pub(crate) mod schema;

pub use activity::{
    Activity, AdHocSubProcess, BusinessRuleTask, CallActivity, ComplexBehaviorDefinition,
    LoopCharacteristics, ManualTask, MultiInstanceLoopCharacteristics, Performer, ReceiveTask, Resource,
    ResourceParameter, ResourceParameterBinding, ResourceRole, ScriptTask, SendTask, ServiceTask,
    StandardLoopCharacteristics, SubProcess, Task, Transaction, UserTask,
};
pub use artifact::{Artifact, Association, Category, CategoryValue, Group, TextAnnotation};
pub use base::{Base, Content, Diagram, Reference};
pub use choreography::{
    CallChoreography, Choreography, ChoreographyActivity, ChoreographyTask, GlobalChoreographyTask,
    SubChoreography,
};
pub use collaboration::{
    CallConversation, Collaboration, Conversation, ConversationAssociation, ConversationLink,
    ConversationNode, CorrelationKey, CorrelationProperty, CorrelationPropertyBinding,
    CorrelationPropertyRetrievalExpression, CorrelationSubscription, GlobalConversation, MessageFlow,
    MessageFlowAssociation, Participant, ParticipantAssociation, ParticipantMultiplicity, Partner,
    SubConversation,
};
pub use data::{
    Assignment, DataAssociation, DataInput, DataObject, DataObjectReference, DataOutput, DataState,
    DataStore, DataStoreReference, InputOutputBinding, InputOutputSpecification, InputSet, ItemDefinition,
    OutputSet, Property,
};
pub use definitions::{
    Definitions, EndPoint, Extension, Import, Interface, Operation, Relationship, RootElement,
};
pub use event::{
    BoundaryEvent, CancelEventDefinition, CatchEvent, CompensateEventDefinition, ConditionalEventDefinition,
    EndEvent, Error, ErrorEventDefinition, Escalation, EscalationEventDefinition, Event, EventDefinition,
    ImplicitThrowEvent, IntermediateCatchEvent, IntermediateThrowEvent, LinkEventDefinition, Message,
    MessageEventDefinition, Signal, SignalEventDefinition, StartEvent, TerminateEventDefinition, ThrowEvent,
    TimerEventDefinition,
};
pub use flow::{FlowElement, FlowElementPart, FlowNode, Lane, LaneSet, SequenceFlow};
pub use gateway::{
    ComplexGateway, EventBasedGateway, ExclusiveGateway, Gateway, InclusiveGateway, ParallelGateway,
};
pub use process::{
    CallableElement, GlobalBusinessRuleTask, GlobalManualTask, GlobalScriptTask, GlobalTask, GlobalUserTask,
    Process,
};

use crate::diagnostic::Findings;
use crate::xml::Element;

/// The namespace of BPMN 2.0 models.
pub const NAMESPACE: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
/// The namespace of BPMN 2.0 diagrams.
pub const DIAGRAM_NAMESPACE: &str = "http://www.omg.org/spec/BPMN/20100524/DI";

pub(crate) fn from_xml(root: Element, findings: &mut Findings) -> Definitions {
    schema::read(root, findings)
}

pub(crate) fn to_xml(definitions: &Definitions) -> Element {
    schema::write(definitions, "definitions", definitions.position)
}
