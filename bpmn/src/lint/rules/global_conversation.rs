//! A global conversation has participants and message flows only.
//!
//! **Why it is bad.** It is what others call, and by definition an empty collaboration: no conversations, no artifacts, no
//! associations, no choreography (BPMN 2.0, 9.5; BPMNspector EXT.027, 032).
//!
//! **Bad**
//! ```xml
//! <globalConversation id="g">
//!   <participant id="a"/><participant id="b"/>
//!   «<textAnnotation» id="t"><text>x</text></textAnnotation>
//! </globalConversation>
//! ```
//! **Good**
//! ```xml
//! <globalConversation id="g"><participant id="a"/><participant id="b"/></globalConversation>
//! ```
//! **How to fix.** Make it a `collaboration`, or remove what it must not have.

use crate::lint::{File, Findings};

/// What a collaboration may have and a global conversation may not.
const FORBIDDEN: &[&str] = &[
    "conversation",
    "subConversation",
    "callConversation",
    "participantAssociation",
    "messageFlowAssociation",
    "conversationAssociation",
    "association",
    "group",
    "textAnnotation",
    "choreographyRef",
];

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for conversation in file.named("globalConversation") {
        for child in conversation.children().filter(|child| child.is_any(FORBIDDEN)) {
            findings.on(child, format!("a global conversation has no `{}`", child.name()));
        }
    }
}
