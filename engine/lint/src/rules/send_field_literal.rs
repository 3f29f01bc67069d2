//! The fields `instantiatesCanonical`, `messageName` and `profile` of what sends a message are literal.
//!
//! What is computed cannot be checked against ActivityDefinitions and profiles before it is sent.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       «<camunda:field» name="profile"><camunda:expression>${profile}</camunda:expression></camunda:field>
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
//!       <camunda:field name="profile"><camunda:string>http://example.org/fhir/StructureDefinition/task-sum|#{version}</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```
//! **Elsewhere.** dsf-linter: BPMN_FIELD_INJECTION_NOT_STRING_LITERAL (there an error; version 2 of DSF's plugin API and
//! this engine evaluate expressions).

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::SEND_FIELDS;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for send in &process.sends {
            for field in &send.fields {
                if SEND_FIELDS.contains(&field.name.as_str()) && field.literal.is_none() {
                    let message = format!("the field `{}` is computed, and cannot be checked", field.name);
                    found.at(process.file, field.span, message).about(send.element.clone());
                }
            }
        }
    }
}
