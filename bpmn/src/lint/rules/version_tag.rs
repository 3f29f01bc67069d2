//! A version tag has a value, and what is bound to one says which.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <extensionElements>«<zeebe:versionTag»/></extensionElements>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <extensionElements><zeebe:versionTag value="v1"/></extensionElements>
//! </process>
//! ```
//! **How to fix.** Set `value` of the version tag, or `versionTag` beside `bindingType="versionTag"`.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in zeebe::all_extensions(file) {
        if zeebe::is_called(node, "versionTag") && !zeebe::is_filled(node, "value") {
            findings.on_attribute(node, "value", "the version tag is empty");
        }
        if node.attribute("bindingType") == Some("versionTag") && !zeebe::is_filled(node, "versionTag") {
            findings.on_attribute(
                node,
                "bindingType",
                "what is bound to a version tag says which: set versionTag",
            );
        }
    }
}
