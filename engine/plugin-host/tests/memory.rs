//! What a guest took is given back to the kernel, not kept for the next one. The only test of its process: it looks at
//! the whole process's memory.
#![cfg(target_os = "linux")]

mod support;

use std::time::Duration;

use support::{call, failure, load};
use tessera_core::plugin::FailureKind;
use tessera_misbehaving::MISBEHAVING;
use tessera_plugin_host::Limits;

#[tokio::test]
async fn memory_goes_back_to_the_kernel() {
    fn resident_kib() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }
    let (_host, plugin) = load(
        Limits { memory_bytes: 256 * 1024 * 1024, cpu: Duration::from_secs(30), ..Limits::default() },
        MISBEHAVING,
    );
    call(&plugin, "do-nothing").await;
    let before = resident_kib();
    let failure = failure(call(&plugin, "eat-memory").await);
    assert_eq!(failure.kind, FailureKind::MemoryLimit);
    let kept = resident_kib().saturating_sub(before);
    assert!(kept < 64 * 1024, "{kept} KiB stayed resident");
}
