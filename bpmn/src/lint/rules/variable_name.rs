//! Variables have names that expressions can refer to.
//!
//! **Why it is bad.** An expression cannot read the variable, or only in a roundabout way.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:ioMapping><zeebe:output source="=x" target="«my result»"/></zeebe:ioMapping>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements><zeebe:taskDefinition type="t"/>
//!     <zeebe:ioMapping><zeebe:output source="=x" target="myResult"/></zeebe:ioMapping>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Use letters, digits and `_`, begin with a letter or `_`, and no word that FEEL reserves.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let named = ["target", "resultVariable", "outputCollection", "inputElement"];
    let holders = ["input", "output", "calledDecision", "script", "loopCharacteristics", "adHoc"];
    for node in zeebe::extensions_named(file, &holders) {
        for attribute in named {
            let Some(name) = node.attribute(attribute).filter(|name| !name.trim().is_empty()) else {
                continue;
            };
            if !name.split('.').all(zeebe::is_variable_name) {
                findings.on_attribute(node, attribute, format!("`{name}` cannot be the name of a variable"));
            }
        }
    }
}
