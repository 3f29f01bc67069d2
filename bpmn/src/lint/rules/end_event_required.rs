//! A process or sub-process has an end event.
//!
//! **Why it is bad.** A path that just stops looks unfinished; an end event says that, and as what, it is over.
//!
//! **Bad**
//! ```xml
//! «<process» id="p"><startEvent id="e"/><task id="t"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><endEvent id="e"/><task id="t"/></process>
//! ```
//! **How to fix.** Add an end event where the path ends.

use crate::lint::flow::SUB_PROCESSES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for scope in file.named("process").iter().copied().chain(file.all(SUB_PROCESSES)) {
        if !scope.is("adHocSubProcess") && scope.child("endEvent").is_none() {
            let kind = if scope.is("process") { "process" } else { "sub-process" };
            findings.on(scope, format!("the {kind} has no end event")).help("add an end event");
        }
    }
}
