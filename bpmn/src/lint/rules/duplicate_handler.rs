//! One activity or scope does not catch the same thing twice.
//!
//! **Why it is bad.** Which of the two is taken is up to chance; engines refuse the model.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="a" attachedToRef="t"><errorEventDefinition errorRef="x"/></boundaryEvent>
//!   «<boundaryEvent» id="b" attachedToRef="t"><errorEventDefinition errorRef="x"/></boundaryEvent>
//! </process>
//! <error id="x" name="x" errorCode="x"/>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <transaction id="t"/>
//!   <boundaryEvent id="a" attachedToRef="t"><cancelEventDefinition/></boundaryEvent>
//!   «<boundaryEvent» id="b" attachedToRef="t"><cancelEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="a" attachedToRef="t"><conditionalEventDefinition><condition>${x}</condition></conditionalEventDefinition></boundaryEvent>
//!   «<boundaryEvent» id="b" attachedToRef="t"><conditionalEventDefinition><condition>${x}</condition></conditionalEventDefinition></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="a" attachedToRef="t"><errorEventDefinition errorRef="x"/></boundaryEvent>
//!   <boundaryEvent id="b" attachedToRef="t"><errorEventDefinition errorRef="y"/></boundaryEvent>
//! </process>
//! <error id="x" name="x" errorCode="x"/><error id="y" name="y" errorCode="y"/>
//! ```
//! **How to fix.** Remove one of them, or catch something else.

use crate::lint::flow::is_event_sub_process;
use crate::lint::{File, Findings, Node};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut at_border: BTreeMap<(u32, &str, String), Node<'_>> = BTreeMap::new();
    let definitions =
        file.all(&["cancelEventDefinition", "compensateEventDefinition", "conditionalEventDefinition"]);
    for definition in definitions.filter(|node| file.is_executed(*node)) {
        let Some(event) = definition.parent().filter(|event| event.is("boundaryEvent")) else { continue };
        let Some(host) = file.attribute_target(event, "attachedToRef") else { continue };
        let condition = definition.child("condition");
        let condition = condition.map(|condition| condition.text().trim().to_owned()).unwrap_or_default();
        let message = match definition.name() {
            "cancelEventDefinition" => format!("the cancellation of `{}` is caught twice", host.title()),
            "compensateEventDefinition" => format!("`{}` is compensated twice", host.title()),
            // An empty one is reported as that.
            _ if condition.is_empty() => continue,
            _ => format!("the condition `{condition}` is waited for twice at `{}`", host.title()),
        };
        if let Some(first) = at_border.insert((host.index(), definition.name(), condition), event) {
            findings.on(event, message).related(first.head(), "it is caught here as well");
        }
    }
    let mut known = BTreeMap::new();
    for (definition, reference, code) in [
        ("errorEventDefinition", "errorRef", "errorCode"),
        ("escalationEventDefinition", "escalationRef", "escalationCode"),
        ("messageEventDefinition", "messageRef", "name"),
        ("signalEventDefinition", "signalRef", "name"),
    ] {
        for node in file.named(definition).iter().filter(|node| file.is_executed(**node)) {
            let Some(event) = node.parent() else { continue };
            let place = if event.is("boundaryEvent") {
                file.attribute_target(event, "attachedToRef")
            } else if event.is("startEvent") {
                // Event sub-processes catch for what they are in.
                event
                    .parent()
                    .and_then(|scope| if is_event_sub_process(scope) { scope.parent() } else { Some(scope) })
            } else {
                None
            };
            let Some(target) = file.attribute_target(*node, reference) else { continue };
            let (Some(place), Some(caught)) = (place, target.attribute(code)) else { continue };
            let key = (place.index(), event.is("boundaryEvent"), definition, caught);
            if let Some(first) = known.insert(key, event) {
                findings
                    .on(event, format!("`{caught}` is caught twice at `{}`", place.title()))
                    .related(first.head(), "it is caught here as well");
            }
        }
    }
}
