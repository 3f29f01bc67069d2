//! For build servers: JUnit XML, for the linter and for whoever else has cases that pass or fail. It is valid by the schema
//! of Jenkins and by the stricter one of Windy Road, which asks for a time, a host and empty elements in every suite.
//!
//! Of the linter a file is a suite; each finding that makes the run fail is a case that failed, and a file without any finding
//! is one case that passed. Other findings are cases that passed, and are told in the output of their suite.

use std::fmt::Write as _;

use tessera_bpmn::lint::{FileReport, Level};

use crate::outcome::Outcome;

/// Cases that belong together.
#[derive(Debug, Clone, Default)]
pub struct Suite {
    /// Its name; not empty.
    pub name: String,
    /// What was tried.
    pub cases: Vec<Case>,
    /// What there is to say besides.
    pub output: String,
}

/// Something that was tried.
#[derive(Debug, Clone)]
pub struct Case {
    /// What it is part of.
    pub class: String,
    /// Its name.
    pub name: String,
    /// How long it took.
    pub seconds: f64,
    /// What became of it.
    pub verdict: Verdict,
}

/// What became of a case.
#[derive(Debug, Clone)]
pub enum Verdict {
    /// All is well.
    Passed,
    /// It is not as it should be.
    Failed(Reason),
    /// It could not be tried.
    Broken(Reason),
}

/// Why a case did not pass.
#[derive(Debug, Clone)]
pub struct Reason {
    /// One word.
    pub kind: String,
    /// One line.
    pub message: String,
    /// All of it.
    pub text: String,
}

/// The whole document. `moment` is when it was tried, as `2026-01-31T12:00:00`.
pub fn document(suites: &[Suite], moment: &str) -> String {
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    for (number, suite) in suites.iter().enumerate() {
        write(&mut xml, number, suite, moment);
    }
    xml.push_str("</testsuites>\n");
    xml
}

fn write(xml: &mut String, number: usize, suite: &Suite, moment: &str) {
    let count = |is_it: fn(&Verdict) -> bool| suite.cases.iter().filter(|case| is_it(&case.verdict)).count();
    let failures = count(|verdict| matches!(verdict, Verdict::Failed(_)));
    let errors = count(|verdict| matches!(verdict, Verdict::Broken(_)));
    let seconds = suite.cases.iter().map(|case| case.seconds).sum::<f64>();
    let (name, tests) = (escaped(&suite.name), suite.cases.len());
    let _ = writeln!(
        xml,
        "  <testsuite package=\"tessera\" id=\"{number}\" name=\"{name}\" timestamp=\"{moment}\" hostname=\"localhost\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" time=\"{seconds:.3}\">\n    \
         <properties><property name=\"tessera\" value=\"{}\"/></properties>",
        env!("CARGO_PKG_VERSION")
    );
    for case in &suite.cases {
        let (class, name, seconds) = (escaped(&case.class), escaped(&case.name), case.seconds);
        let _ = write!(xml, "    <testcase classname=\"{class}\" name=\"{name}\" time=\"{seconds:.3}\"");
        let (element, reason) = match &case.verdict {
            Verdict::Passed => {
                xml.push_str("/>\n");
                continue;
            }
            Verdict::Failed(reason) => ("failure", reason),
            Verdict::Broken(reason) => ("error", reason),
        };
        let (kind, message, text) = (escaped(&reason.kind), escaped(&reason.message), escaped(&reason.text));
        let _ =
            writeln!(xml, "><{element} type=\"{kind}\" message=\"{message}\">{text}</{element}></testcase>");
    }
    let _ = writeln!(
        xml,
        "    <system-out>{}</system-out>\n    <system-err></system-err>\n  </testsuite>",
        escaped(&suite.output)
    );
}

/// What the linter found. Findings from `fail_on` on fail.
pub fn suites(outcome: &Outcome, fail_on: Level) -> Vec<Suite> {
    let mut suites: Vec<Suite> = outcome.files.iter().map(|file| suite(&file.report, fail_on)).collect();
    if !outcome.failures.is_empty() {
        let cases = outcome.failures.iter().map(|error| {
            let reason =
                Reason { kind: "unreadable".to_owned(), message: error.clone(), text: error.clone() };
            case("tessera lint", "reading", Verdict::Broken(reason))
        });
        let (name, cases) = ("tessera lint".to_owned(), cases.collect());
        suites.push(Suite { name, cases, output: String::new() });
    }
    suites
}

fn case(class: &str, name: &str, verdict: Verdict) -> Case {
    Case { class: class.to_owned(), name: name.to_owned(), seconds: 0.0, verdict }
}

fn suite(report: &FileReport, fail_on: Level) -> Suite {
    let path = report.path.as_str();
    let mut suite = Suite { name: path.to_owned(), ..Suite::default() };
    for finding in &report.findings {
        let name = format!("{} {} {}", finding.start, finding.code, finding.rule);
        let mut text = format!("{path}:{}: {}", finding.start, finding.message);
        if let Some(element) = &finding.element {
            let _ = write!(text, "\nelement: {element}");
        }
        if let Some(help) = &finding.help {
            let _ = write!(text, "\nhelp: {help}");
        }
        let kind = finding.level.name().to_owned();
        let verdict = if finding.level <= fail_on {
            Verdict::Failed(Reason { kind, message: finding.message.clone(), text })
        } else {
            let _ = writeln!(suite.output, "{kind}: {text}");
            Verdict::Passed
        };
        suite.cases.push(case(path, &name, verdict));
    }
    if suite.cases.is_empty() {
        suite.cases.push(case(path, "no findings", Verdict::Passed));
    }
    suite
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
            '\n' => escaped.push_str("&#10;"),
            '\t' => escaped.push_str("&#9;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            control if control.is_control() => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}
