//! A model for Camunda 8 has a process that is marked as executable.
//!
//! **Why it is bad.** The engine deploys executable processes only, and refuses a file without one.
//!
//! **Bad**
//! ```xml
//! «<process» id="p"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true"/>
//! ```
//! **How to fix.** Set `isExecutable="true"`.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let processes = file.named("process");
    if processes.is_empty() || file.has_executable() {
        return;
    }
    for process in processes {
        findings.on(*process, "the process is not marked as executable").help("set isExecutable=\"true\"");
    }
}
