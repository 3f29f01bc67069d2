//! No token waits for ever at a join. Found by exploring what the process can do.
//!
//! **Why it is bad.** A parallel join waits for one token by each flow. Where a step decides that one of them never comes,
//! the instance stands still: nothing fails, and nobody is told. This rule reports executable processes in which one single
//! step always decides that, whatever conditions say; what depends on several decisions is [L602](#l602).
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"/><exclusiveGateway id="x" default="x_a"/><task id="a"/><task id="b"/>«<parallelGateway» id="j"/><endEvent id="e"/>
//!   <sequenceFlow id="s_x" sourceRef="s" targetRef="x"/><sequenceFlow id="x_a" sourceRef="x" targetRef="a"/>
//!   <sequenceFlow id="x_b" sourceRef="x" targetRef="b"><conditionExpression>${c}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="a_j" sourceRef="a" targetRef="j"/><sequenceFlow id="b_j" sourceRef="b" targetRef="j"/>
//!   <sequenceFlow id="j_e" sourceRef="j" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true">
//!   <startEvent id="s"/><exclusiveGateway id="x" default="x_a"/><task id="a"/><task id="b"/><exclusiveGateway id="j"/><endEvent id="e"/>
//!   <sequenceFlow id="s_x" sourceRef="s" targetRef="x"/><sequenceFlow id="x_a" sourceRef="x" targetRef="a"/>
//!   <sequenceFlow id="x_b" sourceRef="x" targetRef="b"><conditionExpression>${c}</conditionExpression></sequenceFlow>
//!   <sequenceFlow id="a_j" sourceRef="a" targetRef="j"/><sequenceFlow id="b_j" sourceRef="b" targetRef="j"/>
//!   <sequenceFlow id="j_e" sourceRef="j" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Join with the kind of gateway that the ways were split with, and lead ways that leave a parallel branch
//! to the join too, or to a terminate end event.

use crate::lint::explored::{called, called_all, is_deadlock_for_certain};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.explored().report(file, findings, |outline, verdict| {
        if is_deadlock_for_certain(outline, verdict) != Some(true) {
            return None;
        }
        let join = called(&outline.program, verdict.element);
        Some(match verdict.others.as_slice() {
            [] => format!("a token waits at {join} for ever"),
            others => format!("tokens wait at {join} and {} for ever", called_all(&outline.program, others)),
        })
    });
}
