//! A thrown error has a code; a caught one too, where it names an error.
//!
//! **Why it is bad.** The engine refuses the deployment, or catches what was not meant.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a">«<errorEventDefinition»/></endEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a"><errorEventDefinition errorRef="e"/></endEvent>
//! </process>
//! <error id="e" name="out of stock" errorCode="stock"/>
//! ```
//! **How to fix.** Set `errorRef`, and the code of the error.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    zeebe::report_code(file, findings, "errorEventDefinition", "errorRef", "errorCode", (8, 2));
}
