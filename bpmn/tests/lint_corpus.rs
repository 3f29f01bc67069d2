//! The linter on every model of the corpus that lies beside the checkout: published models are free of errors, files that
//! are marked as violating a rule are flagged, their valid twins are not, and the rules shared with bpmnlint agree with it
//! but for the differences that are named here. Where there is no corpus these tests pass over nothing.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tessera_bpmn::limits::LINT_FINDINGS_PER_RULE_MAX;
use tessera_bpmn::lint::flow::{ACTIVITIES, flow_kind};
use tessera_bpmn::lint::{Config, Document, File, FileReport, Level, Node, Source, Space, Target, lint_file};

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus")
}

fn report(file: &str) -> Option<FileReport> {
    report_with(file, &Config::default())
}

fn report_with(file: &str, config: &Config) -> Option<FileReport> {
    let bytes = fs::read(corpus().join(file)).ok()?;
    Some(lint_file(Source { path: file, bytes: &bytes }, config))
}

/// Path and expected validity of each model that the manifest lists.
fn manifest() -> Vec<(String, String)> {
    let text = fs::read_to_string(corpus().join("MANIFEST.csv")).unwrap_or_default();
    let models = text.lines().filter_map(|line| {
        let mut cells = line.split(',');
        let path = cells.next()?;
        let is_model = [".bpmn", ".bpmn20.xml"].iter().any(|ending| path.ends_with(ending));
        is_model.then(|| (path.to_owned(), cells.nth(7).unwrap_or_default().to_owned()))
    });
    models.collect()
}

/// Real defects of published models: `file rule`.
const DEFECTS: &[&str] = &[
    // A figure for learners, executable and with a timer that has no value and events that name no message.
    "dsf/dsf-process-tutorial/exercises/figures/exercise5_event_based_gateway.bpmn timer-value",
    "dsf/dsf-process-tutorial/exercises/figures/exercise5_event_based_gateway.bpmn message-name",
    // Four times an error event at a task of a parallel branch leads to an end event of its own: the join waits for ever.
    "dsf/dsf/dsf-bpe/dsf-bpe-test-plugin-v2/bpe/test.bpmn deadlock",
    // What learners start from: the message of the start event and the class of the task are to be filled in.
    "dsf/dsf-process-tutorial/tutorial-process/bpe/cos-process.bpmn dsf-message-name",
    "dsf/dsf-process-tutorial/tutorial-process/bpe/dic-process.bpmn dsf-implementation",
];

#[test]
fn published_models_are_free_of_errors_but_real_defects() {
    let mut defects: BTreeSet<&str> = DEFECTS.iter().copied().collect();
    let mut problems = Vec::new();
    for (path, _) in manifest() {
        if !path.starts_with("miwg/") && !path.starts_with("dsf/") {
            continue;
        }
        for finding in report(&path).unwrap().findings.iter().filter(|finding| finding.level == Level::Error)
        {
            if !DEFECTS.contains(&format!("{path} {}", finding.rule).as_str()) {
                problems.push(format!("{path}:{}: {} {}", finding.start, finding.rule, finding.message));
            }
            defects.remove(format!("{path} {}", finding.rule).as_str());
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
    assert!(defects.is_empty() || manifest().is_empty(), "these are not found any more: {defects:?}");
}

/// Files that the manifest judges by their name, and bpmnlint itself judges the other way.
const MISNAMED: &[&str] = &[
    "docs/rules/examples/link-event-correct.bpmn",
    "conditional-event/not-executable.bpmn",
    "no-overlapping-elements/ignore-missing-bounds.bpmn",
    "no-overlapping-elements/ignore-missing-di.bpmn",
    "standard-size/valid-config.bpmn",
    "standard-size/valid-missing-di.bpmn",
    "superfluous-termination/invalid-boundary-interrupting.bpmn",
    "superfluous-termination/invalid-exclusive-paths.bpmn",
];

#[test]
fn what_violates_a_rule_is_flagged_and_its_twin_is_not() {
    let mut problems = Vec::new();
    for (path, validity) in manifest() {
        let (rule, violates) = match (validity.strip_prefix("violates "), validity.strip_prefix("valid for "))
        {
            (Some(rule), _) => (rule, true),
            (None, Some(rule)) => (rule, false),
            (None, None) => continue,
        };
        if MISNAMED.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        let is_flagged = report(&path).unwrap().findings.iter().any(|finding| finding.rule == rule);
        if is_flagged != violates {
            problems.push(format!("{path}: {validity}"));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// Rules that say what engines of the Camunda 7 family refuse.
const REFUSED_ELSEWHERE: &[&str] = &[
    "compensation-event",
    "duplicate-handler",
    "escalation-source",
    "extension-value",
    "message-name",
    "signal-definition",
];

#[test]
fn what_operaton_rejects_is_flagged_and_what_it_accepts_is_not_for_that() {
    let text = fs::read_to_string(corpus().join("MANIFEST.csv")).unwrap_or_default();
    let mut problems = Vec::new();
    for line in text.lines() {
        let cells: Vec<&str> = line.split(',').collect();
        let (Some(path), Some(verdict)) = (cells.first(), cells.get(10)) else { continue };
        if !path.starts_with("operaton-engine/") {
            continue;
        }
        let Some(report) = report(path) else { continue };
        let found: Vec<&str> = report
            .findings
            .iter()
            .filter(|finding| finding.level < Level::Info)
            .map(|finding| finding.rule)
            .collect();
        if verdict.starts_with("accepted") {
            let wrong = found.iter().filter(|rule| REFUSED_ELSEWHERE.contains(rule));
            problems.extend(wrong.map(|rule| format!("{path}: {rule}, but it is accepted")));
        } else if verdict.starts_with("rejected") && found.iter().all(|rule| IS_STYLE.contains(rule)) {
            problems.push(format!("{path}: rejected, and nothing is found but {found:?}"));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// What is no reason for an engine to refuse a model.
const IS_STYLE: &[&str] = &["no-bpmndi", "label-required", "no-implicit-end", "end-event-required", "global"];

/// Rule of camunda-compat that a file of it is named after; none for those that are about something else.
fn rule_of_name(stem: &str) -> Option<&str> {
    let stem = match stem.strip_prefix("camunda-cloud-") {
        Some(versioned) => versioned.get(4..).unwrap_or(stem),
        None => stem,
    };
    Some(match stem {
        "error-reference-catching" | "error-reference-throwing" => "error-reference",
        "start-event-form-allowed" | "start-event-form-not-allowed" => "start-event-form",
        "user-task-form-form-id" | "user-task-form-form-key" => "user-task-form",
        // A connector that is known by its name in a hosted service, and a diagram that the modeler repairs.
        "connector-properties" | "sequence-flow-condition-broken-diagram" => return None,
        // bpmnlint has a rule of this name as well, which flags both files.
        "link-event" => return None,
        named => named,
    })
}

/// Files that are checked for an earlier version than they are for.
const FOR_EARLIER: &[(&str, &str)] = &[
    ("no-template-errors", "camunda8@1.3"),
    ("no-zeebe-properties-errors", "camunda8@8.0"),
    ("no-zeebe-user-task-errors", "camunda8@8.4"),
    ("no-priority-definition-errors", "camunda8@8.5"),
    ("no-task-schedule-errors", "camunda8@8.1"),
    ("start-event-form-not-allowed-errors", "camunda8@8.2"),
];

#[test]
fn what_camunda_compat_flags_is_flagged_and_its_twin_is_not() {
    let mut problems = Vec::new();
    let models = manifest().into_iter().filter(|(path, _)| path.starts_with("invalid/camunda-compat/"));
    for (path, _) in models {
        let name = path.rsplit('/').next().unwrap_or_default().trim_end_matches(".bpmn");
        let (stem, violates) = match name.strip_suffix("-errors") {
            Some(stem) => (stem, true),
            None => (name, false),
        };
        let Some(rule) = rule_of_name(stem) else { continue };
        let earlier = FOR_EARLIER.iter().find(|(file, _)| *file == name);
        let target = earlier.map(|(_, target)| Target::parse(target).unwrap());
        let report = report_with(&path, &Config { target, ..Config::default() }).unwrap();
        if report.findings.iter().any(|finding| finding.rule == rule) != violates {
            problems.push(format!("{path}: {rule} should be {violates}"));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

/// Rules that bpmnlint decides by the lists `incoming` and `outgoing`, ours by the flows themselves.
const BY_FLOWS: &[&str] = &[
    "conditional-flows",
    "event-based-gateway",
    "fake-join",
    "label-required",
    "no-disconnected",
    "no-gateway-join-fork",
    "no-implicit-end",
    "no-implicit-split",
    "no-implicit-start",
    "superfluous-gateway",
    "superfluous-termination",
];

/// Whether the difference is one of those that are meant.
fn is_meant(file: &File<'_>, rule: &str, id: &str) -> bool {
    let Some(node) = file.by_id(id) else { return true };
    let has_lists_that_disagree = file.graph().find(node).is_some_and(|flow_node| {
        node.children_named("incoming").count() != flow_node.incoming.len()
            || node.children_named("outgoing").count() != flow_node.outgoing.len()
    });
    if has_lists_that_disagree && BY_FLOWS.contains(&rule) {
        return true;
    }
    let is_named_by_extension = || {
        let others = file.document().nodes().filter(|node| node.space() != Space::Bpmn);
        others.into_iter().any(|node| node.attribute("errorRef") == Some(id))
    };
    match rule {
        // bpmnlint does not look for references in extensions.
        "global" if is_named_by_extension() => true,
        // Nor for sequence flows that lead to a catching link event, or leave a throwing one; without id, that is the process.
        "link-event" => node.is_any(&["sequenceFlow", "process"]),
        // Elements without id: bpmnlint names none, this the element around it.
        // One file has two planes in a diagram, against the schema; bpmnlint keeps the last, this reads both.
        "no-bpmndi" if planes_of_drawing(file, id).is_some_and(|planes| planes > 1) => true,
        "no-bpmndi" | "label-required" | "global" | "conditional-flows" | "no-duplicate-sequence-flows" => {
            node.descendants().any(|inner| inner.id().is_none() && is_reported_by_id(inner))
        }
        // The specification asks for an activity in an ad-hoc sub-process; bpmnlint does not look for it.
        "ad-hoc-sub-process" => !node.descendants().any(|inner| inner.is_any(ACTIVITIES)),
        // bpmnlint looks for the association to the handler in the process only, not in sub-processes.
        "no-implicit-end" => node.is("boundaryEvent") && node.child("compensateEventDefinition").is_some(),
        _ => false,
    }
}

/// How many planes the diagram has in which an element is drawn.
fn planes_of_drawing(file: &File<'_>, id: &str) -> Option<usize> {
    let diagram = file.drawn(id)?.parent()?.parent()?;
    Some(diagram.children().filter(|child| child.name() == "BPMNPlane").count())
}

/// Whether a rule of bpmnlint reports elements of this kind, so that one without id is reported without name.
fn is_reported_by_id(node: Node<'_>) -> bool {
    flow_kind(node).is_some()
        || node.is_any(&[
            "sequenceFlow",
            "messageFlow",
            "association",
            "textAnnotation",
            "group",
            "dataObjectReference",
            "dataStoreReference",
            "participant",
            "lane",
            "message",
            "signal",
            "error",
            "escalation",
        ])
}

#[test]
fn shared_rules_agree_with_bpmnlint() {
    let golden = fs::read_to_string(corpus().join("bpmnlint_golden.jsonl")).unwrap_or_default();
    let golden: Vec<Value> = golden.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut problems = Vec::new();
    let mut shared: BTreeSet<String> = BTreeSet::new();
    let mut theirs: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for entry in &golden {
        // What bpmnlint could not read, or not wholly, it does not judge wholly.
        let is_whole = entry["import_warnings"].as_array().is_some_and(Vec::is_empty);
        let Some(reports) = entry["reports"].as_array().filter(|_| is_whole) else { continue };
        let found = theirs.entry(entry["file"].as_str().unwrap().to_owned()).or_default();
        for report in reports {
            let text = |key: &str| report[key].as_str().unwrap_or_default().to_owned();
            shared.insert(text("rule"));
            found.insert((text("rule"), text("id")));
        }
    }
    for (path, theirs) in theirs {
        let Ok(bytes) = fs::read(corpus().join(&path)) else { continue };
        let config = Config::default();
        let report = lint_file(Source { path: &path, bytes: &bytes }, &config);
        let document = Document::read(&bytes);
        let file = File::new(&document, &config);
        let ours: BTreeSet<(String, String)> = report
            .findings
            .iter()
            .filter(|finding| shared.contains(finding.rule))
            .map(|finding| (finding.rule.to_owned(), finding.element.clone().unwrap_or_default()))
            .collect();
        for (rule, id) in ours.symmetric_difference(&theirs) {
            if !is_meant(&file, rule, id) {
                let whose = if ours.contains(&(rule.clone(), id.clone())) { "ours" } else { "bpmnlint" };
                problems.push(format!("{path}: {rule} {id}: only {whose}"));
            }
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn findings_of_large_models_are_bounded() {
    let mut text = String::from(
        "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL' targetNamespace='t'><process id='p'>",
    );
    let mut number = 0;
    while text.len() < 10 * 1024 * 1024 {
        let next = number + 1;
        let _ = write!(
            text,
            "<task id='t{number}' name='Task {number}'/><sequenceFlow id='f{number}' sourceRef='t{number}' targetRef='t{next}'/>"
        );
        number = next;
    }
    let _ = write!(text, "<task id='t{number}'/></process></definitions>");
    let report = lint_file(Source { path: "large.bpmn", bytes: text.as_bytes() }, &Config::default());
    // Each of some 70,000 tasks lacks a shape: what is beyond the limit is counted, not kept.
    let kept = report.findings.iter().filter(|finding| finding.rule == "no-bpmndi").count();
    assert_eq!(kept, LINT_FINDINGS_PER_RULE_MAX);
    assert!(report.omitted > 100_000, "{}", report.omitted);
}
