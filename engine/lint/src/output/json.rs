//! For programs: everything that is known, in a form of a version of its own. Lines and columns count from 1, columns in
//! characters; offsets count bytes of the text as UTF-8.

#![expect(clippy::indexing_slicing, reason = "indexing a JSON object by name inserts what is missing")]

use serde_json::{Value, json};
use tessera_bpmn::diagnostic::Position;
use tessera_bpmn::lint::{Finding, Level};

use crate::outcome::Outcome;

/// Grows when a reader of the last version would misunderstand this one.
const VERSION: u32 = 1;

/// The whole document.
pub fn document(outcome: &Outcome) -> Value {
    let files = outcome.files.iter().map(|file| {
        let report = &file.report;
        json!({
            "path": report.path,
            "findings": report.findings.iter().map(finding).collect::<Vec<_>>(),
            "suppressed": report.suppressed.iter().map(|(suppressed, reason)| {
                let mut suppressed = finding(suppressed);
                suppressed["reason"] = json!(reason);
                suppressed
            }).collect::<Vec<_>>(),
            "baseline": file.known.iter().map(finding).collect::<Vec<_>>(),
            "omitted": report.omitted,
        })
    });
    json!({
        "version": VERSION,
        "tool": { "name": "tessera", "version": env!("CARGO_PKG_VERSION") },
        "summary": {
            "files": outcome.files.len(),
            "errors": outcome.count(Level::Error),
            "warnings": outcome.count(Level::Warning),
            "infos": outcome.count(Level::Info),
        },
        "files": files.collect::<Vec<_>>(),
        "failures": outcome.failures.iter().collect::<Vec<_>>(),
    })
}

fn finding(finding: &Finding) -> Value {
    let place = |position: Position, offset: u32| json!({ "line": position.line, "column": position.column, "offset": offset });
    json!({
        "code": finding.code,
        "rule": finding.rule,
        "level": finding.level.name(),
        "message": finding.message,
        "help": finding.help,
        "start": place(finding.start, finding.span.start),
        "end": place(finding.end, finding.span.end),
        "element": finding.element,
        "process": finding.process,
        "related": finding.related.iter().map(|related| json!({
            "start": place(related.start, related.span.start),
            "message": related.message,
        })).collect::<Vec<_>>(),
        "fix": finding.fix.as_ref().map(|fix| json!({
            "title": fix.title,
            "edits": fix.edits.iter().map(|edit| json!({
                "start": edit.span.start, "end": edit.span.end, "text": edit.text,
            })).collect::<Vec<_>>(),
        })),
    })
}
