//! Canonicals in fields of a model end in `|#{version}`: `instantiatesCanonical` and `profile` of what sends a message,
//! `taskOutputVersion` of a task listener.
//!
//! With a fixed version the message goes to a process that is soon retired.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="profile"><camunda:string>«http://example.org/fhir/StructureDefinition/task-sum|1.0»</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="profile"><camunda:string>http://example.org/fhir/StructureDefinition/task-sum|#{version}</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_FIELD_INJECTION_INSTANTIATES_CANONICAL_NO_VERSION_PLACEHOLDER,
//! BPMN_FIELD_INJECTION_PROFILE_NO_VERSION_PLACEHOLDER, BPMN_USER_TASK_LISTENER_TASK_OUTPUT_VERSION_NO_PLACEHOLDER.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{is_current, process_url, split};

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for send in &process.sends {
            for name in ["instantiatesCanonical", "profile"] {
                let Some(value) = send.literal(name).filter(|value| !value.text.trim().is_empty()) else {
                    continue;
                };
                let canonical = value.text.trim();
                // Of what names no process `send-target` says so.
                let is_canonical =
                    || name == "profile" || process_url(&format!("{}|0.0", split(canonical).0)).is_some();
                if !is_current(package, canonical) && is_canonical() {
                    let message = format!("`{canonical}` does not end in `|#{{version}}`");
                    found.value(process.file, value, message).about(send.element.clone());
                }
            }
        }
        for task in &process.user_tasks {
            for field in task.listeners.iter().flat_map(|(_, fields)| fields) {
                if let (Some(value), "taskOutputVersion") = (&field.literal, field.name.as_str())
                    && value.text.trim() != "#{version}"
                {
                    let message = format!("the version is `{}`, not `#{{version}}`", value.text.trim());
                    found.value(process.file, value, message).about(task.element.clone());
                }
            }
        }
    }
}
