//! A process says how long its history is kept.
//!
//! **Why it is bad.** From Camunda 7.20 on the engine refuses a process without it, unless it is configured
//! otherwise.
//!
//! **Bad**
//! ```xml
//! «<process» id="p" isExecutable="true"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true" camunda:historyTimeToLive="P180D"/>
//! ```
//! **How to fix.** Set `camunda:historyTimeToLive`.

use crate::lint::{File, Findings, Space, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let Some(Target::Camunda7(minor)) = file.target() else { return };
    if minor < 19 {
        return;
    }
    for process in file.named("process").iter().filter(|process| process.flag("isExecutable")) {
        if process.attribute_in(Space::Camunda, "historyTimeToLive").is_none() {
            findings.on(*process, "the process does not say how long its history is kept");
        }
    }
}
