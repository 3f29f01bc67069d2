//! What a process can do is decided, or it is said that it is not.
//!
//! **Why it is bad.** The other rules of this group are silent about what they do not decide. The limits: 5,000 flow nodes of a
//! file, 10,000 states (or 32 MiB of them) of a process or subprocess, 40,000 of a file and 500 million places looked at in them, 8 conditions behind one element, 64 flows into an inclusive
//! join. Complex gateways that join by an expression, quantities, and ad-hoc subprocesses whose contents are computed are not decided at all.
//!
//! **Bad**
//! ```xml
//! «<process» id="p">
//!   <startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/>
//!   <complexGateway id="j"><activationCondition>${activationCount == 1}</activationCondition></complexGateway>
//!   <sequenceFlow id="s_f" sourceRef="s" targetRef="f"/><sequenceFlow id="f_a" sourceRef="f" targetRef="a"/>
//!   <sequenceFlow id="f_b" sourceRef="f" targetRef="b"/><sequenceFlow id="a_j" sourceRef="a" targetRef="j"/>
//!   <sequenceFlow id="b_j" sourceRef="b" targetRef="j"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p">
//!   <startEvent id="s"/><parallelGateway id="f"/><task id="a"/><task id="b"/><parallelGateway id="j"/>
//!   <sequenceFlow id="s_f" sourceRef="s" targetRef="f"/><sequenceFlow id="f_a" sourceRef="f" targetRef="a"/>
//!   <sequenceFlow id="f_b" sourceRef="f" targetRef="b"/><sequenceFlow id="a_j" sourceRef="a" targetRef="j"/>
//!   <sequenceFlow id="b_j" sourceRef="b" targetRef="j"/>
//! </process>
//! ```
//! **How to fix.** Move parts into subprocesses: each is explored by itself.

use crate::behaviour::{Undecided, VerdictKind};
use crate::limits::{
    BEHAVIOUR_CONDITIONS_MAX, BEHAVIOUR_FILE_STATES_MAX, BEHAVIOUR_JOINED_FLOWS_MAX, BEHAVIOUR_NODES_MAX,
    BEHAVIOUR_STATES_BYTES_MAX, BEHAVIOUR_STATES_MAX, BEHAVIOUR_TOKENS_MAX, BEHAVIOUR_WORK_MAX,
};
use crate::lint::explored::called;
use crate::lint::{File, Findings};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    if file.explored().is_too_large
        && let Some(definitions) = file.definitions()
    {
        findings.on(
            definitions,
            format!("what the processes can do is not decided: more than {BEHAVIOUR_NODES_MAX} flow nodes"),
        );
    }
    file.explored().report(file, findings, |outline, verdict| {
        let VerdictKind::Undecided(why) = verdict.kind else { return None };
        let called = |element| called(&outline.program, element);
        let why = match why {
            Undecided::States => format!("more than {BEHAVIOUR_STATES_MAX} states"),
            Undecided::StatesBytes => format!("its states need more than {BEHAVIOUR_STATES_BYTES_MAX} bytes"),
            Undecided::FileStates => format!("more than {BEHAVIOUR_FILE_STATES_MAX} states in the file"),
            Undecided::Work => format!("more than {BEHAVIOUR_WORK_MAX} places looked at in the file"),
            Undecided::Tokens => format!("more than {BEHAVIOUR_TOKENS_MAX} tokens in one place"),
            Undecided::Conditions(element) => {
                format!("more than {BEHAVIOUR_CONDITIONS_MAX} conditions behind {}", called(element))
            }
            Undecided::JoinedFlows(element) => {
                format!("more than {BEHAVIOUR_JOINED_FLOWS_MAX} flows into {}", called(element))
            }
            Undecided::ComplexJoin(element) => format!("{} joins by an expression", called(element)),
            Undecided::Quantity(element) => format!("{} takes or gives several tokens", called(element)),
            Undecided::AdHoc => "what begins in it, or when it is done, is computed".to_owned(),
        };
        Some(format!("what {} can do is not decided: {why}", called(verdict.element)))
    });
}
