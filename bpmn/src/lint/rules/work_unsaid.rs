//! A task that is work says who does it.
//!
//! **Why it is bad.** No engine can execute it: it fails, or is passed without anything done.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<serviceTask» id="t"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Work"/>
//! </process>
//! ```
//! **How to fix.** Name a class, a topic, a handler, an expression or an operation.

use crate::lint::{File, Findings, Space, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
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
}
