//! What process models ask of the plugin: a light reading of BPMN that finds the process and every element that names a
//! handler, and nothing else. Whether a model is valid is for `tessera-bpmn` to say, when it is deployed.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::Span;
use quick_xml::NsReader;
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::{Namespace, ResolveResult};
use syn::{Error, Result};

use crate::handlers::{Handler, Kind, ListenerEvent};

const BPMN: &str = "http://www.omg.org/spec/BPMN/20100524/MODEL";
/// Vocabularies in which attributes name code: our own, and Camunda's under its three names.
const EXTENSIONS: [&str; 4] = [
    "https://tessera.dev/bpmn/1",
    "http://camunda.org/schema/1.0/bpmn",
    "http://operaton.org/schema/1.0/bpmn",
    "http://activiti.org/bpmn",
];

/// What a model says.
pub(crate) struct Model {
    /// Path inside the plugin, e.g. `bpe/ping.bpmn`.
    pub(crate) path: String,
    /// `process/@id`
    pub(crate) process_id: String,
    uses: Vec<Use>,
}

/// An element that names a handler.
struct Use {
    element: String,
    line: usize,
    handler: String,
    kind: Used,
}

enum Used {
    ServiceTask,
    MessageActivity,
    /// With the event as written.
    Listener(String),
}

/// An element and what is known of it.
struct Element {
    name: String,
    id: Option<String>,
    handler: Option<String>,
    event: Option<String>,
}

/// Reads one model.
pub(crate) fn read(path: &str, text: &str) -> std::result::Result<Model, String> {
    let mut reader = NsReader::from_str(text);
    let mut open: Vec<Element> = Vec::new();
    let mut processes: Vec<String> = Vec::new();
    let mut uses = Vec::new();
    loop {
        let event = reader.read_event().map_err(|error| problem(path, text, &reader, &error))?;
        let closes = matches!(event, Event::Empty(_) | Event::End(_));
        match event {
            Event::Start(start) | Event::Empty(start) => {
                let element =
                    describe(&reader, &start).map_err(|error| problem(path, text, &reader, &error))?;
                let line = line_at(text, &reader);
                if element.name == "process" {
                    processes.extend(element.id.clone());
                }
                uses.extend(uses_of(&element, &open, line));
                open.push(element);
            }
            Event::DocType(_) => {
                return Err(problem(path, text, &reader, &"a document type declaration is not allowed"));
            }
            Event::Eof => break,
            Event::End(_)
            | Event::Text(_)
            | Event::CData(_)
            | Event::Comment(_)
            | Event::Decl(_)
            | Event::PI(_)
            | Event::GeneralRef(_) => {}
        }
        if closes {
            open.pop();
        }
    }
    match <[String; 1]>::try_from(processes) {
        Ok([process_id]) => Ok(Model { path: path.to_owned(), process_id, uses }),
        Err(all) => Err(format!(
            "{path}: a model holds exactly one <process> with an id, this one holds {}",
            all.len()
        )),
    }
}

fn describe(reader: &NsReader<&[u8]>, start: &BytesStart<'_>) -> std::result::Result<Element, String> {
    let (namespace, local) = reader.resolver().resolve_element(start.name());
    let local: &str = local.as_ref();
    let in_bpmn = namespace == ResolveResult::Bound(Namespace(BPMN));
    let mut element = Element {
        name: if in_bpmn { local.to_owned() } else { format!(":{local}") },
        id: None,
        handler: None,
        event: None,
    };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        let (namespace, name) = reader.resolver().resolve_attribute(attribute.key);
        let extension =
            matches!(namespace, ResolveResult::Bound(Namespace(uri)) if EXTENSIONS.contains(&uri));
        let value = || {
            attribute
                .normalized_value(quick_xml::XmlVersion::Implicit1_0)
                .map(std::borrow::Cow::into_owned)
                .map_err(|error| error.to_string())
        };
        // Extension elements (listeners, Zeebe's task definitions) carry their attributes without a prefix.
        match name.as_ref() {
            "id" if !extension => element.id = Some(value()?),
            "event" | "eventType" if !in_bpmn => element.event = Some(value()?),
            "type" if !in_bpmn => element.handler = Some(value()?),
            "class" | "handler" | "topic" if extension || !in_bpmn => element.handler = Some(value()?),
            "delegateExpression" if extension || !in_bpmn => {
                let expression = value()?;
                let bean = expression.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                element.handler = Some(bean.unwrap_or(&expression).trim().to_owned());
            }
            _ => {}
        }
    }
    Ok(element)
}

fn uses_of(element: &Element, open: &[Element], line: usize) -> Option<Use> {
    let handler = element.handler.clone()?;
    let identified = |element: &&Element| element.id.is_some() && !element.name.starts_with(':');
    let owner = open.iter().rev().find(identified);
    let event = || element.event.clone().unwrap_or_default();
    let kind = match (element.name.as_str(), owner.map(|owner| owner.name.as_str())) {
        ("serviceTask" | "businessRuleTask" | "scriptTask", _) => Used::ServiceTask,
        ("sendTask" | "messageEventDefinition", _) => Used::MessageActivity,
        (":executionListener", _) => Used::Listener(event()),
        // It is called as a listener of the element: when the task begins, and when it is done.
        (":taskListener", _) => match event().as_str() {
            "create" | "creating" | "assignment" | "assigning" => Used::Listener("start".to_owned()),
            "complete" | "completing" => Used::Listener("end".to_owned()),
            _ => return None,
        },
        (":taskDefinition", Some("sendTask" | "intermediateThrowEvent" | "endEvent")) => {
            Used::MessageActivity
        }
        (":taskDefinition", _) => Used::ServiceTask,
        _ => return None,
    };
    // An event definition may have an id, but it is the event that people see.
    let visible = Some(element).filter(identified).filter(|element| element.name != "messageEventDefinition");
    let id = visible.or(owner).and_then(|element| element.id.clone());
    Some(Use { element: id.unwrap_or_default(), line, handler, kind })
}

fn line_at(text: &str, reader: &NsReader<&[u8]>) -> usize {
    let end = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
    1 + text.bytes().take(end).filter(|&byte| byte == b'\n').count()
}

fn problem(path: &str, text: &str, reader: &NsReader<&[u8]>, what: &dyn std::fmt::Display) -> String {
    format!("{path}:{}: {what}", line_at(text, reader))
}

/// Compares what the models name with what the plugin has.
pub(crate) fn check(models: &[Model], handlers: &[Handler]) -> Result<()> {
    let names: BTreeMap<&str, &Handler> = handlers
        .iter()
        .flat_map(|handler| {
            std::iter::once(&handler.name).chain(&handler.aliases).map(move |name| (name.as_str(), handler))
        })
        .collect();
    let mut used = BTreeSet::new();
    let mut problems = Vec::new();
    for (model, used_here) in models.iter().flat_map(|model| model.uses.iter().map(move |used| (model, used)))
    {
        let place = format!(
            "{}:{}: '{}' of element '{}'",
            model.path, used_here.line, used_here.handler, used_here.element
        );
        match names.get(used_here.handler.as_str()) {
            None => problems.push(Error::new(
                Span::call_site(),
                format!(
                    "{place} is no handler of this plugin; it has {}",
                    names.keys().copied().collect::<Vec<_>>().join(", ")
                ),
            )),
            Some(handler) => {
                used.insert(handler.name.as_str());
                if let Err(needed) = fits(&used_here.kind, &handler.kind) {
                    problems.push(Error::new(handler.method.span(), format!("{place} needs {needed}")));
                }
            }
        }
    }
    for handler in handlers.iter().filter(|handler| !used.contains(handler.name.as_str())) {
        problems.push(Error::new(
            handler.method.span(),
            format!("no model in bpe/ names this handler; name it '{}' there, or remove it", handler.name),
        ));
    }
    problems
        .into_iter()
        .reduce(|mut all, problem| {
            all.combine(problem);
            all
        })
        .map_or(Ok(()), Err)
}

fn fits(used: &Used, kind: &Kind) -> std::result::Result<(), String> {
    match (used, kind) {
        (Used::ServiceTask, Kind::ServiceTask) | (Used::MessageActivity, Kind::MessageActivity { .. }) => {
            Ok(())
        }
        (Used::Listener(event), Kind::ExecutionListener { on })
            if ListenerEvent::parse(event) == Some(*on) =>
        {
            Ok(())
        }
        (Used::Listener(event), Kind::ExecutionListener { .. }) => {
            Err(format!("#[execution_listener(on = {event})]"))
        }
        (Used::ServiceTask, _) => Err("#[service_task]".to_owned()),
        (Used::MessageActivity, _) => Err("#[message_activity]".to_owned()),
        (Used::Listener(event), _) => Err(format!("#[execution_listener(on = {event})]")),
    }
}
