//! A message that is sent to a process of the same package fits it: its ActivityDefinition authorises the message with
//! this profile, and its model waits for it.
//!
//! Everything else is refused by the receiver, or received and failed: the two halves do not match. In a folder of sources it is a
//! warning that a message is not authorised, because a `FhirResourceModifier` of a DSF plugin may add that when it is loaded, and
//! that no process is named, because a class may override it: then allow the finding with that reason. Of a built plugin both are
//! errors.
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
//! **Good**, the version that is written down may be that of the plugin; `field-placeholder` warns of it:
//! ```xml bpe/tell.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_tell" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>http://example.org/bpe/Process/sum|#{version}</camunda:string></camunda:field>
//!       <camunda:field name="messageName"><camunda:string>tellSum</camunda:string></camunda:field>
//!       <camunda:field name="profile"><camunda:string>http://example.org/fhir/StructureDefinition/task-sum|1.0</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/sum.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/sum", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
//!     "extension": [ { "url": "message-name", "valueString": "tellSum" },
//!       { "url": "task-profile", "valueCanonical": "http://example.org/fhir/StructureDefinition/task-sum|#{version}" } ] } ] }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_NO_ACTIVITY_DEFINITION_FOUND_FOR_MESSAGE, BPMN_NO_STRUCTURE_DEFINITION_FOUND_FOR_MESSAGE.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{authorization, is_current, process_url, split};

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
                let finding = found.value(process.file, target, message).about(send.element.clone());
                finding.at_most(package.gravest_misfit());
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
                let finding = found.value(process.file, message, text).about(send.element.clone());
                finding.at_most(package.gravest_misfit());
                continue;
            };
            let wanted = authorization
                .extensions("task-profile")
                .next()
                .and_then(|entry| entry.text("valueCanonical"));
            if let (Some(wanted), Some(profile)) = (wanted, send.literal("profile"))
                && !may_be_equal(package, profile.text.trim(), wanted)
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

/// Whether two canonicals are the same at a site. The version of sources may be any; a built plugin says it.
fn may_be_equal(package: &Package, one: &str, other: &str) -> bool {
    const CURRENT: Option<&str> = Some("#{version}");
    let ((url, version), (other_url, other_version)) = (split(one), split(other));
    let is_of_package = |canonical: &str, version: Option<&str>| {
        is_current(package, canonical) || (package.plugin.is_none() && version.is_some())
    };
    let may_have_one_version = version == other_version
        || (version == CURRENT && is_of_package(other, other_version))
        || (other_version == CURRENT && is_of_package(one, version));
    url == other_url && may_have_one_version
}
