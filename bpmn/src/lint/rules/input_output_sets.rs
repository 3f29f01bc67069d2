//! Each data input and output is in a set.
//!
//! **Why it is bad.** What is in no set is never filled or handed on.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="t"><ioSpecification>
//!     «<dataInput» id="i"/><inputSet/><outputSet/>
//!   </ioSpecification></task>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <intermediateThrowEvent id="e">«<dataInput» id="i"/><inputSet/></intermediateThrowEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="t"><ioSpecification>
//!     <dataInput id="i"/><inputSet><dataInputRefs>i</dataInputRefs></inputSet><outputSet/>
//!   </ioSpecification></task>
//! </process>
//! ```
//! **How to fix.** Name it in `inputSet` or `outputSet`.

use crate::lint::flow::EVENTS;
use crate::lint::{File, Findings};
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    let mut named = BTreeSet::new();
    for set in file.all(&["inputSet", "outputSet"]) {
        for entry in set.children().filter(|child| child.name().ends_with("Refs")) {
            named.extend(file.referenced(&entry.text()).map(crate::lint::Node::index));
        }
    }
    for node in file.all(&["dataInput", "dataOutput"]) {
        let is_in_sets =
            node.parent().is_some_and(|parent| parent.is("ioSpecification") || parent.is_any(EVENTS));
        if is_in_sets && !named.contains(&node.index()) {
            findings.on(node, format!("`{}` is in no set", node.title()));
        }
    }
}
