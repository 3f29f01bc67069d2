//! From Camunda 8.9 on a start form is not embedded in the process.
//!
//! **Why it is bad.** Embedded start forms are not shown any more.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <extensionElements><zeebe:userTaskForm id="f">{}</zeebe:userTaskForm></extensionElements>
//!   <startEvent id="a"><extensionElements>
//!     <zeebe:formDefinition formKey="«camunda-forms:bpmn:f»"/>
//!   </extensionElements></startEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="a"><extensionElements>
//!     <zeebe:formDefinition formId="f"/>
//!   </extensionElements></startEvent>
//! </process>
//! ```
//! **How to fix.** Deploy the form on its own and refer to it by `formId`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if zeebe::version(file) < (8, 9) {
        return;
    }
    for event in zeebe::executed(file, &["startEvent"]) {
        let form = zeebe::extension(event, "formDefinition");
        let key = form.and_then(|form| Some((form, form.attribute("formKey")?)));
        if let Some((form, _)) = key.filter(|(_, key)| key.starts_with("camunda-forms:bpmn:")) {
            findings.on_attribute(form, "formKey", "embedded start forms are not shown");
        }
    }
}
