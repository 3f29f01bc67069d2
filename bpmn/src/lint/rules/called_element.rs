//! A call activity names the process that it calls.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<callActivity» id="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <callActivity id="a"><extensionElements>
//!     <zeebe:calledElement processId="b"/>
//!   </extensionElements></callActivity>
//! </process>
//! ```
//! **How to fix.** Set `processId` of `zeebe:calledElement`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in zeebe::executed(file, &["callActivity"]) {
        match zeebe::extension(node, "calledElement") {
            Some(called) if zeebe::is_filled(called, "processId") => {}
            Some(called) => {
                findings.on_attribute(called, "processId", "the call activity names no process");
            }
            None => {
                findings
                    .on(node, "the call activity names no process")
                    .help("add zeebe:calledElement with a processId");
            }
        }
    }
}
