//! Components that do all the harm a plugin can do. Each `.wat` file beside this one is a plugin of a few lines; its first
//! lines say what the sin is, with which incident it must end, and in which words. After each sin the same host serves a
//! neighbour, and the stopped instance goes on with a repaired plugin. What cannot even be loaded is in `refused`.

#![expect(clippy::panic, reason = "a test fails by panicking and says where")]

mod compiling;
mod package;
mod refused;
mod site;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tessera_plugin_host::{
    CompilationLimits, Compiler, CompilerProcess, Limits, Package, Plugin, PluginHost, Settings,
};

use crate::site::{Conversation, Elsewhere};

/// The name of the plugin that does no harm: the neighbour of all others, and the repaired one.
const CONTROL: &str = "behave";

/// Tight, so that each sin is met within a fraction of a second.
pub(crate) fn settings() -> Settings {
    let limits = Limits {
        memory_bytes: 16 * 1024 * 1024,
        cpu: Duration::from_millis(150),
        wall: Duration::from_millis(400),
        host_call_bytes: 1024 * 1024,
        host_calls: 1_000,
        handles: 100,
        log_bytes: 64 * 1024,
        write_bytes: 4 * 1024 * 1024,
        concurrent_calls: 4,
    };
    Settings { limits, concurrent_calls: 8, compiler: compiler(CompilationLimits::default()) }
}

/// The compiler of the real program, in a process of its own.
pub(crate) fn compiler(limits: CompilationLimits) -> Compiler {
    let program = PathBuf::from(env!("CARGO_BIN_EXE_tessera-under-test"));
    Compiler::Child(CompilerProcess { program, arguments: vec!["compile-plugin".into()], limits })
}

/// One file.
struct Sin {
    name: String,
    elsewhere: Elsewhere,
    expected: Expected,
}

enum Expected {
    /// With these words, and others in one line of its evidence: a place in the plugin, or what it logged last.
    Incident {
        code: String,
        words: String,
        evidence: String,
    },
    Completes,
}

fn sins() -> Vec<Sin> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("hostile/plugins");
    let entries = std::fs::read_dir(&folder).expect("the folder is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wat"));
    files.sort();
    files.iter().map(|file| sin(file)).collect()
}

fn sin(file: &Path) -> Sin {
    let source = std::fs::read_to_string(file).expect("it is text");
    let head = source.lines().map_while(|line| line.strip_prefix(";; "));
    let facts: BTreeMap<&str, &str> =
        head.skip(1).map(|line| line.split_once(": ").unwrap_or((line, ""))).collect();
    let fact = |name: &str| facts.get(name).map(|text| (*text).to_owned());
    let expected = match (fact("incident"), fact("says"), fact("completes")) {
        (Some(code), Some(words), None) => {
            Expected::Incident { code, words, evidence: fact("evidence").unwrap_or_default() }
        }
        (None, None, Some(_)) => Expected::Completes,
        _ => panic!("{}: it says neither `incident` and `says`, nor `completes`", file.display()),
    };
    Sin {
        name: file.file_stem().expect("it has a name").to_string_lossy().into_owned(),
        elsewhere: if fact("site").is_some() { Elsewhere::Hangs } else { Elsewhere::Answers },
        expected,
    }
}

fn plugin(host: &PluginHost, sin: &Sin) -> Arc<Plugin> {
    let package = package::package(package::component("sins", &sin.name), &sin.name);
    let package = Package::read(package).unwrap_or_else(|error| panic!("{}: {error}", sin.name));
    host.load(&package).unwrap_or_else(|error| panic!("{}: {error}", sin.name))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sin_ends_in_its_incident_and_harms_nobody_else() {
    let host = PluginHost::new(settings()).expect("the host starts");
    let sins = sins();
    assert!(sins.len() >= 45, "only {} files", sins.len());
    let control = sins.iter().find(|sin| sin.name == CONTROL).expect("the control is there");
    let control = plugin(&host, control);
    let resident = resident_bytes();
    let mut wrong = Vec::new();
    for sin in &sins {
        let plugin = plugin(&host, sin);
        // Twice: what a call left behind would show in the next one.
        for _ in 0..2 {
            wrong.extend(complaint(sin, &plugin, &control).await);
        }
        let mut neighbour = Conversation::start();
        neighbour.work(&control, Elsewhere::Answers).await;
        if !neighbour.has_completed() {
            wrong.push(format!("{}: after it, the neighbour met {:?}", sin.name, neighbour.incident()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let kept = resident_bytes().saturating_sub(resident);
    assert!(kept < 64 * 1024 * 1024, "{kept} bytes were kept after all guests had ended");
}

/// What is not as it must be.
async fn complaint(sin: &Sin, plugin: &Plugin, control: &Plugin) -> Option<String> {
    let mut conversation = Conversation::start();
    conversation.work(plugin, sin.elsewhere).await;
    let incident = conversation.incident();
    let name = &sin.name;
    match (&sin.expected, incident) {
        (Expected::Completes, None) if conversation.has_completed() => return None,
        (Expected::Incident { code, words, evidence }, Some(incident))
            if *incident.code == **code
                && incident.message.contains(words.as_str())
                && (evidence.is_empty() || incident.evidence.iter().any(|line| line.contains(evidence))) => {}
        (Expected::Completes, found) => return Some(format!("{name}: should complete, met {found:?}")),
        (Expected::Incident { code, words, evidence }, found) => {
            let found =
                found.map(|found| (found.code.clone(), found.message.clone(), found.evidence.clone()));
            return Some(format!("{name}: {code} with {words:?} and {evidence:?} expected, met {found:#?}"));
        }
    }
    let variables: Vec<_> = conversation.instance.variables().map(|(name, _)| &**name).collect();
    if variables != ["precious"] {
        return Some(format!("{name}: it left behind {variables:?}"));
    }
    // The operator installs a repaired plugin and retries.
    conversation.retry();
    conversation.work(control, Elsewhere::Answers).await;
    if conversation.has_completed() { None } else { Some(format!("{name}: the instance did not go on")) }
}

/// Memory of this process that is in use now.
fn resident_bytes() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").ok();
    let pages = pages.as_deref().and_then(|text| text.split(' ').nth(1)?.parse::<usize>().ok());
    pages.unwrap_or_default() * 4096
}
