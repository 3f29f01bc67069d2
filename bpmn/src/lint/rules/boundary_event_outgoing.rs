//! Something follows a boundary event.
//!
//! **Why it is bad.** What it catches is lost: the token ends there, and nobody is told.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="t"/>«<boundaryEvent» id="b" attachedToRef="t"><timerEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="t"/><boundaryEvent id="b" attachedToRef="t"><timerEventDefinition/></boundaryEvent><task id="u"/>
//!   <sequenceFlow id="f" sourceRef="b" targetRef="u"/>
//! </process>
//! ```
//! **How to fix.** Lead a sequence flow out of it.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in
        file.named("boundaryEvent").iter().filter(|event| event.child("compensateEventDefinition").is_none())
    {
        if file.graph().find(*event).is_some_and(|node| node.outgoing.is_empty()) {
            findings.on(*event, "nothing follows the boundary event").help("lead a sequence flow out of it");
        }
    }
}
