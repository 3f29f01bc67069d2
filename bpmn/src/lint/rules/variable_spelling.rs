//! A variable is written in one way.
//!
//! **Why it is bad.** A name that occurs once and differs from another one by one letter is mostly that other one: the variable is
//! not there, and the instance fails, or waits. Which variables handlers and partners set is not known to a model, so that
//! this compares spellings only.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:resultVariable="approved" camunda:expression="${1}"/><exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>«${aproved}»</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <serviceTask id="t" camunda:resultVariable="approved" camunda:expression="${1}"/><exclusiveGateway id="g"/><task id="a"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"><conditionExpression>${approved}</conditionExpression></sequenceFlow>
//! </process>
//! ```
//! **How to fix.** Write it as where it is set.

use std::collections::BTreeMap;

use crate::diagnostic::Position;
use crate::expression::{Template, has_unified};
use crate::limits::SPELLINGS_MAX;
use crate::lint::{File, Findings, Node, Span};

/// Attributes that name a variable which is set.
const SETS: &[&str] =
    &["resultVariable", "elementVariable", "variableName", "errorCodeVariable", "errorMessageVariable"];
/// Extensions that set a variable, and the attribute that names it.
const SETTERS: &[(&str, &str)] = &[
    ("inputParameter", "name"),
    ("outputParameter", "name"),
    ("in", "target"),
    ("out", "target"),
    ("formField", "id"),
];

/// Where a name occurs.
#[derive(Default)]
struct Name {
    is_set: bool,
    reads: Vec<Span>,
}

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut names: BTreeMap<String, Name> = BTreeMap::new();
    for node in file.document().nodes().filter(|node| file.is_executed(*node)) {
        for attribute in node.attributes() {
            let (_, name) = node.attribute_name(attribute);
            let value = node.attribute_value(attribute);
            if SETS.contains(&name) || SETTERS.contains(&(node.name(), name)) {
                names.entry(value.trim().to_owned()).or_default().is_set = true;
            }
            read(&mut names, value, attribute.value_span());
        }
        if node.children().next().is_none() {
            read_text(&mut names, node);
        }
    }
    // Every pair is compared: a model with more names than this has none that people still know by heart.
    if names.len() > SPELLINGS_MAX {
        return;
    }
    for (name, found) in names.iter().filter(|(_, found)| !found.is_set) {
        let [only] = found.reads.as_slice() else { continue };
        let other = names.iter().find(|(other, known)| {
            (known.is_set || known.reads.len() > 1) && *other != name && is_misspelt(name, other)
        });
        if let Some((other, _)) = other {
            findings
                .at(*only, format!("`{name}` occurs only here; there is a variable `{other}`"))
                .help("write it in the same way if it is meant");
        }
    }
}

fn read_text(names: &mut BTreeMap<String, Name>, node: Node<'_>) {
    if !matches!(node.name(), "documentation" | "script") {
        read(names, &node.text(), node.text_span());
    }
}

fn read(names: &mut BTreeMap<String, Name>, text: &str, place: Span) {
    if !has_unified(text) {
        return;
    }
    let Ok(template) = Template::parse(text, Position::START) else { return };
    for name in template.expressions().flat_map(|expression| expression.reads()) {
        let reads = &mut names.entry(name.to_owned()).or_default().reads;
        if reads.last() != Some(&place) {
            reads.push(place);
        }
    }
}

/// Whether two names differ by case alone, by a letter that one of them has more, or by two letters exchanged. Names that count
/// (`item1`, `item2`) or tell apart (`answerA`, `answerB`) differ otherwise.
fn is_misspelt(name: &str, other: &str) -> bool {
    const LETTERS_MIN: usize = 4;
    let (left, right): (Vec<char>, Vec<char>) = (name.chars().collect(), other.chars().collect());
    if left.len().min(right.len()) < LETTERS_MIN {
        return false;
    }
    if left.len() == right.len() {
        let differs: Vec<usize> = left
            .iter()
            .zip(&right)
            .enumerate()
            .filter(|(_, (left, right))| left != right)
            .map(|(at, _)| at)
            .collect();
        let is_exchanged = match differs.as_slice() {
            [first, second] => {
                first.checked_add(1) == Some(*second)
                    && left.get(*first) == right.get(*second)
                    && left.get(*second) == right.get(*first)
            }
            _ => false,
        };
        return name.eq_ignore_ascii_case(other) || is_exchanged;
    }
    let (longer, shorter) = if left.len() > right.len() { (left, right) } else { (right, left) };
    let same = longer.iter().zip(&shorter).take_while(|(longer, shorter)| longer == shorter).count();
    let rest = longer.get(same.saturating_add(1)..).unwrap_or_default();
    // A plural is another variable, and so is one that is counted.
    let is_inner = !rest.is_empty() && longer.get(same).is_some_and(|letter| letter.is_alphabetic());
    is_inner && shorter.get(same..) == Some(rest)
}
