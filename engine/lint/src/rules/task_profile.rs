//! A Task names in `meta.profile` the profile that it fits.
//!
//! A site refuses a Task without a profile: what cannot be checked is not accepted.
//!
//! **Bad**:
//! ```json fhir/Task/start.json
//! «{» "resourceType": "Task", "status": "draft" }
//! ```
//! **Good**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft",
//!   "meta": { "profile": [ "http://example.org/fhir/StructureDefinition/task-start-count|#{version}" ] } }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_MISSING_PROFILE.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.drafts() {
        let meta = task.root().member("meta");
        let has_profile = meta.into_iter().flat_map(|meta| meta.items("profile")).next().is_some();
        if !has_profile {
            found.on(
                task.file,
                meta.unwrap_or_else(|| task.root()),
                "the Task names no profile in meta.profile",
            );
        }
    }
}
