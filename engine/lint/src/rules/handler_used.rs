//! Each handler of a plugin is named by one of its models.
//!
//! One that is not is left over, or a model lacks it.
//!
//! **Bad**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "handlers": [ { "name": "«sum»", "kind": "service-task" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! **Good**:
//! ```json manifest.json
//! { "name": "count", "resource-version": "1.0", "handlers": [ { "name": "sum", "kind": "service-task" } ] }
//! ```
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:tessera="https://tessera.dev/bpmn/1">
//!   <process id="exampleorg_count" isExecutable="true"><serviceTask id="task" tessera:handler="sum"/></process>
//! </definitions>
//! ```

use crate::package::{Handler, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let Some(plugin) = &package.plugin else { return };
    let named: Vec<&Handler> = package
        .processes()
        .flat_map(|process| process.value.works.iter().filter_map(|work| work.handler.as_ref()))
        .collect();
    if named.iter().any(|handler| handler.is_expression) {
        return;
    }
    for handler in &plugin.handlers {
        if !named.iter().any(|named| handler.is_called(named.name.text.trim())) {
            let (file, span) = package.in_manifest(&handler.name);
            found.at(
                file,
                span,
                format!("no model of this plugin calls the {} `{}`", handler.kind, handler.name),
            );
        }
    }
}
