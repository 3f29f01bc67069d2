//! Each file of a plugin belongs to one of its processes.
//!
//! A file that no process names is shipped and never installed.
//!
//! **Bad**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "processes": [ { "id": "exampleorg_count", "model": "bpe/count.bpmn" } ] }
//! ```
//! ```json fhir/CodeSystem/count.json
//! «{» "resourceType": "CodeSystem" }
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0",
//!   "processes": [ { "id": "exampleorg_count", "model": "bpe/count.bpmn", "resources": [ "fhir/CodeSystem/count.json" ] } ] }
//! ```
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem" }
//! ```
//! **Elsewhere.** dsf-linter: PLUGIN_DEFINITION_PROCESS_PLUGIN_RESOURCE_NOT_LOADED.

use tessera_bpmn::decision::is_file_name;

use crate::package::{MANIFEST, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let Some(plugin) = &package.plugin else { return };
    for (index, file) in package.files.iter().enumerate() {
        let is_named = plugin.processes.iter().any(|process| {
            std::iter::once(&process.model)
                .chain(&process.resources)
                .any(|path| file.path.ends_with(path.as_str()))
        });
        // Decisions belong to every process of the plugin.
        let is_shared = file.path.ends_with(MANIFEST) || is_file_name(&file.path);
        if !is_named && !is_shared {
            found.at(index, file.span(0, 0), "no process of the plugin names this file");
        }
    }
}
