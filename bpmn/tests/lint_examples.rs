//! Every lint rule is tested by the examples on its own manual page: the bad one is reported exactly at the marked places,
//! the good twin is not. A rule without examples fails; so does an example that is not a valid model for another reason.

use tessera_bpmn::lint::page::Example;
use tessera_bpmn::lint::{Config, Group, Level, Setting, Source, Span, Target, lint_file, rules};

/// What stands around an example that is not a whole file.
const BEFORE: &str = concat!(
    r#"<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" "#,
    r#"xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" "#,
    r#"xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" "#,
    r#"xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" "#,
    r#"xmlns:tessera="https://tessera.dev/bpmn/1" xmlns:modeler="http://camunda.org/schema/modeler/1.0" "#,
    r#"targetNamespace="t">"#,
    "\n"
);
const AFTER: &str = "\n</definitions>";

fn configuration(group: Group, rule: &str) -> Config {
    let mut config = Config { dsf: Some(group == Group::Dsf), ..Config::default() };
    config.target = match group {
        Group::Tessera => Some(Target::Tessera),
        Group::Camunda7 => Target::parse("camunda7"),
        Group::Camunda8 => Target::parse("camunda8"),
        Group::Xml
        | Group::Schema
        | Group::Structure
        | Group::Practice
        | Group::Execution
        | Group::Expression
        | Group::Security
        | Group::Dsf
        | Group::Behaviour
        | Group::Fhir
        | Group::Package => None,
    };
    config.settings.insert(rule.to_owned(), Setting::At(Level::Error));
    config
}

/// The file of an example, and how many bytes stand before it.
fn file(example: &Example) -> (String, u32) {
    let text = example.text.replace('…', &"<a>".repeat(150));
    if text.contains("<definitions") || text.contains(":definitions") {
        return (text, 0);
    }
    (format!("{BEFORE}{text}{AFTER}"), u32::try_from(BEFORE.len()).expect("it is short"))
}

fn is_about_xml(code: &str) -> bool {
    code.starts_with("L00") || code.starts_with("L01")
}

#[test]
fn every_rule_reports_its_bad_examples_where_they_are_marked_and_leaves_the_good_ones_alone() {
    let mut problems = Vec::new();
    for rule in rules::RULES {
        let about = &rule.about;
        let page = about.page();
        if page.bad.is_empty() || page.good.is_empty() {
            problems.push(format!("{}: the page has no bad or no good example", about.name));
        }
        let examples = page
            .bad
            .iter()
            .map(|example| (example, true))
            .chain(page.good.iter().map(|example| (example, false)));
        for (example, is_bad) in examples {
            let (text, before) = file(example);
            let mut config = configuration(about.group, about.name);
            if text.contains("executionPlatformVersion") {
                config.target = None;
            }
            let report = lint_file(Source { path: "example", bytes: text.as_bytes() }, &config);
            let found: Vec<Span> = report
                .findings
                .iter()
                .filter(|finding| finding.rule == about.name)
                .map(|finding| finding.span)
                .collect();
            let mut expected: Vec<Span> =
                example.marked.iter().map(|span| Span::new(span.start + before, span.end + before)).collect();
            expected.sort();
            if is_bad && expected.is_empty() {
                problems.push(format!("{}: nothing is marked in a bad example", about.name));
            }
            // The deep example is abridged: only its rule counts, not its place.
            let holds =
                if example.text.contains('…') { found.len() == expected.len() } else { found == expected };
            if !holds {
                let show = |spans: &[Span]| {
                    spans.iter().map(|span| format!("{span:?} {:?}", span.of(&text))).collect::<Vec<_>>()
                };
                problems.push(format!(
                    "{} ({}): expected {:?}, found {:?}",
                    about.name,
                    if is_bad { "bad" } else { "good" },
                    show(&expected),
                    show(&found)
                ));
            }
            for finding in &report.findings {
                if is_about_xml(finding.code) && !is_about_xml(about.code) {
                    problems.push(format!(
                        "{}: an example is not valid: {} {}",
                        about.name, finding.start, finding.message
                    ));
                }
            }
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn codes_and_names_are_unique_and_in_order() {
    let codes: Vec<&str> = rules::RULES.iter().map(|rule| rule.about.code).collect();
    assert!(codes.windows(2).all(|pair| pair[0] < pair[1]), "{codes:?}");
    let mut names: Vec<&str> = rules::RULES.iter().map(|rule| rule.about.name).collect();
    names.sort_unstable();
    assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
}

#[test]
fn every_page_says_why_and_how_to_fix() {
    let lacking = rules::RULES.iter().filter(|rule| {
        let text = rule.about.page().text;
        !["**Why it is bad.**", "**Bad**", "**Good**", "**How to fix.**"]
            .iter()
            .all(|part| text.contains(part))
    });
    let lacking: Vec<&str> = lacking.map(|rule| rule.about.name).collect();
    assert!(lacking.is_empty(), "{lacking:?}");
}
