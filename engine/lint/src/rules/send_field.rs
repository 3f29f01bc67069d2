//! What sends a message says to which process, with which name and profile: the fields `instantiatesCanonical`,
//! `messageName` and `profile` are there and not empty.
//!
//! The site writes the Task from them. Without one nothing can be sent.
//!
//! **Bad**, the profile is missing:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     «<sendTask» id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>http://example.org/bpe/Process/sum|#{version}</camunda:string></camunda:field>
//!       <camunda:field name="messageName"><camunda:string>sum</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>http://example.org/bpe/Process/sum|#{version}</camunda:string></camunda:field>
//!       <camunda:field name="messageName"><camunda:string>sum</camunda:string></camunda:field>
//!       <camunda:field name="profile"><camunda:string>http://example.org/fhir/StructureDefinition/task-sum|#{version}</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_FIELD_INJECTION_INSTANTIATES_CANONICAL_EMPTY, BPMN_FIELD_INJECTION_PROFILE_EMPTY,
//! BPMN_FIELD_INJECTION_MESSAGE_VALUE_EMPTY.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::SEND_FIELDS;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for send in &process.sends {
            for name in SEND_FIELDS {
                let field = send.fields.iter().find(|field| field.name == *name);
                let (span, message) = match field {
                    None => {
                        (send.span, format!("the field `{name}` is missing: the message cannot be written"))
                    }
                    Some(field)
                        if field.literal.as_ref().is_some_and(|value| value.text.trim().is_empty()) =>
                    {
                        (field.span, format!("the field `{name}` is empty"))
                    }
                    Some(_) => continue,
                };
                found.at(process.file, span, message).about(send.element.clone());
            }
        }
    }
}
