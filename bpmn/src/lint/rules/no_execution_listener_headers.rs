//! Headers of execution listeners are used from Camunda 8.10 on.
//!
//! **Why it is bad.** An older engine ignores what it does not know: the model is deployed, and runs in another way
//! than it was drawn.
//!
//! **Bad**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.9">
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements>
//!     <zeebe:taskDefinition type="t"/>
//!     <zeebe:executionListeners><zeebe:executionListener eventType="start" type="t">
//!       «<zeebe:taskHeaders»><zeebe:header key="a" value="b"/></zeebe:taskHeaders>
//!     </zeebe:executionListener></zeebe:executionListeners>
//!   </extensionElements></serviceTask>
//! </process>
//! </definitions>
//! ```
//! **Good**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.10">
//! <process id="p" isExecutable="true">
//!   <serviceTask id="a"><extensionElements>
//!     <zeebe:taskDefinition type="t"/>
//!     <zeebe:executionListeners><zeebe:executionListener eventType="start" type="t">
//!       <zeebe:taskHeaders><zeebe:header key="a" value="b"/></zeebe:taskHeaders>
//!     </zeebe:executionListener></zeebe:executionListeners>
//!   </extensionElements></serviceTask>
//! </process>
//! </definitions>
//! ```
//! **How to fix.** Remove it, or set the version that the model is for to 8.10 or later.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    zeebe::report_too_new(
        file,
        findings,
        (8, 10),
        "executionListener/taskHeaders",
        None,
        "headers of execution listeners",
    );
}
