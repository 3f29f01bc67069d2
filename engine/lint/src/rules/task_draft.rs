//! A Task that a plugin brings is a draft: status `draft`, intent `order`, nothing answered yet.
//!
//! It is the template from which people start a process. A requested Task would start the process at installation.
//!
//! **Bad**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "«requested»", "intent": "order", "authoredOn": "#{date}" }
//! ```
//! **Good**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "intent": "order", "authoredOn": "#{date}" }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_MISSING_STATUS, FHIR_TASK_UNKNOWN_STATUS, FHIR_TASK_STATUS_NOT_DRAFT,
//! FHIR_TASK_VALUE_IS_NOT_SET_AS_ORDER.

use tessera_fhir::task::Status;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.of_plugin("Task") {
        let root = task.root();
        let message = match root.text("status") {
            Some("draft") => None,
            Some(status) if Status::parse(status).is_none() => {
                Some(format!("`{status}` is no status of a Task"))
            }
            Some(status) => Some(format!("the status is `{status}`, not `draft`")),
            None => Some("the Task has no status; it is `draft`".to_owned()),
        };
        if let Some(message) = message {
            found.on_member(task.file, root, "status", message);
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
