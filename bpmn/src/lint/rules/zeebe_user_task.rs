//! From Camunda 8.6 on a user task is one of the engine itself.
//!
//! **Why it is bad.** User tasks that are done by job workers are deprecated, and the tasks of the engine can do
//! more.
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
//!   <userTask id="a"><extensionElements><zeebe:userTask/></extensionElements></userTask>
//! </process>
//! ```
//! **How to fix.** Add `zeebe:userTask`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if zeebe::version(file) < (8, 6) {
        return;
    }
    for task in zeebe::executed(file, &["userTask"]) {
        if zeebe::extension(task, "userTask").is_none() {
            findings
                .on(task, "the user task is done by a job worker, which is deprecated")
                .help("add zeebe:userTask");
        }
    }
}
