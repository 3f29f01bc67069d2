//! Every region can be left. Found by exploring what the process can do.
//!
//! **Why it is bad.** An instance that has come into such a region goes round in it for ever, or until somebody cancels it.
//! A region that an event around it can end is not reported.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/>«<exclusiveGateway» id="m"/><task id="a"/><task id="b"/>
//!   <sequenceFlow id="s_m" sourceRef="s" targetRef="m"/><sequenceFlow id="m_a" sourceRef="m" targetRef="a"/>
//!   <sequenceFlow id="a_b" sourceRef="a" targetRef="b"/><sequenceFlow id="b_m" sourceRef="b" targetRef="m"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="m"/><task id="a"/><exclusiveGateway id="x"/><endEvent id="e"/>
//!   <sequenceFlow id="s_m" sourceRef="s" targetRef="m"/><sequenceFlow id="m_a" sourceRef="m" targetRef="a"/>
//!   <sequenceFlow id="a_x" sourceRef="a" targetRef="x"/><sequenceFlow id="x_m" sourceRef="x" targetRef="m"/>
//!   <sequenceFlow id="x_e" sourceRef="x" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Give the loop a way out: a gateway, or an event that interrupts.

use crate::behaviour::VerdictKind;
use crate::lint::explored::{called, called_all};
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.explored().report(file, findings, |outline, verdict| {
        (verdict.kind == VerdictKind::Livelock).then(|| {
            let region = match verdict.others.as_slice() {
                [] => called(&outline.program, verdict.element),
                others => {
                    format!(
                        "{}, {}",
                        called(&outline.program, verdict.element),
                        called_all(&outline.program, others)
                    )
                }
            };
            format!("nothing leads out of {region}")
        })
    });
}
