//! A profile says in `differential` what it changes.
//!
//! A site reads differentials; a profile without one checks nothing.
//!
//! **Bad**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! «{» "resourceType": "StructureDefinition", "version": "#{version}" }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}",
//!   "differential": { "element": [ { "id": "Task.input", "path": "Task.input", "min": 1 } ] } }
//! ```
//! **Elsewhere.** dsf-linter: STRUCTURE_DEFINITION_DIFFERENTIAL_MISSING.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("StructureDefinition") {
        let differential = resource.root().member("differential");
        if differential.is_none_or(|differential| differential.items("element").next().is_none()) {
            let place = differential.unwrap_or_else(|| resource.root());
            found.on(resource.file, place, "the profile has no differential: it changes nothing");
        }
    }
}
