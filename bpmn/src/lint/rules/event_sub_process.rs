//! An event sub-process has exactly one start event.
//!
//! **Why it is bad.** It starts when its event happens. Without one it never does, and with several it is two
//! processes in one.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   «<subProcess» id="s" triggeredByEvent="true"><task id="t"/></subProcess>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <subProcess id="s" triggeredByEvent="true"><startEvent id="a"><messageEventDefinition/></startEvent></subProcess>
//! </process>
//! ```
//! **How to fix.** Add the event, or make two event sub-processes.

use crate::lint::flow::{SUB_PROCESSES, is_event_sub_process};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.all(SUB_PROCESSES).filter(|node| is_event_sub_process(*node)) {
        let starts = node.children_named("startEvent").count();
        if starts != 1 {
            findings.on(node, format!("the event sub-process has {starts} start events, not 1"));
        }
    }
}
