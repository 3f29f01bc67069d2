//! Processes and the other elements that a call activity can call.

use super::schema::element;
use super::{
    Artifact, Base, Content, CorrelationSubscription, FlowElement, InputOutputBinding,
    InputOutputSpecification, LaneSet, Property, Reference, ResourceRole,
};

element! {
    /// What callable elements share.
    CallableElement {
        base: Base,
        attributes { name: String = "name", }
        children {
            supported_interfaces: Vec<Reference> = "supportedInterfaceRef",
            io_specification: Option<Box<InputOutputSpecification>> = "ioSpecification",
            io_bindings: Vec<InputOutputBinding> = "ioBinding",
        }
    }
}

element! {
    /// A process.
    Process {
        callable: CallableElement,
        attributes {
            process_type: String = "processType",
            is_closed: bool = "isClosed",
            is_executable: bool = "isExecutable",
            definitional_collaboration: Reference = "definitionalCollaborationRef",
        }
        children {
            auditing: Option<Box<Base>> = "auditing",
            monitoring: Option<Box<Base>> = "monitoring",
            properties: Vec<Property> = "property",
            lane_sets: Vec<LaneSet> = "laneSet",
            flow_elements: Vec<FlowElement> = "flowElement",
            artifacts: Vec<Artifact> = "artifact",
            resources: Vec<ResourceRole> = "resourceRole",
            correlation_subscriptions: Vec<CorrelationSubscription> = "correlationSubscription",
            supports: Vec<Reference> = "supports",
        }
    }
}

element! {
    /// A task that call activities can call.
    GlobalTask {
        callable: CallableElement,
        children { resources: Vec<ResourceRole> = "resourceRole", }
    }
}

element! {
    /// A user task that call activities can call.
    GlobalUserTask {
        task: GlobalTask,
        attributes { implementation: String = "implementation", }
        children { renderings: Vec<Base> = "rendering", }
    }
}

element! {
    /// A manual task that call activities can call.
    GlobalManualTask { task: GlobalTask, }
}

element! {
    /// A script task that call activities can call.
    GlobalScriptTask {
        task: GlobalTask,
        attributes { script_language: String = "scriptLanguage", }
        children { script: Option<Box<Content>> = "script", }
    }
}

element! {
    /// A business rule task that call activities can call.
    GlobalBusinessRuleTask {
        task: GlobalTask,
        attributes { implementation: String = "implementation", }
    }
}
