//! Scenario files: what a process does when this and that happens, run against the production driver in virtual time.
//!
//! A file ([`schema`]) names models and steps; [`runner`] does the steps in a [`world`], looks by [`observation`] and judges by
//! [`comparison`]. Nothing here knows how BPMN works. The format is explained in `tests/scenarios/README.md`.

pub mod comparison;
pub mod history;
pub mod hosted;
pub mod messages;
pub mod models;
pub mod observation;
pub mod report;
pub mod runner;
pub mod schema;
pub mod world;

use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::limits::SCENARIO_FILE_BYTES_MAX;
use report::{Report, Verdict};
use runner::{Failure, Options};
use schema::Scenario;

/// The paths hold no scenarios.
#[derive(Debug, thiserror::Error)]
pub enum PathError {
    /// It cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is nothing to run.
    #[error("there is no scenario file (*.yaml, *.yml) in {}", path.display())]
    Empty {
        /// Which folder.
        path: PathBuf,
    },
}

/// All scenario files under these paths: files as they are, folders with all that they contain, in order of their names.
pub fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, PathError> {
    let mut all = Vec::new();
    for path in paths {
        let unreadable = |source| PathError::Unreadable { path: path.clone(), source };
        if !std::fs::metadata(path).map_err(unreadable)?.is_dir() {
            all.push(path.clone());
            continue;
        }
        let mut found = Vec::new();
        let mut folders = vec![path.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).map_err(unreadable)? {
                let entry = entry.map_err(unreadable)?;
                let path = entry.path();
                if entry.file_type().map_err(unreadable)?.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|kind| kind == "yaml" || kind == "yml") {
                    found.push(path);
                }
            }
        }
        if found.is_empty() {
            return Err(PathError::Empty { path: path.clone() });
        }
        found.sort();
        all.extend(found);
    }
    Ok(all)
}

/// Runs every file. What is wrong with one is in the report and stops no other.
pub fn run(files: &[PathBuf], options: &Options) -> Report {
    Report { verdicts: files.iter().map(|file| judge(file, options)).collect() }
}

fn judge(file: &Path, options: &Options) -> Verdict {
    let begin = Instant::now();
    let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut verdict = Verdict {
        file: file.to_owned(),
        id: name,
        title: String::new(),
        failure: None,
        trace: Vec::new(),
        seconds: 0.0,
    };
    match read(file) {
        Err(problem) => {
            let (differences, evidence) = (Vec::new(), Vec::new());
            verdict.failure = Some(Failure { step: None, problem, differences, evidence });
        }
        Ok(scenario) => {
            let folder = std::path::absolute(file).unwrap_or_else(|_| file.to_owned());
            let folder = folder.parent().unwrap_or_else(|| Path::new(".")).to_owned();
            let played = runner::play(&scenario, &folder, options);
            verdict = Verdict {
                id: scenario.id,
                title: scenario.title,
                failure: played.failure,
                trace: played.trace,
                ..verdict
            };
        }
    }
    verdict.seconds = begin.elapsed().as_secs_f64();
    verdict
}

/// Reads one scenario file.
pub fn read(file: &Path) -> Result<Scenario, String> {
    let bytes = std::fs::metadata(file).map_err(|error| error.to_string())?.len();
    if bytes > SCENARIO_FILE_BYTES_MAX {
        return Err(format!("the file has {bytes} bytes; at most {SCENARIO_FILE_BYTES_MAX} are read"));
    }
    let text = std::fs::read_to_string(file).map_err(|error| error.to_string())?;
    serde_saphyr::from_str(&text).map_err(|error| error.to_string())
}
