//! Rules over a whole package: process models, FHIR resources and, where it is built, the plugin that brings them.
//!
//! The rules over one BPMN file are in `tessera_bpmn::lint`; these here have the same form and need what that crate does not
//! know. This crate reads no file, runs no plugin and knows no clock: bytes come in, findings go out, in the forms of
//! [`output`]. Start reading at [`package()`]; what rules see is [`package::Package`], the table of rules is in
//! `rules/codes.rs`, what can be configured in [`settings`].
#![warn(missing_docs, clippy::indexing_slicing, clippy::as_conversions)]
#![cfg_attr(
    test,
    allow(clippy::indexing_slicing, reason = "a test that is out of bounds fails, as it should")
)]

pub mod baseline;
pub mod difference;
pub mod limits;
pub mod outcome;
pub mod output;
pub mod package;
mod pattern;
mod place;
pub mod reference;
pub mod repair;
pub mod report;
#[path = "rules/codes.rs"]
pub mod rules;
pub mod settings;
mod vocabulary;

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_bpmn::lint::{About, Config, Encoding, FileReport, Report, Source};

use crate::package::{Content, File, Package, Plugin};
use crate::rules::InFile;

/// Checks files: each model with the rules over one file, and what belongs together with the rules of [`rules::RULES`].
///
/// Without a plugin, files are split into packages by their folders (a tree may hold several plugins). With one, all
/// files are the plugin's, and the file called `manifest.json` is where findings about the manifest are placed. Messages are
/// followed from one package to another. The report has a file for each that was given, in their order.
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
    let mut read: Vec<Option<File>> = files.iter().map(|source| Some(File::read(*source))).collect();
    let exchange = Arc::new(package::exchange(read.iter().flatten()));
    let mut reports: BTreeMap<usize, FileReport> = BTreeMap::new();
    for group in groups {
        let files: Vec<File> = group.iter().filter_map(|index| read.get_mut(*index)?.take()).collect();
        let package = Package { files, plugin: plugin.cloned(), exchange: Arc::clone(&exchange) };
        let found = rules::run(&package, &vec![config; package.files.len()]);
        let files = package.files.into_iter().zip(found);
        for (index, (file, found)) in group.into_iter().zip(files) {
            reports.insert(index, file_report(file, found, config));
        }
    }
    Report { files: reports.into_values().collect() }
}

/// The last of the three steps of [`package()`], for who takes them one by one because they have threads: after
/// [`File::read`], which knows one file, and [`rules::run`], which knows one package. Runs the rules over one file, where it is a model.
#[must_use]
pub fn file_report(file: File, found: InFile, config: &Config) -> FileReport {
    let InFile { mut findings, omitted } = found;
    let (path, content, text) = file.into_parts();
    match content {
        Content::Model(model) => {
            let is_rule = |rule: &str| known().any(|about| about.name == rule || about.code == rule);
            let mut report =
                tessera_bpmn::lint::lint_document(model.document, &path, config, findings, is_rule);
            report.omitted = report.omitted.saturating_add(omitted);
            report
        }
        Content::Resource(_) | Content::Unreadable(_) | Content::Unopened(_) | Content::Other => {
            tessera_bpmn::lint::locate(&text, &mut findings);
            findings.sort_by(|left, right| (left.span, left.code).cmp(&(right.span, right.code)));
            let encoding = Encoding::Utf8;
            FileReport { path, text, encoding, findings, suppressed: Vec::new(), omitted }
        }
    }
}

/// Everything that is known about every rule, in the order of their codes.
pub fn known() -> impl Iterator<Item = &'static About> {
    let of_files = tessera_bpmn::lint::rules::RULES.iter().map(|rule| &rule.about);
    of_files.chain(rules::RULES.iter().map(|rule| &rule.about))
}

/// The rule with this code or name.
pub fn find_rule(code: &str) -> Option<&'static About> {
    known().find(|about| about.name == code || about.code.eq_ignore_ascii_case(code))
}
