//! A plugin brings processes, and for each of them the resources that a site needs.
//!
//! Without resources no message is authorised; without processes the resources are of no use.
//!
//! **Bad**, an ActivityDefinition and a profile, and no model:
//! ```json fhir/ActivityDefinition/count.json
//! «{» "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-ask-count", "version": "#{version}" }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Elsewhere.** dsf-linter: PLUGIN_DEFINITION_NO_FHIR_RESOURCES_DEFINED, PLUGIN_DEFINITION_NO_PROCESS_MODEL_DEFINED.

use tessera_bpmn::lint::Span;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    if let Some(plugin) = &package.plugin {
        if plugin.processes.is_empty() {
            found.at(0, Span::default(), format!("the plugin {} brings no process", plugin.name));
        }
        for process in plugin.processes.iter().filter(|process| process.resources.is_empty()) {
            let file = package.files.iter().position(|file| file.path.ends_with(&process.model)).unwrap_or(0);
            let message = format!("the process `{}` brings no FHIR resources", process.id);
            found.at(file, Span::default(), message).about(process.id.clone());
        }
        return;
    }
    // One file alone is somebody's work in progress; several that belong together and lack the model are not.
    let has_others = package.resources().nth(1).is_some();
    if has_others && package.processes().next().is_none() {
        for definition in package.of_type("ActivityDefinition") {
            let message = "this package brings no process model for the ActivityDefinition";
            found.on(definition.file, definition.value.root(), message);
        }
    }
}
