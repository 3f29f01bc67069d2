//! Every scenario of this repository, with and without a reload between its steps, on every store; and the shared corpus
//! where it lies beside the repository, as far as the engine has come (`scenarios/corpus-passing.txt` only grows).

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tessera::scenario;
use tessera::scenario::report::Report;
use tessera::scenario::runner::{Options, Reloading};
use tessera_federation::plugins::Plugins;

const RELOADING: [Reloading; 2] = [Reloading::Never, Reloading::BetweenSteps];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios")
}

/// The scenarios that a plugin brings along.
fn of_ping_pong() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../example-plugins/ping-pong/scenarios")
}

fn run(path: &Path, store: &str, reloading: Reloading, models: Option<&Path>) -> Report {
    run_with(path, store, reloading, models, None)
}

fn run_with(
    path: &Path,
    store: &str,
    reloading: Reloading,
    models: Option<&Path>,
    plugins: Option<Arc<Plugins>>,
) -> Report {
    let store = store.parse().expect("it is one of the stores");
    let options = Options { models: models.map(Path::to_owned), reloading, store, plugins };
    let files = scenario::files(&[path.to_owned()]).expect("there are scenarios");
    scenario::run(&files, &options)
}

#[test]
fn all_scenarios_pass_on_every_store_with_and_without_reload() {
    for store in ["memory", "sled", "fjall"] {
        for reloading in RELOADING {
            let report = run(&folder(), store, reloading, None);
            assert_eq!(report.failed(), 0, "{store}, {reloading:?}:\n{}", report.human(true));
        }
    }
}

#[test]
fn a_plugin_does_the_work_that_has_no_stub() {
    let file = ("ping_pong.wasm".to_owned(), tessera_example_plugins::PING_PONG);
    let plugins = Arc::new(Plugins::load([file]).expect("it is a plugin"));
    for reloading in RELOADING {
        let report = run_with(&of_ping_pong(), "memory", reloading, None, Some(Arc::clone(&plugins)));
        assert_eq!(report.failed(), 0, "{reloading:?}:\n{}", report.human(true));
    }
}

#[test]
fn the_commands_take_plugins() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let plugin = folder.path().join("ping_pong.wasm");
    std::fs::write(&plugin, tessera_example_plugins::PING_PONG).expect("it can be written");
    let run = |arguments: &[&OsStr]| {
        let program = env!("CARGO_BIN_EXE_tessera-under-test");
        let output = Command::new(program).args(arguments).output().expect("it runs");
        let said = String::from_utf8(output.stdout).expect("it says text");
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
        said
    };
    let (scenarios, model) = (of_ping_pong(), of_ping_pong().join("../bpe/ping.bpmn"));
    let said = run(&["scenario".as_ref(), scenarios.as_ref(), "--plugin".as_ref(), plugin.as_ref()]);
    assert!(said.ends_with("\n5 passed, 0 failed\n"), "{said}");
    let exec = ["exec".as_ref(), model.as_ref(), "--plugin".as_ref(), plugin.as_ref()];
    let more = ["--message", "startPing", "--partner", "b.example"].map(OsStr::new);
    let said = run(&[&exec[..], &more[..]].concat());
    assert!(said.contains("sent ping to b.example"), "{said}");
}

#[test]
fn every_model_is_run_by_a_scenario() {
    let mut used = BTreeSet::new();
    for file in scenario::files(&[folder()]).expect("there are scenarios") {
        let read = scenario::read(&file).expect("it can be read");
        used.extend(read.models.iter().map(|model| folder().join(model)));
    }
    let models = std::fs::read_dir(folder().join("models")).expect("there are models");
    let models = models.map(|entry| entry.expect("it can be listed").path());
    let unused: Vec<_> = models.filter(|model| !used.contains(model)).collect();
    assert_eq!(unused, Vec::<PathBuf>::new());
}

#[test]
fn what_is_wrong_is_told() {
    let folder = tempfile::tempdir().expect("there is room for a folder");
    let model = std::fs::read(self::folder().join("models/triage.bpmn")).expect("it is there");
    std::fs::write(folder.path().join("triage.bpmn"), model).expect("it can be written");
    let steps = "models: [triage.bpmn]\nsteps:\n- start: {process: triage, vars: {score: 9}}\n";
    let cases = [
        ("id: a\ntitle: t\nmodels: []\nstep: []\n".to_owned(), "unknown field"),
        ("id: a\ntitle: t\nmodels: [nowhere.bpmn]\n".to_owned(), "set --models"),
        (format!("id: a\ntitle: t\nexpect_deploy: rejected\n{steps}"), "should be refused"),
        (format!("id: a\ntitle: t\n{steps}- expect: {{waiting: [today]}}\n"), "[today]   [now]"),
        (format!("id: a\ntitle: t\n{steps}- complete: {{at: today}}\n"), "waits at today"),
        (format!("id: a\ntitle: t\n{steps}- advance: tomorrow\n"), "no ISO 8601 duration"),
        (format!("id: a\ntitle: t\n{steps}- message: {{name: m, all: true}}\n"), "nobody waits"),
        (format!("id: a\ntitle: t\n{steps}- set: {{vars: {{x: 1}}, fails: no}}\n"), "should not have"),
        (format!("id: a\ntitle: t\n{steps}- modify: [{{cancel: nowhere}}]\n"), "has no element `nowhere`"),
        (format!("id: a\ntitle: t\n{steps}final: {{completed: {{}}}}\n"), "final completed: urgency"),
    ];
    for (text, expected) in cases {
        let file = folder.path().join("case.yaml");
        std::fs::write(&file, &text).expect("it can be written");
        let report = run(&file, "memory", Reloading::Never, None);
        let said = report.human(false);
        assert!(said.contains(expected) && said.ends_with("\n0 passed, 1 failed\n"), "{text}\n{said}");
        assert_eq!(report.json()["failed"], 1);
        assert!(report.junit("2026-01-31T12:00:00").contains("failures=\"1\""));
    }
}

#[test]
fn the_corpus_passes_as_far_as_it_did() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus");
    if !corpus.is_dir() {
        return;
    }
    let listed = std::fs::read_to_string(folder().join("corpus-passing.txt")).expect("the list is there");
    let listed: BTreeSet<&str> = listed.lines().filter(|line| !line.is_empty()).collect();
    for reloading in RELOADING {
        let report = run(&corpus.join("scenarios"), "memory", reloading, Some(&corpus));
        let failed =
            |id: &str| report.verdicts.iter().find(|verdict| verdict.id == id && verdict.failure.is_some());
        let lost: Vec<_> = listed.iter().filter_map(|id| failed(id)).map(ToString::to_string).collect();
        assert!(lost.is_empty(), "{reloading:?}: these passed before:\n{}", lost.join("\n"));
        let passed = report.verdicts.iter().filter(|verdict| verdict.failure.is_none());
        let new: Vec<_> = passed.map(|verdict| &*verdict.id).filter(|id| !listed.contains(id)).collect();
        if !new.is_empty() {
            eprintln!(
                "{reloading:?}: these pass now; add them to tests/scenarios/corpus-passing.txt: {new:?}"
            );
        }
    }
}
