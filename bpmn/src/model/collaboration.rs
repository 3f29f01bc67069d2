//! Participants, the messages between them, and how a message finds its instance.

use super::schema::{choice, element};
use super::{Artifact, Base, Content, Reference};

element! {
    /// Participants and the messages between them.
    Collaboration {
        base: Base,
        attributes { name: String = "name", is_closed: bool = "isClosed", }
        children {
            participants: Vec<Participant> = "participant",
            message_flows: Vec<MessageFlow> = "messageFlow",
            artifacts: Vec<Artifact> = "artifact",
            conversation_nodes: Vec<ConversationNode> = "conversationNode",
            conversation_associations: Vec<ConversationAssociation> = "conversationAssociation",
            participant_associations: Vec<ParticipantAssociation> = "participantAssociation",
            message_flow_associations: Vec<MessageFlowAssociation> = "messageFlowAssociation",
            correlation_keys: Vec<CorrelationKey> = "correlationKey",
            choreographies: Vec<Reference> = "choreographyRef",
            conversation_links: Vec<ConversationLink> = "conversationLink",
        }
    }
}

element! {
    /// Someone who takes part: a pool.
    Participant {
        base: Base,
        attributes { name: String = "name", process: Reference = "processRef", }
        children {
            interfaces: Vec<Reference> = "interfaceRef",
            end_points: Vec<Reference> = "endPointRef",
            multiplicity: Option<Box<ParticipantMultiplicity>> = "participantMultiplicity",
        }
    }
}

element! {
    /// How many of a participant take part.
    ParticipantMultiplicity { base: Base, attributes { minimum: i64 = "minimum", maximum: i64 = "maximum", } }
}

element! {
    /// A kind or instance of organisation that takes part.
    Partner {
        base: Base,
        attributes { name: String = "name", }
        children { participants: Vec<Reference> = "participantRef", }
    }
}

element! {
    /// A message's way from one participant to another.
    MessageFlow {
        base: Base,
        attributes {
            name: String = "name",
            source: Reference = "sourceRef",
            target: Reference = "targetRef",
            message: Reference = "messageRef",
        }
    }
}

element! {
    /// A message flow that is another one, seen from outside.
    MessageFlowAssociation {
        base: Base,
        attributes { inner: Reference = "innerMessageFlowRef", outer: Reference = "outerMessageFlowRef", }
    }
}

element! {
    /// A participant that is another one, seen from outside.
    ParticipantAssociation {
        base: Base,
        children { inner: Option<Reference> = "innerParticipantRef", outer: Option<Reference> = "outerParticipantRef", }
    }
}

choice! {
    /// Messages that belong together.
    ConversationNode {
        Conversation(Conversation) = "conversation",
        SubConversation(SubConversation) = "subConversation",
        CallConversation(CallConversation) = "callConversation",
    }
}

element! {
    /// Messages that belong together.
    Conversation {
        base: Base,
        attributes { name: String = "name", }
        children {
            participants: Vec<Reference> = "participantRef",
            message_flows: Vec<Reference> = "messageFlowRef",
            correlation_keys: Vec<CorrelationKey> = "correlationKey",
        }
    }
}

element! {
    /// Conversations that belong together.
    SubConversation {
        conversation: Conversation,
        children { conversation_nodes: Vec<ConversationNode> = "conversationNode", }
    }
}

element! {
    /// A conversation that is described elsewhere.
    CallConversation {
        conversation: Conversation,
        attributes { called_collaboration: Reference = "calledCollaborationRef", }
        children { participant_associations: Vec<ParticipantAssociation> = "participantAssociation", }
    }
}

element! {
    /// A conversation that can be called.
    GlobalConversation { collaboration: Collaboration, }
}

element! {
    /// Joins a participant to a conversation.
    ConversationLink {
        base: Base,
        attributes { name: String = "name", source: Reference = "sourceRef", target: Reference = "targetRef", }
    }
}

element! {
    /// A conversation that is another one, seen from outside.
    ConversationAssociation {
        base: Base,
        attributes { inner: Reference = "innerConversationNodeRef", outer: Reference = "outerConversationNodeRef", }
    }
}

element! {
    /// Properties that say which messages belong together.
    CorrelationKey {
        base: Base,
        attributes { name: String = "name", }
        children { properties: Vec<Reference> = "correlationPropertyRef", }
    }
}

element! {
    /// A property of messages.
    CorrelationProperty {
        base: Base,
        attributes { name: String = "name", property_type: Reference = "type", }
        children { retrievals: Vec<CorrelationPropertyRetrievalExpression> = "correlationPropertyRetrievalExpression", }
    }
}

element! {
    /// How a property is taken from a message.
    CorrelationPropertyRetrievalExpression {
        base: Base,
        attributes { message: Reference = "messageRef", }
        children { message_path: Option<Box<Content>> = "messagePath", }
    }
}

element! {
    /// The messages that an instance of a process waits for.
    CorrelationSubscription {
        base: Base,
        attributes { correlation_key: Reference = "correlationKeyRef", }
        children { bindings: Vec<CorrelationPropertyBinding> = "correlationPropertyBinding", }
    }
}

element! {
    /// What a property of a message must equal.
    CorrelationPropertyBinding {
        base: Base,
        attributes { property: Reference = "correlationPropertyRef", }
        children { data_path: Option<Box<Content>> = "dataPath", }
    }
}
