//! The file as a whole, and what stands in it beside processes.

use super::schema::{choice, element};
use super::{
    Base, Category, Choreography, Collaboration, CorrelationProperty, DataStore, Diagram, Error, Escalation,
    EventDefinition, GlobalBusinessRuleTask, GlobalChoreographyTask, GlobalConversation, GlobalManualTask,
    GlobalScriptTask, GlobalTask, GlobalUserTask, ItemDefinition, Message, Partner, Process, Reference,
    Resource, Signal,
};
use super::{
    CancelEventDefinition, CompensateEventDefinition, ConditionalEventDefinition, ErrorEventDefinition,
    EscalationEventDefinition, LinkEventDefinition, MessageEventDefinition, SignalEventDefinition,
    TerminateEventDefinition, TimerEventDefinition,
};

element! {
    /// A model file.
    Definitions {
        base: Base,
        attributes {
            name: String = "name",
            target_namespace: String = "targetNamespace",
            expression_language: String = "expressionLanguage",
            type_language: String = "typeLanguage",
            exporter: String = "exporter",
            exporter_version: String = "exporterVersion",
        }
        children {
            imports: Vec<Import> = "import",
            extensions: Vec<Extension> = "extension",
            root_elements: Vec<RootElement> = "rootElement",
            diagrams: Vec<Diagram> = "BPMNDiagram",
            relationships: Vec<Relationship> = "relationship",
        }
    }
}

impl Definitions {
    /// The processes, in document order.
    pub fn processes(&self) -> impl Iterator<Item = &Process> {
        self.root_elements.iter().filter_map(|element| {
            if let RootElement::Process(process) = element { Some(&**process) } else { None }
        })
    }

    /// The collaborations, in document order.
    pub fn collaborations(&self) -> impl Iterator<Item = &Collaboration> {
        self.root_elements.iter().filter_map(|element| {
            if let RootElement::Collaboration(collaboration) = element {
                Some(&**collaboration)
            } else {
                None
            }
        })
    }
}

element! {
    /// Another file that this one refers to.
    Import {
        base: Base,
        attributes { namespace: String = "namespace", location: String = "location", import_type: String = "importType", }
    }
}

element! {
    /// An extension that the file declares.
    Extension {
        base: Base,
        attributes { definition: Reference = "definition", must_understand: bool = "mustUnderstand", }
    }
}

element! {
    /// A relationship between elements of this and other files.
    Relationship {
        base: Base,
        attributes { relationship_type: String = "type", direction: String = "direction", }
        children { sources: Vec<Reference> = "source", targets: Vec<Reference> = "target", }
    }
}

choice! {
    /// What stands directly in a file.
    RootElement {
        Process(Process) = "process",
        Collaboration(Collaboration) = "collaboration",
        Choreography(Choreography) = "choreography",
        GlobalChoreographyTask(GlobalChoreographyTask) = "globalChoreographyTask",
        GlobalConversation(GlobalConversation) = "globalConversation",
        GlobalTask(GlobalTask) = "globalTask",
        GlobalUserTask(GlobalUserTask) = "globalUserTask",
        GlobalManualTask(GlobalManualTask) = "globalManualTask",
        GlobalScriptTask(GlobalScriptTask) = "globalScriptTask",
        GlobalBusinessRuleTask(GlobalBusinessRuleTask) = "globalBusinessRuleTask",
        Message(Message) = "message",
        Signal(Signal) = "signal",
        Error(Error) = "error",
        Escalation(Escalation) = "escalation",
        ItemDefinition(ItemDefinition) = "itemDefinition",
        DataStore(DataStore) = "dataStore",
        CorrelationProperty(CorrelationProperty) = "correlationProperty",
        Category(Category) = "category",
        Resource(Resource) = "resource",
        Interface(Interface) = "interface",
        EndPoint(EndPoint) = "endPoint",
        PartnerEntity(Partner) = "partnerEntity",
        PartnerRole(Partner) = "partnerRole",
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

impl RootElement {
    /// The event definition that it is, if it is one to be shared by reference.
    pub fn event_definition(&self) -> Option<EventDefinition> {
        macro_rules! shared {
            ($($variant:ident),+) => {
                match self {
                    $(Self::$variant(definition) => Some(EventDefinition::$variant(definition.clone())),)+
                    _ => None,
                }
            };
        }
        shared!(
            MessageEventDefinition,
            TimerEventDefinition,
            SignalEventDefinition,
            ErrorEventDefinition,
            EscalationEventDefinition,
            ConditionalEventDefinition,
            CompensateEventDefinition,
            LinkEventDefinition,
            CancelEventDefinition,
            TerminateEventDefinition
        )
    }
}

element! {
    /// Operations that a participant offers.
    Interface {
        base: Base,
        attributes { name: String = "name", implementation: Reference = "implementationRef", }
        children { operations: Vec<Operation> = "operation", }
    }
}

element! {
    /// One operation of an interface.
    Operation {
        base: Base,
        attributes { name: String = "name", implementation: Reference = "implementationRef", }
        children {
            in_message: Option<Reference> = "inMessageRef",
            out_message: Option<Reference> = "outMessageRef",
            errors: Vec<Reference> = "errorRef",
        }
    }
}

element! {
    /// An address of a participant.
    EndPoint { base: Base, }
}
