//! Tasks, events, deciding gateways, conditional flows, participants and lanes have a name.
//!
//! **Why it is bad.** The diagram is what people talk about. What has no name is explained anew to everybody, and
//! appears in logs as `Activity_0x7f3a`.
//!
//! **Bad**
//! ```xml
//! <process id="p">«<task» id="t"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="t" name="Send the report"/></process>
//! ```
//! **How to fix.** Name tasks with verb and object, events with what happened, gateways with the question, and flows
//! with the answer.

use crate::lint::flow::{FlowKind, SUB_PROCESSES, is_conditional};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        let node = flow_node.node;
        let needs = match flow_node.kind {
            FlowKind::Activity => !node.is_any(SUB_PROCESSES),
            FlowKind::Event | FlowKind::ChoreographyActivity => true,
            FlowKind::Gateway => {
                flow_node.outgoing.len() > 1 && !node.is_any(&["parallelGateway", "eventBasedGateway"])
            }
        };
        if needs && node.label().is_none() {
            findings.on(node, format!("`{}` has no name", node.title())).help("add `name`");
        }
    }
    let flows = file.named("sequenceFlow").iter().copied().filter(|flow| is_conditional(*flow));
    for node in flows.chain(file.all(&["participant", "lane"])) {
        if node.label().is_none() {
            findings.on(node, format!("`{}` has no name", node.title())).help("add `name`");
        }
    }
}
