//! Two elements are connected by one sequence flow, unless the conditions differ.
//!
//! **Why it is bad.** Each of the flows carries a token: what follows runs twice.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   «<task» id="a"/>«<task» id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//!   «<sequenceFlow» id="g" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Remove one of them, with its edge in the diagram.

use crate::lint::{File, Findings};
use std::collections::BTreeMap;
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut known = BTreeMap::new();
    let mut ends = BTreeSet::new();
    for flow in file.named("sequenceFlow") {
        let (source, target) =
            (file.attribute_target(*flow, "sourceRef"), file.attribute_target(*flow, "targetRef"));
        let (Some(source), Some(target)) = (source, target) else { continue };
        let condition = flow.child("conditionExpression").map(|condition| condition.text().into_owned());
        let key = (source.index(), target.index(), condition.unwrap_or_default());
        let Some(first) = known.get(&key).copied() else {
            known.insert(key, *flow);
            continue;
        };
        let first: crate::lint::Node<'_> = first;
        findings
            .on(
                *flow,
                format!("there is another sequence flow from `{}` to `{}`", source.title(), target.title()),
            )
            .help("remove one of them")
            .related(first.head(), "the other one");
        if ends.insert((source.index(), "source")) {
            findings.on(source, format!("two equal sequence flows leave `{}`", source.title()));
        }
        if ends.insert((target.index(), "target")) {
            findings.on(target, format!("two equal sequence flows lead to `{}`", target.title()));
        }
    }
}
