//! The Task profile of an authorised message is a StructureDefinition of the package, in the same version.
//!
//! A site refuses every Task whose profile it does not have.
//!
//! **Bad**, the profile is called `task-ask-count`:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-ask-count", "version": "#{version}" }
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "task-profile", "valueCanonical": "«http://example.org/fhir/StructureDefinition/task-count|#{version}»" } ] } ] }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-ask-count", "version": "#{version}" }
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "task-profile", "valueCanonical": "http://example.org/fhir/StructureDefinition/task-ask-count|#{version}" } ] } ] }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_NO_STRUCTURE_DEFINITION_FOUND_FOR_MESSAGE.

use tessera_fhir::names;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::split;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    // An ActivityDefinition alone cannot say which profiles there are.
    if package.of_type("StructureDefinition").next().is_none() && package.processes().next().is_none() {
        return;
    }
    for definition in package.of_type("ActivityDefinition") {
        for authorization in definition.value.root().extensions(names::PROCESS_AUTHORIZATION) {
            let Some(entry) = authorization.extensions("task-profile").next() else { continue };
            let Some(canonical) = entry.text("valueCanonical") else { continue };
            let (url, version) = split(canonical);
            let message = match package.by_url("StructureDefinition", url) {
                None => format!("no StructureDefinition of this package has the url `{url}`"),
                Some(profile) => match (version, profile.value.root().text("version")) {
                    (Some(wanted), Some(is)) if wanted != is => {
                        format!("the StructureDefinition has the version `{is}`, not `{wanted}`")
                    }
                    _ => continue,
                },
            };
            found.on_member(definition.file, entry, "valueCanonical", message);
        }
    }
}
