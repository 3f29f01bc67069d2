//! BPMN errors: thrown at an activation, caught by the nearest boundary event around it that matches.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::{Element, ElementIndex, ErrorTrigger, Kind, Program, Trigger};

use super::incident;
use super::occurrence::Trouble;
use super::state::Role;
use super::step::{At, Step};
use super::variables::ancestor_keys;
use crate::identity::NodeKey;

/// Throws an error at an activation: what catches it is interrupted and goes on at the boundary event.
/// `Err`: nothing catches it, nothing happened.
pub(super) fn raise(step: &mut Step<'_>, from: NodeKey, code: &str, message: &str) -> Result<(), Trouble> {
    let Some((at, event, trigger)) = catcher(step, from, code) else {
        let text = format!("BPMN error `{code}` is uncaught: {message}");
        return Err(Trouble::new(&incident::UNCAUGHT_ERROR, text));
    };
    step.cancel(at.node);
    for (variable, text) in [(&trigger.code_variable, code), (&trigger.message_variable, message)] {
        if let Some(name) = variable {
            step.set_visible(at.parent, name.as_str().into(), Arc::new(Value::from(text)));
        }
    }
    step.enter(at.parent, event, None);
    Ok(())
}

/// Whether something around an activation catches an error.
pub(super) fn is_caught(step: &Step<'_>, from: NodeKey, code: &str) -> bool {
    catcher(step, from, code).is_some()
}

fn catcher<'a>(
    step: &Step<'a>,
    from: NodeKey,
    code: &str,
) -> Option<(At<'a>, ElementIndex, &'a ErrorTrigger)> {
    ancestor_keys(step.instance, from).find_map(|key| {
        let at = step.at(key)?;
        // The boundary events of a multi-instance activity belong to its body.
        if matches!(at.role, Role::Iteration(_)) {
            return None;
        }
        let (event, trigger) = matching(step.program, at.element, code)?;
        Some((at, event, trigger))
    })
}

/// An event for this very code, else one for all.
fn matching<'a>(
    program: &'a Program,
    element: &'a Element,
    code: &str,
) -> Option<(ElementIndex, &'a ErrorTrigger)> {
    let errors = || {
        element.boundary_events.iter().filter_map(|index| {
            let Kind::BoundaryEvent { trigger: Trigger::Error(error), .. } = &program.element(*index).kind
            else {
                return None;
            };
            Some((*index, error))
        })
    };
    errors()
        .find(|(_, error)| error.code.as_deref() == Some(code))
        .or_else(|| errors().find(|(_, error)| error.code.is_none()))
}
