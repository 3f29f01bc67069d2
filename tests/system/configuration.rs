//! What an operator gets wrong is answered with file, line or key, and what to do.

use std::process::Output;

use tessera_tests::network::{Network, Roles};
use tessera_tests::process;

#[test]
fn a_wrong_key_stops_the_start_with_its_line() {
    let network = crate::network(&["a.example"]);
    let file = network.parties()[0].configuration(Roles::All);
    let right = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, right.replace("base_url", "base_uri")).unwrap();
    let path = file.to_str().unwrap();

    let output = process::run(crate::program(), &["run", "--config", path]);
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    let expected = format!("{path}:6:1: unknown key `base_uri` in [mailbox]; did you mean `base_url`?");
    assert!(errors(&output).contains(&expected), "{}", errors(&output));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_plugin_is_listed_with_its_reason_and_stops_nobody() {
    let network = crate::network(&["a.example"]);
    let a = &network.parties()[0];
    std::fs::write(a.plugins().join("broken.wasm"), b"\0asm not really").unwrap();
    std::fs::write(a.plugins().join("unknown.wasm"), tessera_example_plugins::HELLO_WORLD).unwrap();
    let _site = a.start(Roles::All);

    let listed = a.ask(Roles::All, &["plugin", "list"]);
    let row = |file: &str| {
        let rows = listed.as_array().unwrap().iter();
        rows.clone().find(|row| row["file"] == file).unwrap_or_else(|| panic!("{file}: {listed:#}")).clone()
    };
    assert_eq!(row("ping-pong.wasm")["state"], "active");
    assert_eq!(row("broken.wasm")["state"], "refused");
    assert!(!row("broken.wasm")["notes"][0].as_str().unwrap().is_empty());
    assert_eq!(row("unknown.wasm")["state"], "not approved");
    let sha256 = row("unknown.wasm")["sha256"].as_str().unwrap().to_owned();
    assert!(row("unknown.wasm")["notes"].to_string().contains(&sha256), "names the line to add: {listed:#}");
}

#[test]
fn a_model_that_cannot_run_is_refused_with_its_position() {
    // A plugin carries its model as text. The same number of bytes keeps the rest of the file valid.
    let plugin = replaced(tessera_example_plugins::HELLO_WORLD, b"</process>", b"</prozess>");
    let network = Network::new(crate::program(), &["a.example"], &[("hello-world", &plugin)]);
    let a = &network.parties()[0];
    let _site = a.start(Roles::All);
    let listed = a.ask(Roles::All, &["plugin", "list"]);
    assert_eq!(listed[0]["state"], "refused", "{listed:#}");
    let notes = listed[0]["notes"].to_string();
    for expected in ["bpe/hello-world.bpmn", "12:", "prozess"] {
        assert!(notes.contains(expected), "{expected} in {notes}");
    }
}

#[test]
fn a_second_process_on_the_same_data_is_turned_away() {
    let network = crate::network(&["a.example"]);
    let a = &network.parties()[0];
    let _site = a.start(Roles::All);
    let configuration = a.configuration(Roles::All);
    let output = process::run(crate::program(), &["run", "--config", configuration.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    assert!(errors(&output).contains("is in use by"), "{}", errors(&output));
}

#[test]
fn asking_a_site_that_does_not_run_says_so() {
    let network = crate::network(&["a.example"]);
    let configuration = network.parties()[0].configuration(Roles::All);
    let arguments = ["instance", "list", "--config", configuration.to_str().unwrap()];
    let output = process::run(crate::program(), &arguments);
    assert_eq!(output.status.code(), Some(2), "{}", errors(&output));
    assert!(errors(&output).contains("no running site answers at"), "{}", errors(&output));
}

fn replaced(content: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = content.windows(from.len()).position(|window| window == from).expect("the text is there");
    [&content[..at], to, &content[at + from.len()..]].concat()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
