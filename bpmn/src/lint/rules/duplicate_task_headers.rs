//! The headers of a job have different keys.
//!
//! **Why it is bad.** The worker sees one of them.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:taskHeaders><zeebe:header key="k" value="1"/><zeebe:header key="«k»" value="2"/></zeebe:taskHeaders>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:taskHeaders><zeebe:header key="k" value="1"/><zeebe:header key="l" value="2"/></zeebe:taskHeaders>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Remove one of them.

use crate::lint::zeebe;
use crate::lint::{File, Findings};
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for headers in zeebe::extensions_named(file, &["taskHeaders"]) {
        let mut keys = BTreeSet::new();
        for header in headers.children().filter(|child| zeebe::is_called(*child, "header")) {
            if let Some(key) = header.attribute("key").filter(|key| !keys.insert(*key)) {
                findings.on_attribute(header, "key", format!("there is another header `{key}`"));
            }
        }
    }
}
