//! An event-based gateway has at least two outgoing flows, none with a condition.
//!
//! **Why it is bad.** It takes the flow whose event comes first. With one flow there is nothing to choose, and a
//! condition would never be asked.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   «<eventBasedGateway» id="g"/><intermediateCatchEvent id="e"><timerEventDefinition/></intermediateCatchEvent>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <eventBasedGateway id="g"/>
//!   <intermediateCatchEvent id="e"><timerEventDefinition/></intermediateCatchEvent>
//!   <intermediateCatchEvent id="m"><messageEventDefinition/></intermediateCatchEvent>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="e"/><sequenceFlow id="h" sourceRef="g" targetRef="m"/>
//! </process>
//! ```
//! **How to fix.** Add the other event, or remove the gateway; remove the conditions.

use crate::lint::flow::is_conditional;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for flow_node in file.graph().nodes().iter().filter(|flow_node| flow_node.node.is("eventBasedGateway")) {
        if flow_node.outgoing.len() < 2 {
            findings.on(flow_node.node, "an event-based gateway must have at least 2 outgoing flows");
        }
        for flow in flow_node.outgoing.iter().filter(|flow| is_conditional(**flow)) {
            findings
                .on(*flow, "a flow out of an event-based gateway must not have a condition")
                .help("remove the condition: the event decides");
        }
    }
}
