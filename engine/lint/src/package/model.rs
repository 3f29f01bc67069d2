//! What rules over packages look at in a model: who sends which message to whom, who waits for it, which handlers and
//! forms are named. Everything else of a model is the business of the rules over one file.

use std::collections::BTreeMap;

use tessera_bpmn::expression::is_computed;
use tessera_bpmn::lint::document::AttributeRecord;
use tessera_bpmn::lint::file::is_of_dsf;
use tessera_bpmn::lint::flow::{SCOPES, flow_kind, trigger_count};
use tessera_bpmn::lint::{Document, Node, Space, Span};

use crate::package::process_id;
use crate::vocabulary::{SEND_FIELDS, process_url};

/// A BPMN model.
#[derive(Debug)]
pub struct Model {
    /// The file, for the rules over one file.
    pub document: Document,
    /// Its processes.
    pub processes: Vec<Process>,
    /// The pools of its collaborations, by id, with the id of the process that each stands for, which may be in another
    /// file; none for a pool without content.
    pub participants: BTreeMap<String, Option<String>>,
    /// Where its message flows begin and end, by id.
    pub message_flows: Vec<(String, String)>,
    /// Whether it is drawn for an engine of distributed processes.
    pub is_distributed: bool,
    /// The first element by which it is known to be written for a version of the Data Sharing Framework before 1.0.
    pub outdated: Option<Span>,
}

/// A process.
#[derive(Debug)]
pub struct Process {
    /// Its id.
    pub id: Option<String>,
    /// What people call it: its name, or its id.
    pub title: String,
    /// Where it starts.
    pub span: Span,
    /// Whether it has nodes.
    pub has_content: bool,
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
    /// Where it calls another process.
    pub calls: Vec<Call>,
    /// Whether it can be called: nothing starts it, or something without trigger.
    pub is_callable: bool,
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
    pub starts_process: bool,
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
    /// The name of the message, if it has one, which senders do not need.
    pub message: Option<String>,
}

/// To whom a message goes.
#[derive(Debug)]
pub enum Address<'s> {
    /// To the process with this id, under this name; none if the name is computed.
    Process {
        /// The id.
        id: String,
        /// The name of the message.
        message: Option<&'s Value>,
    },
    /// To whoever waits for a message of this name.
    Name(&'s str),
    /// The model does not say it.
    Open,
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

/// A place that calls a process whose id is written down.
#[derive(Debug)]
pub struct Call {
    /// The id of the element.
    pub element: String,
    /// The id of the process, without prefix.
    pub process: Value,
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
    /// Takes what is needed out of a document; a file that is not BPMN has no processes.
    pub(super) fn of(document: Document) -> Self {
        let definitions = document.root().filter(|root| root.is("definitions"));
        let messages = definitions.into_iter().flat_map(|root| root.children_named("message"));
        let messages = messages.filter_map(|message| Some((message.id()?, message.attribute("name")?)));
        let reader = Reader { messages: messages.collect() };
        let processes = definitions.into_iter().flat_map(|root| root.children_named("process"));
        let processes = processes.map(|process| reader.process(process)).collect();
        let collaborations = || definitions.into_iter().flat_map(|root| root.children_named("collaboration"));
        let participants = collaborations().flat_map(|around| around.children_named("participant"));
        let participants = participants.map(|participant| {
            (participant.id().unwrap_or_default().to_owned(), participant.attribute("processRef").map(local))
        });
        let flows = collaborations().flat_map(|around| around.children_named("messageFlow"));
        let flows = flows.filter_map(|flow| {
            Some((local(flow.attribute("sourceRef")?), local(flow.attribute("targetRef")?)))
        });
        let (participants, message_flows) = (participants.collect(), flows.collect());
        let is_distributed = is_of_dsf(&document) || document.uses(Space::Tessera);
        let outdated = outdated(&document);
        Self { document, processes, participants, message_flows, is_distributed, outdated }
    }
}

impl Send {
    /// The literal text of a field.
    pub fn literal(&self, name: &str) -> Option<&Value> {
        self.fields.iter().find(|field| field.name == name)?.literal.as_ref()
    }

    /// To whom the message goes: the fields of DSF say it, or the message itself.
    pub fn address(&self) -> Address<'_> {
        if self.fields.iter().any(|field| SEND_FIELDS.contains(&field.name.as_str())) {
            let target =
                self.literal("instantiatesCanonical").and_then(|value| process_url(value.text.trim()));
            let message = self.literal("messageName").filter(|value| !value.text.trim().is_empty());
            return match target.and_then(process_id) {
                Some(id) => Address::Process { id, message },
                None => Address::Open,
            };
        }
        self.message.as_deref().map_or(Address::Open, Address::Name)
    }
}

/// What a message is sent to was named so before version 1.0 of the Data Sharing Framework.
const OUTDATED_FIELD: &str = "instantiatesUri";

fn outdated(document: &Document) -> Option<Span> {
    // The walk is only for the few in which the word occurs at all.
    if !document.uses(Space::Camunda) || !document.text().contains(OUTDATED_FIELD) {
        return None;
    }
    let is_field = |node: &Node<'_>| {
        node.space() == Space::Camunda
            && matches!(node.name(), "inputParameter" | "field")
            && node.attribute("name") == Some(OUTDATED_FIELD)
    };
    document.nodes().find(is_field).map(Node::head)
}

struct Reader<'d> {
    /// Names of messages by id.
    messages: BTreeMap<&'d str, &'d str>,
}

impl<'d> Reader<'d> {
    fn process(&self, node: Node<'d>) -> Process {
        let mut process = Process {
            id: node.id().map(str::to_owned),
            title: node.title().to_owned(),
            span: node.head(),
            has_content: node.children().any(|child| flow_kind(child).is_some()),
            is_executable: node.flag("isExecutable"),
            version_tag: dialect_value(node, "versionTag"),
            receives: Vec::new(),
            sends: Vec::new(),
            works: Vec::new(),
            user_tasks: Vec::new(),
            calls: Vec::new(),
            is_callable: {
                let mut starts = node.children_named("startEvent").peekable();
                starts.peek().is_none() || starts.any(|start| trigger_count(start) == 0)
            },
        };
        for inner in node.descendants().filter(|inner| inner.space() == Space::Bpmn) {
            if inner.parent().is_some_and(|parent| parent.is_any(SCOPES)) {
                self.flow_element(inner, &mut process);
            }
        }
        process
    }

    fn flow_element(&self, node: Node<'d>, process: &mut Process) {
        let element = node.id().unwrap_or_default().to_owned();
        let span = node.head();
        listeners(node, &element, process);
        let work = |kind| Work { element: element.clone(), span, kind, handler: handler(node) };
        match node.name() {
            "serviceTask" | "businessRuleTask" => process.works.push(work(WorkKind::Service)),
            "sendTask" => {
                process.works.push(work(WorkKind::Message));
                let message = self.message(node);
                process.sends.push(Send { element, span, fields: fields(extensions(node)), message });
            }
            "receiveTask" => {
                let (message, starts_process) = (self.message(node), node.flag("instantiate"));
                process.receives.push(Receive { element, span, message, starts_process });
            }
            "userTask" => process.user_tasks.push(UserTask {
                element,
                span,
                form_key: dialect_value(node, "formKey"),
                listeners: extensions(node)
                    .filter(|extension| is_ours_or_camunda(*extension, "taskListener"))
                    .map(|listener| (listener.head(), fields(listener.children())))
                    .collect(),
            }),
            "callActivity" => process.calls.extend(called(node).map(|process| Call { element, process })),
            "startEvent" | "intermediateCatchEvent" | "boundaryEvent" => {
                for definition in node.children_named("messageEventDefinition") {
                    process.receives.push(Receive {
                        element: element.clone(),
                        span,
                        message: self.message(definition),
                        starts_process: node.is("startEvent")
                            && node.parent().is_some_and(|scope| scope.is("process")),
                    });
                }
            }
            "intermediateThrowEvent" | "endEvent" => {
                for definition in node.children_named("messageEventDefinition") {
                    let mut fields_of_both = fields(extensions(definition));
                    fields_of_both.extend(fields(extensions(node)));
                    process.works.push(Work {
                        element: element.clone(),
                        span,
                        kind: WorkKind::Message,
                        handler: handler(definition).or_else(|| handler(node)),
                    });
                    process.sends.push(Send {
                        element: element.clone(),
                        span,
                        fields: fields_of_both,
                        message: self.message(definition),
                    });
                }
            }
            _ => {}
        }
    }

    /// The name of the message that a node refers to; none if it is computed.
    fn message(&self, node: Node<'d>) -> Option<String> {
        let reference = node.attribute("messageRef")?.trim();
        let name =
            self.messages.get(reference).or_else(|| self.messages.get(local(reference).as_str()))?.trim();
        (!is_computed(name) && !name.is_empty()).then(|| name.to_owned())
    }
}

/// The process that a call activity names, unless that is computed.
fn called(call: Node<'_>) -> Option<Value> {
    let of_zeebe = || {
        let called = call.extension(Space::Zeebe, "calledElement")?;
        Some(value(called, called.attribute_record("processId")?))
    };
    let written = call.attribute_record("calledElement").map(|attribute| value(call, attribute));
    let Value { text, span } = written.or_else(of_zeebe)?;
    let is_plain = !text.trim().is_empty() && !is_computed(&text) && !text.contains("#{");
    is_plain.then(|| Value { text: local(&text), span })
}

/// The name without the prefix of a namespace.
fn local(reference: &str) -> String {
    let reference = reference.trim();
    reference.rsplit(':').next().unwrap_or(reference).to_owned()
}

fn listeners(node: Node<'_>, element: &str, process: &mut Process) {
    let of_camunda = |listener: &Node<'_>| is_ours_or_camunda(*listener, "executionListener");
    let listeners = extensions(node).filter(of_camunda);
    for listener in listeners.chain(node.extensions(Space::Tessera, "listener")) {
        let named = ["class", "handler"].iter().find_map(|name| listener.attribute_record(name));
        let named = named.map(|attribute| plain(value(listener, attribute)));
        let bean_of = || Some(bean(&value(listener, listener.attribute_record("delegateExpression")?)));
        let handler = named.or_else(bean_of);
        if handler.is_some() {
            process.works.push(Work {
                element: element.to_owned(),
                span: listener.head(),
                kind: WorkKind::Listener,
                handler,
            });
        }
    }
}

fn fields<'d>(elements: impl Iterator<Item = Node<'d>>) -> Vec<Field> {
    let mut fields = Vec::new();
    for node in elements.filter(|node| is_ours_or_camunda(*node, "field")) {
        let child = |name: &str| node.children().find(|child| is_ours_or_camunda(*child, name));
        let literal = if let Some(attribute) = node.attribute_record("stringValue") {
            Some(value(node, attribute))
        } else if let Some(attribute) = node.attribute_record("value") {
            Some(value(node, attribute)).filter(|value| !value.text.contains("${"))
        } else {
            child("string").map(|string| Value { text: string.text().into_owned(), span: string.text_span() })
        };
        let is_empty =
            literal.is_none() && child("expression").is_none() && node.attribute("expression").is_none();
        let span = node.head();
        let literal = literal.or_else(|| is_empty.then(|| Value { text: String::new(), span }));
        fields.push(Field { name: node.attribute("name").unwrap_or_default().to_owned(), span, literal });
    }
    fields
}

fn extensions(node: Node<'_>) -> impl Iterator<Item = Node<'_>> {
    node.child("extensionElements").into_iter().flat_map(Node::children)
}

fn is_ours_or_camunda(node: Node<'_>, name: &str) -> bool {
    matches!(node.space(), Space::Tessera | Space::Camunda) && node.name() == name
}

/// The value of an attribute of our own dialect or of Camunda's; ours comes first.
fn dialect_value(node: Node<'_>, name: &str) -> Option<Value> {
    let attribute =
        [Space::Tessera, Space::Camunda].iter().find_map(|space| node.attribute_record_in(*space, name))?;
    Some(value(node, attribute))
}

/// The handler that an element names.
fn handler(node: Node<'_>) -> Option<Handler> {
    let named = ["handler", "class", "topic"].iter().find_map(|name| dialect_value(node, name));
    named.map(plain).or_else(|| dialect_value(node, "delegateExpression").as_ref().map(bean))
}

fn plain(name: Value) -> Handler {
    let is_expression = name.text.contains("${");
    Handler { name, is_expression }
}

/// `${bean}` names a handler as well as `bean` does.
fn bean(written: &Value) -> Handler {
    let text = written.text.trim();
    let inner = text.strip_prefix("${").or_else(|| text.strip_prefix("#{"));
    let name = inner.and_then(|inner| inner.strip_suffix('}')).unwrap_or(text).trim();
    let is_expression =
        !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'));
    Handler { name: Value { text: name.to_owned(), span: written.span }, is_expression }
}

fn value(node: Node<'_>, attribute: &AttributeRecord) -> Value {
    Value { text: node.attribute_value(attribute).to_owned(), span: attribute.value_span() }
}
