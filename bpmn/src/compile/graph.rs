//! Flow elements become program elements, scope by scope; then flows, default flows and boundary events are resolved. What
//! is refused leaves a plain task behind, so that one problem does not look like many.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use super::activity::Repetition;
use super::compensation::Compensation;
use super::data::Data;
use super::event::Place;
use super::language;
use super::reference::References;
use super::{
    AdHoc, Element, ElementIndex, Flow, FlowIndex, Kind, Outline, Program, Scope, Trigger, check, extension,
    links,
};
use crate::decision::Decisions;
use crate::diagnostic::{Diagnostic, Findings, codes};
use crate::expression::Dialect;
use crate::model::{
    Activity, AdHocSubProcess, Base, ComplexGateway, Definitions, EventBasedGateway, FlowElement, Process,
    Reference, SequenceFlow, StartEvent, SubProcess, ThrowEvent,
};

pub(super) struct Graph<'m, 'f> {
    pub(super) references: References<'m>,
    pub(super) findings: &'f mut Findings,
    /// What business rule tasks can refer to.
    pub(super) decisions: &'f Decisions,
    /// What expressions are written in that do not say it.
    pub(super) language: Dialect,
    pub(super) elements: Vec<Element>,
    flows: Vec<Flow>,
    conditional: BTreeSet<FlowIndex>,
    pub(super) nodes: BTreeMap<&'m str, ElementIndex>,
    /// Scopes whose contents are still to come.
    scopes: VecDeque<(ElementIndex, &'m [FlowElement])>,
    unresolved_flows: Vec<(ElementIndex, &'m SequenceFlow)>,
    unresolved_defaults: Vec<(ElementIndex, &'m Reference)>,
    unresolved_attachments: Vec<(ElementIndex, Option<&'m Reference>)>,
    pub(super) links: links::Links<'m>,
    pub(super) compensation: Compensation<'m>,
    pub(super) data: Data<'m>,
}

pub(super) fn program<'m>(
    definitions: &'m Definitions,
    process: &'m Process,
    process_id: &'m str,
    decisions: &Decisions,
    findings: &mut Findings,
) -> Option<Program> {
    let mut graph = graph(definitions, process, process_id, decisions, findings);
    let history_time_to_live = graph.extensions(process.base(), process_id).history_time_to_live();
    if graph.findings.has_errors() {
        return None;
    }
    let mut program = Program::new(process_id.to_owned(), graph.elements, graph.flows);
    program.name.clone_from(&process.name);
    let zeebe_tag = extension::zeebe(process.base(), "versionTag").and_then(|tag| tag.attribute("value"));
    program.version_tag =
        extension::text(process.base(), "versionTag").or_else(|| zeebe_tag.map(str::to_owned));
    program.history_time_to_live = history_time_to_live;
    Some(program)
}

/// What the graph has become, whatever was found on the way.
pub(super) fn outline<'m>(
    definitions: &'m Definitions,
    process: &'m Process,
    process_id: &'m str,
    decisions: &Decisions,
    findings: &mut Findings,
) -> Outline {
    let graph = graph(definitions, process, process_id, decisions, findings);
    Outline {
        program: Program::new(process_id.to_owned(), graph.elements, graph.flows),
        conditional: graph.conditional,
        is_executable: process.is_executable == Some(true),
    }
}

fn graph<'m, 'f>(
    definitions: &'m Definitions,
    process: &'m Process,
    process_id: &'m str,
    decisions: &'f Decisions,
    findings: &'f mut Findings,
) -> Graph<'m, 'f> {
    let references = References::of(definitions, findings);
    let mut graph = Graph {
        references,
        findings,
        decisions,
        language: language::of_file(definitions.expression_language.as_deref()),
        elements: Vec::new(),
        flows: Vec::new(),
        conditional: BTreeSet::new(),
        nodes: BTreeMap::new(),
        scopes: VecDeque::new(),
        unresolved_flows: Vec::new(),
        unresolved_defaults: Vec::new(),
        unresolved_attachments: Vec::new(),
        links: links::Links::default(),
        compensation: Compensation::default(),
        data: Data::of(process),
    };
    if process.is_executable != Some(true) {
        let finding = Diagnostic::error(
            codes::NOT_EXECUTABLE,
            "the process is not marked as executable",
            process.position,
        );
        graph.findings.add(finding.about(process_id).help("set `isExecutable=\"true\"`"));
    }
    graph.add(
        Program::ROOT,
        process.base(),
        process.name.as_deref(),
        process_id,
        Kind::Process(Scope::default()),
    );
    if !graph.element_mut(Program::ROOT).listeners.is_empty() {
        let message = "a listener of the process itself is never called";
        let finding = Diagnostic::error(codes::NOT_EXECUTABLE_YET, message, process.position);
        graph.findings.add(finding.about(process_id).help("put it on the start event, or on the end events"));
    }
    graph.scopes.push_back((Program::ROOT, &process.flow_elements));
    graph.compensation.associate(&process.artifacts);
    for collaboration in definitions.collaborations() {
        graph.compensation.associate(&collaboration.artifacts);
    }
    while let Some((scope, flow_elements)) = graph.scopes.pop_front() {
        for flow_element in flow_elements {
            graph.flow_element(scope, flow_element);
        }
    }
    graph.resolve_flows();
    graph.resolve_defaults();
    graph.resolve_links();
    graph.resolve_attachments();
    graph.resolve_compensation();
    graph.find_starts();
    graph.declare_data();
    check::check(&graph.elements, &mut graph.flows, &graph.conditional, graph.findings);
    graph
}

impl<'m> Graph<'m, '_> {
    fn flow_element(&mut self, scope: ElementIndex, flow_element: &'m FlowElement) {
        let base = flow_element.base();
        let id = match (base.id.as_deref().filter(|id| !id.is_empty()), flow_element) {
            (Some(id), _) => {
                self.references.claim(id, base.position, self.findings);
                id
            }
            (None, FlowElement::SequenceFlow(_)) => "",
            (None, _) => {
                let message = format!("`{}` has no id", flow_element.tag());
                let finding = Diagnostic::error(codes::MISSING_ID, message, base.position);
                self.findings.add(finding.help("what is executed is known by its id; set `id`"));
                return;
            }
        };
        match flow_element {
            FlowElement::SequenceFlow(flow) => self.unresolved_flows.push((scope, flow)),
            FlowElement::StartEvent(event) => {
                let trigger = self.start_trigger(scope, event, id);
                let index = self.add(scope, base, event.name.as_deref(), id, Kind::StartEvent(trigger));
                self.element_mut(index).interrupts = event.is_interrupting != Some(false);
                self.map_data(index, &[], &event.data_output_associations, id);
            }
            FlowElement::IntermediateCatchEvent(event) if links::link(&event.event_definitions).is_some() => {
                let index = self.add(scope, base, event.name.as_deref(), id, Kind::Link);
                let link = links::link(&event.event_definitions);
                self.links.ends.extend(link.map(|link| links::End { index, link, scope, thrown: false }));
            }
            FlowElement::IntermediateThrowEvent(event) if links::link(&event.event_definitions).is_some() => {
                let index = self.add(scope, base, event.name.as_deref(), id, Kind::Link);
                let link = links::link(&event.event_definitions);
                self.links.ends.extend(link.map(|link| links::End { index, link, scope, thrown: true }));
            }
            FlowElement::IntermediateCatchEvent(event) => {
                let trigger = self.trigger(event, id, Place::Catch);
                let index = self.add(scope, base, event.name.as_deref(), id, Kind::CatchEvent(trigger));
                self.map_data(index, &[], &event.data_output_associations, id);
            }
            FlowElement::BoundaryEvent(event) => {
                let trigger = self.trigger(event, id, Place::Boundary);
                let interrupting = event.cancel_activity != Some(false);
                if !interrupting {
                    self.check_going_on(&trigger, base, id, "cancelActivity");
                }
                let kind = Kind::BoundaryEvent { trigger, attached_to: Program::ROOT, interrupting };
                let index = self.add(scope, base, event.name.as_deref(), id, kind);
                self.unresolved_attachments.push((index, event.attached_to.as_ref()));
                self.map_data(index, &[], &event.data_output_associations, id);
            }
            FlowElement::IntermediateThrowEvent(event) => self.throw_event(scope, event, id),
            FlowElement::ImplicitThrowEvent(event) => self.throw_event(scope, event, id),
            FlowElement::EndEvent(event) => {
                let throw = self.throw(event, id, Place::End);
                let index = self.add(scope, base, event.name.as_deref(), id, Kind::EndEvent(throw));
                self.map_data(index, &event.data_input_associations, &[], id);
            }
            FlowElement::Task(task) => self.activity(scope, task, id, Kind::Task),
            FlowElement::ManualTask(task) => self.activity(scope, task, id, Kind::Task),
            FlowElement::ServiceTask(task) => {
                let kind = self.service_task(task, id);
                self.activity(scope, task, id, kind);
            }
            FlowElement::SendTask(task) => {
                let kind = self.send_task(task, id);
                self.activity(scope, task, id, kind);
            }
            FlowElement::ReceiveTask(task) => {
                let kind = self.receive_task(task, id);
                let index = ElementIndex::new(self.elements.len());
                let instantiates = task.instantiate == Some(true) && matches!(kind, Kind::ReceiveTask(_));
                self.activity(scope, task, id, kind);
                self.element_mut(index).instantiates = instantiates;
            }
            FlowElement::UserTask(task) => self.user_task(scope, task, id),
            FlowElement::BusinessRuleTask(task) => {
                let kind = self.business_rule_task(task, id);
                self.activity(scope, task, id, kind);
            }
            FlowElement::CallActivity(call) => {
                let kind = self.call_activity(call, id);
                self.activity(scope, call, id, kind);
            }
            FlowElement::SubProcess(sub_process) => self.sub_process(scope, sub_process, id),
            FlowElement::Transaction(transaction) => {
                self.contents(scope, transaction, id, Kind::Transaction(Scope::default()));
            }
            FlowElement::AdHocSubProcess(ad_hoc) => self.ad_hoc(scope, ad_hoc, id),
            FlowElement::ComplexGateway(gateway) => self.complex_gateway(scope, gateway, id),
            FlowElement::ExclusiveGateway(gateway) => {
                let index = self.add(scope, base, gateway.name.as_deref(), id, Kind::ExclusiveGateway);
                self.unresolved_defaults.extend(gateway.default.as_ref().map(|default| (index, default)));
            }
            FlowElement::ParallelGateway(gateway) => {
                self.add(scope, base, gateway.name.as_deref(), id, Kind::ParallelGateway);
            }
            FlowElement::InclusiveGateway(gateway) => {
                let index = self.add(scope, base, gateway.name.as_deref(), id, Kind::InclusiveGateway);
                self.unresolved_defaults.extend(gateway.default.as_ref().map(|default| (index, default)));
            }
            FlowElement::EventBasedGateway(gateway) => self.event_based_gateway(scope, gateway, id),
            FlowElement::ScriptTask(task) => {
                let kind = self.script_task(task, id);
                self.activity(scope, task, id, kind);
            }
            FlowElement::Event(_)
            | FlowElement::ChoreographyTask(_)
            | FlowElement::CallChoreography(_)
            | FlowElement::SubChoreography(_) => {
                self.not_yet(&format!("`{}`", flow_element.tag()), base, id);
                self.add(scope, base, None, id, Kind::Task);
            }
            FlowElement::DataObject(_) => self.data.object(id, scope),
            FlowElement::DataObjectReference(_) => {}
            FlowElement::DataStoreReference(_) => self.data_store(base, id),
        }
    }

    pub(super) fn activity(&mut self, scope: ElementIndex, activity: &'m Activity, id: &'m str, kind: Kind) {
        let repetition = self.repetition(activity, id);
        let quantities = self.quantities(activity, id);
        let index = self.add(scope, activity.base(), activity.name.as_deref(), id, kind);
        let element = self.element_mut(index);
        (element.multi_instance, element.standard_loop) = match repetition {
            Some(Repetition::MultiInstance(iterations)) => (Some(*iterations), None),
            Some(Repetition::Loop(standard_loop)) => (None, Some(standard_loop)),
            None => (None, None),
        };
        (element.start_quantity, element.completion_quantity) = quantities;
        element.is_for_compensation = activity.is_for_compensation == Some(true);
        self.map_data(index, &activity.data_input_associations, &activity.data_output_associations, id);
        self.unresolved_defaults.extend(activity.default.as_ref().map(|default| (index, default)));
    }

    fn sub_process(&mut self, scope: ElementIndex, sub_process: &'m SubProcess, id: &'m str) {
        if sub_process.triggered_by_event == Some(true) {
            if let Some(repetition) = self.repetition(sub_process, id) {
                drop(repetition);
                self.not_yet("an event subprocess that is repeated", sub_process.base(), id);
            }
            if self.quantities(sub_process, id) != (1, 1) {
                self.not_yet("a quantity of an event subprocess", sub_process.base(), id);
            }
            let kind = Kind::EventSubProcess { scope: Scope::default(), interrupting: false };
            let index = self.add(scope, sub_process.base(), sub_process.name.as_deref(), id, kind);
            self.scopes.push_back((index, &sub_process.flow_elements));
            self.compensation.associate(&sub_process.artifacts);
            return;
        }
        self.contents(scope, sub_process, id, Kind::SubProcess(Scope::default()));
    }

    /// A subprocess of any kind that a flow can lead to.
    fn contents(&mut self, scope: ElementIndex, sub_process: &'m SubProcess, id: &'m str, kind: Kind) {
        let index = ElementIndex::new(self.elements.len());
        self.activity(scope, sub_process, id, kind);
        self.scopes.push_back((index, &sub_process.flow_elements));
        self.compensation.associate(&sub_process.artifacts);
    }

    fn ad_hoc(&mut self, scope: ElementIndex, ad_hoc: &'m AdHocSubProcess, id: &'m str) {
        let base = ad_hoc.base();
        let condition = ad_hoc.completion_condition.as_deref();
        let zeebe = extension::zeebe(base, "adHoc");
        let active = zeebe.and_then(|plan| plan.find_attribute("activeElementsCollection"));
        let results = zeebe.and_then(|plan| {
            let collection = plan.find_attribute("outputCollection")?;
            Some((collection, plan.find_attribute("outputElement")))
        });
        let results = match results {
            Some((collection, Some(element))) => {
                let element = self.extensions(base, id).template(&element.value, element.position);
                element.map(|element| (collection.value.clone(), element))
            }
            Some((collection, None)) => {
                let help = "say by `outputElement` what is collected";
                let message = "nothing is collected";
                self.extensions(base, id).refuse(codes::MAPPING, message, collection.position, help);
                None
            }
            None => None,
        };
        let active_elements =
            active.and_then(|list| self.extensions(base, id).template(&list.value, list.position));
        let plan = AdHoc {
            sequential: ad_hoc.ordering.as_deref() == Some("Sequential"),
            active_elements,
            completion_condition: condition.and_then(|condition| self.condition(condition, base, id)),
            cancel_remaining: ad_hoc.cancel_remaining_instances != Some(false),
            results,
        };
        self.contents(scope, ad_hoc, id, Kind::AdHocSubProcess { scope: Scope::default(), plan });
    }

    fn complex_gateway(&mut self, scope: ElementIndex, gateway: &'m ComplexGateway, id: &'m str) {
        let base = gateway.base();
        let activation = gateway.activation_condition.as_deref();
        let kind = match activation.map(|condition| self.condition(condition, base, id)) {
            Some(Some(activation)) => Kind::ComplexGateway { activation },
            Some(None) => Kind::InclusiveGateway,
            None => {
                let message = "the complex gateway does not say when it lets tokens through";
                let finding = Diagnostic::error(codes::GATEWAY_CONDITION, message, base.position).about(id);
                self.findings
                    .add(finding.help("add an `activationCondition`, such as ${activationCount >= 2}"));
                Kind::InclusiveGateway
            }
        };
        let index = self.add(scope, base, gateway.name.as_deref(), id, kind);
        self.unresolved_defaults.extend(gateway.default.as_ref().map(|default| (index, default)));
    }

    fn throw_event(&mut self, scope: ElementIndex, event: &'m ThrowEvent, id: &'m str) {
        let throw = self.throw(event, id, Place::Throw);
        let index = self.add(scope, event.base(), event.name.as_deref(), id, Kind::ThrowEvent(throw));
        self.map_data(index, &event.data_input_associations, &[], id);
    }

    /// What a start event waits for; that of an event subprocess also says whether it interrupts.
    fn start_trigger(&mut self, scope: ElementIndex, event: &'m StartEvent, id: &'m str) -> Trigger {
        let is_handler = matches!(self.element_mut(scope).kind, Kind::EventSubProcess { .. });
        let place = match scope {
            Program::ROOT => Place::Start,
            _ if is_handler => Place::EventSubProcessStart,
            _ => Place::SubProcessStart,
        };
        let trigger = self.trigger(event, id, place);
        let interrupts = event.is_interrupting != Some(false);
        if is_handler && !interrupts {
            self.check_going_on(&trigger, event.base(), id, "isInterrupting");
        }
        if let Kind::EventSubProcess { interrupting, .. } = &mut self.element_mut(scope).kind {
            *interrupting |= interrupts;
        }
        trigger
    }

    /// Whether what an event is attached to can go on when its trigger comes.
    fn check_going_on(&mut self, trigger: &Trigger, base: &Base, id: &str, attribute: &str) {
        let wrong = |message| Diagnostic::error(codes::EVENT_DEFINITION_PLACE, message, base.position);
        let finding = if trigger.each().iter().any(|trigger| matches!(trigger, Trigger::Error(_))) {
            wrong("an error always interrupts")
        } else if *trigger == Trigger::Cancel {
            wrong("what cancels a transaction always interrupts it")
        } else if *trigger == Trigger::Compensation {
            let message = "what is compensated has ended, so that nothing can go on";
            Diagnostic::warning(codes::NO_EFFECT, message, base.position)
        } else {
            return;
        };
        self.findings.add(finding.about(id).help(format!("remove `{attribute}=\"false\"`")));
    }

    fn event_based_gateway(&mut self, scope: ElementIndex, gateway: &'m EventBasedGateway, id: &'m str) {
        let parallel = gateway.gateway_type.as_deref() == Some("Parallel");
        let instantiates = gateway.instantiate == Some(true);
        if parallel && !instantiates {
            let message = "only an event-based gateway that starts a process waits for all events";
            let finding = Diagnostic::error(codes::EVENT_BASED_GATEWAY, message, gateway.position).about(id);
            self.findings.add(finding.help("set `instantiate=\"true\"`, or use a parallel gateway"));
        }
        let kind =
            if instantiates { Kind::InstantiatingGateway { parallel } } else { Kind::EventBasedGateway };
        self.add(scope, gateway.base(), gateway.name.as_deref(), id, kind);
    }

    fn add(
        &mut self,
        scope: ElementIndex,
        base: &'m Base,
        name: Option<&str>,
        id: &'m str,
        kind: Kind,
    ) -> ElementIndex {
        let index = ElementIndex::new(self.elements.len());
        let documentation: Vec<_> =
            base.documentation.iter().map(|text| text.text().trim().to_owned()).collect();
        let documentation = documentation.join("\n\n");
        self.idle_words(base, id);
        let mut extensions = self.extensions(base, id);
        let (inputs, outputs) = extensions.mappings();
        let element = Element {
            id: id.into(),
            name: name.filter(|name| !name.is_empty()).map(Into::into),
            documentation: (!documentation.is_empty()).then(|| documentation.into()),
            position: base.position,
            scope,
            incoming: Vec::new(),
            outgoing: Vec::new(),
            default_flow: None,
            boundary_events: Vec::new(),
            multi_instance: None,
            standard_loop: None,
            compensated_by: None,
            is_for_compensation: false,
            interrupts: true,
            instantiates: false,
            start_quantity: 1,
            completion_quantity: 1,
            inputs,
            outputs,
            assignment: None,
            keeps_results: extensions.maps_results(),
            listeners: extensions.listeners(),
            retry_cycle: extensions.retry_cycle(),
            async_before: extensions.flag("asyncBefore") || extensions.flag("async"),
            async_after: extensions.flag("asyncAfter"),
            kind,
        };
        let is_start = matches!(element.kind, Kind::StartEvent(_));
        let is_handler = matches!(element.kind, Kind::EventSubProcess { .. });
        self.elements.push(element);
        self.nodes.insert(id, index);
        if index != Program::ROOT
            && let Some(contents) = self.element_mut(scope).kind.scope_mut()
        {
            contents.children.push(index);
            if is_start {
                contents.start_events.push(index);
            }
            if is_handler {
                contents.event_sub_processes.push(index);
            }
        }
        index
    }

    fn resolve_flows(&mut self) {
        for (scope, flow) in std::mem::take(&mut self.unresolved_flows) {
            let id = flow.base().id.as_deref().unwrap_or_default();
            let source = self.end_of_flow(scope, flow, flow.source.as_ref(), End::Source);
            let target = self.end_of_flow(scope, flow, flow.target.as_ref(), End::Target);
            let condition =
                flow.condition.as_deref().and_then(|content| self.condition(content, flow.base(), id));
            let listeners = self.extensions(flow.base(), id).listeners();
            let (Some(source), Some(target)) = (source, target) else { continue };
            let index = FlowIndex::new(self.flows.len());
            if flow.condition.is_some() {
                self.conditional.insert(index);
            }
            self.element_mut(source).outgoing.push(index);
            self.element_mut(target).incoming.push(index);
            let id = if id.is_empty() { self.generated_id(source, target) } else { id.into() };
            let name = flow.name.as_deref().filter(|name| !name.is_empty()).map(Into::into);
            self.flows.push(Flow { id, name, position: flow.position, source, target, condition, listeners });
        }
    }

    /// A flow that the model draws as a pair of links.
    pub(super) fn join(&mut self, source: ElementIndex, target: ElementIndex) {
        let index = FlowIndex::new(self.flows.len());
        let position = self.element_mut(source).position;
        let id = self.generated_id(source, target);
        self.element_mut(source).outgoing.push(index);
        self.element_mut(target).incoming.push(index);
        let (name, condition, listeners) = (None, None, Vec::new());
        self.flows.push(Flow { id, name, position, source, target, condition, listeners });
    }

    fn end_of_flow(
        &mut self,
        scope: ElementIndex,
        flow: &SequenceFlow,
        reference: Option<&Reference>,
        end: End,
    ) -> Option<ElementIndex> {
        let (code, attribute) = match end {
            End::Source => (codes::FLOW_SOURCE, "sourceRef"),
            End::Target => (codes::FLOW_TARGET, "targetRef"),
        };
        let found = reference.and_then(|reference| self.nodes.get(reference.id()).copied());
        let message = match (reference, found) {
            (_, Some(found)) if found != Program::ROOT && self.element_mut(found).scope == scope => {
                return Some(found);
            }
            (Some(reference), Some(_)) => {
                format!(
                    "`{attribute}` is `{}`, which is not in the same process or subprocess",
                    reference.as_written()
                )
            }
            (Some(reference), None) => format!(
                "`{attribute}` is `{}`, which is no flow node of this process",
                reference.as_written()
            ),
            (None, _) => format!("the sequence flow has no `{attribute}`"),
        };
        let finding = Diagnostic::error(code, message, flow.position);
        self.findings.add(match flow.base().id.as_deref() {
            Some(id) => finding.about(id),
            None => finding,
        });
        None
    }

    /// An id for a flow that has none: stable as long as nothing is drawn between the same two elements.
    fn generated_id(&mut self, source: ElementIndex, target: ElementIndex) -> Arc<str> {
        let parallel = self.element_mut(source).outgoing.len();
        let (source, target) =
            (Arc::clone(&self.element_mut(source).id), Arc::clone(&self.element_mut(target).id));
        format!("{source}->{target}#{parallel}").into()
    }

    fn resolve_defaults(&mut self) {
        let by_id: BTreeMap<Arc<str>, FlowIndex> = self
            .flows
            .iter()
            .enumerate()
            .map(|(index, flow)| (Arc::clone(&flow.id), FlowIndex::new(index)))
            .collect();
        for (index, reference) in std::mem::take(&mut self.unresolved_defaults) {
            let element = self.element_mut(index);
            match by_id.get(reference.id()) {
                Some(flow) if element.outgoing.contains(flow) => element.default_flow = Some(*flow),
                _ => {
                    let message =
                        format!("the default flow `{}` does not leave this element", reference.as_written());
                    let finding =
                        Diagnostic::error(codes::DEFAULT_FLOW, message, element.position).about(&*element.id);
                    self.findings
                        .add(finding.help("set `default` to the id of one of its outgoing sequence flows"));
                }
            }
        }
    }

    fn resolve_attachments(&mut self) {
        for (index, reference) in std::mem::take(&mut self.unresolved_attachments) {
            let activity = reference.and_then(|reference| self.nodes.get(reference.id()).copied());
            let scope = self.element_mut(index).scope;
            let activity = activity.filter(|activity| {
                let activity = self.element_mut(*activity);
                activity.scope == scope && activity.kind.is_activity()
            });
            if let Some(activity) = activity {
                self.element_mut(activity).boundary_events.push(index);
                if let Kind::BoundaryEvent { attached_to, .. } = &mut self.element_mut(index).kind {
                    *attached_to = activity;
                }
                continue;
            }
            let message = match reference {
                Some(reference) => {
                    format!(
                        "it is attached to `{}`, which is no activity of the same scope",
                        reference.as_written()
                    )
                }
                None => "it is attached to nothing".to_owned(),
            };
            let element = self.element_mut(index);
            let finding =
                Diagnostic::error(codes::ATTACHED_TO, message, element.position).about(&*element.id);
            self.findings.add(finding.help("set `attachedToRef` to the id of a task or subprocess"));
        }
    }

    /// The index was given out by `add`.
    pub(super) fn element_mut(&mut self, index: ElementIndex) -> &mut Element {
        self.elements.get_mut(index.slot()).expect("indexes are given out for elements that exist")
    }

    pub(super) fn flow(&self, index: FlowIndex) -> Option<&Flow> {
        self.flows.get(index.slot())
    }

    pub(super) fn not_yet(&mut self, what: &str, base: &Base, id: &str) {
        let finding = Diagnostic::error(
            codes::NOT_EXECUTABLE_YET,
            format!("{what} is not executable yet"),
            base.position,
        );
        self.findings
            .add(finding.about(id).help("model it with other elements, or set `isExecutable=\"false\"`"));
    }

    pub(super) fn ignored(&mut self, what: &str, base: &Base, id: &str) {
        let message = format!("{what} is not executable yet and has no effect");
        self.findings.add(Diagnostic::warning(codes::NOT_EXECUTABLE_YET, message, base.position).about(id));
    }
}

#[derive(Clone, Copy)]
enum End {
    Source,
    Target,
}
