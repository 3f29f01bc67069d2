//! Cancel events stand in a transaction, or on its border.
//!
//! **Why it is bad.** Nothing else can be cancelled: engines refuse the model.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <endEvent id="e">«<cancelEventDefinition»/></endEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <transaction id="t"><subProcess id="s"><endEvent id="e">«<cancelEventDefinition»/></endEvent></subProcess></transaction>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <transaction id="t"><endEvent id="e"><cancelEventDefinition/></endEvent></transaction>
//! </process>
//! ```
//! **How to fix.** Make the sub-process a transaction, or use another event.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in file.named("cancelEventDefinition") {
        let Some(event) = definition.parent() else { continue };
        let is_right = if event.is("boundaryEvent") {
            file.attribute_target(event, "attachedToRef").is_none_or(|host| host.is("transaction"))
        } else {
            event.parent().is_some_and(|scope| scope.is("transaction"))
        };
        if !is_right {
            findings.on(*definition, "there is no transaction to cancel");
        }
    }
}
