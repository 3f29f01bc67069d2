//! Who catches what is thrown within a scope: the nearest event around the thrower that matches. An event subprocess is
//! nearer than the boundary events of the activity that it is in, an event for this very code nearer than one for all.

use tessera_bpmn::compile::{ElementIndex, Kind, Trigger};

use super::state::Role;
use super::step::{At, Step};
use super::triggers;
use crate::calling::Catches;
use crate::identity::NodeKey;

/// What catches.
pub(super) enum Catcher<'a> {
    /// A boundary event of an activity.
    Boundary { at: At<'a>, event: ElementIndex, interrupting: bool },
    /// An event subprocess of a scope.
    Handler { at: At<'a>, sub_process: ElementIndex },
}

/// How well a trigger fits what is thrown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Fit {
    All,
    Exactly,
}

impl Fit {
    /// How a trigger for `wanted` fits a code.
    pub(super) fn of(wanted: Option<&str>, code: &str) -> Option<Self> {
        match wanted {
            None => Some(Self::All),
            Some(wanted) => (wanted == code).then_some(Self::Exactly),
        }
    }
}

/// Looks for it from the thrower outwards.
pub(super) fn catcher<'a>(
    step: &Step<'a>,
    from: NodeKey,
    fit: impl Fn(&'a Trigger) -> Option<Fit>,
) -> Option<(Catcher<'a>, &'a Trigger)> {
    let mut came_from: Option<At<'a>> = None;
    let mut key = from;
    loop {
        let at = step.at(key);
        if let Some(at) = at {
            // What is thrown by an event subprocess is not caught by itself again.
            let inner = came_from.map(|inner| inner.index);
            if at.role != Role::Body && inner.is_some() {
                let handlers = triggers::handlers(step.program, at.index);
                let handlers = handlers.filter(|(index, ..)| Some(*index) != inner);
                let fits = handlers.filter_map(|(index, _, trigger)| Some((fit(trigger)?, index, trigger)));
                if let Some((_, sub_process, trigger)) = best(fits) {
                    return Some((Catcher::Handler { at, sub_process }, trigger));
                }
            }
            // The boundary events of a multi-instance activity belong to its body.
            if !matches!(at.role, Role::Iteration(_))
                && let Some((_, (event, interrupting), trigger)) = best(boundary(step, at, &fit))
            {
                return Some((Catcher::Boundary { at, event, interrupting }, trigger));
            }
            came_from = Some(at);
        }
        if key == NodeKey::ROOT {
            return None;
        }
        key = step.instance.node(key)?.parent;
    }
}

/// All codes that are caught around an activation, from the activation outwards. `code` is what a trigger names, if it
/// is of the right kind.
pub(super) fn catches<'a>(
    step: &Step<'a>,
    from: NodeKey,
    code: impl Fn(&'a Trigger) -> Option<Option<&'a str>>,
) -> Catches {
    let mut catches = Catches::default();
    let mut inner = None;
    let mut key = from;
    loop {
        if let Some(at) = step.at(key) {
            if at.role != Role::Body && inner.is_some() {
                let handlers = triggers::handlers(step.program, at.index);
                let handlers = handlers.filter(|(index, ..)| Some(*index) != inner);
                add(
                    &mut catches,
                    handlers.filter_map(|(index, _, trigger)| {
                        let interrupting = matches!(
                            step.program.element(index).kind,
                            Kind::EventSubProcess { interrupting: true, .. }
                        );
                        Some((code(trigger)?, interrupting))
                    }),
                );
            }
            if !matches!(at.role, Role::Iteration(_)) {
                add(
                    &mut catches,
                    at.element.boundary_events.iter().filter_map(|index| {
                        let Kind::BoundaryEvent { trigger, interrupting, .. } =
                            &step.program.element(*index).kind
                        else {
                            return None;
                        };
                        Some((code(trigger)?, *interrupting))
                    }),
                );
            }
            inner = Some(at.index);
        }
        if key == NodeKey::ROOT {
            return catches;
        }
        let Some(parent) = step.instance.node(key).map(|node| node.parent) else { return catches };
        key = parent;
    }
}

/// Those of one level: a catcher for all is farther away than one for a certain code.
fn add<'a>(catches: &mut Catches, level: impl Iterator<Item = (Option<&'a str>, bool)>) {
    let mut all = None;
    for (code, interrupting) in level {
        match code {
            Some(code) => catches.add(Some(code), interrupting),
            None => all = all.or(Some(interrupting)),
        }
    }
    if let Some(interrupting) = all {
        catches.add(None, interrupting);
    }
}

fn boundary<'a>(
    step: &Step<'a>,
    at: At<'a>,
    fit: &impl Fn(&'a Trigger) -> Option<Fit>,
) -> impl Iterator<Item = (Fit, (ElementIndex, bool), &'a Trigger)> {
    let program = step.program;
    at.element.boundary_events.iter().filter_map(move |index| {
        let Kind::BoundaryEvent { trigger, interrupting, .. } = &program.element(*index).kind else {
            return None;
        };
        Some((fit(trigger)?, (*index, *interrupting), trigger))
    })
}

/// The first of those that fit best.
fn best<'a, T>(candidates: impl Iterator<Item = (Fit, T, &'a Trigger)>) -> Option<(Fit, T, &'a Trigger)> {
    candidates.fold(None, |best, candidate| match best {
        Some(best) if best.0 >= candidate.0 => Some(best),
        Some(_) | None => Some(candidate),
    })
}
