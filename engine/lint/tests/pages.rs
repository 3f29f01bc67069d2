//! Every rule's manual page shows something that the rule reports, at the place that is marked, and something that it
//! leaves alone. A rule without both fails here.

use std::collections::BTreeMap;

use serde_json::Value;
use tessera_bpmn::lint::page::Example;
use tessera_bpmn::lint::{Config, Level, Source, Span};
use tessera_lint::package::{Package, Plugin};
use tessera_lint::report::Found;
use tessera_lint::rules::{PackageRule, RULES};

/// The path of an example stands behind its language.
fn path(example: &Example) -> &str {
    example.language.split_whitespace().nth(1).unwrap_or("unnamed.json")
}

/// What one rule finds in a package made of examples.
fn found(rule: &'static PackageRule, examples: &[Example]) -> BTreeMap<String, Vec<Span>> {
    let sources: Vec<Source<'_>> = examples
        .iter()
        .map(|example| Source { path: path(example), bytes: example.text.as_bytes() })
        .collect();
    let manifest = examples.iter().find(|example| path(example) == "manifest.json");
    let plugin = manifest.map(|manifest| {
        let manifest: Value =
            serde_json::from_str(&manifest.text).expect("the manifest of an example is JSON");
        let imports = manifest["imports"].as_array().into_iter().flatten();
        let imports: Vec<String> = imports.filter_map(Value::as_str).map(str::to_owned).collect();
        Plugin::of(&manifest, &imports)
    });
    let package = Package::read(&sources, plugin);
    let config = Config::default();
    let mut found = Found::new(&package, &rule.about, Level::Error, &config);
    (rule.check)(&package, &mut found);
    let mut spans = BTreeMap::new();
    for (file, findings, _) in found.into_files() {
        let mut places: Vec<Span> = findings.iter().map(|finding| finding.span).collect();
        places.sort();
        spans.insert(package.files[file].path.clone(), places);
    }
    spans
}

#[test]
fn bad_examples_are_reported_where_they_are_marked_and_good_ones_are_not() {
    let mut problems = Vec::new();
    for rule in RULES {
        let name = rule.about.name;
        let page = rule.about.page();
        if page.bad.is_empty()
            || page.good.is_empty()
            || page.bad.iter().all(|example| example.marked.is_empty())
        {
            problems.push(format!("{name} has no bad example with a mark, or no good one"));
        }
        let marked: BTreeMap<String, Vec<Span>> = page
            .bad
            .iter()
            .filter(|example| !example.marked.is_empty())
            .map(|example| (path(example).to_owned(), example.marked.clone()))
            .collect();
        let reported = found(rule, &page.bad);
        if reported != marked {
            problems.push(format!("{name}: marked {marked:?}, reported {reported:?}"));
        }
        let reported = found(rule, &page.good);
        if !reported.is_empty() {
            problems.push(format!("{name}: the good example is reported: {reported:?}"));
        }
    }
    assert!(problems.is_empty(), "\n{}\n", problems.join("\n"));
}

#[test]
fn codes_and_names_are_unique_and_in_order() {
    assert!(RULES.windows(2).all(|pair| pair[0].about.code < pair[1].about.code));
    let mut names: Vec<&str> = RULES.iter().map(|rule| rule.about.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), RULES.len());
}

#[test]
fn a_model_can_allow_a_finding_of_a_package() {
    let model = |documentation: &str| {
        format!(
            "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\"><process id=\"exampleorg_count\" isExecutable=\"true\">\
             <documentation>{documentation}</documentation></process></definitions>"
        )
    };
    let activity =
        br#"{ "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/other" }"#;
    let reported = |documentation: &str| {
        let model = model(documentation);
        let sources = [
            Source { path: "bpe/count.bpmn", bytes: model.as_bytes() },
            Source { path: "fhir/ActivityDefinition/other.json", bytes: activity },
        ];
        let report = tessera_lint::package(&sources, None, &Config::default());
        let is_it = |finding: &tessera_bpmn::lint::Finding| finding.rule == "process-activity-definition";
        let file = &report.files[0];
        (file.findings.iter().any(is_it), file.suppressed.iter().any(|(finding, _)| is_it(finding)))
    };
    assert_eq!(reported("counts"), (true, false));
    let allowed = "tessera-lint: allow process-activity-definition because another plugin brings it";
    assert_eq!(reported(allowed), (false, true));
}
