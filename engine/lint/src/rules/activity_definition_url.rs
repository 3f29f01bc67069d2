//! The url of an ActivityDefinition is `http[s]://<domain>/bpe/Process/<name>`: the site finds the process by it.
//!
//! The process that it means has the id `<domain without dots>_<name>`.
//!
//! **Bad**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "«http://example.org/fhir/ActivityDefinition/count»" }
//! ```
//! **Good**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Elsewhere.** dsf-linter: ACTIVITY_DEFINITION_INVALID_URL_PATTERN.

use crate::package::{Package, process_id};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("ActivityDefinition") {
        let Some(url) = resource.url() else { continue };
        if process_id(url).is_none() {
            let message = format!("`{url}` does not have the form http[s]://<domain>/bpe/Process/<name>");
            found.on_member(resource.file, resource.root(), "url", message);
        }
    }
}
