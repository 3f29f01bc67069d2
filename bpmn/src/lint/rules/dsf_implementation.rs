//! What works, sends or listens in a process of the Data Sharing Framework names its class.
//!
//! **Why it is bad.** The framework finds the implementation by it; without one the process cannot be deployed, or fails.
//!
//! **Bad**
//! ```xml
//! <process id="dom_p" isExecutable="true">
//!   «<serviceTask» id="t"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="dom_p" isExecutable="true">
//!   <serviceTask id="t" camunda:class="org.example.Work"/>
//! </process>
//! ```
//! **How to fix.** Set camunda:class.
//!
//! **Elsewhere.** dsf-linter: BPMN_SERVICE_TASK_IMPLEMENTATION_CLASS_EMPTY,
//! BPMN_MESSAGE_SEND_EVENT_IMPLEMENTATION_CLASS_EMPTY, BPMN_USER_TASK_LISTENER_MISSING_CLASS_ATTRIBUTE.

use crate::lint::camunda::is_listener_of_nobody;
use crate::lint::flow::THROWING_EVENTS;
use crate::lint::{File, Findings, Node, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let tasks = file.all(&["serviceTask", "sendTask", "businessRuleTask"]);
    let events = file.named("messageEventDefinition").iter().copied();
    let sending =
        events.filter(|definition| definition.parent().is_some_and(|event| event.is_any(THROWING_EVENTS)));
    for node in tasks.chain(sending).filter(|node| file.is_executed(*node)) {
        let event = node.parent().filter(|event| event.name().ends_with("Event"));
        let is_decision = node.attribute_in(Space::Camunda, "decisionRef").is_some();
        if !is_decision && ![Some(node), event].into_iter().flatten().any(names_work) {
            let whose = event.unwrap_or(node);
            findings
                .on(whose, format!("`{}` does not say who does its work", whose.title()))
                .help("set camunda:class");
        }
    }
    for node in file.document().nodes().filter(|node| node.space() == Space::Camunda) {
        if is_listener_of_nobody(node) && file.is_executed(node) {
            findings.on(node, "the listener does not say who listens").help("set class");
        }
    }
}

fn names_work(node: Node<'_>) -> bool {
    let ways = ["class", "delegateExpression", "expression", "handler", "topic"];
    let spaces = [Space::Camunda, Space::Tessera];
    let is_filled = |written: &str| !written.trim().is_empty();
    spaces.iter().any(|space| ways.iter().any(|way| node.attribute_in(*space, way).is_some_and(is_filled)))
}
