//! The status of a plugin's resource is `unknown`: the site sets it as the plugin is activated, drafted or retired.
//!
//! Any other status pretends a decision that is the operator's, and is overwritten.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "status": "«active»" }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "status": "unknown" }
//! ```
//! **Elsewhere.** dsf-linter: INVALID_FHIR_STATUS, FHIR_STATUS_IS_NOT_SET_AS_UNKNOWN, STRUCTURE_DEFINITION_INVALID_STATUS,
//! CODE_SYSTEM_INVALID_STATUS, QUESTIONNAIRE_INVALID_STATUS.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::VERSIONED;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.all_of_plugin().filter(|resource| VERSIONED.contains(&resource.kind())) {
        let message = match resource.root().text("status") {
            Some("unknown") => continue,
            Some(status @ ("draft" | "active" | "retired")) => {
                format!("the status is `{status}`, not `unknown`; the site sets it")
            }
            Some(status) => format!("`{status}` is no status of a {}", resource.kind()),
            None => format!("the {} has no status", resource.kind()),
        };
        found
            .on_member(resource.file, resource.root(), "status", message)
            .help("write `unknown`; the site sets the status with the state of the process");
    }
}
