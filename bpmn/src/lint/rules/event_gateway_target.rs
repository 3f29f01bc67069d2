//! An event-based gateway leads to events that wait and receive tasks, which nothing else leads to.
//!
//! **Why it is bad.** The gateway waits for the first of them. What does not wait would be taken at once, and what
//! is reached in another way waits twice.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <eventBasedGateway id="g"/><task id="a"/>
//!   <intermediateCatchEvent id="b"><timerEventDefinition/></intermediateCatchEvent>
//!   «<sequenceFlow» id="f" sourceRef="g" targetRef="a"/><sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! ```xml
//! <process id="p">
//!   <eventBasedGateway id="g"/>«<receiveTask» id="a"/>
//!   <intermediateCatchEvent id="b"><messageEventDefinition/></intermediateCatchEvent>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/><sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <eventBasedGateway id="g"/><receiveTask id="a"/>
//!   <intermediateCatchEvent id="b"><timerEventDefinition/></intermediateCatchEvent>
//!   <sequenceFlow id="f" sourceRef="g" targetRef="a"/><sequenceFlow id="h" sourceRef="g" targetRef="b"/>
//! </process>
//! ```
//! **How to fix.** Put a catch event between gateway and task; join other flows behind the event.

use crate::lint::flow::event_definitions;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for gateway in file.graph().nodes().iter().filter(|node| node.node.is("eventBasedGateway")) {
        let targets = || gateway.outgoing.iter().filter_map(|flow| file.attribute_target(*flow, "targetRef"));
        let event = targets().find(|target| target.child("messageEventDefinition").is_some());
        for task in targets().filter(|target| target.is("receiveTask")) {
            if let Some(event) = event {
                findings
                    .on(
                        task,
                        "an event-based gateway leads to receive tasks or to message events, not to both",
                    )
                    .related(event.head(), "the message event is here");
            }
            if let Some(border) = file.graph().find(task).and_then(|node| node.boundary.first()) {
                let message = format!(
                    "`{}` follows an event-based gateway, and has an event at its border",
                    task.title()
                );
                findings.on(*border, message).help("let the gateway wait for that event");
            }
        }
        for flow in &gateway.outgoing {
            let Some(target) = file.attribute_target(*flow, "targetRef") else { continue };
            let waits = target.is("receiveTask")
                || (target.is("intermediateCatchEvent")
                    && event_definitions(target).all(|definition| {
                        definition.is_any(&[
                            "messageEventDefinition",
                            "timerEventDefinition",
                            "signalEventDefinition",
                            "conditionalEventDefinition",
                        ])
                    }));
            if !waits {
                findings
                    .on(*flow, format!("`{}` does not wait for an event", target.title()))
                    .help("put a catch event in front of it");
            } else if let Some(other) =
                file.graph().find(target).and_then(|node| node.incoming.iter().find(|other| *other != flow))
            {
                findings
                    .on(
                        *other,
                        format!(
                            "`{}` follows an event-based gateway; nothing else may lead to it",
                            target.title()
                        ),
                    )
                    .related(gateway.node.head(), "the gateway is here");
            }
        }
    }
}
