//! A package has one process with an id.
//!
//! A site refuses a plugin that brings two.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! ```xml bpe/other.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">«<process» id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```

use std::collections::BTreeMap;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for process in package.executable() {
        let Some(id) = process.value.id.as_deref() else { continue };
        if let Some(first) = seen.insert(id, process.file) {
            let path = package.files.get(first).map(|file| file.path.as_str()).unwrap_or_default();
            found
                .at(process.file, process.span, format!("the process `{id}` is already in {path}"))
                .about(id);
        }
    }
}
