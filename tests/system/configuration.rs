//! What an operator gets wrong is answered with file, line or key, and what to do.

use std::process::Output;

use tessera_tests::network::Roles;
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

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
