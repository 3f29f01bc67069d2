//! A process that is called within its file can start without an event.
//!
//! **Why it is bad.** The call would wait for a message or a timer that has nothing to do with the caller; engines
//! refuse it.
//!
//! **Bad**
//! ```xml
//! <process id="caller"><callActivity id="c" calledElement="«called»"/></process>
//! <process id="called"><startEvent id="s"><messageEventDefinition/></startEvent></process>
//! ```
//! **Good**
//! ```xml
//! <process id="caller"><callActivity id="c" calledElement="called"/></process>
//! <process id="called"><startEvent id="s"/></process>
//! ```
//! **How to fix.** Add a start event without trigger to the called process.

use crate::lint::flow::trigger_count;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for call in file.named("callActivity") {
        let Some(process) =
            file.attribute_target(*call, "calledElement").filter(|target| target.is("process"))
        else {
            continue;
        };
        let mut starts = process.children_named("startEvent").peekable();
        if starts.peek().is_some() && !starts.any(|event| trigger_count(event) == 0) {
            let message = format!("`{}` has no start event without trigger", process.title());
            findings
                .on_attribute(*call, "calledElement", message)
                .related(process.head(), "the called process");
        }
    }
}
