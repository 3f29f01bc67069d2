//! An ActivityDefinition of a process has the kind `Task`: messages are Tasks.
//!
//! **Bad**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "kind": "«Appointment»" }
//! ```
//! **Good**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "kind": "Task" }
//! ```
//! **Elsewhere.** dsf-linter: INVALID_FHIR_KIND, FHIR_KIND_NOT_SET_AS_TASK.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("ActivityDefinition") {
        let message = match resource.root().text("kind") {
            Some("Task") => continue,
            Some(kind) => format!("the kind is `{kind}`, not `Task`"),
            None => "the kind is missing; it is `Task`".to_owned(),
        };
        found.on_member(resource.file, resource.root(), "kind", message);
    }
}
