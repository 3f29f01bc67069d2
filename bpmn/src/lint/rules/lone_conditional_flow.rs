//! A condition stands on one of several flows between which is chosen, not on the only one.
//!
//! **Why it is bad.** If it does not hold, the token has nowhere to go: the process stops there for ever or fails. A parallel
//! gateway takes all of its flows, whatever their conditions say.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/>
//!   «<sequenceFlow» id="f" sourceRef="a" targetRef="b"><conditionExpression>${ok}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <parallelGateway id="g"/><task id="a"/><task id="b"/>
//!   «<sequenceFlow» id="f" sourceRef="g" targetRef="a"><conditionExpression>${ok}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Remove the condition, or add the flow for the other case.

use crate::lint::flow::{FlowKind, is_conditional};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        if flow_node.node.is("parallelGateway") {
            for flow in flow_node.outgoing.iter().filter(|flow| is_conditional(**flow)) {
                findings
                    .on(
                        *flow,
                        format!("`{}` takes this flow whatever its condition says", flow_node.node.title()),
                    )
                    .help("remove the condition, or split by an inclusive gateway");
            }
        }
        if let [flow] = flow_node.outgoing.as_slice()
            && is_conditional(*flow)
            && flow_node.kind != FlowKind::Gateway
        {
            findings
                .on(*flow, format!("the only flow out of `{}` has a condition", flow_node.node.title()))
                .help("remove the condition, or add a flow for the other case");
        }
    }
}
