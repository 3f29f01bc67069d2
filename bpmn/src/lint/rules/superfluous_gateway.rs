//! A gateway with one way in and one way out does nothing.
//!
//! **Why it is bad.** It looks like a decision or a join; readers search for the missing branch.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"/>«<exclusiveGateway» id="g"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="g"/><sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Remove it and connect its neighbours, or add the branch that is missing.

use crate::lint::flow::FlowKind;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes().iter().filter(|flow_node| flow_node.kind == FlowKind::Gateway) {
        if flow_node.incoming.len() == 1 && flow_node.outgoing.len() == 1 {
            findings
                .on(flow_node.node, "the gateway has one flow in and one out: it does nothing")
                .help("remove it");
        }
    }
}
