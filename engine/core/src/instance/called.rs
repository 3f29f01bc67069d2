//! Both ends of a call: what a caller makes of what the called instance tells, and what a called instance tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{Call, Kind, Passed};

use super::fact::Fact;
use super::handle::open_wait;
use super::incident;
use super::input::Refused;
use super::mappings::storable;
use super::occurrence::{Next, Occurrence, Trouble};
use super::state::{State, Status};
use super::step::{At, Place, Step};
use super::variables::Named;
use super::wait::WaitKind;
use super::{errors, escalations, triggers};
use crate::calling::{Caller, Notice, Returned, Returns};
use crate::effect::Effect;
use crate::identity::{NodeKey, WaitKey};

/// The caller of this instance, if there is one.
pub(super) fn callers<'s>(step: &'s Step<'_>) -> Option<&'s Caller> {
    step.instance.caller()
}

/// A called instance has something to tell.
pub(super) fn take(
    step: &mut Step<'_>,
    key: WaitKey,
    returned: Returned,
    variables: &Named,
) -> Result<(), Refused> {
    let wait = open_wait(step, key)?;
    if !matches!(wait.kind, WaitKind::Called { .. }) {
        return Err(Refused::WrongWait(key));
    }
    let unknown = || Refused::UnknownElement {
        process: step.program.process_id.clone(),
        element: wait.element.clone(),
    };
    let at = step.at(wait.node).ok_or_else(unknown)?;
    let Kind::CallActivity(call) = &at.element.kind else { return Err(unknown()) };
    match returned {
        Returned::Escalation { code, ended: false } => {
            if bring_back(step, at, call, variables).is_ok() {
                escalations::escalate(step, at.node, &code);
            }
        }
        Returned::Completed => match bring_back(step, at, call, variables) {
            Ok(()) => {
                step.close_waits(at.node);
                step.due(at.node, Place::Element(at.index), Occurrence::Triggered(wait.element));
            }
            Err(trouble) => fail(step, at, key, trouble),
        },
        Returned::Error { code, message } => {
            triggers::close(step, key);
            let raised = bring_back(step, at, call, variables)
                .and_then(|()| errors::raise(step, at.node, &code, &message));
            if let Err(trouble) = raised {
                stand_still(step, at, trouble);
            }
        }
        Returned::Escalation { code, ended: true } => {
            triggers::close(step, key);
            let brought = bring_back(step, at, call, variables);
            if let Err(trouble) = brought {
                stand_still(step, at, trouble);
            } else if escalations::escalate(step, at.node, &code) != Next::Gone {
                let message =
                    format!("the called instance ended by escalation `{code}`, which nothing hears");
                stand_still(step, at, Trouble::new(&incident::CALLED, message));
            }
        }
        Returned::Lost { reason } => fail(step, at, key, Trouble::new(&incident::CALLED, reason)),
    }
    Ok(())
}

fn fail(step: &mut Step<'_>, at: At<'_>, key: WaitKey, trouble: Trouble) {
    triggers::close(step, key);
    stand_still(step, at, trouble);
}

/// The call is over and led nowhere: a retry calls again.
fn stand_still(step: &mut Step<'_>, at: At<'_>, trouble: Trouble) {
    step.emit(Fact::NodeAdvanced { node: at.node, state: State::Started });
    step.open_incident(at.node, trouble, None);
}

/// Sets what the called instance brings back; all of it or nothing.
fn bring_back(step: &mut Step<'_>, at: At<'_>, call: &Call, variables: &Named) -> Result<(), Trouble> {
    let scope: BTreeMap<String, Value> =
        variables.iter().map(|(name, value)| (name.to_string(), Value::clone(value))).collect();
    let mut brought: Vec<(bool, Arc<str>, Arc<Value>)> = Vec::new();
    for passing in &call.outputs {
        match &passing.what {
            Passed::All => {
                brought.extend(
                    variables.iter().map(|(name, value)| (passing.local, name.clone(), value.clone())),
                );
            }
            Passed::Variable { source, target } => {
                let value = scope.get(source).cloned().unwrap_or_default();
                brought.push((passing.local, target.as_str().into(), storable(value)?));
            }
            Passed::Value { source, target } => {
                let value = storable(source.evaluate(&scope)?)?;
                brought.push((passing.local, target.as_str().into(), value));
            }
        }
    }
    for (local, name, value) in brought {
        if local {
            step.emit(Fact::VariableSet { node: at.node, name, value });
        } else {
            step.set_visible(at.node, name, value);
        }
    }
    Ok(())
}

/// Ends what an activation has called, because the activation ends first.
pub(super) fn release(step: &mut Step<'_>, node: NodeKey) {
    let Some(waits) = step.instance.node(node).map(|node| node.waits.clone()) else { return };
    for wait in waits {
        let called = step.instance.wait(wait).map(|wait| &wait.kind);
        if let Some(WaitKind::Called { business_key, call, .. }) = called {
            let notice = Notice::Release { wait, call: *call, business_key: business_key.clone() };
            step.queue(Effect::Notify(Box::new(notice)));
        }
    }
}

/// Tells the caller, if there is one. Call it before the instance ends: what is brought back are its variables.
pub(super) fn tell(step: &mut Step<'_>, returned: Returned) {
    let Some(caller) = callers(step) else { return };
    let wanted = |name: &Arc<str>| match &caller.returns {
        Returns::All => true,
        Returns::Named(names) => names.contains(name),
    };
    let variables = step.instance.variables().filter(|(name, _)| wanted(name));
    let variables = variables.map(|(name, value)| (name.clone(), value.clone())).collect();
    let (caller, wait) = (caller.instance.clone(), caller.wait);
    step.queue(Effect::Notify(Box::new(Notice::Return { caller, wait, returned, variables })));
}

/// An error that nothing here catches goes on in the caller, if something there does.
pub(super) fn leave_by_error(step: &mut Step<'_>, code: &str, message: &str) -> bool {
    if callers(step).and_then(|caller| caller.errors.find(code)).is_none() {
        return false;
    }
    tell(step, Returned::Error { code: code.into(), message: message.to_owned() });
    step.end(Status::Cancelled, Some(&format!("it ended by BPMN error {code}, which its caller catches")));
    true
}

/// An escalation that nothing here hears: the caller may.
pub(super) fn escalate_to_caller(step: &mut Step<'_>, code: &str) -> Next {
    let Some(interrupting) = callers(step).and_then(|caller| caller.escalations.find(code)) else {
        return Next::DONE;
    };
    tell(step, Returned::Escalation { code: code.into(), ended: interrupting });
    if !interrupting {
        return Next::DONE;
    }
    step.end(Status::Cancelled, Some(&format!("it ended by escalation {code}, which its caller hears")));
    Next::Gone
}

/// What a call activity wants back.
pub(super) fn returns(call: &Call) -> Returns {
    let mut names = std::collections::BTreeSet::new();
    for passing in &call.outputs {
        match &passing.what {
            Passed::Variable { source, .. } => {
                names.insert(source.as_str().into());
            }
            Passed::All | Passed::Value { .. } => return Returns::All,
        }
    }
    Returns::Named(names)
}
