//! Tasks, subprocesses, call activities, how often they run, and who does them.

use super::schema::{choice, element};
use super::{
    Artifact, Base, Content, DataAssociation, DataInput, DataOutput, FlowElement, FlowNode,
    ImplicitThrowEvent, InputOutputSpecification, LaneSet, Property, Reference,
};

element! {
    /// What activities share.
    Activity {
        node: FlowNode,
        attributes {
            is_for_compensation: bool = "isForCompensation",
            start_quantity: i64 = "startQuantity",
            completion_quantity: i64 = "completionQuantity",
            default: Reference = "default",
        }
        children {
            io_specification: Option<Box<InputOutputSpecification>> = "ioSpecification",
            properties: Vec<Property> = "property",
            data_input_associations: Vec<DataAssociation> = "dataInputAssociation",
            data_output_associations: Vec<DataAssociation> = "dataOutputAssociation",
            resources: Vec<ResourceRole> = "resourceRole",
            loop_characteristics: Option<LoopCharacteristics> = "loopCharacteristics",
        }
    }
}

element! {
    /// A task that says no more than that something is done.
    Task { activity: Activity, }
}

element! {
    /// Work of a machine.
    ServiceTask {
        activity: Activity,
        attributes { implementation: String = "implementation", operation: Reference = "operationRef", }
    }
}

element! {
    /// Sends a message.
    SendTask {
        activity: Activity,
        attributes {
            implementation: String = "implementation",
            message: Reference = "messageRef",
            operation: Reference = "operationRef",
        }
    }
}

element! {
    /// Waits for a message.
    ReceiveTask {
        activity: Activity,
        attributes {
            implementation: String = "implementation",
            instantiate: bool = "instantiate",
            message: Reference = "messageRef",
            operation: Reference = "operationRef",
        }
    }
}

element! {
    /// Work of a human with the machine.
    UserTask {
        activity: Activity,
        attributes { implementation: String = "implementation", }
        children { renderings: Vec<Base> = "rendering", }
    }
}

element! {
    /// Work of a human without the machine.
    ManualTask { activity: Activity, }
}

element! {
    /// A script.
    ScriptTask {
        activity: Activity,
        attributes { script_format: String = "scriptFormat", }
        children { script: Option<Box<Content>> = "script", }
    }
}

element! {
    /// A decision by rules.
    BusinessRuleTask {
        activity: Activity,
        attributes { implementation: String = "implementation", }
    }
}

element! {
    /// Calls a process or a global task.
    CallActivity {
        activity: Activity,
        attributes { called_element: String = "calledElement", }
    }
}

element! {
    /// A process within a process.
    SubProcess {
        activity: Activity,
        attributes { triggered_by_event: bool = "triggeredByEvent", }
        children {
            lane_sets: Vec<LaneSet> = "laneSet",
            flow_elements: Vec<FlowElement> = "flowElement",
            artifacts: Vec<Artifact> = "artifact",
        }
    }
}

element! {
    /// A subprocess that can be undone.
    Transaction {
        sub_process: SubProcess,
        attributes { method: String = "method", }
    }
}

element! {
    /// A subprocess whose activities run in any order.
    AdHocSubProcess {
        sub_process: SubProcess,
        attributes { cancel_remaining_instances: bool = "cancelRemainingInstances", ordering: String = "ordering", }
        children { completion_condition: Option<Box<Content>> = "completionCondition", }
    }
}

choice! {
    /// How often an activity runs.
    LoopCharacteristics {
        MultiInstance(MultiInstanceLoopCharacteristics) = "multiInstanceLoopCharacteristics",
        Standard(StandardLoopCharacteristics) = "standardLoopCharacteristics",
    }
}

element! {
    /// Once for each item of a collection, or a number of times.
    MultiInstanceLoopCharacteristics {
        base: Base,
        attributes {
            is_sequential: bool = "isSequential",
            behavior: String = "behavior",
            one_behavior_event: Reference = "oneBehaviorEventRef",
            none_behavior_event: Reference = "noneBehaviorEventRef",
        }
        children {
            loop_cardinality: Option<Box<Content>> = "loopCardinality",
            loop_data_input: Option<Reference> = "loopDataInputRef",
            loop_data_output: Option<Reference> = "loopDataOutputRef",
            input_data_item: Option<Box<DataInput>> = "inputDataItem",
            output_data_item: Option<Box<DataOutput>> = "outputDataItem",
            complex_behavior_definitions: Vec<ComplexBehaviorDefinition> = "complexBehaviorDefinition",
            completion_condition: Option<Box<Content>> = "completionCondition",
        }
    }
}

element! {
    /// What is thrown when instances of a multi-instance activity end.
    ComplexBehaviorDefinition {
        base: Base,
        children { condition: Option<Box<Content>> = "condition", event: Option<Box<ImplicitThrowEvent>> = "event", }
    }
}

element! {
    /// As long as a condition holds.
    StandardLoopCharacteristics {
        base: Base,
        attributes { test_before: bool = "testBefore", loop_maximum: i64 = "loopMaximum", }
        children { loop_condition: Option<Box<Content>> = "loopCondition", }
    }
}

choice! {
    /// Who does it.
    ResourceRole {
        ResourceRole(Performer) = "resourceRole",
        Performer(Performer) = "performer",
        HumanPerformer(Performer) = "humanPerformer",
        PotentialOwner(Performer) = "potentialOwner",
    }
}

element! {
    /// Who does it: a resource, or an expression that yields one.
    Performer {
        base: Base,
        attributes { name: String = "name", }
        children {
            resource: Option<Reference> = "resourceRef",
            parameter_bindings: Vec<ResourceParameterBinding> = "resourceParameterBinding",
            assignment_expression: Option<Box<Content>> = "resourceAssignmentExpression",
        }
    }
}

element! {
    /// The value of a parameter of a resource.
    ResourceParameterBinding {
        base: Base,
        attributes { parameter: Reference = "parameterRef", }
        children {
            expression: Option<Box<Content>> = "expression",
            formal_expression: Option<Box<Content>> = "formalExpression",
        }
    }
}

element! {
    /// Someone or something that work is given to.
    Resource {
        base: Base,
        attributes { name: String = "name", }
        children { parameters: Vec<ResourceParameter> = "resourceParameter", }
    }
}

element! {
    /// A parameter of a resource.
    ResourceParameter {
        base: Base,
        attributes { name: String = "name", parameter_type: Reference = "type", is_required: bool = "isRequired", }
    }
}
