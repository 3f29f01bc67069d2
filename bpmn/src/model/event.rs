//! Events, their definitions, and what these refer to.

use super::schema::{choice, element};
use super::{
    Base, Content, DataAssociation, DataInput, DataOutput, FlowNode, InputSet, OutputSet, Property, Reference,
};

element! {
    /// What events share.
    Event {
        node: FlowNode,
        children { properties: Vec<Property> = "property", }
    }
}

element! {
    /// What events share that wait.
    CatchEvent {
        event: Event,
        attributes { parallel_multiple: bool = "parallelMultiple", }
        children {
            data_outputs: Vec<DataOutput> = "dataOutput",
            data_output_associations: Vec<DataAssociation> = "dataOutputAssociation",
            output_set: Option<Box<OutputSet>> = "outputSet",
            event_definitions: Vec<EventDefinition> = "eventDefinition",
            event_definition_references: Vec<Reference> = "eventDefinitionRef",
        }
    }
}

element! {
    /// What events share that throw.
    ThrowEvent {
        event: Event,
        children {
            data_inputs: Vec<DataInput> = "dataInput",
            data_input_associations: Vec<DataAssociation> = "dataInputAssociation",
            input_set: Option<Box<InputSet>> = "inputSet",
            event_definitions: Vec<EventDefinition> = "eventDefinition",
            event_definition_references: Vec<Reference> = "eventDefinitionRef",
        }
    }
}

element! {
    /// Where a process or subprocess begins.
    StartEvent {
        catch: CatchEvent,
        attributes { is_interrupting: bool = "isInterrupting", }
    }
}

element! {
    /// Waits on the way.
    IntermediateCatchEvent { catch: CatchEvent, }
}

element! {
    /// Waits while an activity is active.
    BoundaryEvent {
        catch: CatchEvent,
        attributes { attached_to: Reference = "attachedToRef", cancel_activity: bool = "cancelActivity", }
    }
}

element! {
    /// Throws on the way.
    IntermediateThrowEvent { throw: ThrowEvent, }
}

element! {
    /// Throws when instances of a multi-instance activity end.
    ImplicitThrowEvent { throw: ThrowEvent, }
}

element! {
    /// Throws at the end.
    EndEvent { throw: ThrowEvent, }
}

choice! {
    /// What an event waits for or throws.
    EventDefinition {
        MessageEventDefinition(MessageEventDefinition) = "messageEventDefinition",
        TimerEventDefinition(TimerEventDefinition) = "timerEventDefinition",
        SignalEventDefinition(SignalEventDefinition) = "signalEventDefinition",
        ErrorEventDefinition(ErrorEventDefinition) = "errorEventDefinition",
        EscalationEventDefinition(EscalationEventDefinition) = "escalationEventDefinition",
        ConditionalEventDefinition(ConditionalEventDefinition) = "conditionalEventDefinition",
        CompensateEventDefinition(CompensateEventDefinition) = "compensateEventDefinition",
        LinkEventDefinition(LinkEventDefinition) = "linkEventDefinition",
        CancelEventDefinition(CancelEventDefinition) = "cancelEventDefinition",
        TerminateEventDefinition(TerminateEventDefinition) = "terminateEventDefinition",
    }
}

element! {
    /// A message.
    MessageEventDefinition {
        base: Base,
        attributes { message: Reference = "messageRef", }
        children { operation: Option<Reference> = "operationRef", }
    }
}

element! {
    /// A point in time.
    TimerEventDefinition {
        base: Base,
        children {
            time_date: Option<Box<Content>> = "timeDate",
            time_duration: Option<Box<Content>> = "timeDuration",
            time_cycle: Option<Box<Content>> = "timeCycle",
        }
    }
}

element! {
    /// A broadcast.
    SignalEventDefinition { base: Base, attributes { signal: Reference = "signalRef", } }
}

element! {
    /// A BPMN error.
    ErrorEventDefinition { base: Base, attributes { error: Reference = "errorRef", } }
}

element! {
    /// A BPMN escalation.
    EscalationEventDefinition { base: Base, attributes { escalation: Reference = "escalationRef", } }
}

element! {
    /// A condition over variables.
    ConditionalEventDefinition { base: Base, children { condition: Option<Box<Content>> = "condition", } }
}

element! {
    /// Undoing what was done.
    CompensateEventDefinition {
        base: Base,
        attributes { wait_for_completion: bool = "waitForCompletion", activity: Reference = "activityRef", }
    }
}

element! {
    /// A jump within a scope.
    LinkEventDefinition {
        base: Base,
        attributes { name: String = "name", }
        children { sources: Vec<Reference> = "source", target: Option<Reference> = "target", }
    }
}

element! {
    /// The cancellation of a transaction.
    CancelEventDefinition { base: Base, }
}

element! {
    /// The end of every token of the scope.
    TerminateEventDefinition { base: Base, }
}

element! {
    /// A kind of message.
    Message { base: Base, attributes { name: String = "name", item: Reference = "itemRef", } }
}

element! {
    /// A kind of broadcast.
    Signal { base: Base, attributes { name: String = "name", structure: Reference = "structureRef", } }
}

element! {
    /// A kind of error.
    Error {
        base: Base,
        attributes { name: String = "name", error_code: String = "errorCode", structure: Reference = "structureRef", }
    }
}

element! {
    /// A kind of escalation.
    Escalation {
        base: Base,
        attributes { name: String = "name", escalation_code: String = "escalationCode", structure: Reference = "structureRef", }
    }
}
