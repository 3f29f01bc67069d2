//! A service, send or business rule task says who does its work, in one way.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<serviceTask» id="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a" camunda:class="org.example.Book"/>
//! </process>
//! ```
//! **How to fix.** Set one of `camunda:class`, `camunda:expression`, `camunda:delegateExpression`, `camunda:type`
//! with a topic, `camunda:decisionRef`, or a connector.

use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for task in
        file.all(&["serviceTask", "sendTask", "businessRuleTask"]).filter(|task| file.is_executed(*task))
    {
        let ways = ["class", "expression", "delegateExpression", "type", "decisionRef"];
        let found = ways
            .iter()
            .filter(|way| task.attribute_in(Space::Camunda, way).is_some_and(|said| !said.trim().is_empty()))
            .count();
        let connector = task.extension(Space::Camunda, "connector").is_some();
        match (found, connector) {
            // The framework has a rule of its own for that.
            (0, false) if file.is_dsf() => {}
            (0, false) => {
                findings
                    .on(task, "the task does not say who does its work")
                    .help("set camunda:class, expression, delegateExpression, or type and topic");
            }
            (0 | 1, _) => {}
            _ => {
                findings.on(
                    task,
                    "the task says in several ways who does its work; the engine takes one of them",
                );
            }
        }
    }
}
