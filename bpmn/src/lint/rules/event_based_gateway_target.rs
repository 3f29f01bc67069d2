//! An event-based gateway leads to intermediate catch events only.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <eventBasedGateway id="g"/><receiveTask id="r"/>
//!   «<sequenceFlow» id="f" sourceRef="g" targetRef="r"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <eventBasedGateway id="g"/>
//!   <intermediateCatchEvent id="r"><timerEventDefinition/></intermediateCatchEvent>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="r"/>
//! </process>
//! ```
//! **How to fix.** Use a message catch event instead of the receive task.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for gateway in zeebe::executed(file, &["eventBasedGateway"]) {
        let flows = file.graph().find(gateway).map(|node| node.outgoing.as_slice()).unwrap_or_default();
        for flow in flows {
            let target = file.attribute_target(*flow, "targetRef");
            if let Some(target) = target.filter(|target| !target.is("intermediateCatchEvent")) {
                findings
                    .on(*flow, format!("`{}` is not an intermediate catch event", target.title()))
                    .help("wait for a message with a catch event");
            }
        }
    }
}
