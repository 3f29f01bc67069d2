//! A default flow leaves its own element, and has no condition.
//!
//! **Why it is bad.** A default that starts elsewhere is never taken, and a condition of the default is never
//! asked.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <exclusiveGateway id="g" default="«f»"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <exclusiveGateway id="g" default="f"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a">«<conditionExpression»>${x}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <exclusiveGateway id="g" default="f"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/>
//! </process>
//! ```
//! **How to fix.** Name a flow that leaves the element; remove the condition from it.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        let Some(flow) =
            file.attribute_target(flow_node.node, "default").filter(|flow| flow.is("sequenceFlow"))
        else {
            continue;
        };
        if !flow_node.outgoing.contains(&flow) {
            let message =
                format!("the default flow `{}` does not leave `{}`", flow.title(), flow_node.node.title());
            findings.on_attribute(flow_node.node, "default", message).related(flow.head(), "it is here");
        }
        if let Some(condition) = flow.child("conditionExpression") {
            findings
                .on(
                    condition,
                    format!("the default flow `{}` has a condition, which nobody asks", flow.title()),
                )
                .help("remove the condition, or make another flow the default");
        }
    }
}
