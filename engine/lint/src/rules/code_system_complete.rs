//! A CodeSystem has a name, a title, a publisher, a content, case sensitivity, and concepts with code and display.
//!
//! **Bad**, people see `display`, not `code`:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "name": "Count", "title": "Count", "publisher": "Example",
//!   "content": "complete", "caseSensitive": true, "concept": [ «{» "code": "query" } ] }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "name": "Count", "title": "Count", "publisher": "Example",
//!   "content": "complete", "caseSensitive": true, "concept": [ { "code": "query", "display": "Query" } ] }
//! ```
//! **Elsewhere.** dsf-linter: CODE_SYSTEM_MISSING_ELEMENT, CODE_SYSTEM_MISSING_CONCEPT, CODE_SYSTEM_CONCEPT_MISSING_CODE,
//! CODE_SYSTEM_CONCEPT_MISSING_DISPLAY.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for code_system in package.of_plugin("CodeSystem") {
        let root = code_system.root();
        for name in ["name", "title", "publisher", "content", "caseSensitive"] {
            if root.member(name).is_none() {
                found.on(code_system.file, root, format!("the CodeSystem has no {name}"));
            }
        }
        if root.items("concept").next().is_none() {
            found.on_member(code_system.file, root, "concept", "the CodeSystem has no concept");
        }
        let mut open: Vec<_> = root.items("concept").collect();
        while let Some(concept) = open.pop() {
            for name in ["code", "display"] {
                if concept.text(name).is_none_or(|text| text.trim().is_empty()) {
                    found.on_member(code_system.file, concept, name, format!("the concept has no {name}"));
                }
            }
            open.extend(concept.items("concept"));
        }
    }
}
