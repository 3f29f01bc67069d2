//! For build servers: JUnit XML. A file is a suite; each finding is a case that failed, and a file without any is one case
//! that passed. Notes do not fail: they are cases with output.

use std::fmt::Write as _;

use tessera_bpmn::lint::{FileReport, Level};

use crate::outcome::Outcome;

/// The whole document.
pub fn document(outcome: &Outcome) -> String {
    let mut suites = String::new();
    let (mut tests, mut failures) = (0_usize, 0_usize);
    for file in &outcome.files {
        let failed = file.report.findings.iter().filter(|finding| finding.level < Level::Info).count();
        let cases = file.report.findings.len().max(1);
        tests += cases;
        failures += failed;
        suite(&mut suites, &file.report, cases, failed);
    }
    let errors = outcome.failures.len();
    if errors > 0 {
        let _ = writeln!(
            suites,
            "  <testsuite name=\"tessera lint\" tests=\"{errors}\" failures=\"0\" errors=\"{errors}\" skipped=\"0\" time=\"0\">"
        );
        for error in &outcome.failures {
            let error = escaped(error);
            let _ = writeln!(
                suites,
                "    <testcase name=\"reading\" classname=\"tessera lint\" time=\"0\"><error message=\"{error}\" type=\"unreadable\"/></testcase>"
            );
        }
        suites.push_str("  </testsuite>\n");
        tests += errors;
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"tessera lint\" tests=\"{tests}\" \
         failures=\"{failures}\" errors=\"{errors}\" time=\"0\">\n{suites}</testsuites>\n"
    )
}

fn suite(xml: &mut String, report: &FileReport, cases: usize, failed: usize) {
    let path = escaped(&report.path);
    let _ = writeln!(
        xml,
        "  <testsuite name=\"{path}\" tests=\"{cases}\" failures=\"{failed}\" errors=\"0\" skipped=\"0\" time=\"0\">"
    );
    if report.findings.is_empty() {
        let _ = writeln!(xml, "    <testcase name=\"no findings\" classname=\"{path}\" time=\"0\"/>");
    }
    for finding in &report.findings {
        let name = escaped(&format!("{} {} {}", finding.start, finding.code, finding.rule));
        let message = escaped(&finding.message);
        let mut body = format!("{}:{}: {}", report.path, finding.start, finding.message);
        if let Some(element) = &finding.element {
            let _ = write!(body, "\nelement: {element}");
        }
        if let Some(help) = &finding.help {
            let _ = write!(body, "\nhelp: {help}");
        }
        let body = escaped(&body);
        let _ = write!(xml, "    <testcase name=\"{name}\" classname=\"{path}\" time=\"0\">");
        let _ = match finding.level {
            Level::Error | Level::Warning => {
                let kind = finding.level.name();
                writeln!(xml, "<failure message=\"{message}\" type=\"{kind}\">{body}</failure></testcase>")
            }
            Level::Info => writeln!(xml, "<system-out>{body}</system-out></testcase>"),
        };
    }
    xml.push_str("  </testsuite>\n");
}

/// Text as XML content or attribute. Characters that XML 1.0 cannot hold are replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
