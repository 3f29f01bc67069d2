//! No loop goes round without waiting for anything.
//!
//! **Why it is bad.** The engine goes round for ever in one command, and blocks everything else.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<task» id="a"/>«<manualTask» id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="b" targetRef="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="a"/><receiveTask id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/><sequenceFlow id="g" sourceRef="b" targetRef="a"/>
//! </process>
//! ```
//! **How to fix.** Put something that waits into the loop: a timer, a message, or work of a job worker.

use crate::lint::flow::trigger_count;
use crate::lint::zeebe;
use crate::lint::{File, Findings, Node};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let graph = file.graph();
    let passes = |node: Node<'_>| {
        node.is_any(&["task", "manualTask", "exclusiveGateway", "parallelGateway", "inclusiveGateway"])
            || (node.is("intermediateThrowEvent") && trigger_count(node) == 0)
    };
    let nodes: Vec<Node<'_>> = zeebe::all_executed(file).filter(|node| passes(*node)).collect();
    let place: BTreeMap<u32, usize> =
        nodes.iter().enumerate().map(|(place, node)| (node.index(), place)).collect();
    let next: Vec<Vec<usize>> = nodes
        .iter()
        .map(|node| {
            let flows = graph.find(*node).map(|node| node.outgoing.as_slice()).unwrap_or_default();
            let targets = flows.iter().filter_map(|flow| file.attribute_target(*flow, "targetRef"));
            targets.filter_map(|target| place.get(&target.index()).copied()).collect()
        })
        .collect();
    for circle in crate::circle::circles(&next) {
        for node in circle.iter().filter_map(|place| nodes.get(*place)) {
            findings.on(*node, "the loop through this element never waits");
        }
    }
}
