//! How long one call of a service task takes: a fresh store and instance, one variable read and one written, and all
//! memory back to the kernel. Prints one at a time and, for all cores, calls per second.
//!
//!     cargo run --release -p tessera-plugin-host --example call_rate
#![allow(clippy::print_stdout, reason = "the result of this program")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use support::{Site, call_hook, load};
use tessera_core::plugin::{CallOutcome, Hook};
use tessera_example_plugins::BENCHMARK;
use tessera_plugin_host::{Answer, Limits, Plugin};

const CALLS: u32 = 20_000;
const CONCURRENT: u32 = 8;

#[tokio::main]
async fn main() {
    let compiling = Instant::now();
    let (_host, plugin) = load(Limits::default(), BENCHMARK);
    println!("compile and link  {:>8.1} ms", compiling.elapsed().as_secs_f64() * 1e3);

    calls(Arc::clone(&plugin), 1_000).await;
    let alone = tokio::spawn(calls(Arc::clone(&plugin), CALLS));
    let mut times = alone.await.expect("calls do not panic");
    times.sort_unstable();
    for (name, position) in [("p50", 50), ("p99", 99)] {
        let time = times[times.len() * position / 100];
        println!("one at a time {name} {:>8.1} us", time.as_secs_f64() * 1e6);
    }

    let start = Instant::now();
    let workers: Vec<_> =
        (0..CONCURRENT).map(|_| tokio::spawn(calls(Arc::clone(&plugin), CALLS / CONCURRENT))).collect();
    for worker in workers {
        worker.await.expect("calls do not panic");
    }
    println!(
        "{CONCURRENT} at a time       {:>8.0} calls/s",
        f64::from(CALLS) / start.elapsed().as_secs_f64()
    );
}

async fn calls(plugin: Arc<Plugin>, count: u32) -> Vec<Duration> {
    let mut times = Vec::new();
    for _ in 0..count {
        let start = Instant::now();
        let answer = call_hook(&plugin, "count", Hook::ServiceTask, Site::default()).await;
        times.push(start.elapsed());
        assert!(matches!(answer, Answer::Outcome(CallOutcome::Completed(_))), "{answer:?}");
    }
    times
}
