//! Link events have a name; each name has one catching event and at least one throwing event in its scope.
//!
//! **Why it is bad.** A link that leads nowhere, or to two places, is a flow that nobody can follow; engines refuse the
//! model.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   «<intermediateThrowEvent» id="t"><linkEventDefinition name="A"/></intermediateThrowEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <intermediateThrowEvent id="t"><linkEventDefinition name="A"/></intermediateThrowEvent>
//!   <intermediateCatchEvent id="c"><linkEventDefinition name="A"/></intermediateCatchEvent>
//!   <task id="u"/>«<sequenceFlow» id="f" sourceRef="u" targetRef="c"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <intermediateThrowEvent id="t"><linkEventDefinition name="A"/></intermediateThrowEvent>
//!   <intermediateCatchEvent id="c"><linkEventDefinition name="A"/></intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Name both ends alike, and draw both in the same process or sub-process.

use crate::lint::Node;
use crate::lint::flow::SCOPES;
use crate::lint::{File, Findings};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut scopes: BTreeMap<u32, BTreeMap<&str, Vec<Node<'_>>>> = BTreeMap::new();
    for definition in file.named("linkEventDefinition") {
        let Some(event) = definition.parent().filter(|event| event.name().ends_with("Event")) else {
            continue;
        };
        let Some(scope) = event.parent().filter(|scope| scope.is_any(SCOPES)) else { continue };
        // The link itself is the flow between them.
        let flow_node = file.graph().find(event);
        let beside = if event.is("intermediateCatchEvent") {
            flow_node.map(|node| (&node.incoming, "leads to the catching"))
        } else {
            flow_node.map(|node| (&node.outgoing, "leaves the throwing"))
        };
        for (flow, how) in
            beside.into_iter().flat_map(|(flows, how)| flows.iter().map(move |flow| (flow, how)))
        {
            findings.on(*flow, format!("a sequence flow {how} link event `{}`", event.title()));
        }
        match definition.attribute("name").filter(|name| !name.is_empty()) {
            Some(name) => scopes.entry(scope.index()).or_default().entry(name).or_default().push(event),
            None => {
                findings
                    .on(event, "the link event has no link name")
                    .help("name the link in its event definition");
            }
        }
    }
    for (name, events) in scopes.into_values().flatten() {
        let (throwing, catching): (Vec<_>, Vec<_>) = events
            .into_iter()
            .partition(|event| event.is_any(&["intermediateThrowEvent", "endEvent", "implicitThrowEvent"]));
        match (throwing.as_slice(), catching.as_slice()) {
            ([], [_]) => {
                for event in catching {
                    findings.on(event, format!("nothing throws the link `{name}` in this scope"));
                }
            }
            (_, []) => {
                for event in throwing {
                    findings.on(event, format!("nothing catches the link `{name}` in this scope"));
                }
            }
            (_, [_]) => {}
            (_, [_, ..]) => {
                for event in catching {
                    findings
                        .on(event, format!("the link `{name}` is caught by several events in this scope"));
                }
            }
        }
    }
}
