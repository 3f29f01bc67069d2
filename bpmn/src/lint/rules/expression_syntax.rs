//! An expression can be parsed.
//!
//! **Why it is bad.** The engine refuses the model, or fails when it comes there.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>«${count &gt;}»</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${count &gt; 3}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${dateTime().isAfterNow()}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"><extensionElements><camunda:properties>
//!     <camunda:property name="form" value="${ {&quot;a&quot;: 1} }"/>
//!   </camunda:properties></extensionElements></task>
//! </process>
//! ```
//! **How to fix.** Close brackets, quotes and braces; write what is missing.

use crate::diagnostic::Position;
use crate::expression::{NO_FUNCTIONS, Template, has_unified};
use crate::lint::{File, Findings, Space, Span};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes().filter(|node| file.is_executed(*node)) {
        // A property is for whoever reads it: engines do not evaluate it.
        let is_evaluated = !node.is_in(Space::Camunda, "property");
        let is_extension = matches!(node.space(), Space::Camunda | Space::Tessera) && is_evaluated;
        if is_extension || node.space() == Space::Bpmn {
            for attribute in node.attributes() {
                let (space, _) = node.attribute_name(attribute);
                if is_extension && space == Space::None || matches!(space, Space::Camunda | Space::Tessera) {
                    report(file, findings, node.attribute_value(attribute), attribute.value_span());
                }
            }
        }
        let is_text = node.is_any(&[
            "conditionExpression",
            "completionCondition",
            "condition",
            "loopCardinality",
            "timeDate",
            "timeDuration",
            "timeCycle",
        ]) || (is_extension && !matches!(node.name(), "script" | "formData"));
        let is_other_language = ["language", "scriptFormat"].iter().any(|name| {
            node.attribute(name).is_some_and(|language| !language.to_ascii_lowercase().contains("uel"))
        });
        if is_text && !is_other_language && node.children().next().is_none() {
            report(file, findings, &node.text(), node.text_span());
        }
    }
}

/// Reports a text with an expression that cannot be parsed: the place in it where that is, if it is written as it is read.
fn report(file: &File<'_>, findings: &mut Findings<'_>, text: &str, span: Span) {
    let text = text.trim();
    if !has_unified(text) {
        return;
    }
    let start = Position { offset: span.start, ..Position::START };
    let Err(error) = Template::parse(text, start) else { return };
    // Other engines have functions; that this one has none is the matter of what it executes.
    if error.message == NO_FUNCTIONS {
        return;
    }
    let is_plain = span.of(file.document().text()) == text;
    let rest = Span::new(error.position.offset, span.end).of(file.document().text());
    let shown = match rest.chars().next().and_then(|first| u32::try_from(first.len_utf8()).ok()) {
        Some(bytes) if is_plain => {
            Span::new(error.position.offset, error.position.offset.saturating_add(bytes))
        }
        Some(_) | None => span,
    };
    findings.at(shown, error.message);
}
