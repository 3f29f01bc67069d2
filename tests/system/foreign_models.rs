//! The DSF's own ping, pong and ping-autostart models run with our plugin, unchanged. They are other people's work and are
//! not part of this repository: the test runs where the folder `../shared` lies beside it.

use std::path::{Path, PathBuf};

use tessera_tests::mailbox;
use tessera_tests::network::{Network, Roles};
use tessera_tests::ping::Ping;

use crate::federation::received;

const MODELS: [&str; 3] = ["bpe/ping.bpmn", "bpe/pong.bpmn", "bpe/ping-autostart.bpmn"];
const AUTOSTART: &str = "http://dsf.dev/bpe/Process/pingAutostart|1.0";
const FILE_SECTION: &str = "tessera:file:";

#[tokio::test(flavor = "multi_thread")]
async fn the_models_of_the_dsf_run_unchanged() {
    let Some(folder) = corpus() else { return };
    let plugin = MODELS.iter().fold(tessera_example_plugins::PING_PONG.to_vec(), |plugin, path| {
        let model = std::fs::read(folder.join(path)).expect("the corpus holds the three models");
        with_file(plugin, path, &model)
    });
    let network = Network::new(crate::program(), &["a.example", "b.example"], &[("ping-pong", &plugin)]);
    let [a, b] = network.parties() else { unreachable!("two names, two parties") };
    let _sites = network.start();
    let shown = a.ask(Roles::All, &["plugin", "list"]);
    assert_eq!(shown[0]["state"], "active", "{shown:#}");

    let ping = Ping::start(a, "foreign-models").await;
    assert_eq!(ping.results().await, received([b.name()]));

    let send = |message: &str, profile: &str, key: &str| {
        let profile = format!("http://dsf.dev/fhir/StructureDefinition/{profile}|1.0");
        mailbox::task(&profile, AUTOSTART, message, a.name(), a.name(), key)
    };
    let started = a.post(&send("startPingAutostart", "task-start-ping-autostart", "autostart")).await;
    // The first ping of the loop, which the process sends to its own site.
    let found = a.found(|task| {
        let message = mailbox::input(task, "message-name");
        message.as_deref() == Some("startPing")
            && mailbox::input(task, "business-key").as_deref() != Some("foreign-models")
    });
    let first_ping = found.await;
    a.until(&first_ping, &["completed"]).await;
    let stopped = a.post(&send("stopPingAutostart", "task-stop-ping-autostart", "stop")).await;
    a.until(&stopped, &["completed"]).await;
    a.until(&started, &["completed"]).await;
    let running = a.ask(Roles::All, &["instance", "list", "--running"]);
    assert_eq!(running, serde_json::json!([]), "the signal has ended the loop");
}

fn corpus() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/dsf/dsf-process-ping-pong");
    folder.is_dir().then_some(folder)
}

/// The plugin with another content of one of its files. The linker's section gets a name that means nothing, of the same
/// length; the new one is appended at the component's own level, where any tool may add one.
pub(crate) fn with_file(mut plugin: Vec<u8>, path: &str, content: &[u8]) -> Vec<u8> {
    let name = format!("{FILE_SECTION}{path}");
    let at = plugin
        .windows(name.len())
        .position(|window| window == name.as_bytes())
        .expect("the plugin has the file");
    plugin[at] = b'x';
    let mut section = leb128(name.len());
    section.extend_from_slice(name.as_bytes());
    section.extend_from_slice(content);
    plugin.push(0);
    plugin.extend(leb128(section.len()));
    plugin.extend(section);
    plugin
}

fn leb128(mut number: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits are a byte");
        number >>= 7;
        bytes.push(if number == 0 { low } else { low | 0x80 });
        if number == 0 {
            return bytes;
        }
    }
}
