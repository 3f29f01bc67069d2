//! A flow has a name only where there is a decision.
//!
//! **Why it is bad.** A name on a flow reads like the answer to a question; where nothing is decided, it misleads.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/><sequenceFlow id="f" name="«then»" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="a"/><task id="b"/><sequenceFlow id="f" sourceRef="a" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Remove the name, or write it as a text annotation.

use crate::lint::flow::is_conditional;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow in file.named("sequenceFlow").iter().copied().filter(|flow| flow.label().is_some()) {
        let source = file.attribute_target(flow, "sourceRef");
        let is_default =
            source.is_some_and(|source| source.attribute("default").is_some_and(|id| Some(id) == flow.id()));
        let is_fork = source
            .filter(|source| source.is_any(&["exclusiveGateway", "inclusiveGateway"]))
            .and_then(|source| file.graph().find(source))
            .is_some_and(|source| source.outgoing.len() > 1);
        if !is_conditional(flow) && !is_default && !is_fork {
            findings
                .on_attribute(flow, "name", "nothing is decided here, yet the flow has a name")
                .help("remove the name");
        }
    }
}
