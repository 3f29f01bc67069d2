//! An executable process can be started.
//!
//! **Why it is bad.** Engines refuse a process that nothing can start.
//!
//! **Bad**
//! ```xml
//! «<process» id="p" isExecutable="true"><task id="t"/></process>
//! ```
//! ```xml
//! «<process» id="p" isExecutable="true"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"/>
//! </process>
//! ```
//! **How to fix.** Add a start event.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for process in file.named("process").iter().filter(|process| process.flag("isExecutable")) {
        let starts = process.children().any(|node| {
            node.is("startEvent")
                || (node.is_any(&["receiveTask", "eventBasedGateway"]) && node.flag("instantiate"))
        });
        if !starts {
            findings
                .on(*process, format!("nothing can start the process `{}`", process.title()))
                .help("add a start event");
        }
    }
}
