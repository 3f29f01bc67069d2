//! What catches every error or escalation does not stand beside what catches one.
//!
//! **Why it is bad.** Engines differ in which of the two they take: some the one that names the code, some the first, and
//! Camunda 7 refuses the model where it is an escalation.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="s"/>
//!   <boundaryEvent id="one" attachedToRef="s"><escalationEventDefinition escalationRef="x"/></boundaryEvent>
//!   «<boundaryEvent» id="all" attachedToRef="s"><escalationEventDefinition/></boundaryEvent>
//! </process>
//! <escalation id="x" name="x" escalationCode="x"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <subProcess id="s"/>
//!   <boundaryEvent id="one" attachedToRef="s"><escalationEventDefinition escalationRef="x"/></boundaryEvent>
//!   <boundaryEvent id="two" attachedToRef="s"><escalationEventDefinition escalationRef="y"/></boundaryEvent>
//! </process>
//! <escalation id="x" name="x" escalationCode="x"/><escalation id="y" name="y" escalationCode="y"/>
//! ```
//! **How to fix.** Name the code that the other one is to catch, or let one event catch all and a gateway tell them apart.

use std::collections::BTreeMap;

use crate::lint::flow::is_event_sub_process;
use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for (definition, reference, code, what) in [
        ("errorEventDefinition", "errorRef", "errorCode", "errors"),
        ("escalationEventDefinition", "escalationRef", "escalationCode", "escalations"),
    ] {
        // By the place that they catch for: one that catches all, and one that does not.
        let mut caught: BTreeMap<_, (Option<Node<'_>>, Option<Node<'_>>)> = BTreeMap::new();
        for node in file.named(definition).iter().filter(|node| file.is_executed(**node)) {
            let Some(event) = node.parent() else { continue };
            let Some(place) = place(file, event) else { continue };
            let target = file.attribute_target(*node, reference);
            // A reference that leads nowhere is another rule's finding.
            if target.is_none() && node.attribute(reference).is_some() {
                continue;
            }
            let has_code =
                target.and_then(|target| target.attribute(code)).is_some_and(|code| !code.is_empty());
            let (all, one) = caught.entry((place.index(), event.is("boundaryEvent"))).or_default();
            (if has_code { one } else { all }).get_or_insert(event);
        }
        for (all, one) in caught.into_values() {
            if let (Some(all), Some(one)) = (all, one) {
                findings
                    .on(all, format!("`{}` catches all {what}, those of `{}` too", all.title(), one.title()))
                    .related(one.head(), "it catches one");
            }
        }
    }
}

/// What an event catches for.
fn place<'d>(file: &File<'d>, event: Node<'d>) -> Option<Node<'d>> {
    if event.is("boundaryEvent") {
        return file.attribute_target(event, "attachedToRef");
    }
    event.parent().filter(|scope| event.is("startEvent") && is_event_sub_process(*scope))?.parent()
}
