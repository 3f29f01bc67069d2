//! Before Camunda 8.4 sub-processes are drawn expanded.
//!
//! **Why it is bad.** The tools of these versions do not show what is inside.
//!
//! **Bad**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.3">
//! <process id="p" isExecutable="true">
//!   «<subProcess» id="s"/>
//! </process>
//! <bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
//!   <bpmndi:BPMNPlane bpmnElement="p"><bpmndi:BPMNShape bpmnElement="s" isExpanded="false"><dc:Bounds x="0" y="0" width="100" height="80"/></bpmndi:BPMNShape></bpmndi:BPMNPlane>
//! </bpmndi:BPMNDiagram>
//! </definitions>
//! ```
//! **Good**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.3">
//! <process id="p" isExecutable="true">
//!   <subProcess id="s"/>
//! </process>
//! </definitions>
//! ```
//! **How to fix.** Expand it in the diagram, or set a later version.

use crate::lint::flow::SUB_PROCESSES;
use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if zeebe::version(file) >= (8, 4) {
        return;
    }
    for node in zeebe::executed(file, SUB_PROCESSES) {
        let shape = node.id().and_then(|id| file.drawn(id));
        if shape.and_then(|shape| shape.attribute("isExpanded")) == Some("false") {
            findings.on(node, "the sub-process is drawn collapsed");
        }
    }
}
