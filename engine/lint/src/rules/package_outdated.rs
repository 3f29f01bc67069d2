//! A package is written for version 1 or later of the Data Sharing Framework.
//!
//! Before, messages had a parameter `instantiatesUri`, and names began with `http://highmed.org/fhir/`. No site of today loads that.
//! What was right then is wrong now, so this is said once for each package, and no other rule over packages looks at those files.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements><camunda:inputOutput>
//!       «<camunda:inputParameter» name="instantiatesUri">http://example.org/bpe/Process/sum/1.0</camunda:inputParameter>
//!     </camunda:inputOutput></extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count",
//!   "meta": { "tag": [ { "system": "http://highmed.org/fhir/CodeSystem/read-access-tag", "code": "ALL" } ] } }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <sendTask id="send" camunda:class="org.example.Send"><extensionElements>
//!       <camunda:field name="instantiatesCanonical"><camunda:string>http://example.org/bpe/Process/sum|#{version}</camunda:string></camunda:field>
//!     </extensionElements></sendTask>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count",
//!   "meta": { "tag": [ { "system": "http://dsf.dev/fhir/CodeSystem/read-access-tag", "code": "ALL" } ] } }
//! ```

use crate::package::{Content, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let mut outdated = package.files.iter().enumerate().filter(|(_, file)| file.is_outdated());
    let Some((first, file)) = outdated.next() else { return };
    let others = match outdated.count() {
        0 => String::new(),
        others => format!(" (with {others} more files of this package)"),
    };
    let message = format!("written for DSF 0.x{others}, whose rules are not checked");
    match &file.content {
        Content::Model(model) => {
            found.at(first, model.outdated.unwrap_or_default(), message);
        }
        Content::Resource(resource) => {
            found.on(first, resource.root(), message);
        }
        Content::Unreadable(_) | Content::Unopened(_) | Content::Other => {}
    }
}
