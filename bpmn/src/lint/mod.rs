//! What is wrong or doubtful in a model file, said all at once: with code, position, advice, and a fix where one is safe.
//!
//! A rule is one file in `rules/`; its header is its manual page, and the page's two examples are its test. The table
//! in `rules/codes.rs` names every rule once. [`rule::Rule`] is generic over what it checks: the rules here check one
//! BPMN [`File`]; a crate above has rules of the same type over what it knows besides, and collects with the same [`Findings`].
//! [`document`] reads XML with recovery and keeps the place of everything. Start reading at [`lint`].

mod camunda;
pub mod config;
pub mod document;
mod encoding;
mod explored;
pub mod file;
pub mod finding;
pub mod flow;
mod item;
mod names;
pub mod page;
mod place;
pub mod rule;
mod scan;
mod schema;
mod shape;
mod suppression;
mod tree;
mod zeebe;

#[path = "rules/codes.rs"]
pub mod rules;

pub use config::{Config, Preset, Setting, Target};
pub use document::{Document, Node, Space};
pub use encoding::Encoding;
pub use file::File;
pub use finding::{Edit, Finding, Findings, Fix, Level, Related, Span};
pub use place::locate;
pub use rule::{About, FileRule, Group, Rule, Status};

/// A file to be checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source<'s> {
    /// How findings name it.
    pub path: &'s str,
    /// What is in it.
    pub bytes: &'s [u8],
}

/// What was found in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// The path of its [`Source`].
    pub path: String,
    /// Its text, decoded; spans of findings count bytes in it.
    pub text: String,
    /// How it was encoded; a fixed text is written in the same way.
    pub encoding: Encoding,
    /// Everything found, in the order of the file.
    pub findings: Vec<Finding>,
    /// Findings that were allowed in the file itself, with the reason given.
    pub suppressed: Vec<(Finding, String)>,
    /// How many findings were beyond [`LINT_FINDINGS_MAX`](crate::limits::LINT_FINDINGS_MAX) and are not listed.
    pub omitted: usize,
}

/// What was found in all files, in the order in which they were given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// One for each file.
    pub files: Vec<FileReport>,
}

/// Checks files with the rules of [`rules::RULES`].
///
/// ```
/// use tessera_bpmn::lint::{Config, Source, lint};
///
/// let source = Source { path: "a.bpmn", bytes: b"<definitions>" };
/// let report = lint(&[source], &Config::default());
/// assert_eq!(report.files[0].findings[0].rule, "xml-well-formed");
/// ```
#[must_use]
pub fn lint(files: &[Source<'_>], config: &Config) -> Report {
    Report { files: files.iter().map(|source| lint_file(*source, config)).collect() }
}

/// Checks one file.
#[must_use]
pub fn lint_file(source: Source<'_>, config: &Config) -> FileReport {
    lint_file_with(source, config, Vec::new())
}

/// Checks one file, and takes in what rules over more than one file found in it: suppressions and order hold for both.
#[must_use]
pub fn lint_file_with(source: Source<'_>, config: &Config, others: Vec<Finding>) -> FileReport {
    // A suppression may be of a rule that only a crate above knows.
    lint_document(Document::read(source.bytes), source.path, config, others, |_| true)
}

/// Checks a file that has been read already. `is_rule` says whether there is a rule with a name or code at all.
#[must_use]
pub fn lint_document(
    document: Document,
    path: &str,
    config: &Config,
    others: Vec<Finding>,
    is_rule: fn(&str) -> bool,
) -> FileReport {
    let mut found = check(&document, config, others);
    let suppressions = suppression::Suppressions::of(&document);
    locate(document.text(), &mut found.findings);
    let (findings, suppressed) = suppressions.apply(&document, found.findings, config, is_rule);
    let (text, encoding) = document.into_text();
    FileReport { path: path.to_owned(), text, encoding, findings, suppressed, omitted: found.omitted }
}

/// Findings, sorted, and the number of those left out.
struct Found {
    findings: Vec<Finding>,
    omitted: usize,
}

fn check(document: &Document, config: &Config, others: Vec<Finding>) -> Found {
    let file = File::new(document, config);
    let mut found = Found { findings: others, omitted: 0 };
    for rule in rules::RULES {
        let about = &rule.about;
        if !file.is_subject_to(about.group) {
            continue;
        }
        let Some(level) = config.level(about) else { continue };
        let mut findings = Findings::new(about, level, config);
        (rule.check)(&file, &mut findings);
        found.omitted = found.omitted.saturating_add(findings.omitted());
        found.findings.append(&mut findings.into_found());
    }
    for finding in &mut found.findings {
        if finding.element.is_none() {
            let node = document.innermost(finding.span.start);
            finding.element = node.and_then(Node::nearest_id).map(str::to_owned);
        }
        if finding.process.is_none() {
            finding.process =
                document.innermost(finding.span.start).and_then(Node::process_id).map(str::to_owned);
        }
    }
    found.findings.sort_by(|left, right| (left.span, left.code).cmp(&(right.span, right.code)));
    found.findings.dedup_by(|later, earlier| {
        later.span == earlier.span && later.code == earlier.code && later.message == earlier.message
    });
    let max = crate::limits::LINT_FINDINGS_MAX;
    found.omitted = found.omitted.saturating_add(found.findings.len().saturating_sub(max));
    found.findings.truncate(max);
    found
}
