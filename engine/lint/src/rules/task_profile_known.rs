//! The profile that a Task names is part of the package.
//!
//! Without it nothing says whether the Task fits, here or at a site.
//!
//! **Bad**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-ask-count", "version": "#{version}" }
//! ```
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft",
//!   "meta": { "profile": [ "«http://example.org/fhir/StructureDefinition/task-start-count|#{version}»" ] } }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-start-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-start-count", "version": "#{version}" }
//! ```
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft",
//!   "meta": { "profile": [ "http://example.org/fhir/StructureDefinition/task-start-count|#{version}" ] } }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_COULD_NOT_LOAD_PROFILE.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::split;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    if package.of_type("StructureDefinition").next().is_none() {
        return;
    }
    for task in package.drafts() {
        let meta = task.root().member("meta");
        for profile in meta.into_iter().flat_map(|meta| meta.items("profile")) {
            let Some(text) = profile.as_text() else { continue };
            let (url, _) = split(text);
            if package.by_url("StructureDefinition", url).is_none() {
                found.on(
                    task.file,
                    profile,
                    format!("no StructureDefinition of this package has the url `{url}`"),
                );
            }
        }
    }
}
