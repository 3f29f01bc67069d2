//! A ValueSet lists each code of a system once.
//!
//! **Bad**:
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "compose": { "include": [
//!   { "system": "http://example.org/fhir/CodeSystem/count", "concept": [ { "code": "query" }, { "code": "«query»" } ] } ] } }
//! ```
//! **Good**:
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "compose": { "include": [
//!   { "system": "http://example.org/fhir/CodeSystem/count", "concept": [ { "code": "query" }, { "code": "result" } ] } ] } }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_VALUE_SET_DUPLICATE_CONCEPT_CODE.

use std::collections::BTreeSet;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for value_set in package.of_plugin("ValueSet") {
        let mut seen = BTreeSet::new();
        let compose = value_set.root().member("compose");
        for include in compose.into_iter().flat_map(|compose| compose.items("include")) {
            for concept in include.items("concept") {
                let Some(code) = concept.text("code") else { continue };
                if !seen.insert((include.text("system"), code)) {
                    found.on_member(
                        value_set.file,
                        concept,
                        "code",
                        format!("the code `{code}` is there twice"),
                    );
                }
            }
        }
    }
}
