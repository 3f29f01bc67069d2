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
    Handler { at: At<'a>, sub_process: ElementIndex, start: ElementIndex },
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
            if !matches!(at.role, Role::Body | Role::Restored) && inner.is_some() {
                let handlers = triggers::handlers(step.program, at.index);
                let handlers = handlers.filter(|handler| Some(handler.sub_process) != inner);
                let fits = handlers.flat_map(|handler| {
                    let place = (handler.sub_process, handler.start);
                    let fit = &fit;
                    let each = handler.trigger.each().iter();
                    each.filter_map(move |trigger| Some((fit(trigger)?, place, trigger)))
                });
                if let Some((_, (sub_process, start), trigger)) = best(fits) {
                    return Some((Catcher::Handler { at, sub_process, start }, trigger));
                }
            }
            // The boundary events of a multi-instance activity belong to its body; one that is undone has none any more.
            if !matches!(at.role, Role::Iteration(_) | Role::Restored)
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
            if !matches!(at.role, Role::Body | Role::Restored) && inner.is_some() {
                let handlers = triggers::handlers(step.program, at.index);
                let handlers = handlers.filter(|handler| Some(handler.sub_process) != inner);
                let starts = handlers.flat_map(|handler| {
                    let (interrupts, code) = (step.program.element(handler.start).interrupts, &code);
                    let each = handler.trigger.each().iter();
                    each.filter_map(move |trigger| Some((code(trigger)?, interrupts)))
                });
                add(&mut catches, starts);
            }
            if !matches!(at.role, Role::Iteration(_) | Role::Restored) {
                let events =
                    at.element.boundary_events.iter().map(|index| &step.program.element(*index).kind);
                let events = events.flat_map(|kind| {
                    let (interrupts, code) =
                        (matches!(kind, Kind::BoundaryEvent { interrupting: true, .. }), &code);
                    let each = kind.trigger().map(Trigger::each).unwrap_or_default().iter();
                    each.filter_map(move |trigger| Some((code(trigger)?, interrupts)))
                });
                add(&mut catches, events);
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
    let events = at.element.boundary_events.iter().filter_map(move |index| {
        let Kind::BoundaryEvent { trigger, interrupting, .. } = &program.element(*index).kind else {
            return None;
        };
        Some(((*index, *interrupting), trigger))
    });
    events.flat_map(move |(place, trigger)| {
        trigger.each().iter().filter_map(move |trigger| Some((fit(trigger)?, place, trigger)))
    })
}

/// The first of those that fit best.
fn best<'a, T>(candidates: impl Iterator<Item = (Fit, T, &'a Trigger)>) -> Option<(Fit, T, &'a Trigger)> {
    candidates.fold(None, |best, candidate| match best {
        Some(best) if best.0 >= candidate.0 => Some(best),
        Some(_) | None => Some(candidate),
    })
}
