//! A process or sub-process has at most one start event without a trigger.
//!
//! **Why it is bad.** The engine would not know where to start, and refuses the deployment.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   «<startEvent» id="a"/>
//!   «<startEvent» id="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="a"/>
//!   <startEvent id="b"><timerEventDefinition/></startEvent>
//! </process>
//! ```
//! **How to fix.** Merge them into one start event.

use crate::lint::flow::trigger_count;
use crate::lint::zeebe;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for scope in zeebe::executed(file, &["process", "subProcess", "adHocSubProcess", "transaction"]) {
        let blank: Vec<_> =
            scope.children_named("startEvent").filter(|event| trigger_count(*event) == 0).collect();
        if blank.len() > 1 {
            for event in blank {
                findings.on(event, format!("`{}` has several start events without a trigger", scope.title()));
            }
        }
    }
}
