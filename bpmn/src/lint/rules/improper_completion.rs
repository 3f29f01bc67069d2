//! An end event is reached once in a run. Found by exploring what the process can do.
//!
//! **Why it is bad.** A reader takes an end event for the end. Where parallel branches lead to one end event, a token is still
//! active when the first arrives there. It works: the process ends with its last token.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/>«<endEvent» id="e"/>
//!   <sequenceFlow id="s_f" sourceRef="s" targetRef="f"/><sequenceFlow id="f_a" sourceRef="f" targetRef="a"/>
//!   <sequenceFlow id="f_b" sourceRef="f" targetRef="b"/><sequenceFlow id="a_e" sourceRef="a" targetRef="e"/>
//!   <sequenceFlow id="b_e" sourceRef="b" targetRef="e"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/><endEvent id="e"/><endEvent id="o"/>
//!   <sequenceFlow id="s_f" sourceRef="s" targetRef="f"/><sequenceFlow id="f_a" sourceRef="f" targetRef="a"/>
//!   <sequenceFlow id="f_b" sourceRef="f" targetRef="b"/><sequenceFlow id="a_e" sourceRef="a" targetRef="e"/>
//!   <sequenceFlow id="b_o" sourceRef="b" targetRef="o"/>
//! </process>
//! ```
//! **How to fix.** Join the branches before the end event, or give each an end event of its own.

use crate::behaviour::VerdictKind;
use crate::lint::explored::called;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.explored().report(file, findings, |outline, verdict| {
        (verdict.kind == VerdictKind::ImproperCompletion).then(|| {
            let end = called(&outline.program, verdict.element);
            format!("one run can reach {end} more than once")
        })
    });
}
