//! What became of all scenarios of a run, for people, for programs and for build servers.

use std::fmt::{self, Write as _};
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};
use tessera_lint::output::junit;

use super::runner::Failure;
use crate::table::Table;

/// A whole run.
#[derive(Debug, Default)]
pub struct Report {
    /// One per file, in order.
    pub verdicts: Vec<Verdict>,
}

/// What became of one file.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    /// The file.
    pub file: PathBuf,
    /// The scenario's name; the file's if it cannot be read.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// Why it did not pass.
    pub failure: Option<Failure>,
    /// What happened, step by step.
    #[serde(skip)]
    pub trace: Vec<String>,
    /// How long it took, on a clock on the wall.
    pub seconds: f64,
}

impl Report {
    /// How many did not pass.
    pub fn failed(&self) -> usize {
        self.verdicts.iter().filter(|verdict| verdict.failure.is_some()).count()
    }

    /// For people. The last line says how many passed and failed.
    pub fn human(&self, trace: bool) -> String {
        let mut text = String::new();
        for verdict in &self.verdicts {
            text.push_str(&verdict.to_string());
            for line in verdict.trace.iter().filter(|_| trace) {
                let _ = writeln!(text, "        {line}");
            }
        }
        let failed = self.failed();
        let passed = self.verdicts.len().saturating_sub(failed);
        let _ = writeln!(text, "{passed} passed, {failed} failed");
        text
    }

    /// For build servers.
    pub fn junit(&self, moment: &str) -> String {
        let cases = self.verdicts.iter().map(|verdict| junit::Case {
            class: verdict.file.display().to_string(),
            name: verdict.id.clone(),
            seconds: verdict.seconds,
            verdict: match &verdict.failure {
                None => junit::Verdict::Passed,
                Some(failure) => junit::Verdict::Failed(junit::Reason {
                    kind: "scenario".to_owned(),
                    message: failure.problem.lines().next().unwrap_or_default().to_owned(),
                    text: verdict.to_string(),
                }),
            },
        });
        let (name, cases) = ("scenarios".to_owned(), cases.collect());
        junit::document(&[junit::Suite { name, cases, output: String::new() }], moment)
    }

    /// For programs.
    pub fn json(&self) -> Value {
        let failed = self.failed();
        json!({
            "passed": self.verdicts.len().saturating_sub(failed),
            "failed": failed,
            "scenarios": self.verdicts,
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(failure) = &self.failure else { return writeln!(formatter, "ok      {}", self.id) };
        writeln!(formatter, "FAILED  {} ({})", self.id, self.file.display())?;
        writeln!(formatter, "        {}", self.title)?;
        let step = failure.step.as_ref().map(|step| format!("step {step}: ")).unwrap_or_default();
        for (index, line) in failure.problem.lines().enumerate() {
            writeln!(formatter, "        {}{line}", if index == 0 { step.as_str() } else { "" })?;
        }
        if !failure.differences.is_empty() {
            let mut table = Table::new(["", "expected", "actual"]);
            for difference in &failure.differences {
                table.row([difference.of.clone(), difference.expected.clone(), difference.actual.clone()]);
            }
            for line in table.to_string().lines() {
                writeln!(formatter, "        {line}")?;
            }
        }
        for line in &failure.evidence {
            writeln!(formatter, "        | {line}")?;
        }
        Ok(())
    }
}
