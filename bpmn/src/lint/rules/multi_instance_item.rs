//! One item of a multi-instance activity is of the kind that its collection is of.
//!
//! **Why it is bad.** Each instance takes one item out of the collection, or puts one into it. A list instead of an item, or
//! an item of another structure, does not fit (BPMN 2.0, 10.3.8; BPMNspector EXT.069, 070).
//!
//! **Bad**
//! ```xml
//! <itemDefinition id="orders" isCollection="true" structureRef="order"/><itemDefinition id="bill" structureRef="bill"/>
//! <process id="p">
//!   <dataObject id="o" itemSubjectRef="orders" isCollection="true"/>
//!   <task id="t"><multiInstanceLoopCharacteristics>
//!     <loopDataInputRef>o</loopDataInputRef>«<inputDataItem» id="i" itemSubjectRef="bill"/>
//!   </multiInstanceLoopCharacteristics></task>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <itemDefinition id="orders" isCollection="true" structureRef="order"/><itemDefinition id="order" structureRef="order"/>
//! <process id="p">
//!   <dataObject id="o" itemSubjectRef="orders" isCollection="true"/>
//!   <task id="t"><multiInstanceLoopCharacteristics>
//!     <loopDataInputRef>o</loopDataInputRef><inputDataItem id="i" itemSubjectRef="order"/>
//!   </multiInstanceLoopCharacteristics></task>
//! </process>
//! ```
//! **How to fix.** Give the item the structure of the collection, without `isCollection`.

use crate::lint::item::{called, item};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.named("multiInstanceLoopCharacteristics") {
        for (collection, one) in
            [("loopDataInputRef", "inputDataItem"), ("loopDataOutputRef", "outputDataItem")]
        {
            let all = node.child(collection).and_then(|named| file.referenced(&named.text()));
            let (Some(all), Some(one)) = (all, node.child(one)) else { continue };
            let (Some(of_all), Some(of_one)) = (item(file, all), item(file, one)) else { continue };
            if !of_all.flag("isCollection") {
                continue;
            }
            let problem = if of_one.flag("isCollection") {
                "is a collection itself"
            } else if of_one.attribute("structureRef") != of_all.attribute("structureRef") {
                "has another structure"
            } else {
                continue;
            };
            let message =
                format!("one item of `{}` is `{}`, which {problem}", called(of_all), called(of_one));
            findings.on(one, message).related(all.head(), "the collection");
        }
    }
}
