//! From model files to definitions that a driver can execute: found, placeholders replaced, compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use tessera_bpmn::compile;
use tessera_bpmn::decision::{self, Decisions};
use tessera_bpmn::diagnostic::{Diagnostic, Severity, codes};
use tessera_bpmn::read;
use tessera_core::driver::Deployment;
use tessera_core::identity::DefinitionKey;

use crate::limits::MODEL_FILE_BYTES_MAX;

/// Why models cannot be executed.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file is not where it was looked for.
    #[error("model {name} is neither in {} nor in a folder above; set --models", folder.display())]
    Missing {
        /// As the scenario names it.
        name: String,
        /// Where the search began.
        folder: PathBuf,
    },
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no model for us.
    #[error("{} is larger than {MODEL_FILE_BYTES_MAX} bytes, or not UTF-8", path.display())]
    NoText {
        /// Which.
        path: PathBuf,
    },
    /// The model is refused.
    #[error("{}", listed(path, findings))]
    Refused {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        findings: Vec<Diagnostic>,
    },
}

impl ModelError {
    /// Whether the model itself is wrong, not only beyond what can be executed yet.
    pub fn is_verdict(&self) -> bool {
        match self {
            Self::Refused { findings, .. } => findings.iter().any(|finding| {
                ![codes::NOT_EXECUTABLE_YET, codes::EXPRESSION_LANGUAGE].contains(&finding.code)
            }),
            Self::Missing { .. } | Self::Unreadable { .. } | Self::NoText { .. } => false,
        }
    }
}

fn listed(path: &Path, findings: &[Diagnostic]) -> String {
    let lines = findings.iter().map(|finding| format!("{}:{finding}", path.display()));
    lines.collect::<Vec<_>>().join("\n")
}

/// Finds a model: under `models` if that is given, else in `folder` or the nearest folder above that has it.
pub fn find(name: &str, models: Option<&Path>, folder: &Path) -> Result<PathBuf, ModelError> {
    let folders: Vec<&Path> = match models {
        Some(models) => vec![models],
        None => folder.ancestors().collect(),
    };
    let mut candidates = folders.iter().map(|folder| folder.join(name));
    candidates.find(|path| path.is_file()).ok_or_else(|| ModelError::Missing {
        name: name.to_owned(),
        folder: models.unwrap_or(folder).to_owned(),
    })
}

/// Whether a file holds decisions, not processes.
pub fn is_decisions(path: &Path) -> bool {
    path.to_str().is_some_and(decision::is_file_name)
}

/// The decisions of some files.
pub fn decisions<'p>(paths: impl IntoIterator<Item = &'p Path>) -> Result<Decisions, ModelError> {
    let mut decisions = Decisions::default();
    for path in paths {
        let refused = |findings| ModelError::Refused { path: path.to_owned(), findings };
        decisions.extend(Decisions::read(&content(path)?).map_err(refused)?);
    }
    Ok(decisions)
}

/// The files with decisions that lie beside a model.
pub fn decisions_beside(model: &Path) -> Result<Decisions, ModelError> {
    let folder =
        model.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let unreadable = |source| ModelError::Unreadable { path: folder.to_owned(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if is_decisions(&path) && path.is_file() {
            files.push(path);
        }
    }
    files.sort();
    decisions(files.iter().map(PathBuf::as_path))
}

fn content(path: &Path) -> Result<Vec<u8>, ModelError> {
    let unreadable = |source| ModelError::Unreadable { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(unreadable)?.len() > MODEL_FILE_BYTES_MAX {
        return Err(ModelError::NoText { path: path.to_owned() });
    }
    std::fs::read(path).map_err(unreadable)
}

/// Every executable process of a file.
pub fn compile_file(
    path: &Path,
    substitutes: &BTreeMap<String, String>,
    decisions: &Decisions,
) -> Result<Vec<Deployment>, ModelError> {
    let no_text = || ModelError::NoText { path: path.to_owned() };
    let content = content(path)?;
    let content = if substitutes.is_empty() {
        content
    } else {
        let text = String::from_utf8(content).map_err(|_| no_text())?;
        substitute(text, substitutes).into_bytes()
    };
    let refused = |findings| ModelError::Refused { path: path.to_owned(), findings };
    let definitions = read::read(&content).into_result().map_err(refused)?;
    let digest: Arc<str> = crate::hex::lowercase(&Sha256::digest(&content)).into();
    let mut deployments = Vec::new();
    let mut findings = Vec::new();
    for process in compile::executable(&definitions) {
        let examination = compile::examine_with(&definitions, process, decisions);
        if let Some(program) = examination.program {
            let version = program.version_tag.as_deref().unwrap_or_default().into();
            let key = DefinitionKey { process_id: process.into(), version, digest: digest.clone() };
            deployments.push(Deployment { key, program: Arc::new(program) });
        } else {
            findings.extend(examination.diagnostics);
        }
    }
    findings.retain(|finding| finding.severity == Severity::Error);
    if !findings.is_empty() {
        return Err(refused(findings));
    }
    if deployments.is_empty() {
        let position = tessera_bpmn::diagnostic::Position::START;
        let finding =
            Diagnostic::error(codes::NOT_EXECUTABLE, "no process is marked as executable", position)
                .help("set isExecutable=\"true\"");
        return Err(refused(vec![finding]));
    }
    Ok(deployments)
}

fn substitute(mut text: String, substitutes: &BTreeMap<String, String>) -> String {
    for (key, value) in substitutes {
        text = text.replace(&format!("#{{{key}}}"), &tessera_lint::output::junit::escaped(value));
    }
    text
}
