//! The report as JUnit XML, the form that every build server shows.

use std::fmt::Write as _;

use super::report::{Report, Verdict};

/// The whole document.
pub fn document(report: &Report) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let (total, failed) = (report.verdicts.len(), report.failed());
    let seconds = report.verdicts.iter().map(|verdict| verdict.seconds).sum::<f64>();
    let _ = writeln!(
        xml,
        "<testsuite name=\"scenarios\" tests=\"{total}\" failures=\"{failed}\" time=\"{seconds:.3}\">"
    );
    for verdict in &report.verdicts {
        case(&mut xml, verdict);
    }
    xml.push_str("</testsuite>\n");
    xml
}

fn case(xml: &mut String, verdict: &Verdict) {
    let file = escaped(&verdict.file.display().to_string());
    let (id, seconds) = (escaped(&verdict.id), verdict.seconds);
    let _ = write!(xml, "  <testcase classname=\"{file}\" name=\"{id}\" time=\"{seconds:.3}\"");
    match &verdict.failure {
        None => xml.push_str("/>\n"),
        Some(failure) => {
            let message = escaped(failure.problem.lines().next().unwrap_or_default());
            let text = escaped(&verdict.to_string());
            let _ = writeln!(xml, ">\n    <failure message=\"{message}\">{text}</failure>\n  </testcase>");
        }
    }
}

/// Text as XML content or attribute. Characters that XML 1.0 cannot hold are replaced.
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\n' | '\t' => escaped.push(character),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
