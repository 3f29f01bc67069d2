//! An event-based gateway that waits for messages also waits for a timer.
//!
//! **Why it is bad.** If the other side never answers, the instance waits for ever, and nobody is told.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<eventBasedGateway» id="g"/><receiveTask id="a"/><receiveTask id="b"/>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/><sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <eventBasedGateway id="g"/><receiveTask id="a"/>
//!   <intermediateCatchEvent id="b"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></intermediateCatchEvent>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/><sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Add a timer event behind the gateway.

use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for gateway in file.graph().nodes().iter().filter(|node| node.node.is("eventBasedGateway")) {
        let is_start =
            gateway.node.flag("instantiate") || gateway.incoming.is_empty() && gateway.outgoing.is_empty();
        if is_start || gateway.outgoing.is_empty() || !file.is_executed(gateway.node) {
            continue;
        }
        let mut targets =
            gateway.outgoing.iter().filter_map(|flow| file.attribute_target(*flow, "targetRef"));
        // A timer at the border of what is around ends the wait as well.
        let around = gateway.node.ancestors().filter_map(|scope| file.graph().find(scope));
        let mut borders = around.flat_map(|scope| &scope.boundary);
        let is_bounded = targets.any(|target| target.child("timerEventDefinition").is_some())
            || borders.any(|event| event.child("timerEventDefinition").is_some());
        if !is_bounded {
            findings
                .on(gateway.node, format!("`{}` may wait for ever", gateway.node.title()))
                .help("add a timer event behind the gateway");
        }
    }
}
