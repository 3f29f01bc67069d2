//! What does work says who does it: a job type, a decision or a script.
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
//!   <serviceTask id="a"><extensionElements>
//!     <zeebe:taskDefinition type="book"/>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Add `zeebe:taskDefinition` with the type of the job, `zeebe:calledDecision` to a business rule
//! task, or `zeebe:script` to a script task.

use crate::lint::flow::THROWING_EVENTS;
use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let version = zeebe::version(file);
    let tasks = ["serviceTask", "sendTask", "businessRuleTask", "scriptTask"];
    for node in zeebe::all_executed(file) {
        let holder = if node.is_any(&tasks) {
            node
        } else if let Some(definition) =
            node.child("messageEventDefinition").filter(|_| node.is_any(THROWING_EVENTS))
        {
            // The job of an event stands at the event; the modeler writes it there.
            if zeebe::extension(node, "taskDefinition").is_some() { node } else { definition }
        } else {
            continue;
        };
        let other = match node.name() {
            "businessRuleTask" if version >= (1, 3) => {
                zeebe::extension(node, "calledDecision").map(|found| (found, "decisionId"))
            }
            "scriptTask" if version >= (8, 2) => {
                zeebe::extension(node, "script").map(|found| (found, "expression"))
            }
            _ => None,
        };
        match (zeebe::extension(holder, "taskDefinition").map(|found| (found, "type"))).or(other) {
            None => {
                findings
                    .on(node, format!("{} does not say who does its work", zeebe::kind(node)))
                    .help("add zeebe:taskDefinition with the type of the job");
            }
            Some((found, attribute)) if !zeebe::is_filled(found, attribute) => {
                findings.on_attribute(found, attribute, format!("`{attribute}` is empty"));
            }
            Some(_) => {}
        }
    }
}
