//! A token that waits at a join can always be joined, whatever gateways decide. Found by exploring what the process can do.
//!
//! **Why it is bad.** If conditions fall as in the way that the finding names, the instance stands still: nothing fails, and
//! nobody is told. Conditions are not understood: where they always agree with each other, allow the finding with that
//! reason. Processes that are not executable, and deadlocks that an event around can end, are reported here too.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="x"/><task id="a"/><task id="b"/>«<parallelGateway» id="j"/><endEvent id="e"/>
//!   <sequenceFlow id="s_x" sourceRef="s" targetRef="x"/><sequenceFlow id="x_a" sourceRef="x" targetRef="a"/>
//!   <sequenceFlow id="x_b" sourceRef="x" targetRef="b"/><sequenceFlow id="a_j" sourceRef="a" targetRef="j"/>
//!   <sequenceFlow id="b_j" sourceRef="b" targetRef="j"/><sequenceFlow id="j_e" sourceRef="j" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><parallelGateway id="x"/><task id="a"/><task id="b"/><parallelGateway id="j"/><endEvent id="e"/>
//!   <sequenceFlow id="s_x" sourceRef="s" targetRef="x"/><sequenceFlow id="x_a" sourceRef="x" targetRef="a"/>
//!   <sequenceFlow id="x_b" sourceRef="x" targetRef="b"/><sequenceFlow id="a_j" sourceRef="a" targetRef="j"/>
//!   <sequenceFlow id="b_j" sourceRef="b" targetRef="j"/><sequenceFlow id="j_e" sourceRef="j" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Decide once and keep the branches apart until they are joined, or join with an inclusive gateway.

use crate::lint::explored::{called, called_all, is_deadlock_for_certain};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.explored().report(file, findings, |outline, verdict| {
        if is_deadlock_for_certain(outline, verdict) != Some(false) {
            return None;
        }
        let join = called(&outline.program, verdict.element);
        Some(match verdict.others.as_slice() {
            [] => format!("a token may wait at {join} for ever"),
            others => {
                format!("tokens may wait at {join} and {} for ever", called_all(&outline.program, others))
            }
        })
    });
}
