//! The flows of an executable process are immediate.
//!
//! **Why it is bad.** The standard forbids the other kind: an engine cannot know what happens in between.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b" isImmediate="«false»"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <task id="a"/><task id="b"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Remove the attribute (`--fix` does).

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow in file.named("sequenceFlow").iter().filter(|flow| file.is_executed(**flow)) {
        let Some(attribute) = flow.attribute_record("isImmediate") else { continue };
        if matches!(flow.attribute_value(attribute).trim(), "false" | "0") {
            findings
                .on_attribute(*flow, "isImmediate", "a flow of an executable process is immediate")
                .fix("remove the attribute", vec![flow.removal(attribute)]);
        }
    }
}
