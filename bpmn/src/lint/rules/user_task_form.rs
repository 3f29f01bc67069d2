//! A form is named, and one that is in the file exists and is not empty.
//!
//! **Why it is bad.** The engine refuses the deployment, or shows an empty page.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements>
//!     <zeebe:formDefinition formId="«»"/>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements>
//!     <zeebe:formDefinition formId="f"/>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **How to fix.** Set `formId`, `externalReference`, or a `formKey` whose form is in the process.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for task in zeebe::executed(file, &["userTask"]) {
        if let Some(form) = zeebe::extension(task, "formDefinition") {
            zeebe::report_form(file, findings, form);
        }
    }
}
