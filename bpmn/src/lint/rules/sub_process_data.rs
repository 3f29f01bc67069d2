//! A sub-process has no `ioSpecification` of its own.
//!
//! **Why it is bad.** It sees the data of what it is in; only tasks and called processes have inputs and outputs.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <subProcess id="s">«<ioSpecification»><inputSet/><outputSet/></ioSpecification></subProcess>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <subProcess id="s"/>
//! </process>
//! ```
//! **How to fix.** Move the inputs and outputs to the tasks in it.

use crate::lint::flow::SUB_PROCESSES;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.all(SUB_PROCESSES) {
        if let Some(specification) = node.child("ioSpecification") {
            findings.on(
                specification,
                format!("the sub-process `{}` has inputs and outputs of its own", node.title()),
            );
        }
    }
}
