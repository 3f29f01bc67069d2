//! Each ActivityDefinition means a process of the package.
//!
//! One that means none is left over, or its url is misspelt.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="exampleorg_count" isExecutable="true"/>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/sum.json
//! { "resourceType": "ActivityDefinition", "url": "«http://example.org/bpe/Process/sum»" }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="exampleorg_count" isExecutable="true"/>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```

use crate::package::{Package, process_id};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    if package.processes().next().is_none() {
        return;
    }
    for definition in package.of_type("ActivityDefinition") {
        let Some(url) = definition.url() else { continue };
        if let Some(id) = process_id(url).filter(|_| package.process_of(url).is_none()) {
            let message = format!("no model of this package has the process `{id}` that this url means");
            found.on_member(definition.file, definition.root(), "url", message);
        }
    }
}
