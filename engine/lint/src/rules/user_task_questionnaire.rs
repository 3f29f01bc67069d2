//! A user task names in `formKey` a Questionnaire of the package: `http[s]://<domain>/fhir/Questionnaire/<name>|#{version}`.
//!
//! The site asks people with it. Without one nobody is asked, and the process waits for ever.
//!
//! **Bad**, the Questionnaire is called `release`:
//! ```xml bpe/count.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">
//!   <process id="exampleorg_count" isExecutable="true">
//!     <userTask id="ask" camunda:formKey="«http://example.org/fhir/Questionnaire/approve|#{version}»"/>
//!   </process>
//! </definitions>
//! ```
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "url": "http://example.org/fhir/Questionnaire/release", "version": "#{version}" }
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
//! **Elsewhere.** dsf-linter: BPMN_USER_TASK_FORM_KEY_EMPTY, BPMN_USER_TASK_FORM_KEY_IS_NOT_AN_EXTERNAL_FORM,
//! BPMN_USER_TASK_QUESTIONNAIRE_NOT_FOUND.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::split;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.executable() {
        for task in &process.user_tasks {
            let (span, message) = match &task.form_key {
                None => (task.span, "the user task names no form: nobody is asked".to_owned()),
                Some(key) if key.text.trim().is_empty() => {
                    (task.span, "the form key is empty: nobody is asked".to_owned())
                }
                Some(key) => {
                    let (url, version) = split(key.text.trim());
                    let is_external = url.starts_with("http://") || url.starts_with("https://");
                    if !is_external {
                        (key.span, format!("`{}` is not the url of a Questionnaire", key.text))
                    } else if let Some(form) = package.by_url("Questionnaire", url) {
                        match (version, form.value.root().text("version")) {
                            (Some(wanted), Some(is)) if wanted != is => (
                                key.span,
                                format!("the Questionnaire has the version `{is}`, not `{wanted}`"),
                            ),
                            (None, _) => (
                                key.span,
                                "the version is missing: write `|#{version}` behind the url".to_owned(),
                            ),
                            _ => continue,
                        }
                    } else {
                        (key.span, format!("no Questionnaire of this package has the url `{url}`"))
                    }
                }
            };
            found.at(process.file, span, message).about(task.element.clone());
        }
    }
}
