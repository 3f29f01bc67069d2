//! An execution listener has an event and a type.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:executionListeners>«<zeebe:executionListener» eventType="start"/></zeebe:executionListeners>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:executionListeners><zeebe:executionListener eventType="start" type="x"/></zeebe:executionListeners>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Set `eventType` and `type`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for listener in zeebe::extensions_named(file, &["executionListener"]) {
        for attribute in ["eventType", "type"] {
            if !zeebe::is_filled(listener, attribute) {
                findings.on_attribute(listener, attribute, format!("the listener has no `{attribute}`"));
            }
        }
    }
}
