//! For programs: everything that is known, in a form of a version of its own. Lines and columns count from 1, columns in
//! characters; offsets count bytes of the text as UTF-8, without a byte order mark.

use serde::Serialize;
use tessera_bpmn::diagnostic::Position;
use tessera_bpmn::lint::Level;

use crate::outcome::{Checked, Outcome};

/// Grows when a reader of the last version would misunderstand this one.
const VERSION: u32 = 1;

/// The whole document, in one line, with the files as [`file()`] wrote them.
///
/// # Panics
/// Never: what is written here is text, numbers and lists of them.
pub fn document(outcome: &Outcome, files: &[String]) -> String {
    let tool = Tool { name: "tessera", version: env!("CARGO_PKG_VERSION") };
    let summary = Summary {
        files: outcome.files.len(),
        errors: outcome.count(Level::Error),
        warnings: outcome.count(Level::Warning),
        infos: outcome.count(Level::Info),
    };
    let (tool, summary, failures) = (written(&tool), written(&summary), written(&outcome.failures));
    let mut text = format!(r#"{{"version":{VERSION},"tool":{tool},"summary":{summary},"files":["#);
    for (number, file) in files.iter().enumerate() {
        if number > 0 {
            text.push(',');
        }
        text.push_str(file);
    }
    text.push_str("],\"failures\":");
    text.push_str(&failures);
    text.push('}');
    text
}

fn written(content: &impl Serialize) -> String {
    serde_json::to_string(content).expect("text, numbers and lists of them can be written")
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    files: usize,
    errors: usize,
    warnings: usize,
    infos: usize,
}

#[derive(Serialize)]
struct File<'o> {
    path: &'o str,
    findings: Vec<Finding<'o>>,
    suppressed: Vec<Finding<'o>>,
    baseline: Vec<Finding<'o>>,
    omitted: usize,
}

#[derive(Serialize)]
struct Finding<'o> {
    code: &'o str,
    rule: &'o str,
    level: &'o str,
    message: &'o str,
    help: Option<&'o str>,
    start: Place,
    end: Place,
    element: Option<&'o str>,
    process: Option<&'o str>,
    related: Vec<Related<'o>>,
    fix: Option<Fix<'o>>,
    /// Why it is allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'o str>,
}

#[derive(Serialize)]
struct Place {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
struct Related<'o> {
    start: Place,
    message: &'o str,
}

#[derive(Serialize)]
struct Fix<'o> {
    title: &'o str,
    edits: Vec<Edit<'o>>,
}

#[derive(Serialize)]
struct Edit<'o> {
    start: u32,
    end: u32,
    text: &'o str,
}

/// A file of the document. Each can be written by a thread of its own.
///
/// # Panics
/// Never, as [`document()`].
pub fn file(file: &Checked) -> String {
    let report = &file.report;
    let suppressed = report.suppressed.iter();
    written(&File {
        path: &report.path,
        findings: report.findings.iter().map(|found| finding(found, None)).collect(),
        suppressed: suppressed.map(|(found, reason)| finding(found, Some(reason))).collect(),
        baseline: file.known.iter().map(|found| finding(found, None)).collect(),
        omitted: report.omitted,
    })
}

fn finding<'o>(finding: &'o tessera_bpmn::lint::Finding, reason: Option<&'o str>) -> Finding<'o> {
    let place =
        |position: Position, offset: u32| Place { line: position.line, column: position.column, offset };
    let related = finding.related.iter();
    Finding {
        code: finding.code,
        rule: finding.rule,
        level: finding.level.name(),
        message: &finding.message,
        help: finding.help.as_deref(),
        start: place(finding.start, finding.span.start),
        end: place(finding.end, finding.span.end),
        element: finding.element.as_deref(),
        process: finding.process.as_deref(),
        related: related
            .map(|related| Related {
                start: place(related.start, related.span.start),
                message: &related.message,
            })
            .collect(),
        fix: finding.fix.as_ref().map(|fix| Fix {
            title: &fix.title,
            edits: fix
                .edits
                .iter()
                .map(|edit| Edit { start: edit.span.start, end: edit.span.end, text: &edit.text })
                .collect(),
        }),
        reason,
    }
}
