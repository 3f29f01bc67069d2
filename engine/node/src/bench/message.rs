//! A message to a peer and its answer: two sites on loopback, mutual TLS, both durable.

use std::time::Duration;

use crate::bench::Options;
use crate::bench::report::{Latency, percentile_ms};
use crate::commands::Failure;
use crate::demo::Network;

const ROUNDS: usize = 100;

/// From the start of the ping process at A until the pong of B is in A's mailbox.
pub(super) async fn measure(options: &Options) -> Result<Latency, Failure> {
    let dir = options.dir.join("message");
    let network = Network::start(&dir).await?;
    let mut took = Vec::new();
    for _ in 0..options.scaled(ROUNDS) {
        took.push(Duration::from_millis(network.ping_one().await?));
    }
    network.stop().await;
    std::fs::remove_dir_all(&dir)?;
    took.sort();
    Ok(Latency { p50_ms: percentile_ms(&took, 0.5), p99_ms: percentile_ms(&took, 0.99) })
}
