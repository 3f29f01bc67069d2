//! A process that is called from another file can start without an event.
//!
//! **Why it is bad.** The call would wait for a message or a timer that has nothing to do with the caller; engines refuse it.
//! Within one file this is `call-activity-no-target-start`.
//!
//! **Bad**
//! ```xml order.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="order" isExecutable="true"><callActivity id="c" calledElement="«bill»"/></process>
//! </definitions>
//! ```
//! ```xml bill.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="bill"><startEvent id="s"><messageEventDefinition/></startEvent></process>
//! </definitions>
//! ```
//! **Good**
//! ```xml order.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="order" isExecutable="true"><callActivity id="c" calledElement="bill"/></process>
//! </definitions>
//! ```
//! ```xml bill.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="bill"><startEvent id="s"/></process></definitions>
//! ```
//! **How to fix.** Add a start event without trigger to the called process.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.processes().filter(|process| process.is_executable) {
        let path = package.files.get(process.file).map(|file| file.path.as_str());
        for call in &process.calls {
            let mut called = package.exchange.with_id(&call.process.text).peekable();
            let is_elsewhere = called.peek().is_some_and(|called| Some(called.path.as_str()) != path);
            if let Some(first) = called.find(|called| is_elsewhere && !called.is_callable) {
                let message =
                    format!("`{}` in {} has no start event without trigger", first.title, first.path);
                found.value(process.file, &call.process, message).about(call.element.clone());
            }
        }
    }
}
