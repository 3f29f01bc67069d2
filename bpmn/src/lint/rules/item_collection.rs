//! Data that is a collection has an item definition that is one, and the other way round.
//!
//! **Why it is bad.** One says that there is a list, the other that there is a single value. Tools believe the one or the
//! other (BPMN 2.0, 10.4.1: both must agree; BPMNspector EXT.020).
//!
//! **Bad**
//! ```xml
//! <itemDefinition id="orders" isCollection="true"/>
//! <process id="p">
//!   <dataObject id="o" itemSubjectRef="orders" isCollection="«false»"/>
//! </process>
//! ```
//! ```xml
//! <itemDefinition id="orders" isCollection="true"/>
//! <process id="p">
//!   «<dataObject» id="o" itemSubjectRef="orders"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <itemDefinition id="orders" isCollection="true"/><itemDefinition id="order"/>
//! <process id="p">
//!   <dataObject id="o" itemSubjectRef="orders" isCollection="true"/><dataObject id="one" itemSubjectRef="order"/>
//! </process>
//! ```
//! **How to fix.** Set `isCollection` on both, or on neither.

use crate::lint::item::{called, item};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for data in file.all(&["dataObject", "dataInput", "dataOutput"]) {
        let Some(item) = item(file, data) else { continue };
        let is_collection = item.flag("isCollection");
        if data.flag("isCollection") == is_collection {
            continue;
        }
        let kind = if is_collection { "a collection" } else { "a single value" };
        let message = format!("the item `{}` of `{}` is {kind}", called(item), data.title());
        let finding = match data.attribute_record("isCollection") {
            Some(attribute) => findings.at(attribute.value_span(), message),
            None => findings.on(data, message),
        };
        finding.related(item.head(), "the item definition");
    }
}
