//! A file holds one process, and it is executable.
//!
//! **Why it is bad.** The framework deploys one process from each file, and ignores or refuses others.
//!
//! **Bad**
//! ```xml
//! <process id="dsfdev_a" isExecutable="true"/>
//! «<process» id="dsfdev_b" isExecutable="true"/>
//! ```
//! **Good**
//! ```xml
//! <process id="dsfdev_a" isExecutable="true"/>
//! ```
//! **How to fix.** Put each process into a file of its own, and mark it as executable.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let processes = file.named("process");
    for process in processes.iter().skip(1) {
        findings.on(*process, "the file holds another process").help("put it into a file of its own");
    }
    if let [process] = processes
        && !process.flag("isExecutable")
    {
        findings.on(*process, "the process is not executable").help("set isExecutable=\"true\"");
    }
}
