//! A gateway that chooses has a name, and so have the flows out of it.
//!
//! **Why it is bad.** Who reads the model, or the log of an instance, sees why it went where it went.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<exclusiveGateway» id="g" default="f"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" name="no" sourceRef="g" targetRef="a"/>
//!   <sequenceFlow id="h" name="yes" sourceRef="g" targetRef="b"><conditionExpression>${ok}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g" name="ok?" default="f"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" name="no" sourceRef="g" targetRef="a"/>
//!   <sequenceFlow id="h" name="yes" sourceRef="g" targetRef="b"><conditionExpression>${ok}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **How to fix.** Name the gateway after its question, and the flows after the answers.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let gateways = file
        .graph()
        .nodes()
        .iter()
        .filter(|node| node.node.is_any(&["exclusiveGateway", "inclusiveGateway"]));
    for gateway in gateways.filter(|node| node.outgoing.len() > 1 && file.is_executed(node.node)) {
        if gateway.node.label().is_none() {
            findings.on(gateway.node, "the gateway has no name");
        }
        for flow in gateway.outgoing.iter().filter(|flow| flow.label().is_none()) {
            findings.on(*flow, format!("the flow out of `{}` has no name", gateway.node.title()));
        }
    }
}
