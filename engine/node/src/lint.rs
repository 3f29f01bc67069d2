//! What the linter is given: files and folders as they lie on disk, and built plugins taken apart. Rules read no file and
//! know no WebAssembly; this is where both end. What is linted is never executed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tessera_bpmn::lint::{Config, Report, Source};
use tessera_lint::package::{MANIFEST, Plugin};
use tessera_plugin_host::{Package, PackageError};

use crate::limits::{LINT_FILE_BYTES_MAX, LINT_FILES_MAX, LINT_FOLDER_DEPTH_MAX};

/// Endings of files that a folder is searched for.
const ENDINGS: &[&str] = &[".bpmn", ".bpmn2", ".xml", ".json", ".wasm"];

/// A built plugin, taken apart.
#[derive(Debug)]
pub struct Opened {
    /// Its files, as paths behind that of the plugin, and first its manifest.
    pub files: Vec<(String, Vec<u8>)>,
    /// What it says about itself.
    pub plugin: Plugin,
}

/// Takes a plugin apart without running or compiling any of it.
pub fn open(path: &str, bytes: Vec<u8>) -> Result<Opened, PackageError> {
    let package = Package::read(bytes)?;
    let manifest = serde_json::to_value(package.manifest()).unwrap_or(Value::Null);
    let plugin = Plugin::of(&manifest, package.imports());
    let mut files = vec![(format!("{path}/{MANIFEST}"), format!("{manifest:#}").into_bytes())];
    files.extend(package.files().map(|(name, bytes)| (format!("{path}/{name}"), bytes.to_vec())));
    Ok(Opened { files, plugin })
}

impl Opened {
    /// Checks the plugin as a whole.
    pub fn lint(&self, config: &Config) -> Report {
        let sources: Vec<Source<'_>> =
            self.files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
        tessera_lint::package(&sources, Some(&self.plugin), config)
    }
}

/// Why something cannot be linted.
#[derive(Debug, thiserror::Error)]
pub enum LintError {
    /// Not there, or not ours to read.
    #[error("{path}: {error}")]
    Unreadable {
        /// What.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// Not a plugin.
    #[error("{path}: {error}")]
    Plugin {
        /// Which file.
        path: String,
        /// Why.
        error: PackageError,
    },
    /// More than is read.
    #[error("{path}: {limit}")]
    Limit {
        /// Where.
        path: String,
        /// Which bound.
        limit: String,
    },
}

/// Checks files, folders and plugins. Files of folders that are neither models nor resources are left out.
pub fn lint(paths: &[PathBuf], config: &Config) -> Result<Report, LintError> {
    let mut files = Vec::new();
    let mut report = Report::default();
    let mut all = Vec::new();
    for path in paths {
        all.append(&mut found(path)?);
    }
    for path in all {
        let shown = path.display().to_string();
        let bytes = read(&path)?;
        if has_ending(&shown, &[".wasm"]) {
            let opened = open(&shown, bytes).map_err(|error| LintError::Plugin { path: shown, error })?;
            report.files.extend(opened.lint(config).files);
        } else {
            files.push((shown, bytes));
        }
    }
    let sources: Vec<Source<'_>> = files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
    let mut all = tessera_lint::package(&sources, None, config);
    all.files.append(&mut report.files);
    Ok(all)
}

fn read(path: &Path) -> Result<Vec<u8>, LintError> {
    let shown = || path.display().to_string();
    let unreadable = |error| LintError::Unreadable { path: shown(), error };
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > LINT_FILE_BYTES_MAX {
        let limit = format!("the file has {bytes} bytes, at most {LINT_FILE_BYTES_MAX} are read");
        return Err(LintError::Limit { path: shown(), limit });
    }
    fs::read(path).map_err(unreadable)
}

/// The file itself, or the files of a folder, in order; hidden folders and links are not entered.
fn found(path: &Path) -> Result<Vec<PathBuf>, LintError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    let mut open = vec![(path.to_owned(), 0_usize)];
    while let Some((folder, depth)) = open.pop() {
        let shown = || folder.display().to_string();
        let entries =
            fs::read_dir(&folder).map_err(|error| LintError::Unreadable { path: shown(), error })?;
        if depth > LINT_FOLDER_DEPTH_MAX || files.len() > LINT_FILES_MAX {
            let limit =
                format!("more than {LINT_FOLDER_DEPTH_MAX} levels of folders, or {LINT_FILES_MAX} files");
            return Err(LintError::Limit { path: shown(), limit });
        }
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            match entry.file_type() {
                Ok(kind) if kind.is_dir() && !name.starts_with('.') => open.push((entry.path(), depth + 1)),
                Ok(kind) if kind.is_file() && has_ending(&name, ENDINGS) => files.push(entry.path()),
                Ok(_) | Err(_) => {}
            }
        }
    }
    files.sort();
    Ok(files)
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let path = path.to_ascii_lowercase();
    endings.iter().any(|ending| path.ends_with(ending))
}

#[cfg(test)]
mod tests {
    use tessera_bpmn::lint::Level;

    use super::*;

    fn errors(report: &Report) -> Vec<String> {
        let files = report.files.iter();
        files
            .flat_map(|file| {
                let errors = file.findings.iter().filter(|finding| finding.level == Level::Error);
                errors.map(|finding| {
                    format!("{}:{} {} {}", file.path, finding.start, finding.rule, finding.message)
                })
            })
            .collect()
    }

    #[test]
    fn the_example_plugins_have_no_errors_built_and_as_sources() {
        for (name, bytes) in [
            ("ping-pong", tessera_example_plugins::PING_PONG),
            ("hello-world", tessera_example_plugins::HELLO_WORLD),
        ] {
            let opened = open("plugin.wasm", bytes.to_vec()).unwrap();
            assert!(opened.files.len() > 5 && !opened.plugin.handlers.is_empty());
            assert_eq!(errors(&opened.lint(&Config::default())), [""; 0], "{name}");
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../example-plugins").join(name);
            let report = lint(&[folder.join("bpe"), folder.join("fhir")], &Config::default()).unwrap();
            assert!(report.files.len() >= 5);
            assert_eq!(errors(&report), [""; 0], "{name}");
        }
    }

    #[test]
    fn a_plugin_that_lacks_a_handler_and_a_capability_is_reported_in_its_own_files() {
        let mut opened = open("p.wasm", tessera_example_plugins::PING_PONG.to_vec()).unwrap();
        opened.plugin.handlers.retain(|handler| handler.name != "send-ping");
        opened.plugin.capabilities.retain(|capability| capability.name() != "message.send");
        let errors = errors(&opened.lint(&Config::default()));
        let has = |file: &str, rule: &str| {
            errors.iter().any(|error| error.starts_with(file) && error.contains(rule))
        };
        assert!(has("p.wasm/bpe/ping.bpmn:", "handler-exists"), "{errors:#?}");
        assert!(has("p.wasm/bpe/pong.bpmn:", "capability-declared"), "{errors:#?}");
    }

    #[test]
    fn what_is_not_there_and_what_is_no_plugin_is_said() {
        let missing = lint(&[PathBuf::from("/not/there.json")], &Config::default());
        assert!(matches!(missing, Err(LintError::Unreadable { .. })));
        assert!(open("x.wasm", b"\0asm".to_vec()).is_err());
    }
}
