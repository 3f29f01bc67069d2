//! The linter as a program: what is given on the command line is gathered, checked on all cores, and said in the form that is
//! asked for. Rules read no file and know no WebAssembly; this is where both end. What is linted is never executed. Start
//! reading at [`run`]; the command is `commands/lint.rs`.

pub mod gather;
pub mod parallel;
pub mod replace;
pub mod run;
pub mod settings;

use serde_json::Value;
use tessera_lint::package::{MANIFEST, Plugin};
use tessera_plugin_host::{Package, PackageError};

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
    /// Named, and nothing that rules know.
    #[error("{path} is no model, resource or plugin, so nothing in it was checked")]
    Foreign {
        /// What.
        path: String,
    },
    /// Not ours to write.
    #[error("{path} cannot be repaired: {error}")]
    Unwritable {
        /// What.
        path: String,
        /// Why.
        error: std::io::Error,
    },
    /// Not a baseline.
    #[error("baseline {path}: {reason}")]
    Baseline {
        /// Which file.
        path: String,
        /// Why.
        reason: String,
    },
    /// Not a configuration.
    #[error(transparent)]
    Settings(#[from] tessera_lint::settings::SettingsError),
    /// More than is read.
    #[error("{path}: {limit}")]
    Limit {
        /// Where.
        path: String,
        /// Which bound.
        limit: String,
    },
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use tessera_bpmn::lint::{Config, Level, Report, Source};

    use super::*;
    use crate::lint::gather::{Input, gather};
    use crate::lint::run::run;
    use crate::lint::settings::Placed;
    use tessera_lint::outcome::Outcome;
    use tessera_lint::output;

    fn errors<'r>(files: impl Iterator<Item = &'r tessera_bpmn::lint::FileReport>) -> Vec<String> {
        files
            .flat_map(|file| {
                let errors = file.findings.iter().filter(|finding| finding.level == Level::Error);
                errors.map(|finding| {
                    format!("{}:{} {} {}", file.path, finding.start, finding.rule, finding.message)
                })
            })
            .collect()
    }

    fn lint(paths: &[PathBuf]) -> Outcome {
        let (inputs, errors) = gather(paths, "-", |_| false);
        assert!(errors.is_empty());
        run(inputs, &Placed::default(), 2)
    }

    fn as_a_whole(opened: &Opened) -> Report {
        let sources: Vec<Source<'_>> =
            opened.files.iter().map(|(path, bytes)| Source { path, bytes }).collect();
        tessera_lint::package(&sources, Some(&opened.plugin), &Config::default())
    }

    #[test]
    fn the_example_plugins_have_no_errors_built_and_as_sources() {
        let built = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("ping-pong", tessera_example_plugins::PING_PONG),
            ("hello-world", tessera_example_plugins::HELLO_WORLD),
        ] {
            let file = built.path().join(format!("{name}.wasm"));
            fs::write(&file, bytes).unwrap();
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../example-plugins").join(name);
            for paths in [vec![file], vec![folder.join("bpe"), folder.join("fhir")]] {
                let outcome = lint(&paths);
                assert!(outcome.files.len() >= 5 && outcome.failures.is_empty());
                let found = errors(outcome.files.iter().map(|file| &file.report));
                assert_eq!(found, [""; 0], "{name}");
            }
        }
    }

    #[test]
    fn a_plugin_that_lacks_a_handler_and_a_capability_is_reported_in_its_own_files() {
        let mut opened = open("p.wasm", tessera_example_plugins::PING_PONG.to_vec()).unwrap();
        opened.plugin.handlers.retain(|handler| handler.name != "send-ping");
        opened.plugin.capabilities.retain(|capability| capability.name() != "message.send");
        let report = as_a_whole(&opened);
        let errors = errors(report.files.iter());
        let has = |file: &str, rule: &str| {
            errors.iter().any(|error| error.starts_with(file) && error.contains(rule))
        };
        assert!(has("p.wasm/bpe/ping.bpmn:", "handler-exists"), "{errors:#?}");
        assert!(has("p.wasm/bpe/pong.bpmn:", "capability-declared"), "{errors:#?}");
    }

    #[test]
    fn a_plugin_that_cannot_be_opened_is_a_finding_and_what_is_not_there_an_error() {
        let model = b"<definitions>".to_vec();
        let inputs = vec![
            Input::Path(PathBuf::from("/not/there.json")),
            Input::Text { name: "x.wasm".to_owned(), bytes: b"\0asm".to_vec() },
            Input::Text { name: "a.bpmn".to_owned(), bytes: model },
        ];
        let outcome = run(inputs, &Placed::default(), 2);
        assert_eq!(outcome.failures.len(), 1, "{:?}", outcome.failures);
        let rules: Vec<(&str, &str)> = outcome
            .files
            .iter()
            .map(|file| (file.report.path.as_str(), file.report.findings[0].rule))
            .collect();
        assert_eq!(rules, [("x.wasm", "plugin-readable"), ("a.bpmn", "xml-well-formed")]);
    }

    #[test]
    fn a_file_that_is_named_is_checked_whatever_it_is_called_or_it_is_said_that_it_is_not() {
        let model = b"<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"t\"><process/></definitions>";
        let text = |name: &str, bytes: &[u8]| Input::Text { name: name.to_owned(), bytes: bytes.to_vec() };
        let inputs =
            vec![text("model.txt", model), text("notes.txt", b"buy milk"), text("package.json", b"{}")];
        let outcome = run(inputs, &Placed::default(), 2);
        assert_eq!(outcome.failures.len(), 1, "{:?}", outcome.failures);
        assert!(outcome.failures[0].starts_with("notes.txt"));
        let folder = tempfile::tempdir().unwrap();
        let foreign = folder.path().join("package.json");
        fs::write(&foreign, "{}").unwrap();
        for (input, failures) in [(Input::Path(foreign.clone()), 0), (Input::Named(foreign), 1)] {
            let outcome = run(vec![input], &Placed::default(), 1);
            assert_eq!(outcome.failures.len(), failures, "{:?}", outcome.failures);
        }
        assert!(!outcome.files[0].report.findings.is_empty());
    }

    #[test]
    fn the_same_is_found_on_one_thread_and_on_many() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../example-plugins");
        let shown = |threads| {
            let (inputs, _) = gather(std::slice::from_ref(&folder), "-", |_| false);
            let outcome = run(inputs, &Placed::default(), threads);
            let files: Vec<String> = outcome.files.iter().map(output::json::file).collect();
            output::json::document(&outcome, &files)
        };
        let one = shown(1);
        assert!(one.len() > 1_000);
        assert_eq!(one, shown(8));
    }
}
