//! Several flows into one activity or event do not join: each token that arrives runs it again.
//!
//! **Why it is bad.** It looks as if the activity waited for all of its predecessors. It does not; two tokens make two
//! runs, and everything behind runs twice.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/>«<task» id="c"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="c"/>
//!   <sequenceFlow id="g" sourceRef="b" targetRef="c"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/><exclusiveGateway id="merge"/><task id="c"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="merge"/>
//!   <sequenceFlow id="g" sourceRef="b" targetRef="merge"/>
//!   <sequenceFlow id="h" sourceRef="merge" targetRef="c"/>
//! </process>
//! ```
//! **How to fix.** Put an exclusive gateway in front if only one token can arrive, a parallel gateway if it is to wait for all.

use crate::lint::flow::FlowKind;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        let joins = match flow_node.kind {
            FlowKind::Activity | FlowKind::Event => flow_node.incoming.len() > 1,
            FlowKind::Gateway | FlowKind::ChoreographyActivity => false,
        };
        if joins {
            findings
                .on(flow_node.node, format!("incoming flows do not join at `{}`", flow_node.node.title()))
                .help("put a gateway in front of it");
        }
    }
}
