//! A sequence flow stays within its process or sub-process, and does not touch event sub-processes.
//!
//! **Why it is bad.** Tokens belong to one scope. What goes on elsewhere is started by a message, a signal or a
//! call.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"/><subProcess id="s"><task id="b"/></subProcess>
//!   «<sequenceFlow» id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><subProcess id="s"><task id="b"/></subProcess>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="s"/>
//! </process>
//! ```
//! **How to fix.** Lead the flow to the sub-process, or use a message flow between processes.

use crate::lint::flow::{flow_kind, is_event_sub_process};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow in file.named("sequenceFlow") {
        let ends = [("leaves", "sourceRef"), ("leads to", "targetRef")];
        let nodes =
            ends.map(|(_, end)| file.attribute_target(*flow, end).filter(|node| flow_kind(*node).is_some()));
        for ((verb, _), node) in ends.iter().zip(nodes) {
            if let Some(node) = node.filter(|node| is_event_sub_process(*node)) {
                findings
                    .on(*flow, format!("a sequence flow {verb} the event sub-process `{}`", node.title()))
                    .help("an event starts it, and nothing follows it: remove the flow");
            }
        }
        let [Some(source), Some(target)] = nodes else { continue };
        if source.parent() != target.parent() {
            let message = format!(
                "the flow from `{}` to `{}` crosses the border of a scope",
                source.title(),
                target.title()
            );
            findings.on(*flow, message).help("lead it to the sub-process itself, or send a message");
        }
    }
}
