//! Each element of a differential has an id of its own.
//!
//! Rules are merged by id: an element without one is lost, and of two with the same id the later wins.
//!
//! **Bad**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "min": 1 }, { "id": "«Task.input»", "path": "Task.input", "max": "5" } ] } }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "min": 1, "max": "5" } ] } }
//! ```
//! **Elsewhere.** dsf-linter: STRUCTURE_DEFINITION_ELEMENT_ID_MISSING, STRUCTURE_DEFINITION_ELEMENT_ID_DUPLICATE.

use std::collections::BTreeSet;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("StructureDefinition") {
        let mut seen = BTreeSet::new();
        let differential = resource.root().member("differential");
        for element in differential.into_iter().flat_map(|differential| differential.items("element")) {
            match element.text("id") {
                None => {
                    found.on(resource.file, element, "the element has no id");
                }
                Some(id) if !seen.insert(id) => {
                    found.on_member(resource.file, element, "id", format!("two elements have the id `{id}`"));
                }
                Some(_) => {}
            }
        }
    }
}
