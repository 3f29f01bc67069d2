//! Where a gateway chooses, each flow but the default has a condition.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><endEvent id="a"/><endEvent id="b"/>
//!   «<sequenceFlow» id="f" sourceRef="g" targetRef="a"/>
//!   «<sequenceFlow» id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g" default="f"/><endEvent id="a"/><endEvent id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/>
//!   <sequenceFlow id="h" sourceRef="g" targetRef="b"><conditionExpression>=ok</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **How to fix.** Add the condition, or make the flow the default.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for gateway in zeebe::executed(file, &["exclusiveGateway", "inclusiveGateway"]) {
        let Some(node) = file.graph().find(gateway).filter(|node| node.outgoing.len() > 1) else { continue };
        for flow in &node.outgoing {
            let condition = flow.child("conditionExpression");
            let is_empty = condition.is_none_or(|condition| condition.text().trim().is_empty());
            if is_empty && flow.id() != node.default_flow() {
                findings.on(*flow, "the flow has no condition").help("add one, or make it the default flow");
            }
        }
    }
}
