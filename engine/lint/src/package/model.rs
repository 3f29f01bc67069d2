//! What rules over packages look at in a model: who sends which message to whom, who waits for it, which handlers and
//! forms are named. Everything else of a model is the business of the rules over one file.

use std::collections::BTreeMap;

use tessera_bpmn::dialect::{TESSERA, attribute, is_ours_or_camunda};
use tessera_bpmn::lint::Span;
use tessera_bpmn::model::{Base, EventDefinition, FlowElement, MessageEventDefinition, RootElement};
use tessera_bpmn::xml::{Attribute, Element};

use crate::place;

/// A BPMN model.
#[derive(Debug)]
pub struct Model {
    /// Its processes.
    pub processes: Vec<Process>,
}

/// A process.
#[derive(Debug)]
pub struct Process {
    /// Its id.
    pub id: Option<String>,
    /// Where it starts.
    pub span: Span,
    /// `isExecutable`.
    pub is_executable: bool,
    /// `versionTag` of Camunda's or our dialect.
    pub version_tag: Option<Value>,
    /// Where it waits for a message.
    pub receives: Vec<Receive>,
    /// Where it sends a message.
    pub sends: Vec<Send>,
    /// Where it calls a handler, the sends among them.
    pub works: Vec<Work>,
    /// Where it asks a human.
    pub user_tasks: Vec<UserTask>,
}

/// A text and where it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// The text.
    pub text: String,
    /// Where.
    pub span: Span,
}

/// A place that waits for a message.
#[derive(Debug)]
pub struct Receive {
    /// The id of the element.
    pub element: String,
    /// Where it is.
    pub span: Span,
    /// The name of the message, if it has one.
    pub message: Option<String>,
    /// Whether it starts the process.
    pub is_start: bool,
}

/// A place that sends a message.
#[derive(Debug)]
pub struct Send {
    /// The id of the element.
    pub element: String,
    /// Where the element, or its message event definition, is.
    pub span: Span,
    /// The fields that are given to the handler.
    pub fields: Vec<Field>,
    /// Whether a `messageRef` is there, which senders do not need.
    pub message: Option<String>,
}

/// A field of a handler.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where it starts.
    pub span: Span,
    /// What is written; none when it is computed by an expression.
    pub literal: Option<Value>,
}

/// Which interface a handler must implement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkKind {
    /// A service or business rule task.
    Service,
    /// A send task, or an event that throws a message.
    Message,
    /// An execution listener.
    Listener,
}

/// A place that calls a handler.
#[derive(Debug)]
pub struct Work {
    /// The id of the element.
    pub element: String,
    /// Where the element is.
    pub span: Span,
    /// What must be implemented.
    pub kind: WorkKind,
    /// Who does it.
    pub handler: Option<Handler>,
}

/// How a handler is named.
#[derive(Debug)]
pub struct Handler {
    /// Its name.
    pub name: Value,
    /// Whether the name is computed.
    pub is_expression: bool,
}

/// A place that asks a human.
#[derive(Debug)]
pub struct UserTask {
    /// The id of the element.
    pub element: String,
    /// Where it is.
    pub span: Span,
    /// Its form.
    pub form_key: Option<Value>,
    /// Its task listeners: where, and their fields.
    pub listeners: Vec<(Span, Vec<Field>)>,
}

impl Model {
    /// Reads what is needed of a model; none if the file is not BPMN.
    pub(super) fn read(bytes: &[u8], text: &str) -> Option<Self> {
        let definitions = tessera_bpmn::read::read(bytes).model?;
        let messages = definitions.root_elements.iter().filter_map(|element| {
            let RootElement::Message(message) = element else { return None };
            Some((message.base().id.clone()?, message.name.clone()?))
        });
        let reader = Reader { text, messages: messages.collect() };
        Some(Self { processes: definitions.processes().map(|process| reader.process(process)).collect() })
    }
}

impl Send {
    /// The literal text of a field.
    pub fn literal(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field.name == name)?.literal.as_ref()
    }
}

struct Reader<'t> {
    text: &'t str,
    /// Names of messages by id.
    messages: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn process(&self, model: &tessera_bpmn::model::Process) -> Process {
        let base = model.base();
        let mut process = Process {
            id: base.id.clone(),
            span: self.span(base),
            is_executable: model.is_executable == Some(true),
            version_tag: attribute(base, "versionTag").map(value),
            receives: Vec::new(),
            sends: Vec::new(),
            works: Vec::new(),
            user_tasks: Vec::new(),
        };
        let mut open: Vec<&FlowElement> = model.flow_elements.iter().rev().collect();
        while let Some(element) = open.pop() {
            self.flow_element(element, &mut process, &mut open);
        }
        process
    }

    fn flow_element<'m>(
        &self,
        element: &'m FlowElement,
        process: &mut Process,
        open: &mut Vec<&'m FlowElement>,
    ) {
        let base = element.base();
        let id = base.id.clone().unwrap_or_default();
        let span = self.span(base);
        self.listeners(base, &id, process);
        let work = |kind| Work { element: id.clone(), span, kind, handler: handler(base) };
        match element {
            FlowElement::ServiceTask(_) => process.works.push(work(WorkKind::Service)),
            FlowElement::BusinessRuleTask(_) => process.works.push(work(WorkKind::Service)),
            FlowElement::SendTask(task) => {
                process.works.push(work(WorkKind::Message));
                let message = task.message.as_ref().map(|message| message.id().to_owned());
                process.sends.push(Send {
                    element: id.clone(),
                    span,
                    fields: self.fields(base.extensions()),
                    message,
                });
            }
            FlowElement::ReceiveTask(task) => {
                let message =
                    task.message.as_ref().and_then(|message| self.messages.get(message.id()).cloned());
                process.receives.push(Receive {
                    element: id.clone(),
                    span,
                    message,
                    is_start: task.instantiate == Some(true),
                });
            }
            FlowElement::UserTask(_) => process.user_tasks.push(UserTask {
                element: id.clone(),
                span,
                form_key: attribute(base, "formKey").map(value),
                listeners: extensions(base, "taskListener")
                    .map(|listener| (self.element_span(listener), self.fields(listener.elements())))
                    .collect(),
            }),
            FlowElement::StartEvent(event) => {
                self.caught(&event.event_definitions, &id, span, true, process);
            }
            FlowElement::IntermediateCatchEvent(event) => {
                self.caught(&event.event_definitions, &id, span, false, process);
            }
            FlowElement::BoundaryEvent(event) => {
                self.caught(&event.event_definitions, &id, span, false, process);
            }
            FlowElement::IntermediateThrowEvent(event) => {
                self.thrown(&event.event_definitions, base, &id, span, process);
            }
            FlowElement::EndEvent(event) => self.thrown(&event.event_definitions, base, &id, span, process),
            FlowElement::SubProcess(inner) => open.extend(inner.flow_elements.iter().rev()),
            FlowElement::Transaction(inner) => open.extend(inner.flow_elements.iter().rev()),
            FlowElement::AdHocSubProcess(inner) => open.extend(inner.flow_elements.iter().rev()),
            FlowElement::SequenceFlow(_)
            | FlowElement::ImplicitThrowEvent(_)
            | FlowElement::Event(_)
            | FlowElement::Task(_)
            | FlowElement::ManualTask(_)
            | FlowElement::ScriptTask(_)
            | FlowElement::CallActivity(_)
            | FlowElement::ExclusiveGateway(_)
            | FlowElement::ParallelGateway(_)
            | FlowElement::InclusiveGateway(_)
            | FlowElement::ComplexGateway(_)
            | FlowElement::EventBasedGateway(_)
            | FlowElement::DataObject(_)
            | FlowElement::DataObjectReference(_)
            | FlowElement::DataStoreReference(_)
            | FlowElement::ChoreographyTask(_)
            | FlowElement::CallChoreography(_)
            | FlowElement::SubChoreography(_) => {}
        }
    }

    fn caught(
        &self,
        definitions: &[EventDefinition],
        element: &str,
        span: Span,
        is_start: bool,
        process: &mut Process,
    ) {
        for definition in definitions {
            if let EventDefinition::MessageEventDefinition(message) = definition {
                process.receives.push(Receive {
                    element: element.to_owned(),
                    span,
                    message: self.message(message),
                    is_start,
                });
            }
        }
    }

    fn thrown(
        &self,
        definitions: &[EventDefinition],
        event: &Base,
        element: &str,
        span: Span,
        process: &mut Process,
    ) {
        for definition in definitions {
            let EventDefinition::MessageEventDefinition(message) = definition else { continue };
            let base = message.base();
            let mut fields = self.fields(base.extensions());
            fields.extend(self.fields(event.extensions()));
            process.works.push(Work {
                element: element.to_owned(),
                span,
                kind: WorkKind::Message,
                handler: handler(base).or_else(|| handler(event)),
            });
            let message = message.message.as_ref().map(|message| message.id().to_owned());
            process.sends.push(Send { element: element.to_owned(), span, fields, message });
        }
    }

    fn listeners(&self, base: &Base, element: &str, process: &mut Process) {
        let ours = base.extensions().filter(|extension| extension.name.is(TESSERA, "listener"));
        for listener in extensions(base, "executionListener").chain(ours) {
            let named = listener.find_attribute("class").or_else(|| listener.find_attribute("handler"));
            let bean = listener.find_attribute("delegateExpression").map(bean);
            let handler = named.map(plain).or(bean);
            if handler.is_some() {
                process.works.push(Work {
                    element: element.to_owned(),
                    span: self.element_span(listener),
                    kind: WorkKind::Listener,
                    handler,
                });
            }
        }
    }

    fn fields<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> Vec<Field> {
        let mut fields = Vec::new();
        for element in
            elements.filter(|element| is_ours_or_camunda(element) && &*element.name.local == "field")
        {
            let child = |local: &str| {
                element.elements().find(|child| is_ours_or_camunda(child) && &*child.name.local == local)
            };
            let literal = if let Some(attribute) = element.find_attribute("stringValue") {
                Some(value(attribute))
            } else if let Some(attribute) = element.find_attribute("value") {
                Some(value(attribute)).filter(|value| !value.text.contains("${"))
            } else if let Some(string) = child("string") {
                let text = string.text();
                let bytes = u32::try_from(text.len()).unwrap_or(u32::MAX);
                Some(Value { span: place::span(self.text, string.text_position().offset, bytes), text })
            } else {
                None
            };
            let is_empty = literal.is_none()
                && child("expression").is_none()
                && element.find_attribute("expression").is_none();
            let span = self.element_span(element);
            let literal = literal.or_else(|| is_empty.then(|| Value { text: String::new(), span }));
            let name = element.attribute("name").unwrap_or_default().to_owned();
            fields.push(Field { name, span, literal });
        }
        fields
    }

    fn message(&self, definition: &MessageEventDefinition) -> Option<String> {
        definition.message.as_ref().and_then(|message| self.messages.get(message.id()).cloned())
    }

    fn span(&self, base: &Base) -> Span {
        place::span(self.text, base.position.offset, 0)
    }

    fn element_span(&self, element: &Element) -> Span {
        place::span(self.text, element.position.offset, 0)
    }
}

fn extensions<'m>(base: &'m Base, local: &'m str) -> impl Iterator<Item = &'m Element> {
    base.extensions().filter(move |element| is_ours_or_camunda(element) && &*element.name.local == local)
}

/// The handler that an element names.
fn handler(base: &Base) -> Option<Handler> {
    let named = ["handler", "class", "topic"].iter().find_map(|local| attribute(base, local));
    named.map(plain).or_else(|| attribute(base, "delegateExpression").map(bean))
}

fn plain(attribute: &Attribute) -> Handler {
    Handler { name: value(attribute), is_expression: attribute.value.contains("${") }
}

/// `${bean}` names a handler as well as `bean` does.
fn bean(attribute: &Attribute) -> Handler {
    let written = attribute.value.trim();
    let inner = written.strip_prefix("${").or_else(|| written.strip_prefix("#{"));
    let name = inner.and_then(|inner| inner.strip_suffix('}')).unwrap_or(written).trim();
    let is_expression =
        !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    Handler { name: Value { text: name.to_owned(), span: value(attribute).span }, is_expression }
}

fn value(attribute: &Attribute) -> Value {
    let bytes = u32::try_from(attribute.value.len()).unwrap_or(u32::MAX);
    let start = attribute.position.offset;
    Value { text: attribute.value.clone(), span: Span::new(start, start.saturating_add(bytes)) }
}
