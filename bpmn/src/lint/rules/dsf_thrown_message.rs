//! An event that throws a message does not name one: its fields do.
//!
//! **Why it is bad.** What is sent is made from the fields `instantiatesCanonical`, `messageName` and `profile` of the class. The
//! message that `messageRef` names has no effect, and says something else sooner or later.
//!
//! **Bad**
//! ```xml
//! <message id="m" name="ping"/>
//! <process id="p" isExecutable="true">
//!   <intermediateThrowEvent id="t"><messageEventDefinition messageRef="«m»" camunda:class="org.example.Send"/></intermediateThrowEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateThrowEvent id="t"><messageEventDefinition camunda:class="org.example.Send"/></intermediateThrowEvent>
//! </process>
//! ```
//! **How to fix.** Remove `messageRef`.
//!
//! **Elsewhere.** dsf-linter: BPMN_MESSAGE_INTERMEDIATE_THROW_EVENT_HAS_MESSAGE.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in file.named("messageEventDefinition").iter().filter(|node| file.is_executed(**node)) {
        let throws = definition.parent().is_some_and(|event| event.is("intermediateThrowEvent"));
        if throws && definition.attribute("messageRef").is_some() {
            findings.on_attribute(
                *definition,
                "messageRef",
                "the message that is thrown is named by the fields",
            );
        }
    }
}
