//! An event with a signal names it; signals have names, each its own.
//!
//! **Why it is bad.** Signals are told apart by their names. Without one nothing is heard, and two of one name are
//! one.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="e">«<signalEventDefinition»/></endEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true"/>
//! «<signal» name="stop"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="e"><signalEventDefinition signalRef="s"/></endEvent>
//! </process>
//! <signal id="s" name="stop"/>
//! ```
//! **How to fix.** Set `signalRef`; name the signal; refer to one definition instead of two.

use crate::lint::{File, Findings, Node};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut used = BTreeMap::new();
    for definition in file.named("signalEventDefinition").iter().filter(|node| file.is_executed(**node)) {
        match file.attribute_target(*definition, "signalRef").filter(|target| target.is("signal")) {
            None if definition.attribute("signalRef").is_none() => {
                findings.on(*definition, "the event names no signal").help("set signalRef");
            }
            Some(signal) => {
                used.entry(signal.index()).or_insert((signal, *definition));
            }
            None => {}
        }
    }
    for signal in file.named("signal").iter().filter(|signal| file.has_executable() && signal.id().is_none())
    {
        findings.on(*signal, "the signal has no id, so that nothing can refer to it");
    }
    for (signal, definition) in used.values() {
        if signal.label().is_none() {
            findings.on(*signal, "the signal has no name").related(definition.head(), "it is used here");
        }
    }
    let mut names = BTreeMap::new();
    for signal in file.named("signal").iter().filter(|_| file.has_executable()) {
        let Some(name) = signal.label() else { continue };
        if let Some(first) = names.insert(name, *signal) {
            let first: Node<'_> = first;
            findings
                .on(*signal, format!("there is another signal `{name}`"))
                .related(first.head(), "the other one");
        }
    }
}
