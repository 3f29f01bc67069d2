//! A task listener has an event and a type.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements><zeebe:userTask/>
//!     <zeebe:taskListeners>«<zeebe:taskListener» eventType="creating"/></zeebe:taskListeners>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements><zeebe:userTask/>
//!     <zeebe:taskListeners><zeebe:taskListener eventType="creating" type="x"/></zeebe:taskListeners>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **How to fix.** Set `eventType` and `type`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for listener in zeebe::extensions_named(file, &["taskListener"]) {
        for attribute in ["eventType", "type"] {
            if !zeebe::is_filled(listener, attribute) {
                findings.on_attribute(listener, attribute, format!("the listener has no `{attribute}`"));
            }
        }
    }
}
