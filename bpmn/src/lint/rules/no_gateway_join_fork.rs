//! A gateway joins or forks, not both.
//!
//! **Why it is bad.** With both it is hard to say what it waits for before it decides; two gateways say it.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/>«<parallelGateway» id="g"/><task id="c"/><task id="d"/>
//!   <sequenceFlow id="f1" sourceRef="a" targetRef="g"/><sequenceFlow id="f2" sourceRef="b" targetRef="g"/>
//!   <sequenceFlow id="f3" sourceRef="g" targetRef="c"/><sequenceFlow id="f4" sourceRef="g" targetRef="d"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><parallelGateway id="g"/><task id="c"/><task id="d"/>
//!   <sequenceFlow id="f1" sourceRef="a" targetRef="g"/>
//!   <sequenceFlow id="f3" sourceRef="g" targetRef="c"/><sequenceFlow id="f4" sourceRef="g" targetRef="d"/>
//! </process>
//! ```
//! **How to fix.** Split it: one gateway that joins, and one behind it that forks.

use crate::lint::flow::FlowKind;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes().iter().filter(|flow_node| flow_node.kind == FlowKind::Gateway) {
        if flow_node.incoming.len() > 1 && flow_node.outgoing.len() > 1 {
            findings.on(flow_node.node, "the gateway both joins and forks").help("use one gateway for each");
        }
    }
}
