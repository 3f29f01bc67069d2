//! Of several flows out of an exclusive gateway each has a condition, or is the default; of one flow none has.
//!
//! **Why it is bad.** Nothing says when a flow without condition is taken: engines of the Camunda 7 family refuse two of
//! them, or one beside a default, and take the first. The only flow of a gateway, with a condition, leads nowhere if it does not
//! hold; they refuse that too.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/><task id="b"/>
//!   «<sequenceFlow» id="f" sourceRef="g" targetRef="a"/>«<sequenceFlow» id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   «<sequenceFlow» id="f" sourceRef="g" targetRef="a"><conditionExpression>${x}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g" default="h"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${x}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Add conditions, and make one flow the default.

use crate::lint::flow::is_conditional;
use crate::lint::{File, Findings, Node, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    // For Camunda 8 the rule `sequence-flow-condition` knows more.
    if matches!(file.target(), Some(Target::Camunda8(..))) {
        return;
    }
    let gateways = file.graph().nodes().iter().filter(|node| node.node.is("exclusiveGateway"));
    for gateway in gateways.filter(|gateway| file.is_executed(gateway.node)) {
        let title = gateway.node.title();
        if let [flow] = gateway.outgoing.as_slice() {
            if is_conditional(*flow) {
                findings.on(*flow, format!("the only flow out of `{title}` has a condition"));
            }
            continue;
        }
        let default = gateway.default_flow().and_then(|id| file.referenced(id));
        let bare: Vec<Node<'_>> = gateway
            .outgoing
            .iter()
            .copied()
            .filter(|flow| !is_conditional(*flow) && default != Some(*flow))
            .collect();
        if default.is_some() || bare.len() > 1 {
            for flow in bare {
                findings
                    .on(flow, format!("nothing says when this flow out of `{title}` is taken"))
                    .help("add a condition, or make it the default");
            }
        }
    }
}
