//! Files that never become plugins: each is refused before any of it runs, in words that say what is wrong.

use std::time::Duration;

use tessera_plugin_host::{CompilationLimits, Package, PluginHost, Settings, limits};

use crate::package::{component, package};
use crate::{compiler, settings};

/// A component of `refusable.rs` with a manifest.
pub(crate) fn plugin(name: &str) -> Vec<u8> {
    package(component("refusable", name), name)
}

#[test]
fn what_cannot_be_loaded_says_why() {
    let host = PluginHost::new(settings()).expect("it starts");
    let mut truncated = plugin("ordinary");
    truncated.truncate(truncated.len() / 2);
    let mut oversized = plugin("ordinary");
    oversized.resize(limits::PACKAGE_BYTES_MAX + 1, 0);
    let cases = [
        ("garbage", b"MZ this is no WebAssembly".to_vec(), "no valid WebAssembly"),
        ("a text file", b"(component)".to_vec(), "no valid WebAssembly"),
        (
            "a core module",
            component("refusable", "core-module"),
            "a WebAssembly core module, not a component",
        ),
        ("cut off", truncated, "no valid WebAssembly"),
        ("no manifest", component("refusable", "ordinary"), "no section `tessera:manifest`"),
        ("64 MiB and a byte", oversized, "at most 67108864 are allowed"),
        ("an import that nobody offers", plugin("unknown-import"), "does not link"),
        ("an interface of the future", plugin("future-import"), "does not link"),
        ("no handler", plugin("no-handler"), "does not export `tessera:process/service-task`"),
        ("more memory than a call has", plugin("large-memory"), "memory"),
        ("forty tables", plugin("forty-tables"), "tables"),
        ("a table of a billion places", plugin("huge-table"), "table"),
        ("five hundred instances", plugin("five-hundred-instances"), "instances"),
        ("too many functions", plugin("many-functions"), "more than 100000 functions"),
        ("a huge function", plugin("huge-function"), "at most 1048576 are compiled"),
    ];
    let mut wrong = Vec::new();
    for (name, bytes, words) in cases {
        match load(&host, bytes) {
            Ok(()) => wrong.push(format!("{name}: it was loaded")),
            Err(said) if said.contains(words) => {}
            Err(said) => wrong.push(format!("{name}: {words:?} expected, it says {said:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The kernel stops the compiling process; the site only hears of it.
#[test]
fn what_is_made_to_be_hard_to_compile_costs_a_process_of_its_own() {
    let limits = |memory_mib: u64, cpu: u64, wall: u64| CompilationLimits {
        memory_bytes: memory_mib * 1024 * 1024,
        cpu: Duration::from_secs(cpu),
        wall: Duration::from_secs(wall),
    };
    let cases = [
        ("labyrinth", limits(2048, 1, 600), "it computes for more than 1 s"),
        ("labyrinth", limits(64, 600, 600), "it needs more than 64 MiB of memory"),
        ("labyrinth", limits(2048, 600, 1), "it did not end within 1 s"),
        ("nested", limits(64, 600, 600), "it needs more than 64 MiB of memory"),
    ];
    for (name, limits, words) in cases {
        let host = PluginHost::new(Settings { compiler: compiler(limits), ..settings() }).expect("it starts");
        let said = load(&host, plugin(name)).expect_err("it takes too much");
        assert!(said.contains(words), "{name}: {words:?} expected, it says {said:?}");
    }
}

fn load(host: &PluginHost, bytes: Vec<u8>) -> Result<(), String> {
    let package = Package::read(bytes).map_err(|error| error.to_string())?;
    host.load(&package).map(drop).map_err(|error| error.to_string())
}
