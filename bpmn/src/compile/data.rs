//! Data objects are variables of the scope that they are drawn in; data associations copy one variable to another, as
//! mappings do. A variable is called by the name of the data if that can be written in an expression, else by its id.

use std::collections::{BTreeMap, BTreeSet};

use super::graph::Graph;
use super::{ElementIndex, Mapping, MappingValue};
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::expression::Template;
use crate::model::{
    Activity, Assignment, Base, CatchEvent, Content, DataAssociation, DataInput, DataOutput, FlowElement,
    InputOutputSpecification, Process, Property, ThrowEvent,
};

/// What modelling tools aim an association at that is only drawn.
const PLACEHOLDER: &str = "__targetRef_placeholder";

/// All data of a process.
#[derive(Default)]
pub(super) struct Data<'m> {
    /// The variable of each data object, property, input and output, by its id.
    variables: BTreeMap<&'m str, &'m str>,
    /// Data objects by the ids of what shows them once more.
    references: BTreeMap<&'m str, &'m str>,
    /// Data stores outlive the process: they are drawn, not executed.
    stores: BTreeSet<&'m str>,
    objects: Vec<(&'m str, ElementIndex)>,
    used: BTreeSet<&'m str>,
}

/// Where a value comes from or goes to.
enum End<'m> {
    Variable(&'m str),
    /// Something that is drawn and has no value.
    Drawn,
    Unknown,
}

impl<'m> Data<'m> {
    pub(super) fn of(process: &'m Process) -> Self {
        let mut data = Self::default();
        data.properties(&process.properties);
        data.specification(process.io_specification.as_deref());
        let mut ahead = vec![process.flow_elements.as_slice()];
        while let Some(elements) = ahead.pop() {
            for element in elements {
                data.flow_element(element);
                let within = if let FlowElement::SubProcess(sub_process) = element {
                    sub_process
                } else if let FlowElement::Transaction(transaction) = element {
                    &transaction.sub_process
                } else if let FlowElement::AdHocSubProcess(ad_hoc) = element {
                    &ad_hoc.sub_process
                } else {
                    continue;
                };
                ahead.push(&within.flow_elements);
            }
        }
        data
    }

    fn flow_element(&mut self, element: &'m FlowElement) {
        let id = element.base().id.as_deref();
        match element {
            FlowElement::DataObject(object) => self.name(id, object.name.as_deref()),
            FlowElement::DataObjectReference(reference) => {
                if let (Some(id), Some(object)) = (id, &reference.data_object) {
                    self.references.insert(id, object.id());
                }
            }
            FlowElement::DataStoreReference(_) => self.stores.extend(id),
            FlowElement::Task(task) => self.activity(task),
            FlowElement::ServiceTask(task) => self.activity(task),
            FlowElement::SendTask(task) => self.activity(task),
            FlowElement::ReceiveTask(task) => self.activity(task),
            FlowElement::UserTask(task) => self.activity(task),
            FlowElement::ManualTask(task) => self.activity(task),
            FlowElement::ScriptTask(task) => self.activity(task),
            FlowElement::BusinessRuleTask(task) => self.activity(task),
            FlowElement::CallActivity(call) => self.activity(call),
            FlowElement::SubProcess(sub_process) => self.activity(sub_process),
            FlowElement::Transaction(transaction) => self.activity(transaction),
            FlowElement::AdHocSubProcess(ad_hoc) => self.activity(ad_hoc),
            FlowElement::StartEvent(event) => self.catch_event(event),
            FlowElement::IntermediateCatchEvent(event) => self.catch_event(event),
            FlowElement::BoundaryEvent(event) => self.catch_event(event),
            FlowElement::IntermediateThrowEvent(event) => self.throw_event(event),
            FlowElement::ImplicitThrowEvent(event) => self.throw_event(event),
            FlowElement::EndEvent(event) => self.throw_event(event),
            FlowElement::Event(event) => self.properties(&event.properties),
            FlowElement::SequenceFlow(_)
            | FlowElement::ExclusiveGateway(_)
            | FlowElement::ParallelGateway(_)
            | FlowElement::InclusiveGateway(_)
            | FlowElement::ComplexGateway(_)
            | FlowElement::EventBasedGateway(_)
            | FlowElement::ChoreographyTask(_)
            | FlowElement::CallChoreography(_)
            | FlowElement::SubChoreography(_) => {}
        }
    }

    fn activity(&mut self, activity: &'m Activity) {
        self.properties(&activity.properties);
        self.specification(activity.io_specification.as_deref());
    }

    fn catch_event(&mut self, event: &'m CatchEvent) {
        self.properties(&event.properties);
        self.outputs(&event.data_outputs);
    }

    fn throw_event(&mut self, event: &'m ThrowEvent) {
        self.properties(&event.properties);
        self.inputs(&event.data_inputs);
    }

    fn properties(&mut self, properties: &'m [Property]) {
        for property in properties {
            self.name(property.id.as_deref(), property.name.as_deref());
        }
    }

    fn specification(&mut self, specification: Option<&'m InputOutputSpecification>) {
        let Some(specification) = specification else { return };
        self.inputs(&specification.data_inputs);
        self.outputs(&specification.data_outputs);
    }

    fn inputs(&mut self, inputs: &'m [DataInput]) {
        for input in inputs {
            self.name(input.id.as_deref(), input.name.as_deref());
        }
    }

    fn outputs(&mut self, outputs: &'m [DataOutput]) {
        for output in outputs {
            self.name(output.id.as_deref(), output.name.as_deref());
        }
    }

    fn name(&mut self, id: Option<&'m str>, name: Option<&'m str>) {
        let Some(id) = id else { return };
        self.variables.insert(id, name.filter(|name| is_identifier(name)).unwrap_or(id));
    }

    fn end(&mut self, id: &str) -> End<'m> {
        let id = self.references.get(id).copied().unwrap_or(id);
        if let Some((known, variable)) = self.variables.get_key_value(id) {
            self.used.insert(known);
            return if *variable == PLACEHOLDER { End::Drawn } else { End::Variable(variable) };
        }
        if self.stores.contains(id) { End::Drawn } else { End::Unknown }
    }

    /// The variable that an id stands for; the id itself if it names no data.
    pub(super) fn variable<'a>(&mut self, id: &'a str) -> &'a str
    where
        'm: 'a,
    {
        match self.end(id) {
            End::Variable(variable) => variable,
            End::Drawn | End::Unknown => id,
        }
    }

    pub(super) fn object(&mut self, id: &'m str, scope: ElementIndex) {
        self.objects.push((id, scope));
    }
}

fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|character| character.is_alphanumeric() || character == '_')
}

/// The value of a variable; null if there is none.
pub(super) fn reading(variable: &str) -> String {
    let quoted = variable.replace('\\', "\\\\").replace('\'', "\\'");
    format!("${{execution.getVariable('{quoted}')}}")
}

impl<'m> Graph<'m, '_> {
    /// What data associations copy.
    pub(super) fn data_mappings(&mut self, associations: &'m [DataAssociation], id: &'m str) -> Vec<Mapping> {
        associations.iter().flat_map(|association| self.data_mapping(association, id)).collect()
    }

    fn data_mapping(&mut self, association: &'m DataAssociation, id: &'m str) -> Vec<Mapping> {
        let base = association.base();
        if association.transformation.is_some() {
            self.not_yet("a data association with a transformation", base, id);
            return Vec::new();
        }
        let target = association.target.as_ref().map_or(End::Drawn, |target| self.data.end(target.id()));
        if !association.assignments.is_empty() {
            let mappings =
                association.assignments.iter().map(|assignment| self.assignment(assignment, &target, id));
            return mappings.collect::<Vec<_>>().into_iter().flatten().collect();
        }
        let source = match association.sources.as_slice() {
            [] => End::Drawn,
            [source] => self.data.end(source.id()),
            [_, _, ..] => {
                self.wrong_data("it has several sources and no assignments", base.position, id);
                return Vec::new();
            }
        };
        match (source, target) {
            (End::Variable(source), End::Variable(target)) => {
                let template = Template::parse(&reading(source), base.position);
                let value = template.ok().map(MappingValue::Template);
                value
                    .map(|value| Mapping { name: target.to_owned(), path: Vec::new(), value })
                    .into_iter()
                    .collect()
            }
            (End::Drawn, _) | (_, End::Drawn) => {
                self.ignored("a data association that is only drawn", base, id);
                Vec::new()
            }
            (End::Unknown, _) | (_, End::Unknown) => {
                self.wrong_data("it refers to data that this process does not have", base.position, id);
                Vec::new()
            }
        }
    }

    fn assignment(&mut self, assignment: &'m Assignment, target: &End<'m>, id: &'m str) -> Option<Mapping> {
        let base = assignment.base();
        let Some(from) = &assignment.from else {
            self.wrong_data("an assignment has no `from`", base.position, id);
            return None;
        };
        let written = assignment.to.as_deref().map(Content::text).unwrap_or_default();
        let written = written.trim();
        let inner = written.strip_prefix("${").or_else(|| written.strip_prefix("#{"));
        let written = inner.and_then(|inner| inner.strip_suffix('}')).unwrap_or(written).trim();
        let name = match target {
            End::Variable(variable) if written.is_empty() => (*variable).to_owned(),
            End::Variable(_) | End::Drawn | End::Unknown if is_identifier(written) => {
                self.data.variable(written).to_owned()
            }
            End::Variable(_) | End::Drawn | End::Unknown => {
                self.wrong_data("`to` of an assignment is not the name of a variable", base.position, id);
                return None;
            }
        };
        let value = MappingValue::Template(self.content_template(from, base, id)?);
        Some(Mapping { name, path: Vec::new(), value })
    }

    fn wrong_data(&mut self, message: &str, position: Position, id: &str) {
        let finding = Diagnostic::error(codes::DATA, message, position).about(id);
        self.findings.add(finding.help("give it one `sourceRef` and one `targetRef`, or assignments"));
    }

    /// Data objects that are read or written are variables of the scope that they are in.
    pub(super) fn declare_data(&mut self) {
        let Data { objects, used, variables, .. } = std::mem::take(&mut self.data);
        let mut declared: BTreeSet<(ElementIndex, &str)> = BTreeSet::new();
        for (object, scope) in objects.into_iter().filter(|(object, _)| used.contains(object)) {
            let variable = variables.get(object).copied().unwrap_or(object);
            if declared.insert((scope, variable))
                && let Some(scope) = self.element_mut(scope).kind.scope_mut()
            {
                scope.data_objects.push(variable.into());
            }
        }
    }

    /// The data associations of an activity or event, as mappings.
    pub(super) fn map_data(
        &mut self,
        index: ElementIndex,
        inputs: &'m [DataAssociation],
        outputs: &'m [DataAssociation],
        id: &'m str,
    ) {
        if inputs.is_empty() && outputs.is_empty() {
            return;
        }
        let inputs = self.data_mappings(inputs, id);
        let outputs = self.data_mappings(outputs, id);
        let element = self.element_mut(index);
        element.inputs.extend(inputs);
        element.outputs.extend(outputs);
    }

    /// Data of the process and its elements that are not used show nothing: only stores are told about.
    pub(super) fn data_store(&mut self, base: &Base, id: &str) {
        self.ignored("a data store", base, id);
    }
}
