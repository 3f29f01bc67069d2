//! A profile of a plugin has no `snapshot`: it is generated where it is needed.
//!
//! A snapshot that is shipped disagrees with its differential sooner or later, and makes the plugin large.
//!
//! **Bad**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}",
//!   "snapshot": «{» "element": [ { "id": "Task", "path": "Task" } ] } }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}",
//!   "differential": { "element": [ { "id": "Task", "path": "Task" } ] } }
//! ```
//! **Elsewhere.** dsf-linter: STRUCTURE_DEFINITION_SNAPSHOT_PRESENT.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("StructureDefinition") {
        if let Some(snapshot) = resource.root().member("snapshot") {
            found.on(resource.file, snapshot, "the snapshot is generated at the site; leave it out");
        }
    }
}
