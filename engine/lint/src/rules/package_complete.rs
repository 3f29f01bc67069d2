//! A plugin brings processes, and for each of them the resources that a site needs.
//!
//! Without resources no message is authorised; without processes the resources are of no use.
//!
//! **Bad**, the process has no resources:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "processes": [ { "id": "«exampleorg_count»", "model": "bpe/count.bpmn" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0",
//!   "processes": [ { "id": "exampleorg_count", "model": "bpe/count.bpmn", "resources": [ "fhir/ActivityDefinition/count.json" ] } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Elsewhere.** dsf-linter: PLUGIN_DEFINITION_NO_FHIR_RESOURCES_DEFINED, PLUGIN_DEFINITION_NO_PROCESS_MODEL_DEFINED.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let Some(plugin) = &package.plugin else { return };
    if plugin.processes.is_empty() {
        let (file, span) = package.in_manifest(&plugin.name);
        found.at(file, span, format!("the plugin {} brings no process", plugin.name));
    }
    for process in plugin.processes.iter().filter(|process| process.resources.is_empty()) {
        let (file, span) = package.in_manifest(&process.id);
        let message = format!("the process `{}` brings no FHIR resources", process.id);
        found.at(file, span, message).about(process.id.clone());
    }
}
