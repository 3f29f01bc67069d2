//! What undoes what. A handler hangs on a compensation boundary event by an association, or is the event subprocess of a
//! subprocess that a compensation starts; an event that throws may name what it undoes. Cancel events are here too: they
//! undo a whole transaction.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use super::{Element, ElementIndex, Kind, Throw, Trigger};
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::model::{Artifact, Reference};

/// What was met on the way and can be resolved only when all elements are known.
#[derive(Default)]
pub(super) struct Compensation<'m> {
    associations: BTreeMap<&'m str, Vec<&'m str>>,
    /// Events that name what they undo, and at which place among all that they throw.
    pub(super) thrown: Vec<(&'m str, usize, Reference, Position)>,
}

impl<'m> Compensation<'m> {
    /// Notes the associations among artifacts, in both directions: modellers draw them either way.
    pub(super) fn associate(&mut self, artifacts: &'m [Artifact]) {
        for artifact in artifacts {
            let Artifact::Association(association) = artifact else { continue };
            let (Some(source), Some(target)) = (&association.source, &association.target) else { continue };
            self.associations.entry(source.id()).or_default().push(target.id());
            self.associations.entry(target.id()).or_default().push(source.id());
        }
    }
}

impl Graph<'_, '_> {
    pub(super) fn resolve_compensation(&mut self) {
        let mut cancelled = BTreeSet::new();
        for index in (0..self.elements.len()).map(ElementIndex::new) {
            let element = self.element_mut(index);
            if let Kind::BoundaryEvent { trigger: Trigger::Compensation, attached_to, .. } = element.kind {
                self.boundary_handler(index, attached_to);
            } else if let Kind::BoundaryEvent { trigger: Trigger::Cancel, attached_to, .. } = element.kind {
                self.cancel_boundary(index, attached_to, &mut cancelled);
            } else if let Kind::StartEvent(Trigger::Compensation) = element.kind {
                let handler = element.scope;
                self.handler_within(index, handler);
            }
        }
        self.resolve_thrown();
        self.check_handlers();
        self.check_cancel_ends(&cancelled);
    }

    fn wrong(&mut self, code: &'static str, index: ElementIndex, message: impl Into<String>, help: &str) {
        let element = self.element_mut(index);
        let finding = Diagnostic::error(code, message, element.position).about(&*element.id).help(help);
        self.findings.add(finding);
    }

    /// The one activity that an association joins with a compensation boundary event.
    fn boundary_handler(&mut self, event: ElementIndex, activity: ElementIndex) {
        let (id, scope) = (self.element_mut(event).id.clone(), self.element_mut(event).scope);
        let joined = self.compensation.associations.get(&*id).cloned().unwrap_or_default();
        let mut handlers: Vec<ElementIndex> = Vec::new();
        for other in joined {
            let Some(index) = self.nodes.get(other).copied() else { continue };
            let other = self.element_mut(index);
            let undoes = other.is_for_compensation && other.scope == scope;
            if undoes && !handlers.contains(&index) {
                handlers.push(index);
            }
        }
        if let [handler] = handlers[..] {
            return self.hang(event, activity, handler);
        }
        let message = match handlers.len() {
            0 => "no association leads to an activity with `isForCompensation` in the same scope",
            _ => "associations lead to several activities for compensation",
        };
        self.wrong(codes::COMPENSATION, event, message, "associate it with the one activity that undoes");
    }

    /// An event subprocess that undoes the subprocess that it is in.
    fn handler_within(&mut self, event: ElementIndex, handler: ElementIndex) {
        let around = self.element_mut(handler).scope;
        let undone = matches!(
            self.element_mut(around).kind,
            Kind::SubProcess(_) | Kind::Transaction(_) | Kind::AdHocSubProcess { .. }
        );
        let alone = self.element_mut(handler).kind.scope().is_some_and(|scope| scope.start_events.len() == 1);
        if !undone {
            let message = "what is around this event subprocess is never undone";
            self.wrong(codes::COMPENSATION, event, message, "move it into the subprocess that it undoes");
        } else if !alone {
            let message = "the event subprocess has other start events besides that for compensation";
            self.wrong(codes::COMPENSATION, event, message, "give them an event subprocess of their own");
        } else {
            self.hang(event, around, handler);
        }
    }

    fn hang(&mut self, event: ElementIndex, activity: ElementIndex, handler: ElementIndex) {
        if self.element_mut(activity).compensated_by.replace(handler).is_some() {
            let message = format!("`{}` has several compensation handlers", self.element_mut(activity).id);
            self.wrong(codes::COMPENSATION, event, message, "leave one of them");
        }
    }

    /// What an event names must be in its scope, or around the event subprocess that it is in.
    fn resolve_thrown(&mut self) {
        for (id, place, reference, position) in std::mem::take(&mut self.compensation.thrown) {
            let Some(thrower) = self.nodes.get(id).copied() else { continue };
            let found = self.nodes.get(reference.id()).copied();
            let found = found.filter(|index| self.element_mut(*index).kind.is_activity());
            let mut scope = self.element_mut(thrower).scope;
            let reachable = found.is_some_and(|found| {
                let wanted = self.element_mut(found).scope;
                while scope != wanted && matches!(self.element_mut(scope).kind, Kind::EventSubProcess { .. })
                {
                    scope = self.element_mut(scope).scope;
                }
                scope == wanted
            });
            if !reachable {
                let message = format!("`{}` is no activity of this scope", reference.as_written());
                let finding = Diagnostic::error(codes::COMPENSATION, message, position).about(id);
                self.findings
                    .add(finding.help("name an activity beside the event, or leave `activityRef` out"));
            }
            if let Kind::ThrowEvent(throw) | Kind::EndEvent(throw) = &mut self.element_mut(thrower).kind
                && let Some(Throw::Compensation { activity }) = throw.each_mut().get_mut(place)
            {
                *activity = found;
            }
        }
    }

    fn check_handlers(&mut self) {
        let used: BTreeSet<ElementIndex> =
            self.elements.iter().filter_map(|element| element.compensated_by).collect();
        for index in (0..self.elements.len()).map(ElementIndex::new) {
            let is_boundary = |element: &Element| {
                matches!(element.kind, Kind::BoundaryEvent { trigger: Trigger::Compensation, .. })
            };
            let element = self.element_mut(index);
            let handler = element.is_for_compensation && element.kind.is_activity();
            let (comes, leaves) = (!element.incoming.is_empty(), !element.outgoing.is_empty());
            let (id, position) = (element.id.clone(), element.position);
            if leaves && (handler || is_boundary(element)) {
                let message = "a sequence flow leaves what compensates";
                self.wrong(codes::OUTGOING_FLOW, index, message, "remove the sequence flow");
            }
            if comes && handler {
                let message = "a sequence flow leads to an activity for compensation";
                self.wrong(codes::INCOMING_FLOW, index, message, "remove the sequence flow");
            }
            if handler && !used.contains(&index) {
                let message = "no compensation event leads here";
                self.findings.add(Diagnostic::warning(codes::UNREACHABLE, message, position).about(&*id));
            }
        }
    }

    fn cancel_boundary(
        &mut self,
        event: ElementIndex,
        transaction: ElementIndex,
        cancelled: &mut BTreeSet<ElementIndex>,
    ) {
        if !matches!(self.element_mut(transaction).kind, Kind::Transaction(_)) {
            let message = "only a transaction can be cancelled";
            self.wrong(codes::TRANSACTION, event, message, "attach the event to a `transaction`");
        } else if !cancelled.insert(transaction) {
            let message = "the transaction has another cancel boundary event";
            self.wrong(codes::TRANSACTION, event, message, "leave one of them");
        }
    }

    fn check_cancel_ends(&mut self, cancelled: &BTreeSet<ElementIndex>) {
        for index in (0..self.elements.len()).map(ElementIndex::new) {
            let element = self.element_mut(index);
            let Kind::EndEvent(throw) = &element.kind else { continue };
            if !throw.each().contains(&Throw::Cancel) {
                continue;
            }
            let scope = element.scope;
            if !matches!(self.element_mut(scope).kind, Kind::Transaction(_)) {
                let message = "a cancel end event is not directly in a transaction";
                self.wrong(
                    codes::TRANSACTION,
                    index,
                    message,
                    "move it into the transaction that it cancels",
                );
            } else if !cancelled.contains(&scope) {
                let message = "the transaction that it cancels has no cancel boundary event to go on at";
                self.wrong(
                    codes::TRANSACTION,
                    index,
                    message,
                    "attach a cancel boundary event to the transaction",
                );
            }
        }
    }
}
