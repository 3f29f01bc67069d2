//! Messages, errors, signals and escalations have a name, are used, and do not share their name with another of their
//! kind.
//!
//! **Why it is bad.** One that nobody refers to is left over; two with one name are two things that look the same, and
//! a catch that refers to the wrong one never happens.
//!
//! **Bad**
//! ```xml
//! «<message» id="m" name="ping"/>
//! <process id="p"/>
//! ```
//! ```xml
//! «<signal» id="s" name=""/>
//! <process id="p"><endEvent id="e"><signalEventDefinition signalRef="s"/></endEvent></process>
//! ```
//! **Good**
//! ```xml
//! <message id="m" name="ping"/>
//! <process id="p"><receiveTask id="t" messageRef="m"/></process>
//! ```
//! ```xml
//! <error id="e" name="refused"/>
//! <process id="p"><serviceTask id="t"><extensionElements><camunda:errorEventDefinition errorRef="e"/></extensionElements></serviceTask></process>
//! ```
//! **How to fix.** Remove what is not used (`--fix` does), name what has no name, and refer to one definition instead
//! of two.

use crate::lint::{Edit, File, Findings, Space};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let reference = |name: &str| match name {
        "message" => "messageRef",
        "error" => "errorRef",
        "signal" => "signalRef",
        _ => "escalationRef",
    };
    for kind in ["message", "error", "signal", "escalation"] {
        let attribute = reference(kind);
        let globals: Vec<_> = file
            .named(kind)
            .iter()
            .copied()
            .filter(|node| node.parent().is_some_and(|parent| parent.is("definitions")))
            .collect();
        if globals.is_empty() {
            continue;
        }
        let mut used = BTreeSet::new();
        // Extensions refer to them too.
        for node in file.document().nodes() {
            if let Some(target) = node.attribute(attribute).and_then(|written| file.referenced(written)) {
                used.insert(target.index());
            }
            if matches!(node.name(), "errorRef" | "inMessageRef" | "outMessageRef" | "messageRef") {
                used.extend(file.referenced(&node.text()).map(crate::lint::Node::index));
            }
        }
        let mut by_name: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        for node in &globals {
            let count = by_name.entry(node.attribute("name")).or_default();
            *count = count.saturating_add(1);
        }
        // Whatever names an unused one, be it a shape or an extension, would lead nowhere without it.
        let unused = globals.iter().filter(|node| !used.contains(&node.index()));
        let unused: BTreeSet<&str> = unused.filter_map(|node| node.id()).collect();
        let named = if unused.is_empty() { BTreeSet::new() } else { named(file, &unused) };
        for node in globals {
            let name = node.attribute("name");
            if name.is_some_and(|name| name.trim().is_empty()) {
                findings.on(node, format!("the {kind} has no name")).help("name it after what happened");
            }
            if !used.contains(&node.index()) {
                let finding = findings.on(node, format!("the {kind} `{}` is not used", node.title()));
                finding.help("remove it");
                if node.id().is_none_or(|id| !named.contains(id)) {
                    let edit = Edit { span: node.span_with_line(), text: String::new() };
                    finding.fix(format!("remove the {kind}"), vec![edit]);
                }
            }
            if by_name.get(&name).is_some_and(|count| *count > 1) {
                findings
                    .on(node, format!("there is another {kind} with the name `{}`", name.unwrap_or_default()))
                    .help("refer to one of them, and remove the other");
            }
        }
    }
}

/// Which of these ids an attribute or a text names anywhere in the file.
fn named<'d>(file: &File<'d>, ids: &BTreeSet<&'d str>) -> BTreeSet<&'d str> {
    let mut named = BTreeSet::new();
    let mut look = |written: &str| {
        let written = written.trim();
        let local = written.rsplit_once(':').map_or(written, |(_, local)| local);
        named.extend(ids.get(local));
    };
    for node in file.document().nodes() {
        let attributes = node.attributes().iter();
        let others = attributes.filter(|attribute| node.attribute_name(attribute) != (Space::None, "id"));
        others.for_each(|attribute| look(node.attribute_value(attribute)));
        if node.children().next().is_none() {
            look(&node.text());
        }
    }
    named
}
