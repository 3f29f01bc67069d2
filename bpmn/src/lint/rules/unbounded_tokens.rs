//! The number of tokens is bounded. Found by exploring what the process can do.
//!
//! **Why it is bad.** A loop that splits a token each time it goes round makes ever more of them: the work behind it is done
//! again and again, and the instance grows.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="m"/><parallelGateway id="f"/><exclusiveGateway id="x"/>«<exclusiveGateway» id="y"/>
//!   <task id="a"/><task id="b"/>
//!   <sequenceFlow id="s_m" sourceRef="s" targetRef="m"/><sequenceFlow id="m_f" sourceRef="m" targetRef="f"/>
//!   <sequenceFlow id="f_x" sourceRef="f" targetRef="x"/><sequenceFlow id="x_m" sourceRef="x" targetRef="m"/>
//!   <sequenceFlow id="x_a" sourceRef="x" targetRef="a"/><sequenceFlow id="f_y" sourceRef="f" targetRef="y"/>
//!   <sequenceFlow id="y_a" sourceRef="y" targetRef="a"/><sequenceFlow id="y_b" sourceRef="y" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="m"/><parallelGateway id="f"/><parallelGateway id="j"/><exclusiveGateway id="x"/>
//!   <task id="a"/><task id="b"/><endEvent id="e"/>
//!   <sequenceFlow id="s_m" sourceRef="s" targetRef="m"/><sequenceFlow id="m_f" sourceRef="m" targetRef="f"/>
//!   <sequenceFlow id="f_a" sourceRef="f" targetRef="a"/><sequenceFlow id="f_b" sourceRef="f" targetRef="b"/>
//!   <sequenceFlow id="a_j" sourceRef="a" targetRef="j"/><sequenceFlow id="b_j" sourceRef="b" targetRef="j"/>
//!   <sequenceFlow id="j_x" sourceRef="j" targetRef="x"/><sequenceFlow id="x_m" sourceRef="x" targetRef="m"/>
//!   <sequenceFlow id="x_e" sourceRef="x" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Join what the loop splits before it goes round again.

use crate::behaviour::VerdictKind;
use crate::lint::explored::called;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.explored().report(file, findings, |outline, verdict| {
        (verdict.kind == VerdictKind::UnboundedTokens).then(|| {
            let place = called(&outline.program, verdict.element);
            format!("ever more tokens can come to {place}")
        })
    });
}
