//! Activities of a choreography stand in a choreography.
//!
//! **Why it is bad.** The specification keeps them out of processes (section 11.5): nobody is there to perform them.
//!
//! **Bad**
//! ```xml
//! <collaboration id="c"><participant id="x" processRef="p"/><participant id="y"/></collaboration>
//! <process id="p">
//!   «<subChoreography» id="s" initiatingParticipantRef="x"><participantRef>x</participantRef><participantRef>y</participantRef></subChoreography>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <subProcess id="s"/>
//! </process>
//! ```
//! **How to fix.** Draw a task or subprocess, or move the activity into a choreography.

use crate::lint::flow::{CHOREOGRAPHY_ACTIVITIES, SUB_PROCESSES};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.all(CHOREOGRAPHY_ACTIVITIES) {
        if let Some(scope) = node.parent()
            && (scope.is("process") || scope.is_any(SUB_PROCESSES))
        {
            findings.on(
                node,
                format!("`{}` is an activity of a choreography, in a `{}`", node.title(), scope.name()),
            );
        }
    }
}
