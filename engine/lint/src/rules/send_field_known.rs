//! What sends a message has the fields `instantiatesCanonical`, `messageName` and `profile`, and no others.
//!
//! Another field is given to the handler like a variable. Mostly it is one of the three, misspelt.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       «<camunda:field» name="mesageName"><camunda:string>sum</camunda:string></camunda:field>
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
//!       <camunda:field name="messageName"><camunda:string>sum</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_UNKNOWN_FIELD_INJECTION.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::SEND_FIELDS;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for send in &process.sends {
            for field in &send.fields {
                if !SEND_FIELDS.contains(&field.name.as_str()) {
                    let message = format!("`{}` is none of the fields that make a message", field.name);
                    let help = "a message is made from instantiatesCanonical, messageName and profile";
                    found.at(process.file, field.span, message).about(send.element.clone()).help(help);
                }
            }
        }
    }
}
