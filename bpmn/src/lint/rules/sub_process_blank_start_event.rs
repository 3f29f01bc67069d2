//! The start event of a sub-process has no trigger.
//!
//! **Why it is bad.** A sub-process starts when the flow reaches it. A trigger on its start event is never waited for,
//! or the model is refused.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <subProcess id="s"><startEvent id="e">«<messageEventDefinition»/></startEvent></subProcess>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><subProcess id="s"><startEvent id="e"/></subProcess></process>
//! ```
//! **How to fix.** Remove the trigger, or make it an event sub-process (`triggeredByEvent="true"`).

use crate::lint::flow::{SUB_PROCESSES, event_definitions, is_event_sub_process};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for sub_process in file.all(SUB_PROCESSES).filter(|node| !is_event_sub_process(*node)) {
        for event in sub_process.children_named("startEvent") {
            if let Some(definition) = event_definitions(event).next() {
                findings
                    .on(definition, "the start event of a sub-process must not have a trigger")
                    .about(event.id().unwrap_or_default())
                    .help("remove it, or make the sub-process one that is triggered by an event");
            }
        }
    }
}
