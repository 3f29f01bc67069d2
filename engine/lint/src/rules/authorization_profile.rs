//! Each process-authorization names the profile of its Tasks, with the version `#{version}`.
//!
//! A Task is checked against this profile. Without a version any version of it fits, with a fixed one soon none does.
//!
//! **Bad**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition",
//!   "extension": [ { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "task-profile", "valueCanonical": "«http://example.org/fhir/StructureDefinition/task-ask-count|1.0»" } ] } ] }
//! ```
//! **Good**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition",
//!   "extension": [ { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "task-profile", "valueCanonical": "http://example.org/fhir/StructureDefinition/task-ask-count|#{version}" } ] } ] }
//! ```
//! **Elsewhere.** dsf-linter: ACTIVITY_DEFINITION_MISSING_PROFILE, ACTIVITY_DEFINITION_PROFILE_NO_PLACEHOLDER.

use tessera_fhir::names;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::is_current;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("ActivityDefinition") {
        for authorization in resource.root().extensions(names::PROCESS_AUTHORIZATION) {
            let entry = authorization.extensions("task-profile").next();
            let profile = entry.and_then(|entry| entry.text("valueCanonical"));
            match (entry, profile) {
                (Some(entry), Some(profile)) if !is_current(package, profile) => {
                    let message = format!("the profile `{profile}` does not end in `|#{{version}}`");
                    found.on_member(resource.file, entry, "valueCanonical", message);
                }
                (Some(_), Some(_)) => {}
                (entry, _) => {
                    let place = entry.unwrap_or(authorization);
                    found.on(resource.file, place, "the process-authorization names no task-profile");
                }
            }
        }
    }
}
