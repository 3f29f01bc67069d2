//! A multi-instance sub-process is asynchronous before it, and at its end.
//!
//! **Why it is bad.** Otherwise all instances run in one transaction: if one of many messages cannot be sent, all
//! are sent again.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<subProcess» id="s">
//!     <multiInstanceLoopCharacteristics camunda:collection="${targets}" camunda:elementVariable="target"/>
//!     <endEvent id="e" camunda:asyncAfter="true"/>
//!   </subProcess>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="s" camunda:asyncBefore="true">
//!     <multiInstanceLoopCharacteristics camunda:collection="${targets}" camunda:elementVariable="target"/>
//!     <endEvent id="e" camunda:asyncAfter="true"/>
//!   </subProcess>
//! </process>
//! ```
//! **How to fix.** Set `camunda:asyncBefore` of the sub-process, and `camunda:asyncAfter` of its end events.

use crate::lint::{File, Findings, Node, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let is_set = |node: Node<'_>, name: &str| node.attribute_in(Space::Camunda, name) == Some("true");
    for node in file.named("subProcess").iter().filter(|node| file.is_executed(**node)) {
        let Some(loops) = node.child("multiInstanceLoopCharacteristics") else { continue };
        if !is_set(*node, "asyncBefore") && !is_set(loops, "asyncBefore") {
            findings.on(*node, "the multi-instance sub-process is not asynchronous before it");
        }
        for event in node.children_named("endEvent").filter(|event| !is_set(*event, "asyncAfter")) {
            findings.on(event, "the end of a multi-instance sub-process is not asynchronous after it");
        }
    }
}
