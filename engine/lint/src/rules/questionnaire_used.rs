//! Each Questionnaire of a package is the form of a user task.
//!
//! One that is not is left over, or the form key is misspelt.
//!
//! **Bad**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="exampleorg_count" isExecutable="true"/></definitions>
//! ```
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "url": "«http://example.org/fhir/Questionnaire/release»", "version": "#{version}" }
//! ```
//! **Good**:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <userTask id="ask" camunda:formKey="http://example.org/fhir/Questionnaire/release|#{version}"/>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "url": "http://example.org/fhir/Questionnaire/release", "version": "#{version}" }
//! ```

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::split;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    if package.processes().next().is_none() {
        return;
    }
    for questionnaire in package.of_plugin("Questionnaire") {
        let Some(url) = questionnaire.value.url() else { continue };
        let is_used = package.processes().any(|process| {
            let keys = process.value.user_tasks.iter().filter_map(|task| task.form_key.as_ref());
            keys.into_iter().any(|key| split(key.text.trim()).0 == url || key.text.contains("${"))
        });
        if !is_used {
            let message = "no user task of this package asks with this Questionnaire";
            found.on_member(questionnaire.file, questionnaire.value.root(), "url", message);
        }
    }
}
