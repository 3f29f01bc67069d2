//! A process that has end events has start events, and the other way round.
//!
//! **Why it is bad.** Where one of the two is drawn, the other is not implied any more: the specification asks for
//! both or none.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="t"/>«<endEvent» id="e"/>
//!   <sequenceFlow id="f" sourceRef="t" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><endEvent id="e"/>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Draw the other event, too.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for scope in file.all(&["process", "subProcess", "transaction"]) {
        let starts = scope.child("startEvent");
        let ends = scope.child("endEvent");
        let catches_first = scope.children_named("receiveTask").any(|task| task.flag("instantiate"))
            || scope.children_named("eventBasedGateway").any(|gateway| gateway.flag("instantiate"));
        match (starts, ends) {
            (None, Some(end)) if !catches_first => {
                findings.on(end, format!("`{}` has an end event, but no start event", scope.title()));
            }
            (Some(start), None) => {
                findings.on(start, format!("`{}` has a start event, but no end event", scope.title()));
            }
            _ => {}
        }
    }
}
