//! A ValueSet includes code systems that exist, and codes that these have.
//!
//! A code that its system does not have matches nothing. Checked are the code systems of the package and of DSF.
//!
//! **Bad**, the code is called `query`:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}", "concept": [ { "code": "query" } ] }
//! ```
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "compose": { "include": [
//!   { "system": "http://example.org/fhir/CodeSystem/count", "concept": [ { "code": "«qeury»" } ] } ] } }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}", "concept": [ { "code": "query" } ] }
//! ```
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "compose": { "include": [
//!   { "system": "http://example.org/fhir/CodeSystem/count", "concept": [ { "code": "query" } ] } ] } }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_VALUE_SET_UNKNOWN_CODE, FHIR_VALUE_SET_FALSE_URL_REFERENCED.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{known_code, misspelt_system};

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for value_set in package.of_plugin("ValueSet") {
        let compose = value_set.root().member("compose");
        for include in compose.into_iter().flat_map(|compose| compose.items("include")) {
            let Some(system) = include.text("system") else { continue };
            if let Some(meant) = misspelt_system(package, system) {
                found
                    .on_member(
                        value_set.file,
                        include,
                        "system",
                        format!("there is no code system `{system}` in this package"),
                    )
                    .help(format!("`{meant}` is there"));
            }
            for concept in include.items("concept") {
                let Some(code) = concept.text("code") else { continue };
                if known_code(package, system, code) == Some(false) {
                    found.on_member(
                        value_set.file,
                        concept,
                        "code",
                        format!("{system} has no code `{code}`"),
                    );
                }
            }
        }
    }
}
