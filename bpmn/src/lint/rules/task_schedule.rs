//! Due dates and follow-up dates are dates with time and zone, or expressions.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements><zeebe:userTask/>
//!     <zeebe:taskSchedule dueDate="«tomorrow»"/>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <userTask id="a"><extensionElements><zeebe:userTask/>
//!     <zeebe:taskSchedule dueDate="2026-01-01T12:00:00Z"/>
//!   </extensionElements></userTask>
//! </process>
//! ```
//! **How to fix.** Write a date of ISO 8601 with time and zone, or an expression that begins with `=`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in zeebe::extensions_named(file, &["taskSchedule"]) {
        for attribute in ["dueDate", "followUpDate"] {
            let Some(date) = node.attribute(attribute) else { continue };
            if !zeebe::is_expression(date) && !zeebe::is_date_time(date.trim()) {
                findings.on_attribute(node, attribute, format!("`{date}` is not a date with time and zone"));
            }
        }
    }
}
