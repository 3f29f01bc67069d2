//! Before Camunda 8.3 signals do not start event sub-processes.
//!
//! **Why it is bad.** The engine refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.2">
//! <process id="p" isExecutable="true">
//!   <subProcess id="s" triggeredByEvent="true">
//!     «<startEvent» id="a"><signalEventDefinition signalRef="x"/></startEvent>
//!   </subProcess>
//! </process>
//! <signal id="x" name="x"/>
//! </definitions>
//! ```
//! **Good**
//! ```xml
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
//!   xmlns:modeler="http://camunda.org/schema/modeler/1.0" targetNamespace="t"
//!   modeler:executionPlatform="Camunda Cloud" modeler:executionPlatformVersion="8.3">
//! <process id="p" isExecutable="true">
//!   <subProcess id="s" triggeredByEvent="true">
//!     <startEvent id="a"><signalEventDefinition signalRef="x"/></startEvent>
//!   </subProcess>
//! </process>
//! <signal id="x" name="x"/>
//! </definitions>
//! ```
//! **How to fix.** Use a message, or set a later version.

use crate::lint::flow::is_event_sub_process;
use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if zeebe::version(file) >= (8, 3) {
        return;
    }
    for event in zeebe::executed(file, &["startEvent"]) {
        let is_inner = event.parent().is_some_and(is_event_sub_process);
        if is_inner && event.child("signalEventDefinition").is_some() {
            findings.on(event, "this version does not start event sub-processes by signals");
        }
    }
}
