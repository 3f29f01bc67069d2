//! An exclusive gateway always has a flow to take.
//!
//! **Why it is bad.** If no condition holds and there is no default flow, the instance stops with an incident. Two conditions
//! of which one is the other's opposite are enough; more cannot be seen from outside, and want a default flow.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<exclusiveGateway» id="g"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${x > 1}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="h" sourceRef="g" targetRef="b"><conditionExpression>${x &lt; 1}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <exclusiveGateway id="g"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${x > 1}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="h" sourceRef="g" targetRef="b"><conditionExpression>${x &lt;= 1}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **How to fix.** Make the flow of the usual case the default flow: `default` of the gateway, and no condition on the flow.

use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for gateway in file.graph().nodes().iter().filter(|node| node.node.is("exclusiveGateway")) {
        if gateway.outgoing.len() < 2 || gateway.default_flow().is_some() || !file.is_executed(gateway.node) {
            continue;
        }
        let conditions: Option<Vec<String>> = gateway.outgoing.iter().map(|flow| condition(*flow)).collect();
        // A flow without a condition is taken; that it should not be there is another rule's finding.
        let Some(conditions) = conditions else { continue };
        let is_total = match conditions.as_slice() {
            [one, other] => are_opposite(one, other),
            _ => false,
        };
        if !is_total {
            findings
                .on(gateway.node, format!("no flow of `{}` may be possible", gateway.node.title()))
                .help("add a default flow");
        }
    }
}

/// A condition without its brackets and without spaces; `None` if there is none to compare.
fn condition(flow: Node<'_>) -> Option<String> {
    let text = flow.child("conditionExpression")?.text();
    let text: String = text.split_whitespace().collect();
    let inner =
        text.strip_prefix("${").or_else(|| text.strip_prefix("#{")).and_then(|text| text.strip_suffix('}'));
    inner
        .or_else(|| text.strip_prefix('='))
        .or(Some(&text))
        .map(str::to_owned)
        .filter(|text| !text.is_empty())
}

/// Pairs of operators of which always one holds.
const OPPOSITES: &[(&str, &str)] = &[("==", "!="), ("!=", "="), (">=", "<"), ("<=", ">")];

fn are_opposite(one: &str, other: &str) -> bool {
    is_negation(one, other)
        || is_negation(other, one)
        || OPPOSITES
            .iter()
            .any(|(left, right)| compare(one, left, other, right) || compare(other, left, one, right))
}

/// Whether the second is `!first`, `!(first)`, `not(first)` or `first = false`.
fn is_negation(plain: &str, negated: &str) -> bool {
    let is_simple = plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let without = plain.strip_suffix("==true").or_else(|| plain.strip_suffix("=true")).unwrap_or(plain);
    negated == format!("!({plain})")
        || negated == format!("not({plain})")
        || is_simple && negated == format!("!{plain}")
        || [format!("{without}==false"), format!("{without}=false"), format!("!{without}")]
            .iter()
            .any(|form| form == negated)
            && (is_simple || without != plain)
}

/// Whether both compare the same two values, by these operators. What joins comparisons is not looked into.
fn compare(one: &str, left: &str, other: &str, right: &str) -> bool {
    let parts = |text: &str, operator: &str| {
        let (before, behind) = text.split_once(operator)?;
        let is_single = !behind.starts_with('=') && !before.ends_with(['=', '!', '<', '>']);
        let is_joined = ["&&", "||", "?"].iter().any(|joint| text.contains(joint));
        (is_single && !is_joined).then(|| (before.to_owned(), behind.to_owned()))
    };
    parts(one, left).is_some_and(|found| parts(other, right) == Some(found))
}
