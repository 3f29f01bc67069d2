//! A conditional event says which variable it waits for, in which of its changes, and its condition is an expression.
//!
//! **Why it is bad.** Without them the condition is evaluated at every change of any variable of the process, and a script
//! as condition is code in a drawing.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c">«<conditionalEventDefinition»><condition>${ready}</condition></conditionalEventDefinition></intermediateCatchEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <intermediateCatchEvent id="c">
//!     <conditionalEventDefinition camunda:variableName="ready" camunda:variableEvents="create, update"><condition>${ready}</condition></conditionalEventDefinition>
//!   </intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Set `camunda:variableName` and `camunda:variableEvents`; write the condition as `${...}`.
//!
//! **Elsewhere.** dsf-linter: BPMN_FLOATING_ELEMENT, for conditional intermediate catch events.

use crate::lint::{File, Findings, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for definition in file.named("conditionalEventDefinition").iter().filter(|node| file.is_executed(**node))
    {
        let is_empty = |name: &&str| {
            definition.attribute_in(Space::Camunda, name).is_none_or(|written| written.trim().is_empty())
        };
        let missing: Vec<&str> = ["variableName", "variableEvents"].into_iter().filter(is_empty).collect();
        if !missing.is_empty() {
            let missing = missing.join(" and ");
            findings.on(*definition, format!("the conditional event does not set camunda:{missing}"));
        }
        if let Some(condition) = definition.child("condition")
            && condition.attribute("language").is_some()
        {
            findings.on_attribute(condition, "language", "the condition is a script");
        }
    }
}
