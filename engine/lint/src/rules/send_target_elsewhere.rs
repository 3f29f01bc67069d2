//! A message goes to a process that is not part of the package.
//!
//! That is fine between plugins; whether the other one takes the message cannot be checked here.
//!
//! **Bad**:
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_ask" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>«http://example.org/bpe/Process/count|#{version}»</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/ask.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/ask" }
//! ```
//! **Good**:
//! ```xml bpe/ask.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_ask" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>http://example.org/bpe/Process/count|#{version}</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count" }
//! ```

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::process_url;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for send in &process.sends {
            let Some(target) = send.literal("instantiatesCanonical") else { continue };
            let Some(url) = process_url(target.text.trim()) else { continue };
            if package.by_url("ActivityDefinition", url).is_none() {
                let message =
                    format!("{url} is not part of this package: whether it takes the message is not checked");
                found.value(process.file, target, message).about(send.element.clone());
            }
        }
    }
}
