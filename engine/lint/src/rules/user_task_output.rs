//! A task listener that adds the answer to the Task says with which code: `taskOutputSystem`, `taskOutputCode` and
//! `taskOutputVersion`, all three, of a code that exists.
//!
//! With one of them missing nothing is added; with an unknown code the Task does not fit its profile any more.
//!
//! **Bad**, there is no code `answers`:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <userTask id="ask"><extensionElements><camunda:taskListener class="org.example.Listener" event="create">
//!       <camunda:field name="taskOutputSystem"><camunda:string>http://example.org/fhir/CodeSystem/count</camunda:string></camunda:field>
//!       <camunda:field name="taskOutputCode"><camunda:string>«answers»</camunda:string></camunda:field>
//!       <camunda:field name="taskOutputVersion"><camunda:string>#{version}</camunda:string></camunda:field>
//!     </camunda:taskListener></extensionElements></userTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}", "concept": [ { "code": "answer" } ] }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <userTask id="ask"><extensionElements><camunda:taskListener class="org.example.Listener" event="create">
//!       <camunda:field name="taskOutputSystem"><camunda:string>http://example.org/fhir/CodeSystem/count</camunda:string></camunda:field>
//!       <camunda:field name="taskOutputCode"><camunda:string>answer</camunda:string></camunda:field>
//!       <camunda:field name="taskOutputVersion"><camunda:string>#{version}</camunda:string></camunda:field>
//!     </camunda:taskListener></extensionElements></userTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}", "concept": [ { "code": "answer" } ] }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_USER_TASK_LISTENER_INCOMPLETE_TASK_OUTPUT_FIELDS,
//! BPMN_USER_TASK_LISTENER_TASK_OUTPUT_CODE_INVALID_FHIR_RESOURCE, BPMN_USER_TASK_LISTENER_TASK_OUTPUT_SYSTEM_INVALID_FHIR_RESOURCE.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::known_code;

const FIELDS: [&str; 3] = ["taskOutputSystem", "taskOutputCode", "taskOutputVersion"];

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for task in &process.user_tasks {
            for (span, fields) in &task.listeners {
                let field = |name: &str| fields.iter().find(|field| field.name == name);
                let missing: Vec<&str> = FIELDS.into_iter().filter(|name| field(name).is_none()).collect();
                if missing.len() == FIELDS.len() {
                    continue;
                }
                if !missing.is_empty() {
                    let message = format!("the listener lacks the field `{}`", missing.join("` and `"));
                    found.at(process.file, *span, message).about(task.element.clone());
                }
                let literal = |name: &str| field(name).and_then(|field| field.literal.as_ref());
                let (Some(system), Some(code)) = (literal("taskOutputSystem"), literal("taskOutputCode"))
                else {
                    continue;
                };
                match known_code(package, system.text.trim(), code.text.trim()) {
                    Some(true) => {}
                    Some(false) => {
                        let message = format!("{} has no code `{}`", system.text.trim(), code.text.trim());
                        found.value(process.file, code, message).about(task.element.clone());
                    }
                    None => {
                        let message =
                            format!("no CodeSystem of this package has the url `{}`", system.text.trim());
                        found.value(process.file, system, message).about(task.element.clone());
                    }
                }
            }
        }
    }
}
