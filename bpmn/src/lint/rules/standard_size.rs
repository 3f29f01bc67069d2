//! Shapes have the usual size: tasks 100x80, gateways 50x50, events 36x36.
//!
//! **Why it is bad.** Where all shapes of a kind have one size, a different one looks as if it meant something.
//!
//! **Bad**
//! ```xml
//! <process id="p">«<task» id="a"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="0" y="0" width="120" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **Good**
//! ```xml
//! <process id="p"><task id="a"/></process>
//! <bpmndi:BPMNDiagram><bpmndi:BPMNPlane bpmnElement="p">
//!   <bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape>
//! </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
//! ```
//! **How to fix.** Set the size in a modeler.
//!
//! **Options.** `task`, `subProcess`, `gateway`, `event`, `dataObject`, `dataStore`, `participant`: each a table with
//! `width` and `height`.

use crate::lint::Space;
use crate::lint::flow::{EVENTS, GATEWAYS, SUB_PROCESSES, TASKS};
use crate::lint::shape::Bounds;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for shape in file.document().nodes().filter(|node| node.is_in(Space::Diagram, "BPMNShape")) {
        let Some(element) = file.attribute_target(shape, "bpmnElement") else { continue };
        let Some(bounds) = Bounds::of_shape(shape) else { continue };
        let kind = if element.is_any(TASKS) || element.is("callActivity") {
            "task"
        } else if element.is_any(SUB_PROCESSES) && !shape.flag("isExpanded") {
            "subProcess"
        } else if element.is_any(GATEWAYS) {
            "gateway"
        } else if element.is_any(EVENTS) {
            "event"
        } else if element.is("dataObjectReference") {
            "dataObject"
        } else if element.is("dataStoreReference") {
            "dataStore"
        } else if element.is("participant") && element.attribute("processRef").is_none() {
            "participant"
        } else {
            continue;
        };
        let (width, height) = expected(kind, findings);
        let fits = |actual: f64, expected: f64| (actual - expected).abs() < f64::EPSILON;
        if kind == "participant" {
            let horizontal = shape.attribute("isHorizontal").is_none() || shape.flag("isHorizontal");
            if horizontal && !fits(bounds.height, height) {
                findings.on(element, format!("an empty pool is {height} high, this one {}", bounds.height));
            } else if !horizontal && !fits(bounds.width, width) {
                findings.on(element, format!("an empty pool is {width} wide, this one {}", bounds.width));
            }
        } else if !fits(bounds.width, width) || !fits(bounds.height, height) {
            let actual = format!("{}x{}", bounds.width, bounds.height);
            findings.on(
                element,
                format!("the shape of `{}` is {actual}; {width}x{height} is usual", element.title()),
            );
        }
    }
}

fn expected(kind: &str, findings: &Findings<'_>) -> (f64, f64) {
    let usual = match kind {
        "gateway" | "dataStore" => (50.0, 50.0),
        "event" => (36.0, 36.0),
        "dataObject" => (36.0, 50.0),
        "participant" => (60.0, 60.0),
        _ => (100.0, 80.0),
    };
    let set = findings.option(kind);
    let side = |name: &str, usual: f64| {
        set.and_then(|set| set.get(name)).and_then(serde_json::Value::as_f64).unwrap_or(usual)
    };
    (side("width", usual.0), side("height", usual.1))
}
