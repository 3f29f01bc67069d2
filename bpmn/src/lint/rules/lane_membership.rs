//! A node lies in one lane at most, and a lane names nodes of its own process.
//!
//! **Why it is bad.** Who does the work would be undecided.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <laneSet id="l"><lane id="a"><flowNodeRef>t</flowNodeRef></lane><lane id="b"><flowNodeRef>«t»</flowNodeRef></lane></laneSet>
//!   <task id="t"/>
//! </process>
//! ```
//! ```xml
//! <process id="p"><laneSet id="l"><lane id="a"><flowNodeRef>«t»</flowNodeRef></lane></laneSet></process>
//! <process id="q"><task id="t"/></process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <laneSet id="l"><lane id="a"><flowNodeRef>t</flowNodeRef></lane><lane id="b"/></laneSet>
//!   <task id="t"/>
//! </process>
//! ```
//! **How to fix.** Remove it from all lanes but one of its process.

use crate::lint::{File, Findings, Node};
use std::collections::BTreeMap;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for set in file.named("laneSet") {
        let mut known: BTreeMap<u32, Node<'_>> = BTreeMap::new();
        // A lane within a lane may repeat what the outer one says.
        for lane in set.children_named("lane") {
            for entry in lane.children_named("flowNodeRef") {
                let Some(node) = file.referenced(&entry.text()) else { continue };
                if let (Some(own), Some(process)) = (set.process_id(), node.process_id())
                    && own != process
                {
                    let message = format!("`{}` is a node of the process `{process}`", node.title());
                    findings.at(entry.text_span(), message);
                    continue;
                }
                match known.insert(node.index(), lane) {
                    Some(first) if first != lane => {
                        findings
                            .at(entry.text_span(), format!("`{}` lies in two lanes", node.title()))
                            .related(first.head(), "the other lane");
                    }
                    Some(_) | None => {}
                }
            }
        }
    }
}
