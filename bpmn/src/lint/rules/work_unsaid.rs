//! A task says what it takes to execute it: who does its work, which message it waits for, which script it runs.
//!
//! **Why it is bad.** No engine can execute it: it fails, or is passed without anything done.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<serviceTask» id="t"/>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<receiveTask» id="r"/>«<scriptTask» id="t"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <message id="m" name="m"/>
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Work"/><receiveTask id="r" messageRef="m"/>
//! </process>
//! ```
//! **How to fix.** Name a class, a topic, a handler, an expression, an operation or a message; write the script.

use crate::lint::{File, Findings, Space, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let is_camunda8 = matches!(file.target(), Some(Target::Camunda8(..)));
    for task in file.named("scriptTask").iter().filter(|task| file.is_executed(**task) && !is_camunda8) {
        let has_resource = task.attribute_in(Space::Camunda, "resource").is_some();
        let has_script = task
            .child("script")
            .is_some_and(|script| !script.text().trim().is_empty() || script.children().next().is_some());
        if !has_script && !has_resource && task.child("extensionElements").is_none() {
            findings.on(*task, format!("`{}` has no script", task.title()));
        }
    }
    // For Camunda and for the framework there are rules that know more.
    if matches!(file.target(), Some(Target::Camunda7(_) | Target::Camunda8(..))) || file.is_dsf() {
        return;
    }
    for task in file.all(&["serviceTask", "sendTask"]).filter(|task| file.is_executed(*task)) {
        let says = task.attributes().iter().any(|attribute| {
            let (space, name) = task.attribute_name(attribute);
            let is_extension =
                !matches!(space, Space::None | Space::Xml | Space::Declaration | Space::SchemaInstance);
            is_extension || matches!(name, "implementation" | "operationRef" | "messageRef")
        });
        if !says && task.child("extensionElements").is_none() {
            findings.on(task, format!("`{}` does not say who does its work", task.title()));
        }
    }
    for task in file.named("receiveTask").iter().filter(|task| file.is_executed(**task)) {
        let says = ["messageRef", "operationRef"].iter().any(|name| task.attribute(name).is_some());
        if !says && task.child("extensionElements").is_none() {
            findings.on(*task, format!("`{}` does not say which message it waits for", task.title()));
        }
    }
}
