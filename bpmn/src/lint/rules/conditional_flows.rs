//! Where one flow out of an element has a condition, all others have one too, or are the default.
//!
//! **Why it is bad.** A flow without condition is always taken, beside the one whose condition holds: two tokens go on
//! where one was meant. At an exclusive gateway engines refuse it or take the first.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <exclusiveGateway id="g"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${ok}</conditionExpression></sequenceFlow>
//!   «<sequenceFlow» id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <exclusiveGateway id="g" default="h"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${ok}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Make the flow the default of its source, or give it the opposite condition.

use crate::lint::flow::is_conditional;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        let default = flow_node.default_flow();
        if default.is_none() && !flow_node.outgoing.iter().any(|flow| is_conditional(*flow)) {
            continue;
        }
        for flow in &flow_node.outgoing {
            if !is_conditional(*flow) && (default.is_none() || default != flow.id()) {
                findings
                    .on(
                        *flow,
                        format!("the flow out of `{}` has no condition, others have", flow_node.node.title()),
                    )
                    .help("add a condition, or make it the default flow of its source");
            }
        }
    }
}
