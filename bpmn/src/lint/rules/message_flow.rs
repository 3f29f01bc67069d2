//! A message flow leads from one pool to another, from what sends to what receives.
//!
//! **Why it is bad.** Within a pool there is no message: it is one process with one set of data.
//!
//! **Bad**
//! ```xml
//! <collaboration id="c">
//!   <participant id="x" processRef="p"/>
//!   «<messageFlow» id="m" sourceRef="a" targetRef="b"/>
//! </collaboration>
//! <process id="p">
//!   <sendTask id="a"/><receiveTask id="b"/>
//! </process>
//! ```
//! ```xml
//! <collaboration id="c">
//!   <participant id="x" processRef="p"/><participant id="y"/>
//!   «<messageFlow» id="m" sourceRef="y" targetRef="a"/>
//! </collaboration>
//! <process id="p">
//!   <startEvent id="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <collaboration id="c">
//!   <participant id="x" processRef="p"/><participant id="y"/>
//!   <messageFlow id="m" sourceRef="a" targetRef="y"/>
//! </collaboration>
//! <process id="p">
//!   <sendTask id="a"/>
//! </process>
//! ```
//! **How to fix.** Use a sequence flow within a pool; give events at the ends a message event definition.

use crate::lint::flow::{CATCHING_EVENTS, THROWING_EVENTS};
use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow in file.named("messageFlow") {
        let ends = [file.attribute_target(*flow, "sourceRef"), file.attribute_target(*flow, "targetRef")];
        let [Some(source), Some(target)] = ends else { continue };
        let (from, to) = (process_of(file, source), process_of(file, target));
        if source == target || (from.is_some() && from == to) {
            findings
                .on(
                    *flow,
                    format!(
                        "the message flow from `{}` to `{}` stays in one pool",
                        source.title(),
                        target.title()
                    ),
                )
                .help("use a sequence flow");
            continue;
        }
        let refused = [
            "exclusiveGateway",
            "parallelGateway",
            "inclusiveGateway",
            "complexGateway",
            "eventBasedGateway",
            "textAnnotation",
            "group",
            "dataObjectReference",
            "dataStoreReference",
            "lane",
        ];
        for (verb, node) in [("leave", source), ("lead to", target)] {
            if node.is_any(&refused) {
                findings.on(
                    *flow,
                    format!("a message flow cannot {verb} `{}`, a `{}`", node.title(), node.name()),
                );
            }
        }
        if source.is_any(CATCHING_EVENTS) {
            findings
                .on(*flow, format!("a message flow cannot leave `{}`, which does not send", source.title()));
        } else if source.is_any(THROWING_EVENTS) && !may_be_message(source) {
            let message = format!("a message flow leaves `{}`, which is no message event", source.title());
            findings.on(*flow, message);
        }
        if target.is_any(THROWING_EVENTS) {
            findings.on(
                *flow,
                format!("a message flow cannot lead to `{}`, which does not wait", target.title()),
            );
        } else if target.is_any(CATCHING_EVENTS) && !may_be_message(target) {
            let message = format!("a message flow leads to `{}`, which is no message event", target.title());
            findings.on(*flow, message);
        }
    }
}

/// Whether a message is among the triggers of an event, or may be among those that it refers to.
fn may_be_message(event: Node<'_>) -> bool {
    event.child("messageEventDefinition").is_some() || event.child("eventDefinitionRef").is_some()
}

/// The process that a participant stands for, or that an element is in.
fn process_of<'d>(file: &File<'d>, node: Node<'d>) -> Option<u32> {
    let process = if node.is("participant") {
        file.attribute_target(node, "processRef")
    } else {
        std::iter::once(node).chain(node.ancestors()).find(|around| around.is("process"))
    };
    process.map(Node::index)
}
