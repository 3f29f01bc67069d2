//! A process or sub-process has at most one start event without trigger.
//!
//! **Why it is bad.** Nothing says which of them a start without trigger means.
//!
//! **Bad**
//! ```xml
//! «<process» id="p"><startEvent id="a"/><startEvent id="b"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><startEvent id="a"/><startEvent id="b"><timerEventDefinition/></startEvent></process>
//! ```
//! **How to fix.** Merge them, or give the others a trigger.

use crate::lint::flow::{SCOPES, trigger_count};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for scope in file.all(SCOPES) {
        let blank = scope.children_named("startEvent").filter(|event| trigger_count(*event) == 0).count();
        if blank > 1 {
            findings
                .on(scope, format!("there are {blank} start events without trigger"))
                .help("keep one of them");
        }
    }
}
