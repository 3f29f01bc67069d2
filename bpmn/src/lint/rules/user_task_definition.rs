//! A user task has a form.
//!
//! **Why it is bad.** Whoever takes the task sees nothing to fill in.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<userTask» id="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements>
//!     <zeebe:userTask/><zeebe:formDefinition formId="f"/>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **How to fix.** Add `zeebe:formDefinition`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for task in zeebe::executed(file, &["userTask"]) {
        if zeebe::extension(task, "formDefinition").is_none() {
            findings.on(task, "the user task has no form").help("add zeebe:formDefinition");
        }
    }
}
