//! A CodeSystem defines each code once.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "concept": [
//!   { "code": "query", "display": "Query" }, { "code": "«query»", "display": "Question" } ] }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "concept": [
//!   { "code": "query", "display": "Query" }, { "code": "result", "display": "Result" } ] }
//! ```
//! **Elsewhere.** dsf-linter: CODE_SYSTEM_DUPLICATE_CODE.

use std::collections::BTreeSet;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for code_system in package.of_plugin("CodeSystem") {
        let mut seen = BTreeSet::new();
        let mut open: Vec<_> = code_system.root().items("concept").collect();
        open.reverse();
        while let Some(concept) = open.pop() {
            if let Some(code) = concept.text("code")
                && !seen.insert(code)
            {
                found.on_member(
                    code_system.file,
                    concept,
                    "code",
                    format!("the code `{code}` is defined twice"),
                );
            }
            let mut inner: Vec<_> = concept.items("concept").collect();
            inner.reverse();
            open.append(&mut inner);
        }
    }
}
