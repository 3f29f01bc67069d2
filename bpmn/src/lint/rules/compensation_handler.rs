//! What compensates is an activity marked so, connected by an association, and no sequence flow touches it.
//!
//! **Why it is bad.** It runs only when its activity is undone. Without the association nobody knows what to run.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"/>«<boundaryEvent» id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="c" isForCompensation="true"/>
//!   <boundaryEvent id="b" attachedToRef="a"><compensateEventDefinition/></boundaryEvent>
//!   <association id="x" sourceRef="b" targetRef="c" associationDirection="One"/>
//! </process>
//! ```
//! **How to fix.** Draw an association from the event to the handler, and set `isForCompensation="true"` there.

use crate::lint::flow::ACTIVITIES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in
        file.named("boundaryEvent").iter().filter(|event| event.child("compensateEventDefinition").is_some())
    {
        let handlers: Vec<_> = file
            .named("association")
            .iter()
            .filter(|association| file.attribute_target(**association, "sourceRef") == Some(*event))
            .filter_map(|association| file.attribute_target(*association, "targetRef"))
            .filter(|target| target.is_any(ACTIVITIES))
            .collect();
        if handlers.is_empty() {
            findings
                .on(*event, "no association leads to a handler")
                .help("draw one to the activity that undoes the work");
        }
        for handler in handlers.into_iter().filter(|handler| !handler.flag("isForCompensation")) {
            findings
                .on(handler, format!("`{}` compensates, but is not marked so", handler.title()))
                .help("set isForCompensation=\"true\"")
                .related(event.head(), "the event is here");
        }
    }
    for flow_node in file.graph().nodes().iter().filter(|node| node.is_compensation()) {
        for flow in flow_node.incoming.iter().chain(&flow_node.outgoing) {
            let message = format!(
                "a sequence flow touches `{}`, which runs only to compensate",
                flow_node.node.title()
            );
            findings.on(*flow, message).help("remove the flow");
        }
    }
}
