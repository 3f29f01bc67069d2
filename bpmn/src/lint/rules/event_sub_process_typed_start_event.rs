//! The start event of an event sub-process has a trigger.
//!
//! **Why it is bad.** Nothing leads to an event sub-process: only its trigger starts it. Without one it can never run.
//!
//! **Bad**
//! ```xml
//! <process id="p"><subProcess id="s" triggeredByEvent="true">«<startEvent» id="e"/></subProcess></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <subProcess id="s" triggeredByEvent="true"><startEvent id="e"><timerEventDefinition/></startEvent></subProcess>
//! </process>
//! ```
//! **How to fix.** Give the start event a message, timer, signal, error, escalation, condition or compensation to wait
//! for.

use crate::lint::flow::{SUB_PROCESSES, is_event_sub_process, trigger_count};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for sub_process in file.all(SUB_PROCESSES).filter(|node| is_event_sub_process(*node)) {
        for event in sub_process.children_named("startEvent").filter(|event| trigger_count(*event) == 0) {
            findings
                .on(event, "the start event of an event sub-process needs a trigger")
                .help("add an event definition, for example `<timerEventDefinition>`");
        }
    }
}
