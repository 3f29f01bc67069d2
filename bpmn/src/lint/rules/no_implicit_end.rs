//! A path ends in an end event.
//!
//! **Why it is bad.** An element without outgoing flow ends the path silently; readers take it for unfinished.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/>«<task» id="t"/><sequenceFlow id="f" sourceRef="s" targetRef="t"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><task id="t"/><endEvent id="e"/>
//!   <sequenceFlow id="f" sourceRef="s" targetRef="t"/><sequenceFlow id="g" sourceRef="t" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Add an end event behind it, or connect it to what follows.

use crate::lint::flow::{FlowKind, is_only};
use crate::lint::{File, Findings};
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let associated: BTreeSet<&str> = file
        .named("association")
        .iter()
        .filter_map(|association| association.attribute("sourceRef"))
        .collect();
    for flow_node in file.graph().nodes() {
        let node = flow_node.node;
        let may_end = flow_node.is_event_sub_process()
            || flow_node.is_compensation()
            || flow_node.kind == FlowKind::ChoreographyActivity
            || node.is("endEvent")
            || (node.is("intermediateThrowEvent") && is_only(node, "linkEventDefinition"))
            || (node.is("boundaryEvent")
                && is_only(node, "compensateEventDefinition")
                && node.id().is_some_and(|id| associated.contains(id)))
            || node.parent().is_some_and(|parent| parent.is("adHocSubProcess"));
        if !may_end && flow_node.outgoing.is_empty() {
            findings
                .on(node, format!("the path ends at `{}` without an end event", node.title()))
                .help("add an end event behind it");
        }
    }
}
