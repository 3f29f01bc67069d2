//! A boundary event is attached to an activity of its own scope, and no sequence flow leads to it.
//!
//! **Why it is bad.** It waits while its activity runs. Attached elsewhere it waits for nothing.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <task id="t"/><boundaryEvent id="b" attachedToRef="t"><timerEventDefinition/></boundaryEvent>
//!   «<sequenceFlow» id="f" sourceRef="t" targetRef="b"/>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <subProcess id="e" triggeredByEvent="true"><startEvent id="s"><timerEventDefinition/></startEvent></subProcess>
//!   <boundaryEvent id="b" attachedToRef="«e»"><timerEventDefinition/></boundaryEvent>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <task id="t"/><boundaryEvent id="b" attachedToRef="t"><timerEventDefinition/></boundaryEvent><task id="u"/>
//!   <sequenceFlow id="f" sourceRef="b" targetRef="u"/>
//! </process>
//! ```
//! **How to fix.** Attach it in its own scope, and lead the flow elsewhere.

use crate::lint::flow::{ACTIVITIES, is_event_sub_process};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for event in file.named("boundaryEvent") {
        let Some(flow_node) = file.graph().find(*event) else { continue };
        if let Some(host) =
            file.attribute_target(*event, "attachedToRef").filter(|host| host.is_any(ACTIVITIES))
            && host.parent() != event.parent()
        {
            let message =
                format!("the boundary event is attached to `{}`, which is in another scope", host.title());
            findings
                .on_attribute(*event, "attachedToRef", message)
                .related(host.head(), "the activity is here");
        }
        if let Some(host) =
            file.attribute_target(*event, "attachedToRef").filter(|host| is_event_sub_process(*host))
        {
            let message =
                format!("`{}` is an event sub-process, which has no border to wait at", host.title());
            findings.on_attribute(*event, "attachedToRef", message);
        }
        for flow in &flow_node.incoming {
            findings.on(*flow, format!("a sequence flow leads to the boundary event `{}`", event.title()));
        }
        if event.child("compensateEventDefinition").is_some()
            && let Some(flow) = flow_node.outgoing.first()
        {
            findings
                .on(*flow, "a sequence flow leaves a compensation event")
                .help("connect the handler by an association");
        }
    }
}
