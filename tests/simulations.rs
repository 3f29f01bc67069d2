//! `tessera simulate FILE` as process developers use it: a plugin in a network of organisations, a promise that does not hold,
//! and the printed command that shows it again.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use tempfile::TempDir;

/// The program under its own name, the example plugin beside it, and a simulation.
struct Desk {
    folder: TempDir,
    simulation: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("tessera");
        std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_tessera-under-test"), program).unwrap();
        fs::write(folder.path().join("ping_pong.wasm"), tessera_example_plugins::PING_PONG).unwrap();
        let example =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../example-plugins/ping-pong/simulation.yaml");
        let simulation = folder.path().join("simulation.yaml");
        fs::copy(example, &simulation).unwrap();
        Self { folder, simulation }
    }

    /// One more expectation.
    fn expect(&self, expectation: &str) {
        let text = fs::read_to_string(&self.simulation).unwrap();
        fs::write(&self.simulation, format!("{text}- {expectation}\n")).unwrap();
    }

    /// Runs a command line as a person types it.
    fn run(&self, command: &str) -> Output {
        let path = format!("{}:{}", self.folder.path().display(), std::env::var("PATH").unwrap_or_default());
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", command]).env("PATH", path).current_dir(self.folder.path()).output().unwrap()
    }
}

fn said(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn the_example_holds_whatever_strikes() {
    let desk = Desk::new();
    let output = desk.run("tessera simulate simulation.yaml --seeds 8");
    let said = said(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("8 seeds, 3 organisations") && said.contains("all expectations held"), "{said}");
}

#[test]
fn a_promise_that_does_not_hold_is_shown_with_a_command_that_repeats_it() {
    let desk = Desk::new();
    // A pong can be late: then a minute of silence is noted.
    desk.expect("{process: dsfdev_ping, completed: {note-silence: 0}}");
    let folder = desk.folder.path().display();
    let output = desk.run(&format!("tessera simulate simulation.yaml --plugins {folder} --seeds 200"));
    let first = said(&output);
    assert_eq!(output.status.code(), Some(1), "{first}");
    let broken = first.lines().find(|line| line.starts_with("seed ")).unwrap_or_else(|| panic!("{first}"));
    assert!(broken.contains("has completed note-silence"), "{broken}");
    let command = first.lines().find_map(|line| line.strip_prefix("again with: ")).unwrap();
    let output = desk.run(command);
    let again = said(&output);
    assert_eq!(output.status.code(), Some(1), "{again}");
    assert!(again.lines().any(|line| line == broken), "{broken}\n{again}");
    // Without faults the promise holds.
    let calm = desk.run("tessera simulate simulation.yaml --seeds 3 --faults none");
    assert_eq!(calm.status.code(), Some(0), "{}", said(&calm));
}

#[test]
fn what_is_wrong_with_a_file_is_told() {
    let cases = [
        ("plugins: [ping_pong.wasm]", "plugins: [pong.wasm]", "pong.wasm is neither beside it"),
        ("process: dsfdev_ping,", "process: dsfdev_pang,", "takes message startPing"),
        ("title:", "titel:", "unknown field"),
        ("expect:\n", "faults: [thunder]\nexpect:\n", "there is no fault \"thunder\""),
        ("expect:\n", "chaos: soon\nexpect:\n", "no ISO 8601 duration"),
    ];
    for (good, bad, problem) in cases {
        let desk = Desk::new();
        let text = fs::read_to_string(&desk.simulation).unwrap();
        fs::write(&desk.simulation, text.replacen(good, bad, 1)).unwrap();
        let output = desk.run("tessera simulate simulation.yaml --seeds 1");
        let said = said(&output);
        assert!(output.status.code() == Some(2) && said.contains(problem), "{bad}: {said}");
    }
}

/// What is expected of nothing would always hold.
#[test]
fn an_expectation_that_names_nothing_is_refused() {
    for (expectation, problem) in [
        ("process: dsfdev_pingg\n  status: completed", "the process dsfdev_pingg"),
        ("completed: { no-such-element: 0 }", "the element no-such-element"),
        ("ends_at: nowhere", "the element nowhere"),
        ("organization: nobody.example\n  status: completed", "the organisation nobody.example"),
        ("start: never\n  instances: 1", "the start never"),
        ("status: done", "the status done"),
        ("answered: [completed, finished]", "the status finished"),
    ] {
        let desk = Desk::new();
        desk.expect(expectation);
        let output = desk.run("tessera simulate simulation.yaml --seeds 1");
        let said = said(&output);
        assert_eq!(output.status.code(), Some(2), "{expectation}: {said}");
        assert!(said.contains(&format!("names {problem}")), "{expectation}: {said}");
    }
}
