//! The process that a call activity names is in one file of the run.
//!
//! **Why it is bad.** An engine that does not know the process makes an incident of the call. It may be deployed from elsewhere, so
//! this is only said. Where several files have a process of that name, which one is called depends on what is deployed last.
//!
//! **Bad**
//! ```xml order.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="order" isExecutable="true"><callActivity id="c" calledElement="«bil»"/></process>
//! </definitions>
//! ```
//! ```xml bill.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="bill"><task id="t"/></process></definitions>
//! ```
//! **Good**
//! ```xml order.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
//!   <process id="order" isExecutable="true"><callActivity id="c" calledElement="bill"/></process>
//! </definitions>
//! ```
//! ```xml bill.bpmn
//! <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="bill"><task id="t"/></process></definitions>
//! ```
//! **How to fix.** Correct the id, or check the file with the process in the same run.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for process in package.processes().filter(|process| process.is_executable) {
        for call in &process.calls {
            let id = &call.process.text;
            let files: Vec<&str> = package.exchange.with_id(id).map(|called| called.path.as_str()).collect();
            let message = match files.as_slice() {
                [] => format!("no file of this run has the process `{id}`"),
                [_] => continue,
                [first, second, ..] => format!("several files have the process `{id}`: {first}, {second}"),
            };
            found.value(process.file, &call.process, message).about(call.element.clone());
        }
    }
}
