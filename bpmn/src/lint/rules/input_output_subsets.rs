//! What a set marks as optional, or as used while executing, is in that set.
//!
//! **Why it is bad.** An input that the set does not have cannot be optional in it (BPMN 2.0, 10.4.2; BPMNspector EXT.085,
//! 086, 089, 090).
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="t"><ioSpecification>
//!     <dataInput id="a"/><dataInput id="b"/>
//!     <inputSet><dataInputRefs>a</dataInputRefs><optionalInputRefs>«b»</optionalInputRefs></inputSet>
//!     <inputSet><dataInputRefs>b</dataInputRefs></inputSet><outputSet/>
//!   </ioSpecification></task>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="t"><ioSpecification>
//!     <dataInput id="a"/><dataInput id="b"/>
//!     <inputSet>
//!       <dataInputRefs>a</dataInputRefs><dataInputRefs>b</dataInputRefs><optionalInputRefs>b</optionalInputRefs>
//!     </inputSet>
//!     <outputSet/>
//!   </ioSpecification></task>
//! </process>
//! ```
//! **How to fix.** List it in `dataInputRefs` or `dataOutputRefs` of the set too.

use crate::lint::{File, Findings, Node};
use std::collections::BTreeSet;

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for set in file.all(&["inputSet", "outputSet"]) {
        let (all, parts) = if set.is("inputSet") {
            ("dataInputRefs", ["optionalInputRefs", "whileExecutingInputRefs"])
        } else {
            ("dataOutputRefs", ["optionalOutputRefs", "whileExecutingOutputRefs"])
        };
        let named = |entry: Node<'_>| file.referenced(&entry.text()).map(Node::index);
        let members: BTreeSet<u32> = set.children_named(all).filter_map(named).collect();
        for entry in set.children().filter(|child| child.is_any(&parts)) {
            if named(entry).is_some_and(|index| !members.contains(&index)) {
                let text = entry.text();
                let message = format!("`{}` is not among the {all} of the set", text.trim());
                findings.at(entry.text_span(), message);
            }
        }
    }
}
