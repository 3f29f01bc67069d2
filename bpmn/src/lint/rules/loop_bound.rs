//! A loop has a condition or a maximum, and the maximum lets it run.
//!
//! **Why it is bad.** Without both nothing ends it; with a maximum of 0 it never begins.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t">«<standardLoopCharacteristics»/></task>
//!   <task id="u"><standardLoopCharacteristics loopMaximum="«0»"/></task>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"><standardLoopCharacteristics><loopCondition>${again}</loopCondition></standardLoopCharacteristics></task>
//!   <task id="u"><standardLoopCharacteristics loopMaximum="3"/></task>
//! </process>
//! ```
//! **How to fix.** Add `loopCondition`, or a `loopMaximum` of at least 1.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.named("standardLoopCharacteristics").iter().filter(|node| file.is_executed(**node)) {
        let condition = node.child("loopCondition");
        let has_condition = condition.is_some_and(|condition| !condition.text().trim().is_empty());
        match node.attribute("loopMaximum") {
            None if !has_condition => {
                findings.on(*node, "nothing ends the loop: it has neither a condition nor a maximum");
            }
            Some(written) if written.trim().parse::<i64>().is_ok_and(|most| most < 1) => {
                findings.on_attribute(*node, "loopMaximum", "the loop never begins");
            }
            None | Some(_) => {}
        }
    }
}
