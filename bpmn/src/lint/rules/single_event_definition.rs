//! An event has one trigger.
//!
//! **Why it is bad.** Most engines do not execute events with several, and which one happened is not seen afterwards.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   «<intermediateCatchEvent» id="e"><messageEventDefinition/><timerEventDefinition/></intermediateCatchEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><intermediateCatchEvent id="e"><timerEventDefinition/></intermediateCatchEvent></process>
//! ```
//! **How to fix.** Use an event-based gateway with one event for each.

use crate::lint::flow::{EVENTS, trigger_count};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in file.all(EVENTS).filter(|event| trigger_count(*event) > 1) {
        findings
            .on(event, "the event has several event definitions")
            .help("use an event-based gateway with one event for each");
    }
}
