//! What the slices of an element demand together is not more than the element itself demands.
//!
//! A reader who looks at the element alone thinks that fewer are enough.
//!
//! **Bad**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "min": «1» },
//!     { "id": "Task.input:message-name", "path": "Task.input", "sliceName": "message-name", "min": 1 },
//!     { "id": "Task.input:query", "path": "Task.input", "sliceName": "query", "min": 1 } ] } }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "min": 2 },
//!     { "id": "Task.input:message-name", "path": "Task.input", "sliceName": "message-name", "min": 1 },
//!     { "id": "Task.input:query", "path": "Task.input", "sliceName": "query", "min": 1 } ] } }
//! ```
//! **Elsewhere.** dsf-linter: STRUCTURE_DEFINITION_SLICE_MIN_SUM_ABOVE_BASE_MIN (there an error; FHIR allows it).

use std::collections::BTreeMap;

use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("StructureDefinition") {
        let differential = resource.root().member("differential");
        let mut demanded: BTreeMap<&str, u64> = BTreeMap::new();
        for element in differential.into_iter().flat_map(|differential| differential.items("element")) {
            let sliced = element.text("id").and_then(|id| id.rsplit_once(':'));
            if let Some((base, _)) = sliced.filter(|(_, slice)| !slice.contains('.')) {
                let demand = demanded.entry(base).or_default();
                *demand = demand.saturating_add(min(element).unwrap_or(0));
            }
        }
        for element in differential.into_iter().flat_map(|differential| differential.items("element")) {
            let demanded = element.text("id").and_then(|id| demanded.get(id)).copied().unwrap_or(0);
            if let Some(own) = min(element).filter(|own| demanded > *own) {
                let message = format!("its slices demand {demanded} together, the element itself only {own}");
                found.on_member(resource.file, element, "min", message);
            }
        }
    }
}

fn min(element: Node<'_>) -> Option<u64> {
    element.member("min").and_then(|min| min.value.as_u64())
}
