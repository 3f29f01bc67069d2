//! Each kind of event has one of the triggers that the standard allows for it.
//!
//! **Why it is bad.** Engines refuse the model, or never trigger the event.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s">«<errorEventDefinition»/></startEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   «<intermediateCatchEvent» id="c"/>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <task id="t"/><boundaryEvent id="b" attachedToRef="t" cancelActivity="«false»"><errorEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"><messageEventDefinition/></startEvent>
//! </process>
//! ```
//! **How to fix.** Use another kind of event or another trigger.

use crate::lint::flow::{EVENTS, SUB_PROCESSES, event_definitions, is_event_sub_process, trigger_count};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in file.all(EVENTS) {
        let scope = event.parent();
        let starts_inner = scope.is_some_and(is_event_sub_process);
        let starts_sub_process = !starts_inner && scope.is_some_and(|scope| scope.is_any(SUB_PROCESSES));
        let allowed: &[&str] = match event.name() {
            "startEvent" if starts_inner => {
                &["message", "timer", "error", "escalation", "compensate", "conditional", "signal"]
            }
            "startEvent" if starts_sub_process => continue,
            "startEvent" => &["message", "timer", "conditional", "signal"],
            "endEvent" => &["message", "error", "escalation", "cancel", "compensate", "signal", "terminate"],
            "intermediateCatchEvent" => &["message", "timer", "conditional", "link", "signal"],
            "intermediateThrowEvent" => &["message", "escalation", "link", "compensate", "signal"],
            "boundaryEvent" => {
                &["message", "timer", "error", "escalation", "cancel", "compensate", "conditional", "signal"]
            }
            _ => continue,
        };
        for definition in event_definitions(event) {
            let trigger = definition.name().trim_end_matches("EventDefinition");
            if !allowed.contains(&trigger) {
                let kind = if starts_inner { "start event of an event sub-process" } else { event.name() };
                findings
                    .on(definition, format!("`{}` is not allowed in `{kind}`", definition.name()))
                    .help(format!("allowed are {}", allowed.join(", ")));
            }
        }
        let always_interrupts: &[&str] = match event.name() {
            "startEvent" if starts_inner => &["errorEventDefinition", "compensateEventDefinition"],
            "boundaryEvent" => &["errorEventDefinition", "cancelEventDefinition"],
            _ => &[],
        };
        for attribute in ["isInterrupting", "cancelActivity"] {
            if event.attribute(attribute) == Some("false")
                && let Some(definition) = always_interrupts.iter().find_map(|name| event.child(name))
            {
                let message = format!("an event with `{}` always interrupts", definition.name());
                findings.on_attribute(event, attribute, message).help("remove the attribute");
            }
        }
        let needs_trigger = event.is_any(&["intermediateCatchEvent", "boundaryEvent"]);
        // Some engines have triggers of their own.
        let is_extended = event
            .child("extensionElements")
            .is_some_and(|extensions| extensions.children().any(|child| child.name() == "eventType"));
        if needs_trigger && trigger_count(event) == 0 && !is_extended {
            findings
                .on(event, format!("`{}` waits for nothing", event.title()))
                .help("add an event definition");
        }
    }
}
