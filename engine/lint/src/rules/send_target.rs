//! A message that is sent to a process of the same package fits it: its ActivityDefinition authorises the message with
//! this profile, and its model waits for it.
//!
//! Everything else is refused by the receiver, or received and failed: the two halves do not match.
//!
//! **Bad**, the receiver calls it `askCount`:
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_ask" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>http://example.org/bpe/Process/count|#{version}</camunda:string></camunda:field>
//!       <camunda:field name="messageName"><camunda:string>«ask»</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
//!     "extension": [ { "url": "message-name", "valueString": "askCount" } ] } ] }
//! ```
//! **Good**:
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_ask" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>http://example.org/bpe/Process/count|#{version}</camunda:string></camunda:field>
//!       <camunda:field name="messageName"><camunda:string>askCount</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
//!     "extension": [ { "url": "message-name", "valueString": "askCount" } ] } ] }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_NO_ACTIVITY_DEFINITION_FOUND_FOR_MESSAGE, BPMN_NO_STRUCTURE_DEFINITION_FOUND_FOR_MESSAGE.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{authorization, process_url, split};

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for send in &process.sends {
            let Some(target) = send.literal("instantiatesCanonical") else { continue };
            let canonical = target.text.trim();
            if canonical.is_empty() {
                continue;
            }
            let Some(url) = process_url(canonical) else {
                let message = format!(
                    "`{canonical}` does not have the form http[s]://<domain>/bpe/Process/<name>|#{{version}}"
                );
                found.value(process.file, target, message).about(send.element.clone());
                continue;
            };
            let Some(definition) = package.by_url("ActivityDefinition", url) else { continue };
            let Some(message) = send.literal("messageName").filter(|name| !name.text.trim().is_empty())
            else {
                continue;
            };
            let name = message.text.trim();
            let Some(authorization) = authorization(definition.value, name) else {
                let text = format!("the ActivityDefinition {url} does not authorise the message `{name}`");
                found.value(process.file, message, text).about(send.element.clone());
                continue;
            };
            let wanted = authorization
                .extensions("task-profile")
                .next()
                .and_then(|entry| entry.text("valueCanonical"));
            if let (Some(wanted), Some(profile)) = (wanted, send.literal("profile"))
                && split(profile.text.trim()) != split(wanted)
                && !profile.text.trim().is_empty()
            {
                let text = format!(
                    "the ActivityDefinition {url} wants the profile `{wanted}` for the message `{name}`"
                );
                found.value(process.file, profile, text).about(send.element.clone());
            }
            if let Some(receiver) = package.process_of(url)
                && !receiver.receives.iter().any(|receive| receive.message.as_deref() == Some(name))
            {
                let id = receiver.id.as_deref().unwrap_or_default();
                let text = format!("the process `{id}` does not wait for the message `{name}`");
                found.value(process.file, message, text).about(send.element.clone());
            }
        }
    }
}
