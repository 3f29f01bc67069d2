//! Every element can happen. Found by exploring what the process can do.
//!
//! **Why it is bad.** What no token ever reaches is drawn for nothing, or something before it is drawn wrong. Reported is the
//! first element of what is dead; what lies behind a deadlock, or begins with an element that nothing leads to, is reported as that.
//!
//! **Bad**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><task id="a"/>«<task» id="b"/><task id="c"/>
//!   <sequenceFlow id="s_a" sourceRef="s" targetRef="a"/><sequenceFlow id="b_c" sourceRef="b" targetRef="c"/>
//!   <sequenceFlow id="c_b" sourceRef="c" targetRef="b"/><sequenceFlow id="c_a" sourceRef="c" targetRef="a"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><exclusiveGateway id="a"/><task id="b"/><task id="c"/><endEvent id="e"/>
//!   <sequenceFlow id="s_a" sourceRef="s" targetRef="a"/><sequenceFlow id="a_b" sourceRef="a" targetRef="b"/>
//!   <sequenceFlow id="a_c" sourceRef="a" targetRef="c"/><sequenceFlow id="b_e" sourceRef="b" targetRef="e"/>
//!   <sequenceFlow id="c_e" sourceRef="c" targetRef="e"/>
//! </process>
//! ```
//! **How to fix.** Lead a flow to it that can be taken, or remove it.

use crate::behaviour::VerdictKind;
use crate::lint::explored::called;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    file.explored().report(file, findings, |outline, verdict| {
        (verdict.kind == VerdictKind::DeadElement).then(|| {
            let element = called(&outline.program, verdict.element);
            format!("nothing ever leads to {element}")
        })
    });
}
