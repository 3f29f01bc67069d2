//! Rules over a whole package: process models, FHIR resources and, where it is built, the plugin that brings them.
//!
//! The rules over one BPMN file are in `tessera_bpmn::lint`; these here have the same form and need what that crate does not
//! know. This crate reads no file, runs no plugin and knows no clock: bytes come in, findings go out. Start reading at
//! [`package()`]; what rules see is [`package::Package`], the table of rules is in `rules/codes.rs`.
#![warn(missing_docs, clippy::indexing_slicing, clippy::as_conversions)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails, as it should")
)]

pub mod limits;
pub mod package;
mod place;
pub mod report;
#[path = "rules/codes.rs"]
pub mod rules;
mod vocabulary;

use std::collections::BTreeMap;

use tessera_bpmn::lint::{Config, Encoding, FileReport, Finding, Report, Source};

use crate::package::{File, Package, Plugin};

/// Checks files: each model with the rules over one file, and what belongs together with the rules of [`rules::RULES`].
///
/// Without a plugin, files are split into packages by their folders (a tree may hold several plugins). With one, all
/// files are the plugin's, and the file called `manifest.json` is where findings about the manifest are placed. The report
/// has a file for each that was given, in their order.
///
/// ```
/// use tessera_bpmn::lint::{Config, Source};
///
/// let task = br#"{ "resourceType": "Task", "status": "draft", "intent": "plan" }"#;
/// let source = Source { path: "fhir/Task/start.json", bytes: task };
/// let report = tessera_lint::package(&[source], None, &Config::default());
/// let draft = report.files[0].findings.iter().find(|finding| finding.rule == "task-draft").unwrap();
/// assert_eq!(draft.message, "the intent is `plan`, not `order`");
/// assert_eq!(draft.span.of(&report.files[0].text), "plan");
/// ```
#[must_use]
pub fn package(files: &[Source<'_>], plugin: Option<&Plugin>, config: &Config) -> Report {
    let groups = match plugin {
        Some(_) => vec![(0..files.len()).collect()],
        None => package::groups(files),
    };
    let mut reports: BTreeMap<usize, FileReport> = BTreeMap::new();
    for group in groups {
        let sources: Vec<Source<'_>> = group.iter().filter_map(|index| files.get(*index).copied()).collect();
        let package = Package::read(&sources, plugin.cloned());
        let mut found: BTreeMap<usize, Vec<Finding>> = BTreeMap::new();
        let mut omitted: BTreeMap<usize, usize> = BTreeMap::new();
        for (file, findings, more) in rules::run(&package, config) {
            found.entry(file).or_default().extend(findings);
            let omitted = omitted.entry(file).or_default();
            *omitted = omitted.saturating_add(more);
        }
        for ((number, file), (index, source)) in
            package.files.into_iter().enumerate().zip(group.into_iter().zip(sources))
        {
            let findings = found.remove(&number).unwrap_or_default();
            let omitted = omitted.remove(&number).unwrap_or_default();
            reports.insert(index, report(file, source, findings, omitted, config));
        }
    }
    Report { files: reports.into_values().collect() }
}

fn report(
    file: File,
    source: Source<'_>,
    mut findings: Vec<Finding>,
    omitted: usize,
    config: &Config,
) -> FileReport {
    if file.is_model() {
        let mut report = tessera_bpmn::lint::lint_file_with(source, config, findings);
        report.omitted = report.omitted.saturating_add(omitted);
        return report;
    }
    tessera_bpmn::lint::locate(&file.text, &mut findings);
    findings.sort_by(|left, right| (left.span, left.code).cmp(&(right.span, right.code)));
    FileReport {
        path: file.path,
        text: file.text,
        encoding: Encoding::Utf8,
        findings,
        suppressed: Vec::new(),
        omitted,
    }
}
