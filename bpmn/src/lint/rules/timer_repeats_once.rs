//! A cycle belongs to an event that can occur more than once.
//!
//! **Why it is bad.** An intermediate event, and one that interrupts, occurs once: what else the cycle says has no effect.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c"><timerEventDefinition><timeCycle>«R3/PT1H»</timeCycle></timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"/>
//!   <boundaryEvent id="b" attachedToRef="t" cancelActivity="false"><timerEventDefinition><timeCycle>R3/PT1H</timeCycle></timerEventDefinition></boundaryEvent>
//!   <intermediateCatchEvent id="c"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Write a duration or a date, or let the event not interrupt.

use crate::lint::flow::is_event_sub_process;
use crate::lint::{File, Findings, Node, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    // For Camunda 8 the rule `timer` knows more.
    if matches!(file.target(), Some(Target::Camunda8(..))) {
        return;
    }
    for cycle in file.named("timeCycle").iter().filter(|node| file.is_executed(**node)) {
        let Some(event) = cycle.parent().and_then(Node::parent) else { continue };
        let is_true = |name: &str| !matches!(event.attribute(name).map(str::trim), Some("false" | "0"));
        let occurs_once = match event.name() {
            "intermediateCatchEvent" => true,
            "boundaryEvent" => is_true("cancelActivity"),
            "startEvent" => event.parent().is_some_and(is_event_sub_process) && is_true("isInterrupting"),
            _ => false,
        };
        let text = cycle.text();
        let is_once = text.trim().starts_with("R1/");
        if occurs_once && !is_once && !text.trim().is_empty() {
            let message = format!("`{}` occurs once, whatever the cycle says", event.title());
            findings.at(cycle.text_span(), message);
        }
    }
}
