//! An error or escalation that is thrown has a code.
//!
//! **Why it is bad.** What catches it compares codes. Without one nothing catches it, or everything does.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="e"><errorEventDefinition errorRef="x"/></endEvent>
//! </process>
//! «<error» id="x" name="failed"/>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <endEvent id="e"><errorEventDefinition errorRef="x"/></endEvent>
//! </process>
//! <error id="x" name="failed" errorCode="failed"/>
//! ```
//! **How to fix.** Set `errorCode` or `escalationCode`.

use crate::lint::{File, Findings};
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for (definition, reference, code) in [
        ("errorEventDefinition", "errorRef", "errorCode"),
        ("escalationEventDefinition", "escalationRef", "escalationCode"),
    ] {
        let mut reported = BTreeSet::new();
        for node in file.named(definition).iter().filter(|node| file.is_executed(**node)) {
            if !node.parent().is_some_and(|event| event.is_any(&["endEvent", "intermediateThrowEvent"])) {
                continue;
            }
            match file.attribute_target(*node, reference) {
                None if node.attribute(reference).is_none() => {
                    findings.on(
                        *node,
                        format!("the event does not say what it throws: `{reference}` is missing"),
                    );
                }
                Some(target) if target.attribute(code).is_none_or(|code| code.trim().is_empty()) => {
                    if reported.insert(target.index()) {
                        findings
                            .on(target, format!("`{}` is thrown, but has no `{code}`", target.title()))
                            .related(node.head(), "it is thrown here");
                    }
                }
                None | Some(_) => {}
            }
        }
    }
}
