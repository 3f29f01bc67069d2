//! Only who throws a compensation waits for its completion.
//!
//! **Why it is bad.** On an event that catches one, `waitForCompletion` means nothing; whoever set it expects something.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition waitForCompletion="«false»"/></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="b" attachedToRef="t"><compensateEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! **How to fix.** Remove the attribute, or set it where the compensation is thrown.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in file.named("compensateEventDefinition").iter().filter(|node| file.is_executed(**node)) {
        let catches = definition.parent().is_some_and(|event| event.is_any(&["startEvent", "boundaryEvent"]));
        if catches && definition.attribute("waitForCompletion").is_some() {
            findings.on_attribute(
                *definition,
                "waitForCompletion",
                "who catches a compensation waits for nobody",
            );
        }
    }
}
