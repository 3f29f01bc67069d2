//! Flow splits at gateways only.
//!
//! **Why it is bad.** Several flows out of a task all get a token. Many readers expect that one of them is taken.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   «<task» id="a"/><task id="b"/><task id="c"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="a" targetRef="c"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><parallelGateway id="fork"/><task id="b"/><task id="c"/>
//!   <sequenceFlow id="e" sourceRef="a" targetRef="fork"/>
//!   <sequenceFlow id="f" sourceRef="fork" targetRef="b"/><sequenceFlow id="g" sourceRef="fork" targetRef="c"/>
//! </process>
//! ```
//! **How to fix.** Put a parallel gateway behind it if all are taken, an exclusive one if one is.

use crate::lint::flow::{FlowKind, is_conditional};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        let counts = match flow_node.kind {
            FlowKind::Activity | FlowKind::Event => true,
            FlowKind::Gateway | FlowKind::ChoreographyActivity => false,
        };
        let default = flow_node.default_flow();
        let unconditional = flow_node
            .outgoing
            .iter()
            .filter(|flow| !is_conditional(**flow) && (default.is_none() || default != flow.id()))
            .count();
        if counts && unconditional > 1 {
            findings
                .on(
                    flow_node.node,
                    format!("the flow splits at `{}` without a gateway", flow_node.node.title()),
                )
                .help("put a gateway behind it");
        }
    }
}
