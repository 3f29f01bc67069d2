//! The condition of a flow is an expression.
//!
//! **Why it is bad.** What is not marked as an expression is a text, and a text is neither true nor false: the instance fails
//! where it comes there. Looked at where no other language is declared.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>«the claim is approved»</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${approved}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **How to fix.** Write `${...}`, or FEEL behind `=`.

use crate::expression::is_computed;
use crate::lint::{File, Findings, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let of_file = file.definitions().and_then(|definitions| definitions.attribute("expressionLanguage"));
    if of_file.is_some() || matches!(file.target(), Some(Target::Camunda8(..))) {
        return;
    }
    for condition in file.named("conditionExpression").iter().filter(|node| file.is_executed(**node)) {
        let text = condition.text();
        let written = text.trim();
        let is_known = matches!(written, "" | "true" | "false") || condition.attribute("language").is_some();
        if !is_computed(written) && !is_known && condition.children().next().is_none() {
            findings
                .at(condition.text_span(), "the condition is a text, not an expression")
                .help("write `${...}`");
        }
    }
}
