//! Every element that can be seen is in the diagram.
//!
//! **Why it is bad.** What is executed but not drawn is a surprise; modelers drop it, or draw it somewhere.
//!
//! **Bad**
//! ```xml
//! <process id="p">«<task» id="a"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="a"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **How to fix.** Open the file in a modeler and place the element, or let one lay the diagram out.

use crate::lint::flow::SCOPES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes().filter(|node| node.space() == crate::lint::Space::Bpmn) {
        let Some(parent) = node.parent() else { continue };
        let is_drawn = match node.name() {
            "participant" | "messageFlow" => parent.is("collaboration"),
            "lane" => parent.is_any(&["laneSet", "childLaneSet"]) && is_first_set(parent),
            "association" | "group" | "textAnnotation" => {
                parent.is_any(&["process", "collaboration", "choreography"])
            }
            name => {
                parent.is_any(SCOPES)
                    && (crate::lint::flow::flow_kind(node).is_some() || is_other_flow_element(name))
            }
        };
        if is_drawn && node.id().is_none_or(|id| file.drawn(id).is_none()) {
            findings.on(node, format!("`{}` is not in the diagram", node.title()));
        }
    }
}

fn is_other_flow_element(name: &str) -> bool {
    matches!(name, "sequenceFlow" | "dataObjectReference" | "dataStoreReference" | "event")
}

/// Only one set of lanes of a process can be drawn.
fn is_first_set(set: crate::lint::Node<'_>) -> bool {
    set.parent().and_then(|parent| parent.children().find(|child| child.name() == set.name())) == Some(set)
}
