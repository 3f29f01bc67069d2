//! Shapes do not overlap, and lie within the shape that contains them.
//!
//! **Why it is bad.** What lies under another shape is not seen, and where something belongs is guessed from where it
//! is drawn.
//!
//! **Bad**
//! ```xml
//! <process id="p">«<task» id="a"/>«<task» id="b"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//!   <bpmndi:BPMNShape bpmnElement="b"><dc:Bounds x="50" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="a"/><task id="b"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//!   <bpmndi:BPMNShape bpmnElement="b"><dc:Bounds x="150" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **How to fix.** Move them apart in a modeler.

use crate::lint::Node;
use crate::lint::flow::SUB_PROCESSES;
use crate::lint::shape::Bounds;
use crate::lint::{File, Findings};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut around: BTreeMap<u32, Bounds> = BTreeMap::new();
    let mut overlapping = BTreeSet::new();
    for collaboration in file.named("collaboration") {
        let participants: Vec<Node<'_>> = collaboration.children_named("participant").collect();
        overlaps(file, &participants, &mut overlapping);
        for participant in participants {
            let process = file.attribute_target(participant, "processRef");
            if let (Some(process), Some(bounds)) = (process, Bounds::of(file, participant)) {
                around.insert(process.index(), bounds);
            }
        }
    }
    let mut outside = Vec::new();
    for scope in file.named("process").iter().copied().chain(file.all(SUB_PROCESSES)) {
        if scope.is_any(SUB_PROCESSES) {
            let shape = scope.id().and_then(|id| file.drawn(id)).filter(|shape| shape.flag("isExpanded"));
            if let (Some(_), Some(bounds)) = (shape, Bounds::of(file, scope)) {
                around.insert(scope.index(), bounds);
            }
        }
        let elements: Vec<Node<'_>> = scope.children().collect();
        overlaps(file, &elements, &mut overlapping);
        let Some(frame) = around.get(&scope.index()) else { continue };
        for element in elements.iter().filter(|element| !element.is("dataStoreReference")) {
            let is_part =
                crate::lint::flow::flow_kind(*element).is_some() || element.is("dataObjectReference");
            if is_part && Bounds::of(file, *element).is_some_and(|bounds| !frame.contains(&bounds)) {
                outside.push(*element);
            }
        }
    }
    for index in overlapping {
        if let Some(node) = file.document().node(index) {
            findings.on(node, format!("the shape of `{}` overlaps another", node.title()));
        }
    }
    for node in outside {
        findings.on(node, format!("the shape of `{}` is not within the shape around it", node.title()));
    }
}

/// Sweeps from left to right, so that only shapes that share a column are compared.
fn overlaps(file: &File<'_>, elements: &[Node<'_>], found: &mut BTreeSet<u32>) {
    let mut shapes: Vec<(Bounds, Node<'_>)> = elements
        .iter()
        .filter(|element| !element.is("association") && !element.is("group") && !element.is("textAnnotation"))
        .filter_map(|element| Some((Bounds::of(file, *element)?, *element)))
        .collect();
    shapes.sort_by(|(left, _), (right, _)| left.x.total_cmp(&right.x));
    let mut comparisons = 0_usize;
    for (place, (bounds, element)) in shapes.iter().enumerate() {
        for (other_bounds, other) in shapes.iter().skip(place.saturating_add(1)) {
            comparisons = comparisons.saturating_add(1);
            if other_bounds.x > bounds.right() || comparisons > crate::limits::LINT_COMPARISONS_MAX {
                break;
            }
            let hosts = |event: &Node<'_>, host: &Node<'_>| {
                event.attribute("attachedToRef").is_some_and(|attached| Some(attached) == host.id())
            };
            if bounds.touches(other_bounds) && !hosts(element, other) && !hosts(other, element) {
                found.insert(element.index());
                found.insert(other.index());
            }
        }
    }
}
