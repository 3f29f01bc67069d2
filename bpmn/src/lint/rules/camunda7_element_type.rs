//! Every element is one that Camunda 7 executes.
//!
//! **Why it is bad.** The engine refuses the deployment, or goes past the element.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<complexGateway» id="g"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/>
//! </process>
//! ```
//! **How to fix.** Draw it with elements that the engine executes.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let refused = [
        "complexGateway",
        "adHocSubProcess",
        "implicitThrowEvent",
        "callChoreography",
        "choreographyTask",
        "subChoreography",
        "standardLoopCharacteristics",
    ];
    for node in file.document().nodes().filter(|node| node.is_any(&refused) && file.is_executed(*node)) {
        findings.on(node, format!("Camunda 7 does not execute `{}`", node.name()));
    }
}
