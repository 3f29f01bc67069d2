//! Which status may follow which, and what may change on the way. This table is the whole life of a Task.

use serde_json::Value;

use super::Status;
use super::message::has_code;
use crate::names;
use crate::resource::list;

/// Whether something is looked at during a transition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// It must hold.
    Required,
    /// It is not looked at.
    Waived,
}

/// One legal step of a Task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Status before.
    pub from: Status,
    /// Status after.
    pub to: Status,
    /// Whether a business-key may be added.
    pub business_key_may_be_added: bool,
    /// Whether outputs may be there afterwards.
    pub output_allowed: bool,
    /// Whether the ActivityDefinition must (still) name this site as a recipient.
    pub recipient: Check,
    /// Whether the Task must fit its profile; a Task that fails may fail because of that.
    pub profile: Check,
}

const fn step(
    from: Status,
    to: Status,
    key: bool,
    output: bool,
    recipient: Check,
    profile: Check,
) -> Transition {
    Transition { from, to, business_key_may_be_added: key, output_allowed: output, recipient, profile }
}

/// Every legal step. What is not here is refused.
#[rustfmt::skip]
pub const TRANSITIONS: &[Transition] = &[
    //   from                to                  +key   output recipient        profile
    step(Status::Draft,      Status::Draft,      false, false, Check::Waived,   Check::Required),
    step(Status::Requested,  Status::InProgress, true,  false, Check::Required, Check::Required),
    step(Status::InProgress, Status::InProgress, false, true,  Check::Required, Check::Required),
    step(Status::InProgress, Status::Completed,  false, true,  Check::Required, Check::Required),
    step(Status::Requested,  Status::Failed,     true,  true,  Check::Waived,   Check::Waived),
    step(Status::InProgress, Status::Failed,     false, true,  Check::Waived,   Check::Waived),
];

/// The step from `from` to `to`, if it is legal.
pub fn find(from: Status, to: Status) -> Option<Transition> {
    TRANSITIONS.iter().copied().find(|transition| transition.from == from && transition.to == to)
}

/// Which element changed although it must not. Both Tasks as a client sees them (references cleaned).
pub fn forbidden_change(transition: Transition, old: &Value, new: &Value) -> Option<&'static str> {
    for element in ["requester", "restriction", "instantiatesCanonical"] {
        if old.get(element) != new.get(element) {
            return Some(match element {
                "requester" => "Task.requester",
                "restriction" => "Task.restriction",
                _ => "Task.instantiatesCanonical",
            });
        }
    }
    if !inputs_agree(transition, list(old, "input"), list(new, "input")) {
        return Some("Task.input");
    }
    if !transition.output_allowed && !list(new, "output").is_empty() {
        return Some("Task.output");
    }
    None
}

fn inputs_agree(transition: Transition, old: &[Value], new: &[Value]) -> bool {
    if old == new {
        return true;
    }
    let had_key = old.iter().any(|input| has_code(input, names::BUSINESS_KEY));
    if !transition.business_key_may_be_added || had_key {
        return false;
    }
    let added = new.iter().filter(|input| has_code(input, names::BUSINESS_KEY)).count();
    added == 1 && new.iter().filter(|input| !has_code(input, names::BUSINESS_KEY)).eq(old.iter())
}
