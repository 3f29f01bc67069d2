//! No sequence flow leaves an end event.
//!
//! **Why it is bad.** A token ends there. Engines refuse the model or never take the flow.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <endEvent id="e"/><task id="t"/>
//!   «<sequenceFlow» id="f" sourceRef="e" targetRef="t"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <endEvent id="e"/><task id="t"/>
//!   <sequenceFlow id="f" sourceRef="t" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Make it an intermediate event, or remove the flow.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in file.named("endEvent") {
        let flows = file.graph().find(*event).map(|node| node.outgoing.as_slice()).unwrap_or_default();
        for flow in flows {
            findings
                .on(*flow, format!("a sequence flow leaves the end event `{}`", event.title()))
                .help("make it an intermediate event, or remove the flow");
        }
    }
}
