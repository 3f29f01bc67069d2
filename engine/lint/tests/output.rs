//! What build servers and code scanning read is what they expect: SARIF is held to its official schema, JUnit XML to that of
//! Jenkins, and to what that of Windy Road asks for besides. The two interpreters below know as much of JSON Schema and of
//! XML Schema as these files use, and fail at whatever else they meet.

#![expect(clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking and says where")]

use std::collections::BTreeSet;

use serde_json::Value;
use tessera_bpmn::lint::{Config, Document, Level, Node, Source};
use tessera_lint::outcome::{Checked, Outcome};
use tessera_lint::output::{junit, sarif};

/// Findings of every level, with what is hard to write down: allowed ones, known ones, related places, other files.
fn outcome() -> Outcome {
    let model = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"t\">\n\
         <process id=\"p\" isExecutable=\"true\">\n\
         <documentation>tessera-lint: allow start-event-required because it is called \"&lt;by&gt;\" another</documentation>\n\
         <task id=\"a\" name=\"&lt;&amp;&quot; ä \u{1f600}\"/>\n<task id=\"a\"/>\n\
         <receiveTask id=\"r\" messageRef=\"m\"/><sequenceFlow id=\"f\" sourceRef=\"a\" targetRef=\"r\"/>\n\
         <scriptTask id=\"k\" scriptFormat=\"groovy\"><script>x</script></scriptTask>\n</process>\n\
         <message id=\"m\" name=\"reply\"/></definitions>";
    let sources = [
        Source { path: "a b/ä.bpmn", bytes: model.as_bytes() },
        Source { path: "/absolute/broken.bpmn", bytes: b"<definitions>\x01" },
        Source { path: "fhir/Task/a.json", bytes: b"{ \"resourceType\": \"Task\", \"intent\": \"plan\" }" },
        Source { path: "empty.json", bytes: b"{}" },
    ];
    let report = tessera_lint::package(&sources, None, &Config::default());
    let mut files: Vec<Checked> =
        report.files.into_iter().map(|report| Checked { report, known: Vec::new() }).collect();
    let last = files[0].report.findings.pop();
    files[0].known.extend(last);
    Outcome { files, failures: vec!["missing.bpmn: not <there>".to_owned()] }
}

#[test]
fn the_outcome_that_is_written_has_something_of_everything() {
    let outcome = outcome();
    let levels: BTreeSet<&str> = outcome.findings().map(|finding| finding.level.name()).collect();
    assert_eq!(levels.into_iter().collect::<Vec<_>>(), ["error", "info", "warning"]);
    assert!(outcome.findings().any(|finding| !finding.related.is_empty()));
    assert!(!outcome.files[0].report.suppressed.is_empty() && !outcome.files[0].known.is_empty());
    assert!(outcome.files.iter().any(|file| file.report.findings.is_empty()));
}

#[test]
fn sarif_is_valid_by_its_schema() {
    let schema: Value =
        serde_json::from_str(include_str!("schemas/sarif-2.1.0.json")).expect("the schema is JSON");
    for outcome in [outcome(), Outcome::default()] {
        let document = sarif::document(&outcome);
        let mut problems = Vec::new();
        json_schema(&schema, &schema, &document, "", &mut problems);
        assert!(problems.is_empty(), "{problems:#?}");
    }
    let mut wrong = sarif::document(&outcome());
    wrong["runs"][0]["results"][0]["level"] = "fatal".into();
    wrong["runs"][0]["results"][1]["mesage"] = Value::Null;
    let mut problems = Vec::new();
    json_schema(&schema, &schema, &wrong, "", &mut problems);
    assert_eq!(problems.len(), 2, "{problems:#?}");
}

/// Checks a value against a schema of draft 7.
fn json_schema(root: &Value, schema: &Value, value: &Value, at: &str, problems: &mut Vec<String>) {
    let members = schema.as_object().unwrap_or_else(|| panic!("no schema: {schema}"));
    for (keyword, wanted) in members {
        let number = |value: &Value| value.as_f64().unwrap_or_else(|| panic!("no number: {value}"));
        let list = || wanted.as_array().unwrap_or_else(|| panic!("no list: {wanted}"));
        let fits = |schema: &Value| {
            let mut problems = Vec::new();
            json_schema(root, schema, value, at, &mut problems);
            problems.is_empty()
        };
        let is_right = match keyword.as_str() {
            "$schema" | "$id" | "title" | "description" | "default" | "definitions" | "format" => true,
            "$ref" => {
                let pointer = wanted.as_str().and_then(|reference| reference.strip_prefix('#'));
                let target = pointer.and_then(|pointer| root.pointer(pointer));
                let target = target.unwrap_or_else(|| panic!("{wanted} leads nowhere"));
                json_schema(root, target, value, at, problems);
                true
            }
            "type" => match wanted.as_str() {
                Some("object") => value.is_object(),
                Some("array") => value.is_array(),
                Some("string") => value.is_string(),
                Some("boolean") => value.is_boolean(),
                Some("integer") => value.is_i64() || value.is_u64(),
                Some("number") => value.is_number(),
                _ => panic!("unknown type {wanted}"),
            },
            "enum" => list().contains(value),
            "anyOf" => list().iter().any(fits),
            "oneOf" => list().iter().filter(|schema| fits(schema)).count() == 1,
            "minimum" => value.as_f64().is_none_or(|value| value >= number(wanted)),
            "maximum" => value.as_f64().is_none_or(|value| value <= number(wanted)),
            "pattern" => {
                let pattern = wanted.as_str().unwrap_or_default();
                value.as_str().is_none_or(|text| matches_pattern(pattern, text))
            }
            "required" => {
                list().iter().all(|name| name.as_str().is_some_and(|name| value.get(name).is_some()))
            }
            "minItems" => value.as_array().is_none_or(|items| Some(items.len() as u64) >= wanted.as_u64()),
            "uniqueItems" => value.as_array().is_none_or(|items| {
                let different: BTreeSet<String> = items.iter().map(Value::to_string).collect();
                different.len() == items.len()
            }),
            "items" => {
                for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                    json_schema(root, wanted, item, &format!("{at}/{index}"), problems);
                }
                true
            }
            "properties" => {
                for (name, schema) in wanted.as_object().into_iter().flatten() {
                    if let Some(member) = value.get(name) {
                        json_schema(root, schema, member, &format!("{at}/{name}"), problems);
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema["properties"].as_object();
                let others = value.as_object().into_iter().flatten();
                let others = others.filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)));
                let others: Vec<_> = others.collect();
                if wanted.is_object() {
                    for (name, member) in &others {
                        json_schema(root, wanted, member, &format!("{at}/{name}"), problems);
                    }
                }
                wanted != &Value::Bool(false) || others.is_empty()
            }
            _ => panic!("the keyword {keyword} is not known here"),
        };
        if !is_right {
            problems.push(format!("{at}: {keyword} {wanted}"));
        }
    }
}

/// The patterns of the schema, each by what it means.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let is_guid = || {
        let groups: Vec<usize> = text.split('-').map(str::len).collect();
        groups == [8, 4, 4, 4, 12] && text.chars().all(|digit| digit == '-' || digit.is_ascii_hexdigit())
    };
    match pattern {
        _ if pattern.starts_with("^[0-9a-fA-F]{8}") => is_guid(),
        "[0-9]+(\\.[0-9]+){3}" => text.split('.').count() == 4,
        _ => panic!("the pattern {pattern} is not known here: no output of ours had such a text"),
    }
}

#[test]
fn junit_is_valid_by_the_schema_of_jenkins() {
    let schema = Document::read(include_bytes!("schemas/jenkins-junit.xsd"));
    let schema = schema.root().expect("the schema is XML");
    let document = |suites: &[junit::Suite]| junit::document(suites, "2026-01-31T12:00:00");
    for text in [document(&junit::suites(&outcome(), Level::Warning)), document(&[])] {
        let read = Document::read(text.as_bytes());
        assert!(read.problems.is_empty(), "{:?}\n{text}", read.problems);
        let mut problems = Vec::new();
        xml_schema(schema, read.root().expect("it is XML"), &mut problems);
        assert!(problems.is_empty(), "{problems:#?}\n{text}");
    }
    let wrong = document(&junit::suites(&outcome(), Level::Warning)).replacen("tests=", "test=", 1).replacen(
        "<system-out>",
        "<system-err>",
        1,
    );
    let wrong = wrong.replacen("</system-out>", "</system-err>", 1);
    let mut problems = Vec::new();
    xml_schema(schema, Document::read(wrong.as_bytes()).root().expect("it is XML"), &mut problems);
    assert_eq!(problems.len(), 3, "{problems:#?}");
}

/// Checks an element against the declaration of its name: its attributes, and its children as one sequence.
fn xml_schema(schema: Node<'_>, element: Node<'_>, problems: &mut Vec<String>) {
    let called = |node: &Node<'_>, name: &str| node.name() == name;
    let declaration = schema
        .children()
        .find(|child| called(child, "element") && child.attribute("name") == Some(element.name()))
        .unwrap_or_else(|| panic!("<{}> is not declared", element.name()));
    let Some(content) = declaration.children().find(|child| called(child, "complexType")) else {
        assert_eq!(declaration.attribute("type"), Some("xs:string"));
        if element.children().next().is_some() {
            problems.push(format!("<{}> has elements in it", element.name()));
        }
        return;
    };
    let attributes: Vec<Node<'_>> = content.children().filter(|child| called(child, "attribute")).collect();
    for attribute in &attributes {
        let name = attribute.attribute("name").unwrap_or_default();
        if attribute.attribute("use") == Some("required") && element.attribute(name).is_none() {
            problems.push(format!("<{}> has no {name}", element.name()));
        }
    }
    for attribute in element.attributes() {
        let (_, name) = element.attribute_name(attribute);
        if !attributes.iter().any(|declared| declared.attribute("name") == Some(name)) {
            problems.push(format!("<{}> has {name}", element.name()));
        }
    }
    if content.attribute("mixed") != Some("true") && !element.text().trim().is_empty() {
        problems.push(format!("<{}> has text in it", element.name()));
    }
    let mut children = element.children().peekable();
    for part in content.children().filter(|child| called(child, "sequence")).flat_map(Node::children) {
        let (name, bound) = (part.attribute("ref"), |name: &str| part.attribute(name).unwrap_or("1"));
        let mut count = 0_usize;
        while let Some(child) = children.next_if(|child| Some(child.name()) == name) {
            xml_schema(schema, child, problems);
            count += 1;
        }
        let is_enough = bound("minOccurs").parse().is_ok_and(|minimum: usize| count >= minimum);
        let is_too_much = bound("maxOccurs").parse().is_ok_and(|maximum: usize| count > maximum);
        if !is_enough || is_too_much {
            problems.push(format!("<{}> has {count} of {name:?}", element.name()));
        }
    }
    for child in children {
        problems.push(format!("<{}> is not expected here in <{}>", child.name(), element.name()));
    }
}

#[test]
fn junit_has_what_the_schema_of_windy_road_asks_for_besides() {
    let text = junit::document(&junit::suites(&outcome(), Level::Warning), "2026-01-31T12:00:00");
    let read = Document::read(text.as_bytes());
    let root = read.root().expect("it is XML");
    assert!(root.name() == "testsuites" && root.attributes().is_empty());
    for (number, suite) in root.children().enumerate() {
        for name in ["package", "name", "hostname", "timestamp", "tests", "failures", "errors", "time"] {
            assert!(suite.attribute(name).is_some_and(|value| !value.trim().is_empty()), "{name}");
        }
        assert_eq!(suite.attribute("id"), Some(number.to_string().as_str()));
        let children: Vec<&str> = suite.children().map(Node::name).collect();
        let (first, last) = (children.first(), children.get(children.len() - 2..));
        assert_eq!((first, last), (Some(&"properties"), Some(&["system-out", "system-err"][..])));
        for case in suite.children().filter(|child| child.name() == "testcase") {
            assert!(["name", "classname", "time"].iter().all(|name| case.attribute(name).is_some()));
            let inner: Vec<Node<'_>> = case.children().collect();
            assert!(
                inner.len() < 2 && inner.iter().all(|reason| matches!(reason.name(), "failure" | "error"))
            );
            assert!(inner.iter().all(|reason| reason.attribute("type").is_some()));
        }
        let count = |name: &str| {
            let cases = suite.children().filter(|child| child.name() == "testcase");
            cases.filter(|case| case.children().any(|reason| reason.name() == name)).count().to_string()
        };
        assert_eq!(suite.attribute("failures"), Some(count("failure").as_str()));
        assert_eq!(suite.attribute("errors"), Some(count("error").as_str()));
    }
}

/// A build server shows red what makes the run fail, and nothing else.
#[test]
fn only_what_fails_the_run_is_a_failure_in_junit() {
    let failures = |fail_on: Level| {
        junit::document(&junit::suites(&outcome(), fail_on), "2026-01-31T12:00:00")
            .matches("<failure")
            .count()
    };
    let found = |least: Level| outcome().findings().filter(|finding| finding.level <= least).count();
    for level in [Level::Error, Level::Warning, Level::Info] {
        assert_eq!(failures(level), found(level), "{level:?}");
    }
    assert!(failures(Level::Error) < failures(Level::Info));
}
