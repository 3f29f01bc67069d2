//! The id of an element of a differential is its path, with the names of slices behind colons; each slice is one of this profile or
//! of those that it is made from.
//!
//! Tools that go by the id and tools that go by the path read different profiles. What is said of a slice that is not there holds
//! for nothing.
//!
//! **Bad**, the path goes over `type.coding`:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "«Task.input:query.system»", "path": "Task.input.type.coding.system", "min": 1 } ] } }
//! ```
//! **Bad**, the slice is called `researcher`:
//! ```json fhir/StructureDefinition/task-research.json
//! { "resourceType": "StructureDefinition", "version": "#{version}",
//!   "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Task", "differential": { "element": [
//!     { "id": "Task.input:researcher", "path": "Task.input", "sliceName": "researcher" },
//!     { "id": "«Task.input:research.type»", "path": "Task.input.type", "min": 1 } ] } }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input:query.type.coding.system", "path": "Task.input.type.coding.system", "min": 1 } ] } }
//! ```

use std::collections::BTreeSet;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::inherited_elements;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("StructureDefinition") {
        let differential = resource.root().member("differential");
        let elements = || differential.into_iter().flat_map(|differential| differential.items("element"));
        let mut declared: BTreeSet<&str> = elements().filter_map(|element| element.text("id")).collect();
        let inherited = inherited_elements(package, &resource.value.source.resource);
        let is_whole = inherited.is_some();
        declared.extend(inherited.into_iter().flatten());
        for element in elements() {
            let (Some(id), Some(path)) = (element.text("id"), element.text("path")) else { continue };
            let segments = id.split('.').map(|segment| segment.split(':').next().unwrap_or_default());
            if !segments.eq(path.split('.')) {
                let message = format!("the id `{id}` does not belong to the path `{path}`");
                found.on_member(resource.file, element, "id", message);
            } else if is_whole && let Some(slice) = slices(id).find(|slice| !declared.contains(slice)) {
                let message = format!("no element `{slice}` says that there is such a slice");
                found.on_member(resource.file, element, "id", message);
            }
        }
    }
}

/// The slices that the id of an element leads through. Those of `value[x]` are its types, and need no element of their own.
fn slices(id: &str) -> impl Iterator<Item = &str> {
    id.match_indices(':').filter_map(move |(colon, _)| {
        let (before, behind) = (id.get(..colon)?, id.get(colon..)?);
        let end = colon.checked_add(behind.find('.').unwrap_or(behind.len()))?;
        (!before.ends_with("[x]")).then(|| id.get(..end))?
    })
}
