//! No sequence flow leads to a start event.
//!
//! **Why it is bad.** A process starts there; it cannot be reached from within. Engines refuse the model or never
//! take the flow.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><task id="t"/>
//!   «<sequenceFlow» id="f" sourceRef="t" targetRef="s"/>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <task id="t"/><receiveTask id="r" instantiate="true"/>
//!   «<sequenceFlow» id="f" sourceRef="t" targetRef="r"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><task id="t"/>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="t"/>
//! </process>
//! ```
//! **How to fix.** Lead the flow to what follows the start event.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in file.named("startEvent") {
        let flows = file.graph().find(*event).map(|node| node.incoming.as_slice()).unwrap_or_default();
        for flow in flows {
            findings
                .on(*flow, format!("a sequence flow leads to the start event `{}`", event.title()))
                .help("lead it to what follows the start event");
        }
    }
    let instantiating =
        file.all(&["receiveTask", "eventBasedGateway"]).filter(|node| node.flag("instantiate"));
    for node in instantiating {
        let flows = file.graph().find(node).map(|node| node.incoming.as_slice()).unwrap_or_default();
        for flow in flows {
            let message = format!("a sequence flow leads to `{}`, which starts the process", node.title());
            findings.on(*flow, message).help("remove `instantiate`, or the flow");
        }
    }
}
