//! A form starts a process from Camunda 8.3 on, and is named.
//!
//! **Why it is bad.** The engine ignores or refuses it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="a"><extensionElements>
//!     «<zeebe:formDefinition»/>
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
//! **How to fix.** Set `formId`, or remove the form.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in zeebe::executed(file, &["startEvent"]) {
        let Some(form) = zeebe::extension(event, "formDefinition") else { continue };
        if zeebe::version(file) < (8, 3) {
            findings.on(form, "forms start processes from Camunda 8.3 on");
        } else {
            zeebe::report_form(file, findings, form);
        }
    }
}
