//! Where instances and scopes begin that have no start event: at a receive task or behind a gateway that a message starts,
//! or at whatever no flow leads to.

use super::graph::Graph;
use super::{ElementIndex, Kind, Program, Trigger};
use crate::diagnostic::{Diagnostic, codes};

impl Graph<'_, '_> {
    pub(super) fn find_starts(&mut self) {
        for index in (0..self.elements.len()).map(ElementIndex::new) {
            if matches!(self.element_mut(index).kind, Kind::InstantiatingGateway { .. }) {
                self.instantiating_gateway(index);
            }
            if self.element_mut(index).instantiates {
                self.check_instantiating(index);
            }
        }
        for index in (0..self.elements.len()).map(ElementIndex::new) {
            self.implicit_starts(index);
        }
    }

    fn instantiating_gateway(&mut self, gateway: ElementIndex) {
        let element = self.element_mut(gateway);
        let first = element.scope == Program::ROOT && element.incoming.is_empty();
        let flows = element.outgoing.clone();
        if !first {
            self.wrong_start(gateway, "a gateway that starts a process is its first element");
        }
        for flow in flows {
            let Some(target) = self.flow(flow).map(|flow| flow.target) else { continue };
            let target_element = self.element_mut(target);
            if matches!(target_element.kind, Kind::CatchEvent(Trigger::Message(_)) | Kind::ReceiveTask(_)) {
                target_element.instantiates = true;
            } else {
                self.wrong_start(
                    target,
                    "a gateway that starts a process leads here, which waits for no message",
                );
            }
        }
    }

    /// A receive task by itself starts the process; behind a gateway it has the flow from there.
    fn check_instantiating(&mut self, index: ElementIndex) {
        let element = self.element_mut(index);
        let within = element.scope != Program::ROOT;
        let incoming = element.incoming.clone();
        let behind_gateway = |graph: &mut Self, flow| {
            let source = graph.flow(flow).map(|flow| flow.source);
            source.is_some_and(|source| {
                matches!(graph.element_mut(source).kind, Kind::InstantiatingGateway { .. })
            })
        };
        if within || incoming.into_iter().any(|flow| !behind_gateway(self, flow)) {
            self.wrong_start(index, "what starts a process is its first element");
        }
    }

    fn wrong_start(&mut self, index: ElementIndex, message: &str) {
        let element = self.element_mut(index);
        let finding = Diagnostic::error(codes::START_EVENT, message, element.position).about(&*element.id);
        self.findings.add(finding.help("let messages start the process, at its beginning"));
    }

    fn implicit_starts(&mut self, index: ElementIndex) {
        let Some(scope) = self.element_mut(index).kind.scope() else { return };
        if !scope.start_events.is_empty() {
            return;
        }
        let children = scope.children.clone();
        let mut found = Vec::new();
        for child in children {
            let element = self.element_mut(child);
            if element.incoming.is_empty()
                && !element.is_for_compensation
                && !element.instantiates
                && can_begin(&element.kind)
            {
                found.push(child);
            }
        }
        if let Some(scope) = self.element_mut(index).kind.scope_mut() {
            scope.implicit_starts = found;
        }
    }
}

/// Whether a token can begin here without a flow.
fn can_begin(kind: &Kind) -> bool {
    match kind {
        Kind::SubProcess(_)
        | Kind::Transaction(_)
        | Kind::AdHocSubProcess { .. }
        | Kind::CatchEvent(_)
        | Kind::ThrowEvent(_)
        | Kind::EndEvent(_)
        | Kind::Task
        | Kind::ServiceTask(_)
        | Kind::SendTask(_)
        | Kind::ReceiveTask(_)
        | Kind::UserTask
        | Kind::CallActivity(_)
        | Kind::ExclusiveGateway
        | Kind::ParallelGateway
        | Kind::InclusiveGateway
        | Kind::ComplexGateway { .. }
        | Kind::EventBasedGateway => true,
        Kind::Process(_)
        | Kind::EventSubProcess { .. }
        | Kind::StartEvent(_)
        | Kind::BoundaryEvent { .. }
        | Kind::Link
        | Kind::InstantiatingGateway { .. } => false,
    }
}
