//! Bindings to deployments or version tags are used from Camunda 8.6 on.
//!
//! **Why it is bad.** An older engine ignores what it does not know: the model is deployed, and runs in another way
//! than it was drawn.
//!
//! **Bad**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.5">
//! <process id="p" isExecutable="true">
//!   <callActivity id="a"><extensionElements>
//!     <zeebe:calledElement processId="b" bindingType="«deployment»"/>
//!   </extensionElements></callActivity>
//! </process>
//! </definitions>
//! ```
//! **Good**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.6">
//! <process id="p" isExecutable="true">
//!   <callActivity id="a"><extensionElements>
//!     <zeebe:calledElement processId="b" bindingType="deployment"/>
//!   </extensionElements></callActivity>
//! </process>
//! </definitions>
//! ```
//! **How to fix.** Remove it, or set the version that the model is for to 8.6 or later.

use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    zeebe::report_too_new(
        file,
        findings,
        (8, 6),
        "*",
        Some("bindingType!latest"),
        "bindings to deployments or version tags",
    );
}
