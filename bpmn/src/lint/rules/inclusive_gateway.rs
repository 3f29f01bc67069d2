//! Before Camunda 8.6 an inclusive gateway has one incoming flow.
//!
//! **Why it is bad.** The engine cannot join there and refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.5">
//! <process id="p" isExecutable="true">
//!   <startEvent id="a"/><startEvent id="b"/>«<inclusiveGateway» id="g"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="g"/><sequenceFlow id="h" sourceRef="b" targetRef="g"/>
//! </process>
//! </definitions>
//! ```
//! **Good**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6">
//! <process id="p" isExecutable="true">
//!   <startEvent id="a"/><startEvent id="b"/><inclusiveGateway id="g"/>
//!   <sequenceFlow id="f" sourceRef="a" targetRef="g"/><sequenceFlow id="h" sourceRef="b" targetRef="g"/>
//! </process>
//! </definitions>
//! ```
//! **How to fix.** Join with another gateway, or set a later version.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if zeebe::version(file) >= (8, 6) {
        return;
    }
    for gateway in zeebe::executed(file, &["inclusiveGateway"]) {
        if file.graph().find(gateway).is_some_and(|node| node.incoming.len() > 1) {
            findings.on(gateway, "this version of Camunda 8 does not join at inclusive gateways");
        }
    }
}
