//! Every task, sub-process, gateway and event is connected to something.
//!
//! **Why it is bad.** An element without any flow is forgotten, or runs at once beside everything else.
//!
//! **Bad**
//! ```xml
//! <process id="p">«<task» id="a"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Connect it or remove it.

use crate::lint::flow::{FlowKind, is_only};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        let node = flow_node.node;
        let counts = match flow_node.kind {
            FlowKind::Activity => !node.is("callActivity"),
            FlowKind::Gateway | FlowKind::Event => true,
            FlowKind::ChoreographyActivity => false,
        };
        let is_linked = flow_node.is_event_sub_process()
            || flow_node.is_compensation()
            || (node.is("boundaryEvent") && is_only(node, "compensateEventDefinition"))
            || node.parent().is_some_and(|parent| parent.is("adHocSubProcess"));
        if counts && !is_linked && flow_node.incoming.is_empty() && flow_node.outgoing.is_empty() {
            findings
                .on(node, format!("`{}` is not connected", node.title()))
                .help("connect it, or remove it");
        }
    }
}
