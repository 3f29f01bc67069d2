//! In an ad-hoc sub-process, event sub-processes do not interrupt.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <adHocSubProcess id="h"><task id="t"/>
//!     <subProcess id="s" triggeredByEvent="true">«<startEvent» id="a"><timerEventDefinition/></startEvent></subProcess>
//!   </adHocSubProcess>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <adHocSubProcess id="h"><task id="t"/>
//!     <subProcess id="s" triggeredByEvent="true"><startEvent id="a" isInterrupting="false"><timerEventDefinition/></startEvent></subProcess>
//!   </adHocSubProcess>
//! </process>
//! ```
//! **How to fix.** Set `isInterrupting="false"`, or move the event sub-process out.

use crate::lint::flow::is_event_sub_process;
use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in zeebe::executed(file, &["startEvent"]) {
        let inner = event.parent().filter(|scope| is_event_sub_process(*scope));
        let is_ad_hoc =
            inner.and_then(crate::lint::Node::parent).is_some_and(|scope| scope.is("adHocSubProcess"));
        if is_ad_hoc && event.attribute("isInterrupting") != Some("false") {
            findings.on(event, "an event sub-process must not interrupt an ad-hoc sub-process");
        }
    }
}
