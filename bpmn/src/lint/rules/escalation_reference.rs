//! A thrown escalation has a code; a caught one too, where it names an escalation.
//!
//! **Why it is bad.** The engine refuses the deployment, or catches what was not meant.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a">«<escalationEventDefinition»/></endEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="a"><escalationEventDefinition escalationRef="e"/></endEvent>
//! </process>
//! <escalation id="e" name="late" escalationCode="late"/>
//! ```
//! **How to fix.** Set `escalationRef`, and the code of the escalation.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    zeebe::report_code(
        file,
        findings,
        "escalationEventDefinition",
        "escalationRef",
        "escalationCode",
        (8, 2),
    );
}
