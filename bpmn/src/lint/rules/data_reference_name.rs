//! The name of a data object in a state says both: `Order [paid]`.
//!
//! **Why it is bad.** The state is drawn nowhere but in the name. Where the name says another state, or another object, the
//! reader of the diagram and the reader of the file see different models (BPMN 2.0, 10.4.1; BPMNspector EXT.076).
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <dataObject id="o" name="Order"/>
//!   <dataObjectReference id="r" name="«Order [new]»" dataObjectRef="o"><dataState name="paid"/></dataObjectReference>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <dataObject id="o" name="Order"/>
//!   <dataObjectReference id="r" name="Order [paid]" dataObjectRef="o"><dataState name="paid"/></dataObjectReference>
//! </process>
//! ```
//! **How to fix.** Write the name of the object, and its state in square brackets.

use crate::lint::{File, Findings, Node};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for reference in file.named("dataObjectReference") {
        let Some(state) = reference.child("dataState").and_then(Node::label) else { continue };
        let Some(name) = reference.label() else { continue };
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let (name, state) = (words(name), words(state));
        let object = file.attribute_target(*reference, "dataObjectRef").and_then(Node::label).map(words);
        let is_right = name
            .strip_suffix(&format!("[{state}]"))
            .is_some_and(|rest| object.as_ref().is_none_or(|object| rest.trim_end() == object));
        if !is_right {
            let object = object.as_deref().unwrap_or("Name");
            findings
                .on_attribute(*reference, "name", "the name does not say which object in which state this is")
                .help(format!("write `{object} [{state}]`"));
        }
    }
}
