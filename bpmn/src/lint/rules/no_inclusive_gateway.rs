//! Inclusive gateways are discouraged.
//!
//! **Why it is bad.** Whether an inclusive join waits depends on everything that can still happen in front of it: hard
//! to read, and engines differ.
//!
//! **Bad**
//! ```xml
//! <process id="p">«<inclusiveGateway» id="g"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><exclusiveGateway id="g"/></process>
//! ```
//! **How to fix.** Say it with exclusive and parallel gateways.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.named("inclusiveGateway") {
        findings
            .on(*node, "an inclusive gateway is hard to read")
            .help("use exclusive and parallel gateways");
    }
}
