//! Each message that a process waits for is authorised by its ActivityDefinition.
//!
//! Every site refuses a message that the ActivityDefinition does not list: the process waits for ever. In a folder of sources it is
//! a warning, because a `FhirResourceModifier` of a DSF plugin may add the authorisation when it is loaded: then allow the finding
//! with that reason. Of a built plugin it is an error.
//!
//! **Bad**, `sum` is not listed:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <message id="m" name="sum"/>
//!   <process id="exampleorg_count" isExecutable="true">«<startEvent» id="start"><messageEventDefinition messageRef="m"/></startEvent></process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
//!     "extension": [ { "url": "message-name", "valueString": "askCount" } ] } ] }
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
//! **Elsewhere.** dsf-linter: BPMN_NO_ACTIVITY_DEFINITION_FOUND_FOR_MESSAGE.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::authorization;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        let Some(id) = process.id.as_deref() else { continue };
        let Some(definition) = package.activity_definition_of(id) else { continue };
        for receive in &process.receives {
            // That it has no name is said elsewhere.
            let message = receive.message.as_deref().filter(|message| !message.trim().is_empty());
            let Some(message) = message else { continue };
            if authorization(definition.value, message).is_none() {
                let url = definition.value.url().unwrap_or_default();
                let text =
                    format!("the message `{message}` is not authorised by the ActivityDefinition {url}");
                let finding = found.at(process.file, receive.span, text).about(receive.element.clone());
                finding.at_most(package.gravest_misfit());
            }
        }
    }
}
