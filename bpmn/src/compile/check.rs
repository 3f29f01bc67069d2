//! What must hold for the graph as a whole: starts, ends, and what gateways lead to. Conditions without effect are
//! reported and removed, so that no engine evaluates them.

use std::collections::BTreeMap;

use super::{Element, ElementIndex, Flow, FlowIndex, Kind, Program, Scope, Trigger};
use crate::diagnostic::{Diagnostic, Findings, codes};

pub(super) fn check(elements: &[Element], flows: &mut [Flow], findings: &mut Findings) {
    let mut checking = Checking { elements, flows, findings };
    for (index, element) in elements.iter().enumerate() {
        checking.ends(element);
        match &element.kind {
            Kind::Process(scope) => checking.process(element, scope),
            Kind::SubProcess(scope) | Kind::EventSubProcess { scope, .. } => {
                checking.sub_process(element, scope);
            }

            Kind::ExclusiveGateway => checking.exclusive_gateway(element),
            Kind::ParallelGateway => checking.drop_conditions(element, "a parallel gateway takes all flows"),
            Kind::EventBasedGateway => checking.event_based_gateway(element),
            Kind::StartEvent(_)
            | Kind::CatchEvent(_)
            | Kind::BoundaryEvent { .. }
            | Kind::ThrowEvent(_)
            | Kind::EndEvent(_)
            | Kind::Task
            | Kind::ServiceTask(_)
            | Kind::SendTask(_)
            | Kind::ReceiveTask(_)
            | Kind::UserTask
            | Kind::CallActivity(_)
            | Kind::InclusiveGateway
            | Kind::Link => {}
        }
        if ElementIndex::new(index) != Program::ROOT
            && element.incoming.is_empty()
            && needs_incoming(&element.kind)
        {
            let finding =
                Diagnostic::warning(codes::UNREACHABLE, "no sequence flow leads here", element.position);
            checking.findings.add(finding.about(&*element.id));
        }
        checking.default_condition(element);
    }
}

fn needs_incoming(kind: &Kind) -> bool {
    !matches!(
        kind,
        Kind::StartEvent(_) | Kind::BoundaryEvent { .. } | Kind::EventSubProcess { .. } | Kind::Link
    )
}

struct Checking<'g> {
    elements: &'g [Element],
    flows: &'g mut [Flow],
    findings: &'g mut Findings,
}

impl Checking<'_> {
    fn error(&mut self, code: &'static str, element: &Element, message: impl Into<String>, help: &str) {
        self.findings.add(Diagnostic::error(code, message, element.position).about(&*element.id).help(help));
    }

    fn process(&mut self, process: &Element, scope: &Scope) {
        if scope.start_events.is_empty() {
            self.error(codes::START_EVENT, process, "the process has no start event", "add a start event");
        }
        let mut messages: BTreeMap<&str, &Element> = BTreeMap::new();
        let mut plain: Option<&Element> = None;
        for start in scope.start_events.iter().filter_map(|index| self.elements.get(index.slot())) {
            if let Kind::StartEvent(Trigger::Message(message)) = &start.kind {
                let Some(first) = messages.insert(message.name.source(), start) else { continue };
                let wrong = format!("`{}` is started by the same message `{}`", first.id, message.name);
                self.error(codes::MESSAGE_START_EVENTS, start, wrong, "give one of them another message");
            } else if let Some(first) = plain.replace(start) {
                let wrong = format!("`{}` is also a start event without a trigger", first.id);
                self.error(
                    codes::SEVERAL_START_EVENTS,
                    start,
                    wrong,
                    "join them into one, or give one a message",
                );
            }
        }
    }

    fn sub_process(&mut self, sub_process: &Element, scope: &Scope) {
        match scope.start_events.as_slice() {
            [_] => {}
            [] => self.error(
                codes::START_EVENT,
                sub_process,
                "the subprocess has no start event",
                "add a start event",
            ),
            [_, more @ ..] => {
                for start in more.iter().filter_map(|index| self.elements.get(index.slot())) {
                    self.error(
                        codes::SEVERAL_START_EVENTS,
                        start,
                        "a subprocess has one start event",
                        "join them into one",
                    );
                }
            }
        }
    }

    /// Where no flow may lead, and where none may leave.
    fn ends(&mut self, element: &Element) {
        let (no_incoming, no_outgoing) = match &element.kind {
            Kind::StartEvent(_) => (Some("a start event"), None),
            Kind::BoundaryEvent { .. } => (Some("a boundary event"), None),
            Kind::EndEvent(_) => (None, Some("an end event")),
            Kind::EventSubProcess { .. } => (Some("an event subprocess"), Some("an event subprocess")),
            Kind::Process(_)
            | Kind::SubProcess(_)
            | Kind::CatchEvent(_)
            | Kind::ThrowEvent(_)
            | Kind::Task
            | Kind::ServiceTask(_)
            | Kind::SendTask(_)
            | Kind::ReceiveTask(_)
            | Kind::UserTask
            | Kind::CallActivity(_)
            | Kind::ExclusiveGateway
            | Kind::ParallelGateway
            | Kind::InclusiveGateway
            | Kind::Link
            | Kind::EventBasedGateway => (None, None),
        };
        if let Some(what) = no_incoming.filter(|_| !element.incoming.is_empty()) {
            self.error(
                codes::INCOMING_FLOW,
                element,
                format!("a sequence flow leads to {what}"),
                "remove the sequence flow",
            );
        }
        if let Some(what) = no_outgoing.filter(|_| !element.outgoing.is_empty()) {
            self.error(
                codes::OUTGOING_FLOW,
                element,
                format!("a sequence flow leaves {what}"),
                "remove the sequence flow",
            );
        }
    }

    fn exclusive_gateway(&mut self, gateway: &Element) {
        if gateway.outgoing.len() < 2 {
            return;
        }
        for index in &gateway.outgoing {
            let Some(flow) = self.flows.get(index.slot()) else { continue };
            if flow.condition.is_none() && gateway.default_flow != Some(*index) {
                let message = format!(
                    "the flow out of the exclusive gateway `{}` has no condition and is not its default",
                    gateway.id
                );
                let finding =
                    Diagnostic::error(codes::GATEWAY_CONDITION, message, flow.position).about(&*flow.id);
                self.findings
                    .add(finding.help("add a `conditionExpression`, or make it the gateway's `default`"));
            }
        }
    }

    fn event_based_gateway(&mut self, gateway: &Element) {
        self.drop_conditions(gateway, "an event-based gateway takes the flow whose event comes first");
        if gateway.outgoing.is_empty() {
            self.error(
                codes::GATEWAY_WITHOUT_FLOW,
                gateway,
                "the gateway leads nowhere",
                "add flows to catch events",
            );
        }
        for index in &gateway.outgoing {
            let target = self.flows.get(index.slot()).and_then(|flow| self.elements.get(flow.target.slot()));
            let Some(target) = target else { continue };
            if !matches!(target.kind, Kind::CatchEvent(_) | Kind::ReceiveTask(_)) {
                let wrong = format!(
                    "the event-based gateway `{}` leads to this, which waits for no event",
                    gateway.id
                );
                self.error(
                    codes::EVENT_BASED_GATEWAY,
                    target,
                    wrong,
                    "lead it to an intermediate catch event or a receive task",
                );
            } else if target.incoming.len() > 1 {
                let wrong =
                    format!("besides the event-based gateway `{}`, other flows lead here", gateway.id);
                self.error(
                    codes::EVENT_BASED_GATEWAY,
                    target,
                    wrong,
                    "give the gateway a catch event of its own",
                );
            }
        }
    }

    fn default_condition(&mut self, element: &Element) {
        if let Some(index) = element.default_flow {
            self.drop_condition(index, "a default flow is taken when no condition holds");
        }
    }

    fn drop_conditions(&mut self, element: &Element, reason: &str) {
        for index in &element.outgoing {
            self.drop_condition(*index, reason);
        }
    }

    fn drop_condition(&mut self, index: FlowIndex, reason: &str) {
        let Some(flow) = self.flows.get_mut(index.slot()) else { return };
        if flow.condition.take().is_some() {
            let message = format!("the condition has no effect: {reason}");
            self.findings
                .add(Diagnostic::warning(codes::IGNORED_CONDITION, message, flow.position).about(&*flow.id));
        }
    }
}
