//! What must hold for the graph as a whole: starts, ends, and what gateways lead to. Conditions without effect are
//! reported and removed, so that no engine evaluates them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Element, ElementIndex, Flow, FlowIndex, Kind, MessageTrigger, Program, Scope, Trigger};
use crate::diagnostic::{Diagnostic, Findings, codes};

/// `conditional` are the flows with a condition in the file, be it one that was refused.
pub(super) fn check(
    elements: &[Element],
    flows: &mut [Flow],
    conditional: &BTreeSet<FlowIndex>,
    findings: &mut Findings,
) {
    let mut checking = Checking { elements, flows, conditional, findings };
    for (index, element) in elements.iter().enumerate() {
        checking.ends(element);
        match &element.kind {
            Kind::Process(scope) => checking.process(element, scope),
            Kind::SubProcess(scope) | Kind::Transaction(scope) => checking.sub_process(element, scope),
            Kind::EventSubProcess { scope, .. } => checking.event_sub_process(element, scope),
            Kind::AdHocSubProcess { scope, .. } => checking.ad_hoc(element, scope),

            Kind::ExclusiveGateway => checking.exclusive_gateway(element),
            Kind::ParallelGateway => checking.drop_conditions(element, "a parallel gateway takes all flows"),
            Kind::EventBasedGateway | Kind::InstantiatingGateway { .. } => {
                checking.event_based_gateway(element);
            }
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
            | Kind::ComplexGateway { .. }
            | Kind::Link => {}
        }
        checking.same_events(element);
        checking.lost_escalations(element);
        checking.start_quantity(element);
        let begins = elements.get(element.scope.slot()).and_then(|around| around.kind.scope());
        let begins = begins.is_some_and(|scope| scope.start_events.is_empty());
        if ElementIndex::new(index) != Program::ROOT
            && element.incoming.is_empty()
            && needs_incoming(element)
            && !begins
        {
            let finding =
                Diagnostic::warning(codes::UNREACHABLE, "no sequence flow leads here", element.position);
            checking.findings.add(finding.about(&*element.id));
        }
        checking.default_condition(element);
    }
}

fn needs_incoming(element: &Element) -> bool {
    let by_itself = matches!(
        element.kind,
        Kind::StartEvent(_)
            | Kind::BoundaryEvent { .. }
            | Kind::EventSubProcess { .. }
            | Kind::Link
            | Kind::InstantiatingGateway { .. }
    );
    !by_itself && !element.is_for_compensation && !element.instantiates
}

/// What tells two triggers apart that are waited for at one place; `None` where two of a kind do no harm.
fn key(trigger: &Trigger) -> Option<(&'static str, String)> {
    match trigger {
        Trigger::Message(message) => Some(("message", message.name.source().to_owned())),
        Trigger::Signal { name } => Some(("signal", name.source().to_owned())),
        Trigger::Error(error) => Some(("error", error.code.clone().unwrap_or_default())),
        Trigger::Escalation(escalation) => Some(("escalation", escalation.code.clone().unwrap_or_default())),
        Trigger::None
        | Trigger::Timer(_)
        | Trigger::Condition(_)
        | Trigger::Compensation
        | Trigger::Cancel
        | Trigger::Several { .. } => None,
    }
}

/// The messages and signals that begin something at an element, by name.
fn starting(kind: &Kind) -> Vec<(&'static str, &str)> {
    fn message(awaited: &MessageTrigger) -> (&'static str, &str) {
        ("message", awaited.name.source())
    }
    if let Kind::ReceiveTask(awaited) = kind {
        return vec![message(awaited)];
    }
    let triggers = kind.trigger().map(Trigger::each).unwrap_or_default();
    let names = triggers.iter().filter_map(|trigger| match trigger {
        Trigger::Message(awaited) => Some(message(awaited)),
        Trigger::Signal { name } => Some(("signal", name.source())),
        Trigger::None
        | Trigger::Timer(_)
        | Trigger::Error(_)
        | Trigger::Escalation(_)
        | Trigger::Condition(_)
        | Trigger::Compensation
        | Trigger::Cancel
        | Trigger::Several { .. } => None,
    });
    names.collect()
}

struct Checking<'g> {
    elements: &'g [Element],
    flows: &'g mut [Flow],
    conditional: &'g BTreeSet<FlowIndex>,
    findings: &'g mut Findings,
}

impl Checking<'_> {
    fn error(&mut self, code: &'static str, element: &Element, message: impl Into<String>, help: &str) {
        self.findings.add(Diagnostic::error(code, message, element.position).about(&*element.id).help(help));
    }

    fn process(&mut self, process: &Element, scope: &Scope) {
        let instantiating = scope.children.iter().filter_map(|index| self.elements.get(index.slot()));
        let instantiating: Vec<&Element> = instantiating.filter(|element| element.instantiates).collect();
        if scope.start_events.is_empty() && scope.implicit_starts.is_empty() && instantiating.is_empty() {
            self.error(codes::START_EVENT, process, "the process has no start event", "add a start event");
        }
        let mut taken: BTreeMap<(&str, &str), &Element> = BTreeMap::new();
        let mut plain: Option<&Element> = None;
        let starts = scope.start_events.iter().filter_map(|index| self.elements.get(index.slot()));
        let starts: Vec<&Element> = starts.chain(instantiating).collect();
        for start in starts {
            if let Kind::StartEvent(Trigger::None) = start.kind
                && let Some(first) = plain.replace(start)
            {
                let wrong = format!("`{}` is also a start event without a trigger", first.id);
                self.error(
                    codes::SEVERAL_START_EVENTS,
                    start,
                    wrong,
                    "join them into one, or give one a message",
                );
            }
            for (what, name) in starting(&start.kind) {
                let Some(first) = taken.insert((what, name), start) else { continue };
                let wrong = format!("`{}` is started by the same {what} `{name}`", first.id);
                self.error(
                    codes::SAME_START_EVENTS,
                    start,
                    wrong,
                    &format!("give one of them another {what}, or join them into one"),
                );
            }
        }
    }

    fn sub_process(&mut self, sub_process: &Element, scope: &Scope) {
        match scope.start_events.as_slice() {
            [_] => {}
            [] if !scope.implicit_starts.is_empty() => {}
            [] => self.error(
                codes::START_EVENT,
                sub_process,
                "the subprocess has nothing to begin with",
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

    /// Each of its start events has a trigger, which was checked.
    fn event_sub_process(&mut self, sub_process: &Element, scope: &Scope) {
        if scope.start_events.is_empty() {
            let message = "the event subprocess has no start event";
            self.error(codes::START_EVENT, sub_process, message, "add a start event with a trigger");
        }
    }

    fn ad_hoc(&mut self, sub_process: &Element, scope: &Scope) {
        for start in scope.start_events.iter().filter_map(|index| self.elements.get(index.slot())) {
            let message = "an ad-hoc subprocess has no start event: what no flow leads to begins";
            self.error(codes::START_EVENT, start, message, "remove it");
        }
        if scope.start_events.is_empty() && scope.implicit_starts.is_empty() {
            let message = "the ad-hoc subprocess has nothing to begin with";
            self.error(codes::START_EVENT, sub_process, message, "add an activity that no flow leads to");
        }
    }

    /// What waits at one place must be told apart: boundary events of an activity, event subprocesses of a scope.
    fn same_events(&mut self, element: &Element) {
        let boundary = element.boundary_events.iter().filter_map(|index| self.elements.get(index.slot()));
        let boundary = boundary.filter_map(|event| Some((event, event.kind.trigger()?)));
        let handlers = element.kind.scope().into_iter().flat_map(|scope| &scope.event_sub_processes);
        let handlers = handlers.filter_map(|index| self.elements.get(index.slot())?.kind.scope());
        let starts = handlers.flat_map(|scope| &scope.start_events);
        let starts = starts.filter_map(|index| self.elements.get(index.slot()));
        let starts = starts.filter_map(|event| Some((event, event.kind.trigger()?)));
        let is_gateway = matches!(element.kind, Kind::EventBasedGateway | Kind::InstantiatingGateway { .. });
        let behind = element.outgoing.iter().filter(|_| is_gateway);
        let behind = behind.filter_map(|flow| self.elements.get(self.flows.get(flow.slot())?.target.slot()));
        let awaited = behind.filter_map(|event| Some((event, event.kind.trigger()?)));
        let mut same = Vec::new();
        for events in [boundary.collect::<Vec<_>>(), starts.collect(), awaited.collect()] {
            let mut seen: BTreeMap<(&'static str, String), &Element> = BTreeMap::new();
            let triggers = events
                .iter()
                .flat_map(|(event, trigger)| trigger.each().iter().map(move |each| (*event, each)));
            for (event, trigger) in triggers {
                let Some(key) = key(trigger) else { continue };
                let what = key.0;
                if let Some(first) = seen.insert(key, event) {
                    same.push((event, format!("`{}` waits for the same {what}", first.id)));
                }
            }
        }
        for (event, message) in same {
            self.error(codes::SAME_EVENT, event, message, "leave one of them");
        }
    }

    /// Only what contains other elements, or a person, can throw an escalation.
    fn lost_escalations(&mut self, element: &Element) {
        if !matches!(
            element.kind,
            Kind::Task | Kind::ServiceTask(_) | Kind::SendTask(_) | Kind::ReceiveTask(_)
        ) {
            return;
        }
        for event in element.boundary_events.iter().filter_map(|index| self.elements.get(index.slot())) {
            let Kind::BoundaryEvent { trigger, .. } = &event.kind else { continue };
            if trigger.each().iter().any(|trigger| matches!(trigger, Trigger::Escalation(_))) {
                let message = format!("nothing in `{}` can throw an escalation", element.id);
                self.error(codes::UNREACHED_EVENT, event, message, "attach it to a subprocess");
            }
        }
    }

    fn start_quantity(&mut self, element: &Element) {
        if element.start_quantity > 1 && element.incoming.is_empty() {
            let message = "it waits for several tokens, and no flow brings any";
            self.error(codes::REPETITION, element, message, "remove `startQuantity`");
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
            | Kind::Transaction(_)
            | Kind::AdHocSubProcess { .. }
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
            | Kind::ComplexGateway { .. }
            | Kind::Link
            | Kind::EventBasedGateway
            | Kind::InstantiatingGateway { .. } => (None, None),
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

    /// One flow without a condition is taken like one that holds; of several, the rest could never be taken.
    fn exclusive_gateway(&mut self, gateway: &Element) {
        if gateway.outgoing.len() < 2 {
            return;
        }
        let is_bare =
            |index: &&FlowIndex| !self.conditional.contains(index) && gateway.default_flow != Some(**index);
        let bare = gateway.outgoing.iter().filter(is_bare).filter_map(|index| self.flows.get(index.slot()));
        let bare: Vec<&Flow> = bare.collect();
        let alone = gateway.default_flow.is_none() && bare.len() == 1;
        for flow in bare {
            let message = format!(
                "the flow out of the exclusive gateway `{}` has no condition and is not its default",
                gateway.id
            );
            let finding = if alone {
                let message = format!("{message}: it is taken when none before it in the file holds");
                Diagnostic::warning(codes::GATEWAY_CONDITION, message, flow.position)
            } else {
                Diagnostic::error(codes::GATEWAY_CONDITION, message, flow.position)
            };
            let finding = finding.about(&*flow.id);
            self.findings
                .add(finding.help("add a `conditionExpression`, or make it the gateway's `default`"));
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
        if gateway.async_after {
            self.error(
                codes::EVENT_BASED_GATEWAY,
                gateway,
                "nothing is left to do behind an event-based gateway once its event has come: `asyncAfter` has no effect",
                "put `asyncAfter` on the catch event",
            );
        }
        for index in &gateway.outgoing {
            let target = self.flows.get(index.slot()).and_then(|flow| self.elements.get(flow.target.slot()));
            let Some(target) = target else { continue };
            let waits_for_all = matches!(target.kind, Kind::CatchEvent(Trigger::Several { all: true, .. }));
            if waits_for_all || !matches!(target.kind, Kind::CatchEvent(_) | Kind::ReceiveTask(_)) {
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
