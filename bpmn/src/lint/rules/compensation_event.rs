//! A compensation that is thrown or caught has a scope that can be compensated.
//!
//! **Why it is bad.** A process is not compensated from around it, so that an event sub-process for that, directly in it, never
//! starts; and an activity of another scope is out of reach of who throws.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="s" triggeredByEvent="true">
//!     «<startEvent» id="a"><compensateEventDefinition/></startEvent>
//!   </subProcess>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <subProcess id="s"><endEvent id="e"><compensateEventDefinition activityRef="«t»"/></endEvent></subProcess>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="o">
//!     <task id="t"/><endEvent id="e"><compensateEventDefinition activityRef="t"/></endEvent>
//!     <subProcess id="s" triggeredByEvent="true">
//!       <startEvent id="a"><compensateEventDefinition/></startEvent>
//!     </subProcess>
//!   </subProcess>
//! </process>
//! ```
//! **How to fix.** Put what is to be compensated into a sub-process, and throw where it can be reached.

use crate::lint::flow::{ACTIVITIES, is_event_sub_process};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in file.named("compensateEventDefinition").iter().filter(|node| file.is_executed(**node)) {
        let Some(event) = definition.parent() else { continue };
        let Some(scope) = event.parent() else { continue };
        let around = scope.parent().filter(|_| is_event_sub_process(scope));
        let catches = event.is_any(&["startEvent", "boundaryEvent"]);
        if event.is("startEvent") && around.is_some_and(|around| around.is("process")) {
            findings
                .on(event, "the process itself is not compensated, so that this never starts")
                .help("put it into the sub-process that is compensated");
        }
        let target =
            file.attribute_target(*definition, "activityRef").filter(|target| target.is_any(ACTIVITIES));
        if let Some(target) = target.filter(|_| !catches)
            && target.parent() != Some(scope)
            && target.parent() != around
        {
            let message = format!("`{}` is in another scope than what compensates it", target.title());
            findings.on_attribute(*definition, "activityRef", message).related(target.head(), "it is here");
        }
    }
}
