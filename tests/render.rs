//! `tessera render` as people call it: from a file or standard input, to a file or standard output, with findings marked;
//! and the picture in README, which is what the command draws.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that meets the unexpected fails, as it should")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tessera_tests::process::fed;

const MODEL: &str = "<definitions xmlns=\"http://www.omg.org/spec/BPMN/20100524/MODEL\" targetNamespace=\"t\">\
    <process id=\"p\"><startEvent id=\"s\" name=\"Begun\"/><task id=\"t\" name=\"Greet\"/>\
    <sequenceFlow id=\"f\" sourceRef=\"s\" targetRef=\"t\"/></process></definitions>";

fn render(folder: &Path, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tessera-under-test"));
    fed(command.arg("render").args(arguments).current_dir(folder), input)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn a_picture_goes_to_standard_output_or_into_a_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.bpmn"), MODEL).unwrap();
    let shown = render(folder.path(), &["a.bpmn"], "");
    assert_eq!(shown.status.code(), Some(0), "{}", text(&shown.stderr));
    let svg = text(&shown.stdout);
    assert!(svg.starts_with("<svg ") && svg.contains(">Greet</text>"), "{svg}");
    let written = render(folder.path(), &["a.bpmn", "-o", "a.svg"], "");
    assert!(written.status.success() && written.stdout.is_empty());
    assert_eq!(fs::read_to_string(folder.path().join("a.svg")).unwrap(), svg);
    assert_eq!(text(&render(folder.path(), &["-"], MODEL).stdout), svg);
}

#[test]
fn findings_are_marked_by_the_configuration_beside_the_file() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.bpmn"), MODEL).unwrap();
    let marked = text(&render(folder.path(), &["a.bpmn", "--findings"], "").stdout);
    assert!(marked.contains(">Findings</text>") && marked.contains("L202"), "{marked}");
    let off = "[rules]\nend-event-required = \"off\"\n";
    fs::write(folder.path().join("tessera-lint.toml"), off).unwrap();
    let configured = text(&render(folder.path(), &["a.bpmn", "--findings"], "").stdout);
    assert!(!configured.contains("L202"), "{configured}");
}

#[test]
fn what_cannot_be_drawn_is_said() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.bpmn"), MODEL).unwrap();
    fs::write(folder.path().join("b.bpmn"), "<definitions>").unwrap();
    for (arguments, expected) in [
        (vec!["b.bpmn"], "b.bpmn:"),
        (vec!["missing.bpmn"], "missing.bpmn"),
        (vec!["."], "is a folder"),
        (vec!["a.bpmn", "--diagram", "other"], "there is no diagram `other`"),
    ] {
        let output = render(folder.path(), &arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        let error = text(&output.stderr);
        assert!(error.contains(expected) && output.stdout.is_empty(), "{arguments:?}: {error}");
    }
}

#[test]
fn the_picture_in_the_readme_is_what_the_command_draws() {
    let command = ["example-plugins/ping-pong/bpe/ping.bpmn"];
    let drawn = text(&render(&repository(), &command, "").stdout);
    let kept = fs::read_to_string(repository().join(".github/images/ping.svg")).unwrap();
    assert!(
        drawn == kept,
        "draw it anew: cargo run --release -- render {} -o .github/images/ping.svg",
        command[0]
    );
    assert!(fs::read_to_string(repository().join("README.md")).unwrap().contains(".github/images/ping.svg"));
}
