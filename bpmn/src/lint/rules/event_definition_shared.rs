//! The definition of an event that throws belongs to that event alone.
//!
//! **Why it is bad.** What an event throws is filled from its own data. A definition that a second event uses would be
//! filled from two places (BPMN 2.0, 10.5.1; BPMNspector EXT.095). Events that catch may share one.
//!
//! **Bad**
//! ```xml
//! <signal id="s" name="s"/>
//! <process id="p">
//!   <intermediateThrowEvent id="a"><signalEventDefinition id="d" signalRef="s"/></intermediateThrowEvent>
//!   <intermediateThrowEvent id="b"><eventDefinitionRef>«d»</eventDefinitionRef></intermediateThrowEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <signal id="s" name="s"/><signalEventDefinition id="d" signalRef="s"/>
//! <process id="p">
//!   <intermediateCatchEvent id="a"><eventDefinitionRef>d</eventDefinitionRef></intermediateCatchEvent>
//!   <intermediateCatchEvent id="b"><eventDefinitionRef>d</eventDefinitionRef></intermediateCatchEvent>
//! </process>
//! ```
//! **How to fix.** Give each event a definition of its own.

use crate::lint::{File, Findings, Node};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let throws = |node: Node<'_>| node.is_any(&["intermediateThrowEvent", "endEvent", "implicitThrowEvent"]);
    // By definition the event that had it first.
    let mut owners: BTreeMap<u32, Node<'_>> = BTreeMap::new();
    for reference in file.named("eventDefinitionRef") {
        let Some(event) = reference.parent() else { continue };
        let Some(definition) = file.referenced(&reference.text()) else { continue };
        let within = definition.parent().filter(|parent| parent.name().ends_with("Event"));
        let owner = *owners.entry(definition.index()).or_insert_with(|| within.unwrap_or(event));
        if owner != event && (throws(owner) || throws(event)) {
            let message = format!("`{}` has this definition already", owner.title());
            findings.at(reference.text_span(), message).related(owner.head(), "it is used here");
        }
    }
}
