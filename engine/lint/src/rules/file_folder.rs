//! The models of a plugin lie in `bpe/`, its resources in `fhir/`.
//!
//! Tools of the Data Sharing Framework look for them there.
//!
//! **Bad**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0" }
//! ```
//! ```json codes/count.json
//! «{» "resourceType": "CodeSystem" }
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0" }
//! ```
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem" }
//! ```
//! **Elsewhere.** dsf-linter: PLUGIN_DEFINITION_BPMN_FILE_OUTSIDE_ROOT, PLUGIN_DEFINITION_FHIR_FILE_OUTSIDE_ROOT.

use crate::package::{Content, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    if package.plugin.is_none() {
        return;
    }
    for (index, file) in package.files.iter().enumerate() {
        let folder = match &file.content {
            Content::Model(_) => "bpe",
            Content::Resource(_) | Content::Unreadable(_) => "fhir",
            Content::Unopened(_) | Content::Other => continue,
        };
        if !file.path.split(['/', '\\']).any(|part| part == folder) {
            found.at(index, file.span(0, 0), format!("the file lies outside of `{folder}/`"));
        }
    }
}
