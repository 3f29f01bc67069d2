//! A public process is not executable.
//!
//! **Why it is bad.** It shows what others see of a process, and leaves out what would be executed.
//!
//! **Bad**
//! ```xml
//! <process id="p" processType="«Public»" isExecutable="true"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" processType="Private" isExecutable="true"/>
//! ```
//! **How to fix.** Make it private, or not executable.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for process in file.named("process") {
        if process.attribute("processType") == Some("Public") && process.flag("isExecutable") {
            findings.on_attribute(*process, "processType", "a public process cannot be executable");
        }
    }
}
