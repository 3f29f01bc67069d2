//! A wait for a message can end without it.
//!
//! **Why it is bad.** A partner that is gone, refuses, or fails leaves the instance waiting for ever, and whoever started it
//! without an answer. Waits behind an event-based gateway are the matter of `event-gateway-timeout`.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"/>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="r"/>
//!   «<receiveTask» id="r" messageRef="m"/>
//! </process>
//! <message id="m" name="reply"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"/>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="r"/>
//!   <receiveTask id="r" messageRef="m"/>
//!   <boundaryEvent id="b" attachedToRef="r">
//!     <timerEventDefinition id="t"><timeDuration>P1D</timeDuration></timerEventDefinition>
//!   </boundaryEvent>
//! </process>
//! <message id="m" name="reply"/>
//! ```
//! **How to fix.** Wait behind an event-based gateway with a timer, or end the wait by a boundary event or an event subprocess.

use std::collections::BTreeSet;

use crate::lint::flow::{SUB_PROCESSES, is_event_sub_process};
use crate::lint::{File, Findings, Node, zeebe};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let graph = file.graph();
    let bounded = bounded(file);
    for (node, _) in zeebe::waiting_for_messages(file) {
        if !node.is_any(&["receiveTask", "intermediateCatchEvent"]) {
            continue;
        }
        let Some(wait) = graph.find(node) else { continue };
        let sources = wait.incoming.iter().filter_map(|flow| file.attribute_target(*flow, "sourceRef"));
        let mut choices = sources.filter(|source| source.is("eventBasedGateway"));
        let mut around = std::iter::once(node).chain(node.ancestors());
        if !wait.incoming.is_empty()
            && choices.next().is_none()
            && !around.any(|scope| bounded.contains(&scope.index()))
        {
            findings
                .on(node, format!("`{}` waits for a message, and nothing else ends the wait", node.title()))
                .help("add a timer, or a message that says that the partner has failed");
        }
    }
}

/// The indices of what an event at its border or an event subprocess in it may end.
fn bounded(file: &File<'_>) -> BTreeSet<u32> {
    let borders = file.named("boundaryEvent").iter().filter(|event| interrupts(**event, "cancelActivity"));
    let hosts = borders.filter_map(|event| file.attribute_target(*event, "attachedToRef"));
    let handlers = file.all(SUB_PROCESSES).filter(|scope| is_event_sub_process(*scope));
    let interrupting = handlers.filter(|handler| {
        handler.children_named("startEvent").any(|start| interrupts(start, "isInterrupting"))
    });
    hosts.chain(interrupting.filter_map(Node::parent)).map(Node::index).collect()
}

/// Whether an event ends what is around it by something that comes from outside.
fn interrupts(event: Node<'_>, attribute: &str) -> bool {
    let comes_from_outside = [
        "timerEventDefinition",
        "messageEventDefinition",
        "signalEventDefinition",
        "conditionalEventDefinition",
    ];
    event.attribute(attribute) != Some("false")
        && comes_from_outside.iter().any(|name| event.child(name).is_some())
}
