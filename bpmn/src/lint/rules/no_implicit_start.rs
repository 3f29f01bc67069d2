//! A path begins at a start event.
//!
//! **Why it is bad.** An element without incoming flow begins at once with the process, which few readers know and some
//! engines refuse.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   «<task» id="t"/><endEvent id="e"/><sequenceFlow id="f" sourceRef="t" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><task id="t"/><endEvent id="e"/>
//!   <sequenceFlow id="g" sourceRef="s" targetRef="t"/><sequenceFlow id="f" sourceRef="t" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Add a start event in front of it, or connect it to what comes before.

use crate::lint::flow::{FlowKind, is_only};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes() {
        let node = flow_node.node;
        let may_begin = flow_node.is_event_sub_process()
            || flow_node.is_compensation()
            || flow_node.kind == FlowKind::ChoreographyActivity
            || node.is_any(&["startEvent", "boundaryEvent"])
            || (node.is("intermediateCatchEvent") && is_only(node, "linkEventDefinition"))
            || node.parent().is_some_and(|parent| parent.is("adHocSubProcess"));
        if !may_begin && flow_node.incoming.is_empty() {
            findings
                .on(node, format!("nothing leads to `{}`, and it is no start event", node.title()))
                .help("add a start event in front of it");
        }
    }
}
