//! A multi-instance activity says for how many instances, or for which collection.
//!
//! **Why it is bad.** Nobody knows how often it runs; engines refuse it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t">«<multiInstanceLoopCharacteristics»/></task>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>
//! </process>
//! ```
//! **How to fix.** Add `loopCardinality`, `loopDataInputRef`, or the collection of the engine.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.named("multiInstanceLoopCharacteristics").iter().filter(|node| file.is_executed(**node))
    {
        let says = node.child("loopCardinality").is_some()
            || node.child("loopDataInputRef").is_some()
            || node.attributes().iter().any(|attribute| node.attribute_name(attribute).1 == "collection")
            || node.child("extensionElements").is_some();
        if !says {
            findings.on(*node, "neither a number nor a collection of instances is given");
        }
    }
}
