//! The priority of a user task is an expression or a number from 0 to 100.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements><zeebe:userTask/>
//!     <zeebe:priorityDefinition priority="«-74»"/>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements><zeebe:userTask/>
//!     <zeebe:priorityDefinition priority="50"/>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **How to fix.** Write a number from 0 to 100.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in zeebe::extensions_named(file, &["priorityDefinition"]) {
        let Some(priority) = node.attribute("priority") else { continue };
        let is_number = priority.trim().parse::<u8>().is_ok_and(|priority| priority <= 100);
        if !is_number && !zeebe::is_expression(priority) {
            findings.on_attribute(
                node,
                "priority",
                format!("the priority is `{priority}`, not a number from 0 to 100"),
            );
        }
    }
}
