//! An error or escalation that a sub-process throws is caught around it.
//!
//! **Why it is bad.** An error that nothing catches ends in an incident, or ends the whole process, depending on the engine;
//! an escalation is lost. Either may be meant for whoever called the process, in another file; thrown by the process itself it is not
//! reported.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="s">
//!     «<endEvent» id="e"><errorEventDefinition errorRef="x"/></endEvent>
//!   </subProcess>
//!   <boundaryEvent id="b" attachedToRef="s"><errorEventDefinition errorRef="y"/></boundaryEvent>
//! </process>
//! <error id="x" name="x" errorCode="x"/><error id="y" name="y" errorCode="y"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="s">
//!     <endEvent id="e"><errorEventDefinition errorRef="x"/></endEvent>
//!   </subProcess>
//!   <boundaryEvent id="b" attachedToRef="s"><errorEventDefinition errorRef="x"/></boundaryEvent>
//! </process>
//! <error id="x" name="x" errorCode="x"/>
//! ```
//! **How to fix.** Add a boundary event, or an event sub-process, that catches the code.

use std::collections::{BTreeMap, BTreeSet};

use crate::lint::flow::{SUB_PROCESSES, is_event_sub_process};
use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for (definition, reference, code, what) in [
        ("errorEventDefinition", "errorRef", "errorCode", "error"),
        ("escalationEventDefinition", "escalationRef", "escalationCode", "escalation"),
    ] {
        let definitions = file.named(definition);
        // The codes that are caught at each activity or scope; the empty one stands for all.
        let mut caught: BTreeMap<u32, BTreeSet<&str>> = BTreeMap::new();
        for node in definitions {
            let Some(place) = node.parent().and_then(|event| place(file, event)) else { continue };
            let target = file.attribute_target(*node, reference);
            let code = target.and_then(|target| target.attribute(code)).unwrap_or_default();
            caught.entry(place.index()).or_default().insert(code);
        }
        for node in definitions.iter().filter(|node| file.is_executed(**node)) {
            let Some(event) =
                node.parent().filter(|event| event.is_any(&["endEvent", "intermediateThrowEvent"]))
            else {
                continue;
            };
            let target = file.attribute_target(*node, reference);
            let Some(thrown) = target.and_then(|target| target.attribute(code)) else { continue };
            let scopes =
                || event.ancestors().filter(|scope| scope.is_any(SUB_PROCESSES) || scope.is("process"));
            let in_sub_process = scopes().next().is_some_and(|scope| scope.is_any(SUB_PROCESSES));
            let catches = |scope: Node<'_>| {
                caught.get(&scope.index()).is_some_and(|codes| codes.contains(thrown) || codes.contains(""))
            };
            if in_sub_process && !scopes().any(catches) {
                findings
                    .on(event, format!("nothing in this process catches the {what} `{thrown}`"))
                    .help("only a process that calls this one can catch it");
            }
        }
    }
}

/// The activity or scope that an event catches for.
fn place<'d>(file: &File<'d>, event: Node<'d>) -> Option<Node<'d>> {
    if event.is("boundaryEvent") {
        return file.attribute_target(event, "attachedToRef");
    }
    event.parent().filter(|scope| event.is("startEvent") && is_event_sub_process(*scope))?.parent()
}
