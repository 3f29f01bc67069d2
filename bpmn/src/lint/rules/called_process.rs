//! A call activity says what it calls.
//!
//! **Why it is bad.** There is nothing to start; engines refuse it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<callActivity» id="c"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <callActivity id="c" calledElement="other"/>
//! </process>
//! ```
//! **How to fix.** Set `calledElement`.

use crate::lint::{File, Findings, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if matches!(file.target(), Some(Target::Camunda8(..))) {
        return;
    }
    for call in file.named("callActivity").iter().filter(|call| file.is_executed(**call)) {
        let is_named = call.attributes().iter().any(|attribute| {
            let (_, name) = call.attribute_name(attribute);
            matches!(name, "calledElement" | "caseRef") && !call.attribute_value(attribute).trim().is_empty()
        });
        if !is_named {
            findings.on(*call, "the call activity does not say what it calls").help("set calledElement");
        }
    }
}
