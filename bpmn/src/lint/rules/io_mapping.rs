//! Each mapping has a source and a target.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:ioMapping>«<zeebe:input» target="x"/></zeebe:ioMapping>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:ioMapping><zeebe:input source="=y" target="x"/></zeebe:ioMapping>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Set `source` and `target`, or remove the mapping.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for mapping in zeebe::mappings(file) {
        for attribute in ["source", "target"] {
            if !zeebe::is_filled(mapping, attribute) {
                findings.on_attribute(mapping, attribute, format!("the mapping has no {attribute}"));
            }
        }
    }
}
