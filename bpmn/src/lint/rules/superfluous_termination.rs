//! A terminate end event ends something that would otherwise go on.
//!
//! **Why it is bad.** Where it is the only end, everything is over anyway. It suggests that there is something else to
//! be cut off.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/>«<endEvent» id="e"><terminateEventDefinition/></endEvent>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="s" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Use a plain end event.

use crate::lint::flow::SUB_PROCESSES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for scope in file.named("process").iter().copied().chain(file.all(SUB_PROCESSES)) {
        let ends: Vec<_> = scope
            .children()
            .filter_map(|node| file.graph().find(node))
            .filter(|flow_node| flow_node.outgoing.is_empty())
            .collect();
        let is_terminate = |node: crate::lint::Node<'_>| {
            node.is("endEvent") && node.child("terminateEventDefinition").is_some()
        };
        let mut terminates = ends.iter().filter(|end| is_terminate(end.node));
        let (Some(terminate), None) = (terminates.next(), terminates.next()) else { continue };
        let interrupts = |event: crate::lint::Node<'_>| {
            event.attribute("isInterrupting").is_none() || event.flag("isInterrupting")
        };
        let superfluous = ends.iter().all(|end| {
            is_terminate(end.node)
                || (end.is_event_sub_process() && end.node.children_named("startEvent").any(interrupts))
        });
        if superfluous {
            findings
                .on(terminate.node, "there is nothing left that this event could terminate")
                .help("use a plain end event");
        }
    }
}
