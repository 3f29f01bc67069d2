//! An escalation is caught at a sub-process or a call activity.
//!
//! **Why it is bad.** Nothing else can throw it: the engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="a"/>
//!   «<boundaryEvent» id="b" attachedToRef="a"><escalationEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="a"/>
//!   <boundaryEvent id="b" attachedToRef="a"><escalationEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! **How to fix.** Attach the event to the sub-process around the task, or remove it.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in zeebe::executed(file, &["boundaryEvent"]) {
        let is_escalation = event.child("escalationEventDefinition").is_some();
        let host = file.attribute_target(event, "attachedToRef");
        let may_throw = ["subProcess", "adHocSubProcess", "transaction", "callActivity"];
        if let Some(host) = host.filter(|host| is_escalation && !host.is_any(&may_throw)) {
            findings.on(event, format!("`{}` cannot throw an escalation", host.title()));
        }
    }
}
