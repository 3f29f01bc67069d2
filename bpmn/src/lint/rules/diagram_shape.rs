//! A plane shows an element once, and a shape has a size.
//!
//! **Why it is bad.** Editors refuse a second shape of an element in one diagram, or drop one of the two. A shape of
//! negative size cannot be drawn.
//!
//! **Bad**
//! ```xml
//! <process id="p"><task id="t"/><task id="u"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="t"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//!   «<bpmndi:BPMNShape» bpmnElement="t"><dc:Bounds x="0" y="100" width="100" height="80"/></bpmndi:BPMNShape>
//!   <bpmndi:BPMNShape bpmnElement="u"><dc:Bounds x="200" y="0" width="«-5»" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="t"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="t"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **How to fix.** Remove one of the shapes; give the shape its size.

use crate::lint::{File, Findings, Node, Space};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut shown: BTreeMap<(Option<u32>, &str), Node<'_>> = BTreeMap::new();
    for shape in file.document().nodes().filter(|node| node.is_in(Space::Diagram, "BPMNShape")) {
        let plane = shape.parent().map(Node::index);
        if let Some(element) = shape.attribute("bpmnElement")
            && let Some(first) = shown.insert((plane, element), shape)
        {
            findings
                .on(shape, format!("`{element}` has another shape in this diagram"))
                .about(element)
                .related(first.head(), "the other shape");
        }
        let Some(bounds) = shape.children().find(|child| child.is_in(Space::DiagramCommon, "Bounds")) else {
            continue;
        };
        for name in ["width", "height"] {
            let Some(attribute) = bounds.attribute_record(name) else { continue };
            let written = bounds.attribute_value(attribute);
            if written.trim().parse::<f64>().is_ok_and(|size| size < 0.0) {
                findings.at(attribute.value_span(), format!("the {name} of a shape cannot be {written}"));
            }
        }
    }
}
