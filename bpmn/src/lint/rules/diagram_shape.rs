//! A plane shows an element once, a shape has a size, and a shape or edge says which element it shows.
//!
//! **Why it is bad.** Editors drop what shows no element, and engines of the family of Camunda refuse the model. Editors refuse a second shape of an element in one diagram, or drop one of the two. A shape of
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
//! ```xml
//! <process id="p"><task id="t"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   «<bpmndi:BPMNShape» id="s"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//!   «<bpmndi:BPMNEdge» id="e"><di:waypoint x="0" y="0"/><di:waypoint x="9" y="0"/></bpmndi:BPMNEdge>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="t"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="t"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **How to fix.** Remove one of the shapes; give the shape its size, and its `bpmnElement`.

use crate::lint::{File, Findings, Node, Space};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut shown: BTreeMap<(Option<u32>, &str), Node<'_>> = BTreeMap::new();
    for shape in file.document().nodes().filter(|node| node.space() == Space::Diagram) {
        if matches!(shape.name(), "BPMNShape" | "BPMNEdge") && shape.attribute("bpmnElement").is_none() {
            findings.on(shape, format!("this {} does not say what it shows", shape.name()));
        }
        if shape.name() != "BPMNShape" {
            continue;
        }
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
