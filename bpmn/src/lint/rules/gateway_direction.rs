//! A gateway has the flows that its direction says.
//!
//! **Why it is bad.** The direction is what the author meant: if the flows differ, one of the two is a mistake.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="g" gatewayDirection="«Converging»"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="h" sourceRef="s" targetRef="g"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/><sequenceFlow id="i" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="g" gatewayDirection="«Diverging»"/><task id="a"/>
//!   <sequenceFlow id="h" sourceRef="s" targetRef="g"/><sequenceFlow id="f" sourceRef="g" targetRef="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="g" gatewayDirection="Diverging"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="h" sourceRef="s" targetRef="g"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/><sequenceFlow id="i" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Correct the direction, or the flows.

use crate::lint::flow::FlowKind;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.graph().nodes().iter().filter(|node| node.kind == FlowKind::Gateway) {
        let (incoming, outgoing) = (node.incoming.len(), node.outgoing.len());
        let problem = match node.node.attribute("gatewayDirection") {
            Some("Converging") if incoming < 2 || outgoing > 1 => {
                "a converging gateway has several incoming flows and one outgoing"
            }
            Some("Diverging") if incoming > 1 || outgoing < 2 => {
                "a diverging gateway has one incoming flow and several outgoing"
            }
            Some("Mixed") if incoming < 2 || outgoing < 2 => {
                "a mixed gateway has several incoming and outgoing flows"
            }
            _ => continue,
        };
        findings.on_attribute(
            node.node,
            "gatewayDirection",
            format!("{problem}; this has {incoming} and {outgoing}"),
        );
    }
}
