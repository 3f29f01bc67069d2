//! A multi-instance activity names its collection; what it collects has a name and a value.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="a">«<multiInstanceLoopCharacteristics»/></task>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="a"><multiInstanceLoopCharacteristics><extensionElements>
//!     <zeebe:loopCharacteristics inputCollection="=items"/>
//!   </extensionElements></multiInstanceLoopCharacteristics></task>
//! </process>
//! ```
//! **How to fix.** Set `inputCollection` of `zeebe:loopCharacteristics`, and both or none of `outputCollection` and
//! `outputElement`.

use crate::lint::flow::ACTIVITIES;
use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for activity in zeebe::executed(file, ACTIVITIES) {
        if let Some(standard) = activity.child("standardLoopCharacteristics") {
            findings
                .on(standard, "Camunda 8 does not execute standard loops")
                .help("use a multi-instance activity or a gateway");
        }
        let Some(node) = activity.child("multiInstanceLoopCharacteristics") else { continue };
        let Some(loops) = zeebe::extension(node, "loopCharacteristics") else {
            findings
                .on(node, "the multi-instance activity names no collection")
                .help("add zeebe:loopCharacteristics");
            continue;
        };
        if !zeebe::is_filled(loops, "inputCollection") {
            findings.on_attribute(
                loops,
                "inputCollection",
                "the multi-instance activity names no collection",
            );
        }
        let (collection, element) = ("outputCollection", "outputElement");
        for (present, missing) in [(collection, element), (element, collection)] {
            if zeebe::is_filled(loops, present) && !zeebe::is_filled(loops, missing) {
                findings.on_attribute(loops, present, format!("`{present}` needs `{missing}`"));
            }
        }
    }
}
