//! Extensions of Camunda and its descendants have values that can be read, and stand where they mean something.
//!
//! **Why it is bad.** The engine refuses the model, or ignores what was meant.
//!
//! **Bad**
//! ```xml
//! <process id="p" isExecutable="true" camunda:historyTimeToLive="«soon»">
//!   <serviceTask id="t" camunda:type="external" camunda:topic="work" camunda:taskPriority="«high»"/>
//!   <userTask id="u" camunda:formKey="a.html" camunda:formRef="«b»"/>
//!   <endEvent id="e"><extensionElements>«<camunda:executionListener» event="start" delegateExpression=""/></extensionElements></endEvent>
//! </process>
//! ```
//! ```xml
//! <process id="p" isExecutable="true">
//!   <callActivity id="c" calledElement="q" camunda:caseRef="«r»"/>«<callActivity» id="d" calledElement="q" camunda:calledElementBinding="version"/>
//!   <businessRuleTask id="b" camunda:decisionRef="d" camunda:mapDecisionResult="«list»"/>
//!   <serviceTask id="t" camunda:class="org.example.Work" camunda:resultVariable="«r»" camunda:asyncAfter="true"><extensionElements>
//!     «<camunda:field» name="f"/>«<camunda:executionListener» event="began" class="org.example.Heard"/>
//!   </extensionElements></serviceTask>
//!   «<sequenceFlow» sourceRef="t" targetRef="b"/>
//! </process>
//! ```
//! **Good**
//! ```xml
//! <process id="p" isExecutable="true" camunda:historyTimeToLive="P30D">
//!   <serviceTask id="t" camunda:type="external" camunda:topic="work" camunda:taskPriority="5"/>
//!   <userTask id="u" camunda:formKey="a.html"/>
//!   <endEvent id="e"><extensionElements><camunda:executionListener event="start" delegateExpression="${bean}"/></extensionElements></endEvent>
//! </process>
//! ```
//! **How to fix.** Write what the message says is expected.

use crate::expression::has_unified;
use crate::lint::camunda::is_listener_of_nobody;
use crate::lint::flow::{ACTIVITIES, TASKS};
use crate::lint::zeebe;
use crate::lint::{File, Findings, Node, Space};

pub(super) fn check(file: &File<'_>, findings: &mut Findings<'_>) {
    for node in file.document().nodes().filter(|node| file.is_executed(*node)) {
        if node.space() == Space::Bpmn {
            element(file, node, findings);
        } else if node.space() == Space::Camunda {
            extension(file, node, findings);
        }
    }
}

fn is_number(written: &str) -> bool {
    written.parse::<i64>().is_ok()
}

/// Days, or a duration.
fn is_time_to_live(written: &str) -> bool {
    written.parse::<u32>().is_ok() || zeebe::is_duration(written)
}

fn is_retry_cycle(written: &str) -> bool {
    has_unified(written)
        || zeebe::is_cycle(written)
        || written.split(',').all(|pause| zeebe::is_duration(pause.trim()))
}

/// What an attribute of an element has to be: its name, whether a value is right, and how to say what is expected.
type Expected = (&'static str, fn(&str) -> bool, &'static str);

const EXPECTED: &[Expected] = &[
    ("historyTimeToLive", is_time_to_live, "a number of days, or a duration such as P30D"),
    ("taskPriority", is_number, "a number"),
    ("jobPriority", is_number, "a number"),
    (
        "formRefBinding",
        |written| ["deployment", "latest", "version"].contains(&written),
        "deployment, latest or version",
    ),
    (
        "mapDecisionResult",
        |written| ["singleEntry", "singleResult", "collectEntries", "resultList"].contains(&written),
        "singleEntry, singleResult, collectEntries or resultList",
    ),
];

/// What may be bound to a version, and where that is given.
const BOUND_TO_VERSION: &[(&str, &str)] = &[
    ("calledElementBinding", "calledElementVersion"),
    ("caseBinding", "caseVersion"),
    ("decisionRefBinding", "decisionRefVersion"),
    ("formRefBinding", "formRefVersion"),
];

/// What listeners listen to; `all` in models that are older than Camunda.
const EXECUTION_EVENTS: &[&str] = &["start", "end", "take", "all"];
const TASK_EVENTS: &[&str] = &["create", "assignment", "complete", "update", "delete", "timeout", "all"];

fn element<'d>(file: &File<'d>, node: Node<'d>, findings: &mut Findings<'_>) {
    let of_camunda = |name: &str| node.attribute_record_in(Space::Camunda, name);
    for (name, is_right, expected) in EXPECTED {
        let Some(attribute) = of_camunda(name) else { continue };
        let written = node.attribute_value(attribute).trim();
        if !written.is_empty() && !has_unified(written) && !is_right(written) {
            findings.at(attribute.value_span(), format!("`{written}` is not {expected}"));
        }
    }
    if let (Some(_), Some(attribute)) = (of_camunda("formKey"), of_camunda("formRef")) {
        findings.at(attribute.value_span(), "the form is named in two ways: `formKey` and `formRef`");
    }
    if let (Some(_), Some(attribute)) = (node.attribute_record("calledElement"), of_camunda("caseRef")) {
        findings.at(attribute.value_span(), "a process and a case are called: `calledElement` and `caseRef`");
    }
    for (binding, version) in BOUND_TO_VERSION {
        if node.attribute_in(Space::Camunda, binding) == Some("version") && of_camunda(version).is_none() {
            findings.on(node, format!("`{binding}` is `version`, and `{version}` is missing"));
        }
    }
    let calls_class = ["class", "delegateExpression"].iter().any(|name| of_camunda(name).is_some());
    let result = of_camunda("resultVariable").or_else(|| of_camunda("resultVariableName"));
    if let Some(attribute) = result.filter(|_| calls_class && node.is_any(TASKS)) {
        findings.at(attribute.value_span(), "a class has no result; it sets variables itself");
    }
    if node.is_any(ACTIVITIES) && node.attribute_in(Space::Camunda, "asyncAfter") == Some("true") {
        for flow in file.graph().find(node).into_iter().flat_map(|node| &node.outgoing) {
            if flow.id().is_none() {
                findings.on(
                    *flow,
                    format!("the flow has no id, by which `{}` goes on asynchronously", node.title()),
                );
            }
        }
    }
    if node.is("eventBasedGateway")
        && let Some(attribute) =
            of_camunda("asyncAfter").filter(|attribute| node.attribute_value(attribute) == "true")
    {
        findings.at(attribute.value_span(), "an event-based gateway cannot be left asynchronously");
    }
    if node.attribute_in(Space::Camunda, "type") == Some("external")
        && node.attribute_in(Space::Camunda, "topic").is_none_or(|topic| topic.trim().is_empty())
    {
        findings.on(node, format!("`{}` has no topic by which workers find it", node.title()));
    }
}

fn extension(file: &File<'_>, node: Node<'_>, findings: &mut Findings<'_>) {
    let has = |name: &str| node.attribute(name).is_some_and(|value| !value.trim().is_empty());
    let owner =
        node.ancestors().find(|around| around.space() == Space::Bpmn && !around.is("extensionElements"));
    let message = match node.name() {
        // The framework has a rule of its own for that.
        _ if is_listener_of_nobody(node) && file.is_dsf() => None,
        _ if is_listener_of_nobody(node) => Some("the listener does not say who listens"),
        "executionListener" if !is_event(node, EXECUTION_EVENTS) => {
            Some("`event` is none of start, end and take")
        }
        "taskListener" if !is_event(node, TASK_EVENTS) => {
            Some("`event` is none of create, assignment, complete, update, delete and timeout")
        }
        "field"
            if !["stringValue", "expression"].iter().any(|name| node.attribute(name).is_some())
                && node.children().next().is_none() =>
        {
            Some("the field has no value")
        }
        "in" | "out" if node.attribute("source").is_some_and(|source| source.trim().is_empty()) => {
            Some("`source` is empty")
        }
        "in" | "out" if (has("source") || has("sourceExpression")) && !has("target") => {
            Some("`target` is missing")
        }
        "errorEventDefinition" if node.attribute("expression").is_none() => {
            Some("`expression` is missing: it says when the error is thrown")
        }
        "inputParameter" | "outputParameter" if !has("name") => Some("the parameter has no name"),
        "inputOutput" if owner.is_some_and(|owner| owner.is("boundaryEvent")) => {
            Some("variables cannot be mapped at a boundary event")
        }
        "outputParameter" if owner.is_some_and(|owner| owner.is("endEvent")) => {
            Some("variables cannot be mapped out of an end event")
        }
        "failedJobRetryTimeCycle" if !is_retry_cycle(node.text().trim()) => {
            Some("this is no cycle such as R3/PT10M, and no list of durations such as PT1M,PT5M")
        }
        _ => None,
    };
    if let Some(message) = message {
        findings.on(node, message);
    }
}

/// Whether a listener listens to one of these events, or to what its engine takes where it says nothing.
fn is_event(listener: Node<'_>, events: &[&str]) -> bool {
    listener.attribute("event").is_none_or(|event| events.contains(&event.trim()) || has_unified(event))
}
