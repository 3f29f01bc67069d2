//! BPMN errors: thrown at an activation; the nearest event that matches interrupts what is between.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{ErrorTrigger, Trigger};

use super::called;
use super::catching::{self, Catcher, Fit};
use super::incident;
use super::occurrence::Trouble;
use super::step::Step;
use super::triggers;
use crate::identity::NodeKey;

/// Throws an error at an activation: what catches it is interrupted and goes on at the event that does.
/// `Err`: nothing catches it, nothing happened.
pub(super) fn raise(step: &mut Step<'_>, from: NodeKey, code: &str, message: &str) -> Result<(), Trouble> {
    let Some((catcher, Trigger::Error(trigger))) = catcher(step, from, code) else {
        if called::leave_by_error(step, code, message) {
            return Ok(());
        }
        let text = format!("BPMN error `{code}` is uncaught: {message}");
        return Err(Trouble::new(&incident::UNCAUGHT_ERROR, text));
    };
    match catcher {
        Catcher::Boundary { at, event, interrupting: _ } => {
            step.cancel(at.node);
            tell(step, at.parent, trigger, code, message);
            step.enter(at.parent, event, None);
        }
        Catcher::Handler { at, sub_process, start } => {
            let entered = triggers::begin_event_sub_process(step, at.node, sub_process, start);
            tell(step, entered, trigger, code, message);
        }
    }
    Ok(())
}

/// Whether something around an activation catches an error.
pub(super) fn is_caught(step: &Step<'_>, from: NodeKey, code: &str) -> bool {
    catcher(step, from, code).is_some()
        || called::callers(step).is_some_and(|caller| caller.errors.find(code).is_some())
}

fn catcher<'a>(step: &Step<'a>, from: NodeKey, code: &str) -> Option<(Catcher<'a>, &'a Trigger)> {
    catching::catcher(step, from, |trigger| {
        let Trigger::Error(error) = trigger else { return None };
        Fit::of(error.code.as_deref(), code)
    })
}

fn tell(step: &mut Step<'_>, scope: NodeKey, trigger: &ErrorTrigger, code: &str, message: &str) {
    for (variable, text) in [(&trigger.code_variable, code), (&trigger.message_variable, message)] {
        if let Some(name) = variable {
            step.set_visible(scope, name.as_str().into(), Arc::new(Value::from(text)));
        }
    }
}
