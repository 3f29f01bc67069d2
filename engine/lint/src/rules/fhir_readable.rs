//! A FHIR resource must be readable: JSON or XML in UTF-8, without document type and entities, within limits.
//!
//! A site refuses a plugin with a resource that it cannot read, and with it all processes of the plugin.
//!
//! **Bad**, the list is not closed:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "concept": [ { "code": "sum" } «}»
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "concept": [ { "code": "sum" } ] }
//! ```
//! **Elsewhere.** dsf-linter: PLUGIN_DEFINITION_UNPARSABLE_FHIR_RESOURCE.

use crate::package::{Content, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for (index, file) in package.files.iter().enumerate() {
        let is_expected =
            package.plugin.is_some() || file.path.split(['/', '\\']).any(|folder| folder == "fhir");
        let Content::Unreadable(problems) = &file.content else { continue };
        // Somebody else's JSON or XML is not ours to judge.
        if is_expected || file.text().contains("resourceType") || file.text().contains("http://hl7.org/fhir")
        {
            for problem in problems {
                let message = format!("the resource cannot be read: {}", problem.message);
                found.at(index, file.span(problem.position.offset, 0), message);
            }
        }
    }
}
