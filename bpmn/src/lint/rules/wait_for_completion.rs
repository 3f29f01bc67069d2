//! An event that compensates waits until it is done.
//!
//! **Why it is bad.** The engine does not execute the other kind, and refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a"><compensateEventDefinition waitForCompletion="«false»"/></endEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a"><compensateEventDefinition/></endEvent>
//! </process>
//! ```
//! **How to fix.** Remove `waitForCompletion`, or set it to `true`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in zeebe::executed(file, &["compensateEventDefinition"]) {
        if definition
            .attribute("waitForCompletion")
            .is_some_and(|value| matches!(value.trim(), "false" | "0"))
        {
            findings.on_attribute(
                definition,
                "waitForCompletion",
                "the engine always waits for compensation",
            );
        }
    }
}
