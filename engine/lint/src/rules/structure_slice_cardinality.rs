//! The slices of an element fit into it: none may occur more often than the element, and what all of them demand together
//! is not more than the element allows.
//!
//! Otherwise no Task can fit the profile.
//!
//! **Bad**, two are demanded where one is allowed:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "max": "«1»" },
//!     { "id": "Task.input:message-name", "path": "Task.input", "sliceName": "message-name", "min": 1 },
//!     { "id": "Task.input:query", "path": "Task.input", "sliceName": "query", "min": 1 } ] } }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "version": "#{version}", "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "max": "2" },
//!     { "id": "Task.input:message-name", "path": "Task.input", "sliceName": "message-name", "min": 1 },
//!     { "id": "Task.input:query", "path": "Task.input", "sliceName": "query", "min": 1 } ] } }
//! ```
//! **Elsewhere.** dsf-linter: STRUCTURE_DEFINITION_SLICE_MAX_TOO_HIGH, STRUCTURE_DEFINITION_SLICE_MIN_SUM_EXCEEDS_MAX.

use std::collections::BTreeMap;

use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("StructureDefinition") {
        let differential = resource.root().member("differential");
        let elements = || differential.into_iter().flat_map(|differential| differential.items("element"));
        let by_id: BTreeMap<&str, Node<'_>> =
            elements().filter_map(|element| Some((element.text("id")?, element))).collect();
        let mut demanded: BTreeMap<&str, u64> = BTreeMap::new();
        for element in elements() {
            let sliced = element.text("id").and_then(|id| id.rsplit_once(':'));
            let Some((base, _)) = sliced.filter(|(_, slice)| !slice.contains('.')) else { continue };
            let demand = demanded.entry(base).or_default();
            *demand = demand.saturating_add(min(element));
            let Some(max) = by_id.get(base).copied().and_then(max) else { continue };
            if element.text("max") == Some("*") || self::max(element).is_some_and(|own| own > max) {
                let message = format!(
                    "the slice may occur more often than its element, which occurs at most {max} times"
                );
                found.on_member(resource.file, element, "max", message);
            }
        }
        for (id, demanded) in demanded {
            let Some(base) = by_id.get(id).copied() else { continue };
            if let Some(max) = max(base).filter(|max| demanded > *max) {
                let message = format!("its slices demand {demanded} together, at most {max} are allowed");
                found.on_member(resource.file, base, "max", message);
            }
        }
    }
}

fn min(element: Node<'_>) -> u64 {
    element.member("min").and_then(|min| min.value.as_u64()).unwrap_or(0)
}

/// None: any number, or not said.
fn max(element: Node<'_>) -> Option<u64> {
    element.text("max").and_then(|max| max.parse().ok())
}
