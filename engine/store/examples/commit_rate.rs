//! How many durable commits per second: each store through the committer, beside what the disk itself can do.
//!
//! `cargo run --release -p tessera-store --example commit_rate [DIR]`; DIR is on the disk to be measured.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::error::Error;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::sync::mpsc;
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};
use tessera_store::{Batch, Committer, Kind, Options, Outcome, open};

const MEASURED: Duration = Duration::from_secs(3);
const PUTS: u32 = 4;
const VALUE_BYTES: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let parent = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let dir = tempfile::Builder::new().prefix("commit-rate-").tempdir_in(parent)?;
    println!("4 KiB append + fdatasync: {:.0}/s", syncs_per_s(&dir.path().join("raw"))?);
    for kind in Kind::ALL {
        for writers in [1, 64] {
            let place = dir.path().join(format!("{kind}-{writers}"));
            println!("{kind}, {writers} writers: {}", commits_per_s(kind, &place, writers)?);
        }
    }
    Ok(())
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
fn syncs_per_s(path: &Path) -> Result<f64, Box<dyn Error>> {
    let mut file = File::create(path)?;
    let start = Instant::now();
    let mut syncs = 0_u32;
    while start.elapsed() < MEASURED {
        file.write_all(&[7; 4096])?;
        file.sync_data()?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / start.elapsed().as_secs_f64())
}

#[allow(clippy::cast_precision_loss, reason = "a rate for people")]
fn commits_per_s(kind: Kind, dir: &Path, writers: u32) -> Result<String, Box<dyn Error>> {
    let committer = Committer::start(open(kind, dir, Options::default())?)?;
    let committer = Arc::new(committer);
    let barrier = Arc::new(Barrier::new(writers as usize + 1));
    let threads: Vec<_> = (0..writers)
        .map(|writer| {
            let (committer, barrier) = (Arc::clone(&committer), Arc::clone(&barrier));
            std::thread::spawn(move || {
                barrier.wait();
                let end = Instant::now() + MEASURED;
                let mut latencies = Vec::new();
                for number in 0_u32.. {
                    let start = Instant::now();
                    if start >= end {
                        break;
                    }
                    let (done, outcome) = mpsc::sync_channel(1);
                    let on_done = Box::new(move |outcome| {
                        // The receiver is gone only if this thread has given up.
                        let _ = done.send(outcome);
                    });
                    committer.submit(batch(writer, number), on_done);
                    assert_eq!(outcome.recv(), Ok(Outcome::Committed));
                    latencies.push(start.elapsed());
                }
                latencies
            })
        })
        .collect();
    barrier.wait();
    let start = Instant::now();
    let mut latencies = Vec::new();
    for thread in threads {
        latencies.extend(thread.join().map_err(|_| "a writer panicked")?);
    }
    let rate = latencies.len() as f64 / start.elapsed().as_secs_f64();
    latencies.sort_unstable();
    let statistics = committer.statistics();
    Ok(format!(
        "{rate:.0}/s, p50 {:?}, p99 {:?}, {} commits in {} groups (mean {:.1}), {} syncs",
        latencies[latencies.len() / 2],
        latencies[latencies.len() * 99 / 100],
        statistics.commits,
        statistics.groups,
        statistics.mean_group(),
        statistics.syncs,
    ))
}

fn batch(writer: u32, number: u32) -> Batch {
    (0..PUTS).fold(Batch::new(), |batch, put| {
        batch.put(format!("instance/{writer:04}/{number:08}/{put}"), vec![b'x'; VALUE_BYTES])
    })
}
