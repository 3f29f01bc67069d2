//! A process that calls itself, by itself or by others, can come to an end without doing so.
//!
//! **Why it is bad.** Each instance starts the next, and none ever ends: the engine works and stores until something gives
//! way. Processes of one file are looked at; a way past the call counts, and so do an event that interrupts it and a
//! collection that may be empty.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/>«<callActivity» id="c" calledElement="p"/><endEvent id="e"/>
//!   <sequenceFlow id="s_c" sourceRef="s" targetRef="c"/><sequenceFlow id="c_e" sourceRef="c" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="x" default="x_c"/><callActivity id="c" calledElement="p"/><endEvent id="e"/>
//!   <sequenceFlow id="s_x" sourceRef="s" targetRef="x"/><sequenceFlow id="x_c" sourceRef="x" targetRef="c"/>
//!   <sequenceFlow id="x_e" sourceRef="x" targetRef="e"><conditionExpression>${done}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="c_e" sourceRef="c" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Lead a way to the end that does not call, and decide before the call.

use crate::circle::circles;
use crate::lint::{File, Findings, Node, Space};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let processes = file.named("process");
    let places: BTreeMap<&str, usize> =
        processes.iter().enumerate().filter_map(|(place, process)| Some((process.id()?, place))).collect();
    let calls: Vec<Vec<(Node<'_>, usize)>> = processes
        .iter()
        .map(|process| {
            let calls = process.children_named("callActivity");
            calls.filter_map(|call| Some((call, *places.get(called(call)?)?))).collect()
        })
        .collect();
    if calls.iter().all(Vec::is_empty) {
        return;
    }
    let called: Vec<Vec<usize>> =
        calls.iter().map(|calls| calls.iter().map(|(_, called)| *called).collect()).collect();
    for mut circle in circles(&called) {
        circle.sort_unstable();
        let endless = endless(file, &calls, &circle);
        for place in &endless {
            for (call, called) in calls.get(*place).into_iter().flatten() {
                if endless.contains(called) && !is_left(file, *call) {
                    let name = processes.get(*place).map(|process| process.title()).unwrap_or_default();
                    let message = if called == place {
                        format!("`{name}` calls itself, and has no end without that")
                    } else {
                        format!("`{name}` calls what calls it again, and has no end without that")
                    };
                    findings.on(*call, message);
                }
            }
        }
    }
}

/// The process that a call activity names.
fn called(call: Node<'_>) -> Option<&str> {
    let of_zeebe = || call.extension(Space::Zeebe, "calledElement")?.attribute("processId");
    call.attribute("calledElement").or_else(of_zeebe).map(str::trim)
}

/// Whether a call may be left, or not begun, though what it calls never ends.
fn is_left(file: &File<'_>, call: Node<'_>) -> bool {
    let is_repeated = call
        .children()
        .any(|child| child.is_any(&["multiInstanceLoopCharacteristics", "standardLoopCharacteristics"]));
    let interrupts =
        |event: &Node<'_>| event.attribute("cancelActivity").is_none_or(|written| written.trim() != "false");
    is_repeated || file.graph().find(call).is_some_and(|node| node.boundary.iter().any(interrupts))
}

/// The processes of a circle of calls that have no way to an end but behind a call of one that has none. Each flow is
/// followed once: who waits behind a call goes on when what is called was found to end.
fn endless(file: &File<'_>, calls: &[Vec<(Node<'_>, usize)>], circle: &[usize]) -> BTreeSet<usize> {
    let (graph, processes) = (file.graph(), file.named("process"));
    let mut blocks: BTreeMap<u32, usize> = BTreeMap::new();
    let mut open: Vec<(usize, Node<'_>)> = Vec::new();
    for place in circle {
        let of_circle = calls
            .get(*place)
            .into_iter()
            .flatten()
            .filter(|(call, called)| circle.binary_search(called).is_ok() && !is_left(file, *call));
        blocks.extend(of_circle.map(|(call, called)| (call.index(), *called)));
        let begins = |node: &Node<'_>| {
            graph.find(*node).is_some_and(|node| node.incoming.is_empty() && !node.is_compensation())
        };
        let process = processes.get(*place).into_iter();
        open.extend(process.flat_map(|process| process.children().filter(begins)).map(|node| (*place, node)));
    }
    let mut reached: BTreeSet<u32> = open.iter().map(|(_, node)| node.index()).collect();
    let mut ending: BTreeSet<usize> = BTreeSet::new();
    let mut waiting: BTreeMap<usize, Vec<(usize, Node<'_>)>> = BTreeMap::new();
    while let Some((place, node)) = open.pop() {
        if let Some(called) = blocks.get(&node.index()).filter(|called| !ending.contains(called)) {
            waiting.entry(*called).or_default().push((place, node));
            continue;
        }
        let Some(here) = graph.find(node) else { continue };
        if here.outgoing.is_empty() && !node.is("boundaryEvent") && ending.insert(place) {
            open.extend(waiting.remove(&place).unwrap_or_default());
        }
        let targets = here.outgoing.iter().filter_map(|flow| file.attribute_target(*flow, "targetRef"));
        open.extend(targets.filter(|target| reached.insert(target.index())).map(|target| (place, target)));
    }
    circle.iter().copied().filter(|place| !ending.contains(place)).collect()
}
