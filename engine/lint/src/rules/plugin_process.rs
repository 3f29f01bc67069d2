//! What a plugin says about its processes is what its models hold: each process is in the model that is named for it, and
//! each process of a model is declared.
//!
//! **Bad**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "processes": [ { "id": "«exampleorg_sum»", "model": "bpe/count.bpmn" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count"/></definitions>
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "processes": [ { "id": "exampleorg_count", "model": "bpe/count.bpmn" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count"/></definitions>
//! ```
//! **Elsewhere.** dsf-linter: PLUGIN_DEFINITION_BPMN_FILE_NOT_FOUND, PLUGIN_DEFINITION_FHIR_RESOURCE_NOT_FOUND,
//! PLUGIN_DEFINITION_PROCESS_PLUGIN_RESOURCE_NOT_LOADED, PLUGIN_DEFINITION_UNPARSABLE_BPMN_RESOURCE.

use crate::package::{Content, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let Some(plugin) = &package.plugin else { return };
    for process in &plugin.processes {
        let named = package.files.iter().find(|file| file.path.ends_with(&process.model));
        let message = match named.map(|file| &file.content) {
            None => format!("the file `{}` is not in the plugin", process.model),
            Some(Content::Model(model)) => {
                if model.processes.iter().any(|other| other.id.as_deref() == Some(&process.id)) {
                    continue;
                }
                format!("the model `{}` has no process `{}`", process.model, process.id)
            }
            Some(Content::Resource(_) | Content::Unreadable(_) | Content::Unopened(_) | Content::Other) => {
                format!("the file `{}` is no BPMN model", process.model)
            }
        };
        let (file, span) = package.in_manifest(&process.id);
        found.at(file, span, message).about(process.id.clone());
    }
    for process in package.processes().filter(|process| process.is_executable) {
        let Some(id) = process.id.as_deref() else { continue };
        if !plugin.processes.iter().any(|declared| declared.id == id) {
            found
                .at(process.file, process.span, format!("the plugin does not declare the process `{id}`"))
                .about(id);
        }
    }
}
