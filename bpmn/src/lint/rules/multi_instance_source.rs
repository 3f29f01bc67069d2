//! A multi-instance activity says for how many instances, or for which collection; what it says can be a number.
//!
//! **Why it is bad.** Nobody knows how often it runs; engines refuse it.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t">«<multiInstanceLoopCharacteristics»/></task>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"><multiInstanceLoopCharacteristics><loopCardinality>«-3»</loopCardinality></multiInstanceLoopCharacteristics></task>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="t"><multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality></multiInstanceLoopCharacteristics></task>
//! </process>
//! ```
//! **How to fix.** Add `loopCardinality`, `loopDataInputRef`, or the collection of the engine.

use crate::expression::is_computed;
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
        let Some(number) = node.child("loopCardinality") else { continue };
        let (text, is_code) = (number.text(), number.attribute("language").is_some());
        let written = text.trim();
        if !is_code && !is_computed(written) && written.parse::<u32>().is_err() {
            findings.at(number.text_span(), format!("`{written}` is no number of instances"));
        }
    }
}
