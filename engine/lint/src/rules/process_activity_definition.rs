//! Each executable process has an ActivityDefinition whose url means it: `http[s]://<domain>/bpe/Process/<name>` for the
//! id `<domain without dots>_<name>`.
//!
//! Without one no site accepts a message for the process, so it can never start.
//!
//! **Bad**, nothing means `exampleorg_count`:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   «<process» id="exampleorg_count" isExecutable="true"/>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.com/bpe/Process/count" }
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
//! **Elsewhere.** dsf-linter: BPMN_NO_ACTIVITY_DEFINITION_FOUND_FOR_MESSAGE.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        let Some(id) = process.id.as_deref() else { continue };
        if package.activity_definition_of(id).is_none() {
            let message = format!("no ActivityDefinition of this package means the process `{id}`");
            let help = "add one with the url http://<domain>/bpe/Process/<name>; the id is <domain without dots>_<name>";
            found.at(process.file, process.span, message).about(id).help(help);
        }
    }
}
