//! Parallel branches are joined before what follows them. Found by exploring what the process can do.
//!
//! **Why it is bad.** An element that does not wait for all branches lets each token pass: what follows happens once for each.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/>«<exclusiveGateway» id="m"/><task id="c"/>
//!   <sequenceFlow id="s_f" sourceRef="s" targetRef="f"/><sequenceFlow id="f_a" sourceRef="f" targetRef="a"/>
//!   <sequenceFlow id="f_b" sourceRef="f" targetRef="b"/><sequenceFlow id="a_m" sourceRef="a" targetRef="m"/>
//!   <sequenceFlow id="b_m" sourceRef="b" targetRef="m"/><sequenceFlow id="m_c" sourceRef="m" targetRef="c"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/><parallelGateway id="m"/><task id="c"/>
//!   <sequenceFlow id="s_f" sourceRef="s" targetRef="f"/><sequenceFlow id="f_a" sourceRef="f" targetRef="a"/>
//!   <sequenceFlow id="f_b" sourceRef="f" targetRef="b"/><sequenceFlow id="a_m" sourceRef="a" targetRef="m"/>
//!   <sequenceFlow id="b_m" sourceRef="b" targetRef="m"/><sequenceFlow id="m_c" sourceRef="m" targetRef="c"/>
//! </process>
//! ```
//! **How to fix.** Join parallel branches with a parallel gateway, and those of which some are taken with an inclusive one.

use crate::behaviour::VerdictKind;
use crate::lint::explored::called;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.explored().report(file, findings, |outline, verdict| {
        (verdict.kind == VerdictKind::LackOfSynchronisation).then(|| {
            let meeting = called(&outline.program, verdict.element);
            format!("two tokens can come to {meeting}, and what follows happens twice")
        })
    });
}
