//! A process or sub-process has a start event.
//!
//! **Why it is bad.** A reader has to search for the beginning, and an engine has nothing to start: every element
//! without incoming flow starts at once, or the model is refused.
//!
//! **Bad**
//! ```xml
//! «<process» id="p"><endEvent id="e"/><task id="t"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><startEvent id="e"/><task id="t"/></process>
//! ```
//! **How to fix.** Add a start event in front of the first element.

use crate::lint::flow::SUB_PROCESSES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for scope in file.named("process").iter().copied().chain(file.all(SUB_PROCESSES)) {
        if !scope.is("adHocSubProcess") && scope.child("startEvent").is_none() {
            let kind = if scope.is("process") { "process" } else { "sub-process" };
            findings.on(scope, format!("the {kind} has no start event")).help("add a start event");
        }
    }
}
