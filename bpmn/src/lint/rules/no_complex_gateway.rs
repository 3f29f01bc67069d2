//! Complex gateways are discouraged.
//!
//! **Why it is bad.** Hardly an engine executes them, and readers disagree about what their condition means.
//!
//! **Bad**
//! ```xml
//! <process id="p">«<complexGateway» id="g"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><exclusiveGateway id="g"/></process>
//! ```
//! **How to fix.** Say it with exclusive and parallel gateways.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.named("complexGateway") {
        findings.on(*node, "a complex gateway is hard to read").help("use exclusive and parallel gateways");
    }
}
