//! Choreographies: the order of messages between participants. Read and kept; no engine executes them.

use super::schema::element;
use super::{
    Artifact, Collaboration, CorrelationKey, FlowElement, FlowNode, ParticipantAssociation, Reference,
};

element! {
    /// The order of messages between participants.
    Choreography {
        collaboration: Collaboration,
        children { flow_elements: Vec<FlowElement> = "flowElement", }
    }
}

element! {
    /// A choreography task that can be called.
    GlobalChoreographyTask {
        choreography: Choreography,
        attributes { initiating_participant: Reference = "initiatingParticipantRef", }
    }
}

element! {
    /// What the nodes of a choreography share.
    ChoreographyActivity {
        node: FlowNode,
        attributes { initiating_participant: Reference = "initiatingParticipantRef", loop_type: String = "loopType", }
        children {
            participants: Vec<Reference> = "participantRef",
            correlation_keys: Vec<CorrelationKey> = "correlationKey",
        }
    }
}

element! {
    /// One or two messages.
    ChoreographyTask {
        activity: ChoreographyActivity,
        children { message_flows: Vec<Reference> = "messageFlowRef", }
    }
}

element! {
    /// A choreography that is described elsewhere.
    CallChoreography {
        activity: ChoreographyActivity,
        attributes { called_choreography: Reference = "calledChoreographyRef", }
        children { participant_associations: Vec<ParticipantAssociation> = "participantAssociation", }
    }
}

element! {
    /// A choreography within a choreography.
    SubChoreography {
        activity: ChoreographyActivity,
        children { flow_elements: Vec<FlowElement> = "flowElement", artifacts: Vec<Artifact> = "artifact", }
    }
}
