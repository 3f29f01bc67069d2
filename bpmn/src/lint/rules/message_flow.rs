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
//! **How to fix.** Use a sequence flow within a pool.

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
        if source.is("startEvent") {
            findings.on(*flow, format!("a message flow cannot leave the start event `{}`", source.title()));
        }
        if target.is("endEvent") {
            findings.on(*flow, format!("a message flow cannot lead to the end event `{}`", target.title()));
        }
    }
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
