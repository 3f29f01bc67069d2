//! An ad-hoc sub-process has an activity, and neither start nor end events.
//!
//! **Why it is bad.** Its activities run in any order, as often as somebody decides; there is no first and no last. The
//! specification forbids the events, and engines refuse the model. One without activities has nothing to do.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <adHocSubProcess id="a">«<startEvent» id="s"/><task id="t"/></adHocSubProcess>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   «<adHocSubProcess» id="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <adHocSubProcess id="a"><task id="t"/></adHocSubProcess>
//! </process>
//! ```
//! **How to fix.** Remove the event, or make it a plain sub-process if there is an order.

use crate::lint::flow::ACTIVITIES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for sub_process in file.named("adHocSubProcess") {
        for event in sub_process.children().filter(|child| child.is_any(&["startEvent", "endEvent"])) {
            let kind = if event.is("startEvent") { "a start event" } else { "an end event" };
            findings.on(event, format!("{kind} is not allowed in an ad-hoc sub-process")).help("remove it");
        }
        if !sub_process.children().any(|child| child.is_any(ACTIVITIES)) {
            findings
                .on(*sub_process, "the ad-hoc sub-process contains no activity")
                .help("add one, or remove it");
        }
    }
}
