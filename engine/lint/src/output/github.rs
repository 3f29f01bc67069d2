//! For GitHub: workflow commands, which the site shows beside the changed lines.

use std::fmt::Write as _;

use tessera_bpmn::lint::Level;

use crate::outcome::Outcome;

/// One command for each finding.
pub fn document(outcome: &Outcome) -> String {
    let mut text = String::new();
    for file in &outcome.files {
        for finding in &file.report.findings {
            let kind = match finding.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Info => "notice",
            };
            let _ = write!(text, "::{kind} file={},line={}", property(&file.report.path), finding.start.line);
            // Columns count only within one line.
            if finding.start.line == finding.end.line {
                let _ = write!(text, ",col={},endColumn={}", finding.start.column, finding.end.column);
            } else {
                let _ = write!(text, ",endLine={}", finding.end.line);
            }
            let mut message = finding.message.clone();
            if let Some(help) = &finding.help {
                let _ = write!(message, "\n{help}");
            }
            let title = format!("{} {}", finding.code, finding.rule);
            let _ = writeln!(text, ",title={}::{}", property(&title), data(&message));
        }
    }
    text
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use tessera_bpmn::lint::{Config, Source, lint_file};

    use super::*;
    use crate::outcome::Checked;

    #[test]
    fn what_has_a_meaning_in_commands_is_escaped() {
        let report = lint_file(Source { path: "a,b:c%.bpmn", bytes: b"<a>\n::error::x" }, &Config::default());
        let outcome = Outcome { files: vec![Checked { report, known: Vec::new() }], failures: Vec::new() };
        let text = document(&outcome);
        assert!(text.starts_with("::error file=a%2Cb%3Ac%25.bpmn,line=1,col=1,endColumn="), "{text}");
        assert!(text.lines().all(|line| line.starts_with("::error file=")), "{text}");
    }
}
