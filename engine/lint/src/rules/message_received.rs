//! Each message that an ActivityDefinition authorises is waited for by its process.
//!
//! A site accepts such a message, and then fails it: nothing in the process takes it.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="exampleorg_count" isExecutable="true"><startEvent id="start"/></process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
//!     "extension": [ { "url": "message-name", "valueString": "«askCount»" } ] } ] }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="askCount"/>
//!   <process id="exampleorg_count" isExecutable="true"><startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent></process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
//!     "extension": [ { "url": "message-name", "valueString": "askCount" } ] } ] }
//! ```

use tessera_fhir::names;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for definition in package.of_type("ActivityDefinition") {
        let Some(process) = definition.value.url().and_then(|url| package.process_of(url)) else { continue };
        for authorization in definition.value.root().extensions(names::PROCESS_AUTHORIZATION) {
            let Some(entry) = authorization.extensions("message-name").next() else { continue };
            let Some(message) = entry.text("valueString") else { continue };
            if !process.receives.iter().any(|receive| receive.message.as_deref() == Some(message)) {
                let id = process.id.as_deref().unwrap_or_default();
                let text = format!("the process `{id}` does not wait for the message `{message}`");
                found.on_member(definition.file, entry, "valueString", text);
            }
        }
    }
}
