//! The id of an element of a differential is its path, with the names of slices behind colons.
//!
//! Tools that go by the id and tools that go by the path read different profiles.
//!
//! **Bad**, the path goes over `type.coding`:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "«Task.input:query.system»", "path": "Task.input.type.coding.system", "min": 1 } ] } }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input:query.type.coding.system", "path": "Task.input.type.coding.system", "min": 1 } ] } }
//! ```

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("StructureDefinition") {
        let differential = resource.root().member("differential");
        for element in differential.into_iter().flat_map(|differential| differential.items("element")) {
            let (Some(id), Some(path)) = (element.text("id"), element.text("path")) else { continue };
            let segments = id.split('.').map(|segment| segment.split(':').next().unwrap_or_default());
            if !segments.eq(path.split('.')) {
                let message = format!("the id `{id}` does not belong to the path `{path}`");
                found.on_member(resource.file, element, "id", message);
            }
        }
    }
}
