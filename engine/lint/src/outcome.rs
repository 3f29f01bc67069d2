//! What a run came to, as every output sees it.

use tessera_bpmn::lint::{FileReport, Finding, Level};

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// One for each file, in order.
    pub files: Vec<Checked>,
    /// What could not be looked at, and why.
    pub failures: Vec<String>,
}

/// A file after the check.
#[derive(Debug)]
pub struct Checked {
    /// What was found.
    pub report: FileReport,
    /// What was found and is in the baseline.
    pub known: Vec<Finding>,
}

impl Outcome {
    /// All findings that count.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        self.files.iter().flat_map(|file| &file.report.findings)
    }

    /// How many findings have a level.
    pub fn count(&self, level: Level) -> usize {
        self.findings().filter(|finding| finding.level == level).count()
    }
}
