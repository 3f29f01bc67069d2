//! Which kinds of element a reference may name.

use crate::lint::flow::{ACTIVITIES, EVENTS, GATEWAYS};

/// The kinds of element that a reference in this role may name; `None`: any, or not said by the standard.
pub(in crate::lint) fn allowed(owner: &str, role: &str) -> Option<&'static [&'static str]> {
    Some(match role {
        "messageRef" | "inMessageRef" | "outMessageRef" => &["message"],
        "errorRef" => &["error"],
        "signalRef" => &["signal"],
        "escalationRef" => &["escalation"],
        "operationRef" => &["operation"],
        "itemSubjectRef" | "itemRef" => &["itemDefinition"],
        "default" | "incoming" | "outgoing" => match owner {
            "choreographyTask" | "callChoreography" | "subChoreography" => return None,
            _ => &["sequenceFlow"],
        },
        "processRef" => &["process"],
        "dataObjectRef" => &["dataObject"],
        "dataStoreRef" => &["dataStore"],
        "categoryValueRef" => &["categoryValue"],
        "dataInputRefs" | "optionalInputRefs" | "whileExecutingInputRefs" => &["dataInput", "inputDataItem"],
        "dataOutputRefs" | "optionalOutputRefs" | "whileExecutingOutputRefs" => {
            &["dataOutput", "outputDataItem"]
        }
        "inputSetRefs" => &["inputSet"],
        "outputSetRefs" => &["outputSet"],
        "correlationPropertyRef" => &["correlationProperty"],
        "correlationKeyRef" => &["correlationKey"],
        "participantRef" | "innerParticipantRef" | "outerParticipantRef" | "initiatingParticipantRef" => {
            &["participant"]
        }
        "resourceRef" => &["resource"],
        "parameterRef" => &["resourceParameter"],
        "supportedInterfaceRef" | "interfaceRef" => &["interface"],
        "messageFlowRef" | "innerMessageFlowRef" | "outerMessageFlowRef" => &["messageFlow"],
        "definitionalCollaborationRef" | "choreographyRef" => {
            &["collaboration", "choreography", "globalConversation", "globalChoreographyTask"]
        }
        "eventDefinitionRef" => &[
            "messageEventDefinition",
            "timerEventDefinition",
            "signalEventDefinition",
            "errorEventDefinition",
            "escalationEventDefinition",
            "conditionalEventDefinition",
            "compensateEventDefinition",
            "linkEventDefinition",
            "cancelEventDefinition",
            "terminateEventDefinition",
        ],
        "attachedToRef" | "activityRef" if owner != "boundaryEvent" || role == "attachedToRef" => ACTIVITIES,
        "source" | "target" if owner == "linkEventDefinition" => &["linkEventDefinition"],
        "sourceRef" | "targetRef" if owner == "sequenceFlow" => FLOW_NODES,
        "sourceRef" | "targetRef" if matches!(owner, "dataInputAssociation" | "dataOutputAssociation") => {
            DATA_OR_ACTIVITY
        }
        "flowNodeRef" => FLOW_NODES,
        _ => return None,
    })
}

/// Whether what an element of this kind refers to in this role, as written, may be outside of the file.
pub(in crate::lint) fn may_be_elsewhere(owner: &str, role: &str, written: &str) -> bool {
    match role {
        // Of an item it is a type of another language.
        "structureRef" if matches!(owner, "error" | "signal" | "escalation") => written.contains(':'),
        "definition" | "endPointRef" | "calledCollaborationRef" | "partitionElementRef" => {
            written.contains(':')
        }
        "source" | "target" if matches!(owner, "linkEventDefinition" | "relationship") => {
            written.contains(':')
        }
        _ => matches!(
            role,
            "structureRef"
                | "calledElement"
                | "evaluatesToTypeRef"
                | "implementationRef"
                | "type"
                | "source"
                | "target"
                | "typeLanguage"
                | "calledChoreographyRef"
        ),
    }
}

/// What data associations connect. Some tools write the activity where one of its inputs or outputs belongs; that is left.
const DATA_OR_ACTIVITY: &[&str] = &joined::<{ DATA.len() + ACTIVITIES.len() }>(&[DATA, ACTIVITIES]);

const DATA: &[&str] = &[
    "dataObject",
    "dataObjectReference",
    "dataStore",
    "dataStoreReference",
    "property",
    "dataInput",
    "dataOutput",
    "inputDataItem",
    "outputDataItem",
];

const FLOW_NODES: &[&str] =
    &joined::<{ ACTIVITIES.len() + EVENTS.len() + GATEWAYS.len() + OTHER_NODES.len() }>(&[
        ACTIVITIES,
        EVENTS,
        GATEWAYS,
        OTHER_NODES,
    ]);

const OTHER_NODES: &[&str] = &["event", "choreographyTask", "callChoreography", "subChoreography"];

/// One list of several, which have `N` entries together.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler alone, which finds out")]
const fn joined<const N: usize>(lists: &[&[&'static str]]) -> [&'static str; N] {
    let mut all = [""; N];
    let mut at = 0;
    let mut list = 0;
    while list < lists.len() {
        let mut index = 0;
        while index < lists[list].len() {
            all[at] = lists[list][index];
            at += 1;
            index += 1;
        }
        list += 1;
    }
    all
}
