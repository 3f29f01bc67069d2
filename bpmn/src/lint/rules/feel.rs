//! An expression in FEEL can be parsed.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements>
//!     <zeebe:taskDefinition type="t" retries="«===»"/>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements>
//!     <zeebe:taskDefinition type="t" retries="=tries + 1"/>
//!   </extensionElements></serviceTask>
//! </process>
//! ```
//! **How to fix.** Close brackets and quotes; write what is missing.

use crate::diagnostic::Position;
use crate::expression::Expression;
use crate::lint::zeebe;
use crate::lint::{File, Findings, Span};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in zeebe::all_extensions(file) {
        for attribute in node.attributes() {
            report(findings, node.attribute_value(attribute), attribute.value_span());
        }
    }
    let texts =
        ["conditionExpression", "completionCondition", "condition", "timeDate", "timeDuration", "timeCycle"];
    for node in file.document().nodes().filter(|node| node.is_any(&texts) && file.is_executed(*node)) {
        report(findings, &node.text(), node.text_span());
    }
}

fn report(findings: &mut Findings<'_>, text: &str, span: Span) {
    let text = text.trim();
    if zeebe::is_expression(text)
        && let Err(error) = Expression::parse(text, Position::START)
    {
        findings.at(span, error.message);
    }
}
