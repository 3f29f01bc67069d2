//! A condition is one expression, and nothing else.
//!
//! **Why it is bad.** What is not marked as an expression is a text, and so is what stands around one: `${a} == false` is the
//! text `true == false`. A text is neither true nor false: the instance fails where it comes there. Looked at where no other
//! language is declared.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>«the claim is approved»</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>«${approved} == false»</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="h" sourceRef="g" targetRef="b"><conditionExpression>«${'yes'}»</conditionExpression></sequenceFlow>
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

use crate::diagnostic::Position;
use crate::expression::{Expression, Template, is_computed};
use crate::lint::{File, Findings, Target};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let of_file = file.definitions().and_then(|definitions| definitions.attribute("expressionLanguage"));
    if of_file.is_some() || matches!(file.target(), Some(Target::Camunda8(..))) {
        return;
    }
    let conditions = file.all(&["conditionExpression", "completionCondition", "condition"]);
    for condition in conditions.filter(|node| file.is_executed(*node)) {
        let text = condition.text();
        let written = text.trim();
        let is_other = condition.attribute("language").is_some() || condition.children().next().is_some();
        if is_other || matches!(written, "" | "true" | "false") {
            continue;
        }
        let message = if is_computed(written) {
            let Some(message) = without_truth(written) else { continue };
            message
        } else if condition.is("conditionExpression") {
            "the condition is a text, not an expression".to_owned()
        } else {
            continue;
        };
        findings.at(condition.text_span(), message).help("write `${...}`");
    }
}

/// Why something that is evaluated is neither true nor false.
fn without_truth(written: &str) -> Option<String> {
    // What cannot be parsed is the matter of another rule.
    if Template::parse(written, Position::START).ok()?.is_text() {
        return Some("the condition is a text around an expression, and never true or false".to_owned());
    }
    let condition = Expression::parse(written, Position::START).ok()?;
    let value = condition.literal_without_truth()?;
    Some(format!("the condition is {value}, which is neither true nor false"))
}
