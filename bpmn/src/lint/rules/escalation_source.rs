//! What an escalation event is attached to can throw an escalation.
//!
//! **Why it is bad.** A task that calls a class or an expression answers, or fails by an error: the event never occurs, and engines of
//! the Camunda 7 family refuse it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Work"/>
//!   «<boundaryEvent» id="b" attachedToRef="t"><escalationEventDefinition escalationRef="x"/></boundaryEvent>
//! </process>
//! <escalation id="x" name="x" escalationCode="x"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="t"/>
//!   <boundaryEvent id="b" attachedToRef="t"><escalationEventDefinition escalationRef="x"/></boundaryEvent>
//! </process>
//! <escalation id="x" name="x" escalationCode="x"/>
//! ```
//! **How to fix.** Catch an error instead, or attach the event to the sub-process around the task.

use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in file.named("escalationEventDefinition").iter().filter(|node| file.is_executed(**node)) {
        let Some(event) = definition.parent().filter(|event| event.is("boundaryEvent")) else { continue };
        let host = file.attribute_target(event, "attachedToRef");
        let calls = ["class", "expression", "delegateExpression", "type"];
        let only_answers = host.filter(|host| {
            host.is_any(&["serviceTask", "sendTask", "businessRuleTask", "scriptTask"])
                && calls.iter().any(|call| host.attribute_in(Space::Camunda, call).is_some())
        });
        if let Some(host) = only_answers {
            findings.on(event, format!("`{}` cannot throw an escalation", host.title()));
        }
    }
}
