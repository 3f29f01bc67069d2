//! Execution listeners of one event have different types.
//!
//! **Why it is bad.** The same job would be created twice; the engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/>
//!       «<zeebe:executionListener» eventType="start" type="x"/></zeebe:executionListeners>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/>
//!       <zeebe:executionListener eventType="end" type="x"/></zeebe:executionListeners>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Remove one of them.

use crate::lint::zeebe;
use crate::lint::{File, Findings};
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for listeners in zeebe::extensions_named(file, &["executionListeners"]) {
        let mut known = BTreeSet::new();
        for listener in listeners.children().filter(|child| zeebe::is_called(*child, "executionListener")) {
            if !known.insert((listener.attribute("eventType"), listener.attribute("type"))) {
                findings.on(listener, "there is another listener of this event and type");
            }
        }
    }
}
