//! An error boundary event names an error with a code, and the variable that holds the code.
//!
//! **Why it is bad.** Without a code it catches everything, and without the variable nobody can tell what happened.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="b" attachedToRef="t">«<errorEventDefinition» id="d"/></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="b" attachedToRef="t"><errorEventDefinition id="d" errorRef="x" camunda:errorCodeVariable="code"/></boundaryEvent>
//! </process>
//! <error id="x" name="x" errorCode="x"/>
//! ```
//! **How to fix.** Set `errorRef` and `camunda:errorCodeVariable`.

use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in file.named("errorEventDefinition").iter().filter(|node| file.is_executed(**node)) {
        if !definition.parent().is_some_and(|event| event.is("boundaryEvent")) {
            continue;
        }
        match file.attribute_target(*definition, "errorRef") {
            None => {
                findings.on(*definition, "the event catches every error").help("set errorRef");
            }
            Some(error) if error.attribute("errorCode").is_none_or(|code| code.trim().is_empty()) => {
                findings.on(error, "the error has no code").related(definition.head(), "it is caught here");
            }
            Some(_) if definition.attribute_in(Space::Camunda, "errorCodeVariable").is_none() => {
                findings
                    .on(*definition, "no variable takes the code of the error")
                    .help("set camunda:errorCodeVariable");
            }
            Some(_) => {}
        }
    }
}
