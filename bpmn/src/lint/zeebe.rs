//! What rules for Camunda 8 share: the version that a file is for, what is executed, extensions by name, and since which
//! version an element is executed.

use crate::compile::{TimerKind, literal_timer};
use crate::lint::document::{Node, Space};
use crate::lint::flow::{CATCHING_EVENTS, EVENTS, event_definitions, flow_kind, is_event_sub_process};
use crate::lint::{File, Findings, Target};

/// A version of Camunda 8: 1.3, 8.6.
type Version = (u32, u32);

/// The version that a file is for; the first, if it is for something else.
pub(super) fn version(file: &File<'_>) -> Version {
    match file.target() {
        Some(Target::Camunda8(major, minor)) => (major, minor),
        Some(Target::Tessera | Target::Camunda7(_)) | None => (1, 0),
    }
}

/// The elements of BPMN with these names that are part of executed processes.
pub(super) fn executed<'d>(
    file: &File<'d>,
    names: &'static [&'static str],
) -> impl Iterator<Item = Node<'d>> {
    file.all(names).filter(|node| file.is_executed(*node))
}

/// All nodes of the flow of executed processes.
pub(super) fn all_executed<'d>(file: &File<'d>) -> impl Iterator<Item = Node<'d>> {
    file.graph().nodes().iter().map(|node| node.node).filter(|node| file.is_executed(*node))
}

/// Whether it is an extension with this name. The modeler's reader takes `TaskSchedule` for `taskSchedule`, and so do we.
pub(super) fn is_called(node: Node<'_>, name: &str) -> bool {
    node.space() == Space::Zeebe && node.name().eq_ignore_ascii_case(name)
}

/// The extension of an element with this name.
pub(super) fn extension<'d>(node: Node<'d>, name: &str) -> Option<Node<'d>> {
    node.child("extensionElements")?.children().find(|child| is_called(*child, name))
}

/// All extensions in executed processes, at any depth.
pub(super) fn all_extensions<'d>(file: &File<'d>) -> impl Iterator<Item = Node<'d>> {
    let nodes = file.document().nodes().filter(|node| node.space() == Space::Zeebe);
    nodes.filter(|node| file.is_executed(*node))
}

/// The extensions with these names in executed processes, at any depth.
pub(super) fn extensions_named<'f, 'd: 'f>(
    file: &'f File<'d>,
    names: &'f [&'f str],
) -> impl Iterator<Item = Node<'d>> + 'f {
    all_extensions(file).filter(move |node| names.iter().any(|name| is_called(*node, name)))
}

/// All input and output mappings of executed processes.
pub(super) fn mappings<'d>(file: &File<'d>) -> impl Iterator<Item = Node<'d>> {
    all_extensions(file).filter(|node| {
        (is_called(*node, "input") || is_called(*node, "output"))
            && node.parent().is_some_and(|parent| is_called(parent, "ioMapping"))
    })
}

/// Whether an attribute is there and says something.
pub(super) fn is_filled(node: Node<'_>, attribute: &str) -> bool {
    node.attribute(attribute).is_some_and(|value| !value.trim().is_empty())
}

/// Whether a value is computed.
pub(super) fn is_expression(value: &str) -> bool {
    value.trim_start().starts_with('=')
}

/// Whether an expression can name a variable so.
pub(super) fn is_variable_name(name: &str) -> bool {
    const RESERVED: &[&str] = &[
        "null",
        "true",
        "false",
        "function",
        "if",
        "then",
        "else",
        "for",
        "between",
        "instance",
        "of",
        "not",
        "in",
        "and",
        "or",
        "some",
        "every",
        "satisfies",
    ];
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || next == '_')
        && !RESERVED.contains(&name)
}

/// What waits for a message in executed processes, and where the message is named: a receive task itself, or an event's
/// definition.
pub(super) fn waiting_for_messages<'d>(file: &File<'d>) -> impl Iterator<Item = (Node<'d>, Node<'d>)> {
    all_executed(file).filter_map(|node| {
        if node.is("receiveTask") {
            return Some((node, node));
        }
        let definition = node.child("messageEventDefinition").filter(|_| node.is_any(CATCHING_EVENTS));
        definition.map(|definition| (node, definition))
    })
}

/// Reports extensions that versions before `first` do not know. `element` is a name, `parent/name`, or `*` for all;
/// `attribute` is a name, `name=start of the value`, or `name!value that is not meant`.
pub(super) fn report_too_new(
    file: &File<'_>,
    findings: &mut Findings<'_>,
    first: Version,
    element: &str,
    attribute: Option<&str>,
    what: &str,
) {
    if version(file) >= first {
        return;
    }
    let message = format!("{what} are known from Camunda {}.{} on", first.0, first.1);
    let (parent, name) = element.split_once('/').unwrap_or(("*", element));
    let is_named = |node: Node<'_>, name: &str| name == "*" || is_called(node, name);
    let found = file.document().nodes().filter(|node| {
        file.is_executed(*node)
            && is_named(*node, name)
            && (parent == "*" || node.parent().is_some_and(|around| is_named(around, parent)))
    });
    for node in found {
        let Some(attribute) = attribute else {
            findings.on(node, message.clone());
            continue;
        };
        let (attribute, start) = attribute.split_once('=').unwrap_or((attribute, ""));
        let (attribute, other) = attribute.split_once('!').unwrap_or((attribute, "\0"));
        let record = node
            .attribute_record_in(Space::Zeebe, attribute)
            .or_else(|| node.attribute_record(attribute).filter(|_| node.space() == Space::Zeebe));
        if let Some(record) = record.filter(|record| {
            let value = node.attribute_value(record);
            value.starts_with(start) && value != other
        }) {
            findings.at(record.value_span(), message.clone());
        }
    }
}

/// Reports errors or escalations without code. Before `optional_from` what catches has to name one, too.
pub(super) fn report_code(
    file: &File<'_>,
    findings: &mut Findings<'_>,
    definition: &'static str,
    reference: &str,
    code: &str,
    optional_from: Version,
) {
    for node in file.named(definition).iter().filter(|node| file.is_executed(**node)) {
        let throws = node.parent().is_some_and(|event| event.is_any(&["endEvent", "intermediateThrowEvent"]));
        match file.attribute_target(*node, reference) {
            None if throws || version(file) < optional_from => {
                findings.on(*node, format!("`{reference}` is missing"));
            }
            Some(target) if !is_filled(target, code) => {
                findings.on(target, format!("`{code}` is missing")).related(node.head(), "is used here");
            }
            None | Some(_) => {}
        }
    }
}

/// Reports a form that is not named, or named and not there.
pub(super) fn report_form(file: &File<'_>, findings: &mut Findings<'_>, form: Node<'_>) {
    const EMBEDDED: &str = "camunda-forms:bpmn:";
    let Some(name) = ["formId", "formKey", "externalReference"]
        .into_iter()
        .find(|name| form.attribute_record(name).is_some())
    else {
        findings.on(form, "the form is not named").help("set formId");
        return;
    };
    let written = form.attribute(name).unwrap_or_default().trim();
    if written.is_empty() {
        findings.on_attribute(form, name, format!("`{name}` is empty"));
    } else if let Some(id) = written.strip_prefix(EMBEDDED).filter(|_| name == "formKey") {
        let embedded = all_extensions(file)
            .find(|node| is_called(*node, "userTaskForm") && node.attribute("id") == Some(id));
        match embedded {
            None => {
                findings.on_attribute(form, name, format!("there is no form `{id}` in the process"));
            }
            Some(found) if found.text().trim().is_empty() => {
                findings.on(found, "the form is empty");
            }
            Some(_) => {}
        }
    }
}

/// How to speak of an element.
pub(super) fn kind(node: Node<'_>) -> String {
    let name = node.name();
    match event_definitions(node).next() {
        Some(definition) if EVENTS.contains(&name) => {
            let trigger = definition.name();
            format!("`{name}` with `{trigger}`")
        }
        Some(_) | None => format!("`{name}`"),
    }
}

/// Which versions execute a node of the flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Support {
    /// This and later ones.
    Since(Version),
    /// None.
    Never,
}

/// Which versions execute a node; `None` if it is not part of the flow.
pub(super) fn support(node: Node<'_>) -> Option<Support> {
    use Support::{Never, Since};
    flow_kind(node)?;
    let mut definitions = event_definitions(node);
    let trigger = definitions.next().map(|definition| definition.name().trim_end_matches("EventDefinition"));
    if definitions.next().is_some() {
        return Some(Never);
    }
    let starts_inner = node.parent().is_some_and(is_event_sub_process);
    Some(match (node.name(), trigger) {
        (
            "serviceTask" | "receiveTask" | "userTask" | "callActivity" | "subProcess" | "exclusiveGateway"
            | "parallelGateway" | "eventBasedGateway",
            _,
        ) => Since((1, 0)),
        ("startEvent", None | Some("message" | "timer")) => Since((1, 0)),
        ("startEvent", Some("error")) if starts_inner => Since((1, 0)),
        ("startEvent", Some("signal")) if starts_inner => Since((8, 3)),
        ("startEvent", Some("signal")) => Since((8, 2)),
        ("endEvent", None | Some("error")) => Since((1, 0)),
        ("intermediateCatchEvent", Some("message" | "timer")) => Since((1, 0)),
        ("boundaryEvent", Some("message" | "timer" | "error")) => Since((1, 0)),
        ("sendTask" | "businessRuleTask" | "scriptTask" | "manualTask", _) => Since((1, 1)),
        ("intermediateThrowEvent", None) => Since((1, 1)),
        ("intermediateThrowEvent" | "endEvent", Some("message")) => Since((1, 2)),
        ("inclusiveGateway", _) | ("endEvent", Some("terminate")) => Since((8, 1)),
        ("intermediateThrowEvent" | "intermediateCatchEvent", Some("link")) => Since((8, 2)),
        ("startEvent", Some("escalation")) if starts_inner => Since((8, 2)),
        ("boundaryEvent" | "intermediateThrowEvent" | "endEvent", Some("escalation")) => Since((8, 2)),
        (
            "boundaryEvent" | "intermediateCatchEvent" | "intermediateThrowEvent" | "endEvent",
            Some("signal"),
        ) => Since((8, 3)),
        ("task", _) => Since((8, 4)),
        ("boundaryEvent" | "intermediateThrowEvent" | "endEvent", Some("compensate")) => Since((8, 5)),
        ("adHocSubProcess", _) => Since((8, 7)),
        ("startEvent" | "boundaryEvent" | "intermediateCatchEvent", Some("conditional")) => Since((8, 9)),
        _ => Never,
    })
}

/// What is expected in the part of a timer with this name.
pub(super) fn timer_kind(name: &str) -> &'static str {
    match name {
        "timeDate" => "a date with time and zone",
        "timeDuration" => "a duration, such as PT1H",
        _ => "a cycle, such as R3/PT1H",
    }
}

/// `2026-01-01T12:00:00`, with or without a zone.
pub(super) fn is_date(written: &str) -> bool {
    literal_timer(TimerKind::Date, written).is_ok()
}

/// `2026-01-01T12:00:00Z`
pub(super) fn is_date_time(written: &str) -> bool {
    let zoned = |time: &str| time.ends_with('Z') || time.contains(['+', '-']);
    literal_timer(TimerKind::Date, written).is_ok()
        && written.split_once('T').is_some_and(|(_, time)| zoned(time))
}

/// `PT1H`
pub(super) fn is_duration(written: &str) -> bool {
    literal_timer(TimerKind::Duration, written).is_ok()
}

/// `R3/PT1H`
pub(super) fn is_cycle(written: &str) -> bool {
    written.starts_with('R') && literal_timer(TimerKind::Cycle, written).is_ok()
}

/// Six fields from seconds to days of the week, or a name such as `@daily`.
pub(super) fn is_cron(written: &str) -> bool {
    const NAMES: &[&str] = &["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];
    let is_field = |field: &str| {
        !field.is_empty()
            && field.chars().all(|character| {
                character.is_ascii_alphanumeric() || matches!(character, '*' | '/' | '-' | ',' | '?' | '#')
            })
    };
    NAMES.contains(&written)
        || (written.split_whitespace().count() == 6 && written.split_whitespace().all(is_field))
}
