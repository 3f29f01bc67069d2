//! A Task that a plugin brings is a draft: status `draft`, intent `order`, nothing answered yet.
//!
//! It is the template from which people start a process. A requested Task would start the process at installation. One that
//! has no identifier of a draft either is most probably an example, or a text that a handler fills in: that is a warning, and no
//! other rule looks at it.
//!
//! **Bad**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "«requested»", "intent": "order", "authoredOn": "#{date}" }
//! ```
//! **Bad**, an example beside the drafts:
//! ```json fhir/Task/example.json
//! { "resourceType": "Task", "status": "«completed»", "intent": "order", "authoredOn": "#{date}",
//!   "output": [ { "valueString": "1" } ] }
//! ```
//! **Good**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "intent": "order", "authoredOn": "#{date}" }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_MISSING_STATUS, FHIR_TASK_UNKNOWN_STATUS, FHIR_TASK_STATUS_NOT_DRAFT,
//! FHIR_TASK_VALUE_IS_NOT_SET_AS_ORDER.

use tessera_bpmn::lint::Level;
use tessera_fhir::task::Status;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.of_plugin("Task") {
        let root = task.root();
        let is_example = package.is_example(&task);
        let status = root.text("status");
        let is_status = status.is_some_and(|status| Status::parse(status).is_some());
        let message = match status {
            Some("draft") => None,
            Some(status) if !is_status => Some(format!("`{status}` is no status of a Task")),
            Some(status) => Some(format!("the status is `{status}`, not `draft`")),
            None => Some("the Task has no status; it is `draft`".to_owned()),
        };
        if let Some(message) = message {
            let finding = found.on_member(task.file, root, "status", message);
            if is_example && is_status {
                finding.help("if it is an example, nothing need be done").at_most(Level::Warning);
            }
        }
        if is_example {
            continue;
        }
        match root.text("intent") {
            Some("order") => {}
            Some(intent) => {
                found.on_member(task.file, root, "intent", format!("the intent is `{intent}`, not `order`"));
            }
            None => {
                found.on(task.file, root, "the Task has no intent; it is `order`");
            }
        }
        if let Some(output) = root.member("output") {
            found.on(task.file, output, "a draft has no output");
        }
    }
}
