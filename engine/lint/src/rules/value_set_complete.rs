//! A ValueSet has a name, a title, a publisher, a description and at least one `compose.include` with a system; each
//! concept that it lists has a code.
//!
//! Without a system nothing is included; the rest is what people recognise it by.
//!
//! **Bad**, the system is missing:
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "name": "Count", "title": "Count", "publisher": "Example",
//!   "description": "Codes of the process count", "compose": { "include": [ «{» "version": "#{version}" } ] } }
//! ```
//! **Good**:
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "name": "Count", "title": "Count", "publisher": "Example",
//!   "description": "Codes of the process count",
//!   "compose": { "include": [ { "system": "http://example.org/fhir/CodeSystem/count", "version": "#{version}" } ] } }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_VALUE_SET_MISSING_NAME, FHIR_VALUE_SET_MISSING_TITLE, FHIR_VALUE_SET_MISSING_PUBLISHER,
//! FHIR_VALUE_SET_MISSING_DESCRIPTION, FHIR_VALUE_SET_MISSING_COMPOSE_INCLUDE, FHIR_VALUE_SET_INCLUDE_MISSING_SYSTEM,
//! FHIR_VALUE_SET_CONCEPT_MISSING_CODE.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for value_set in package.of_plugin("ValueSet") {
        let root = value_set.root();
        for name in ["name", "title", "publisher", "description"] {
            if root.text(name).is_none_or(|text| text.trim().is_empty()) {
                found.on_member(value_set.file, root, name, format!("the ValueSet has no {name}"));
            }
        }
        let compose = root.member("compose");
        let mut includes = compose.into_iter().flat_map(|compose| compose.items("include")).peekable();
        if includes.peek().is_none() {
            found.on(
                value_set.file,
                compose.unwrap_or(root),
                "the ValueSet includes nothing: compose.include is missing",
            );
        }
        for include in includes {
            if include.text("system").is_none() && include.member("valueSet").is_none() {
                found.on(value_set.file, include, "the include has no system");
            }
            for concept in include.items("concept") {
                if concept.text("code").is_none_or(|code| code.trim().is_empty()) {
                    found.on_member(value_set.file, concept, "code", "the concept has no code");
                }
            }
        }
    }
}
