//! Durable instances: start, three WebAssembly service tasks, exclusive gateway, end; each start and each answer is a
//! commit that was synced before anything followed from it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tessera_store::Kind;
use tokio::task::JoinSet;

use crate::bench::Options;
use crate::bench::harness::{EngineOnly, Plugins};
use crate::bench::report::{Concurrent, Sequential, percentile_ms, rate, rounded};
use crate::commands::Failure;

pub(super) const THREE_TASKS: &str = "tesseradev_threeTasks";
const FAN_OUT: &str = "tesseradev_fanOut";
const AT_A_TIME: usize = 64;
const SEQUENTIAL: usize = 2_000;
const CONCURRENT: usize = 20_000;
const FAN_OUTS: usize = 50;
/// Before measuring: caches are warm, files have grown.
const WARM_UP: usize = 100;

/// The figures of one store.
pub(super) struct Measured {
    pub(super) sequential: Sequential,
    pub(super) concurrent: Concurrent,
    pub(super) fan_out_ms: f64,
}

pub(super) async fn measure(options: &Options, plugins: &Plugins, kind: Kind) -> Result<Measured, Failure> {
    let dir = options.dir.join(kind.to_string());
    let engine = Arc::new(EngineOnly::start(kind, &dir, plugins).await?);
    one_by_one(&engine, THREE_TASKS, WARM_UP).await?;
    let sequential = sequential(&engine, options.scaled(SEQUENTIAL)).await?;
    let concurrent = concurrent(&engine, options.scaled(CONCURRENT)).await?;
    let fan_outs = one_by_one(&engine, FAN_OUT, options.scaled(FAN_OUTS).max(5)).await?;
    let fan_out_ms = percentile_ms(&fan_outs, 0.5);
    if let Ok(engine) = Arc::try_unwrap(engine) {
        engine.stop().await;
    }
    std::fs::remove_dir_all(&dir)?;
    Ok(Measured { sequential, concurrent, fan_out_ms })
}

async fn sequential(engine: &EngineOnly, instances: usize) -> Result<Sequential, Failure> {
    let start = Instant::now();
    let took = one_by_one(engine, THREE_TASKS, instances).await?;
    Ok(Sequential {
        per_s: rate(instances, start.elapsed()),
        p50_ms: percentile_ms(&took, 0.5),
        p99_ms: percentile_ms(&took, 0.99),
    })
}

/// The durations, shortest first.
pub(super) async fn one_by_one(
    engine: &EngineOnly,
    process: &str,
    instances: usize,
) -> Result<Vec<Duration>, Failure> {
    let mut took = Vec::with_capacity(instances);
    for _ in 0..instances {
        let start = Instant::now();
        engine.run(process).await?;
        took.push(start.elapsed());
    }
    took.sort();
    Ok(took)
}

async fn concurrent(engine: &Arc<EngineOnly>, instances: usize) -> Result<Concurrent, Failure> {
    let before = engine.statistics();
    let start = Instant::now();
    let started = Arc::new(AtomicUsize::new(0));
    let mut workers = JoinSet::new();
    for _ in 0..AT_A_TIME {
        let (engine, started) = (Arc::clone(engine), Arc::clone(&started));
        workers.spawn(async move {
            let mut took = Vec::new();
            while started.fetch_add(1, Ordering::Relaxed) < instances {
                let start = Instant::now();
                engine.run(THREE_TASKS).await?;
                took.push(start.elapsed());
            }
            Ok::<_, Failure>(took)
        });
    }
    let mut took = Vec::with_capacity(instances);
    for worker in workers.join_all().await {
        took.extend(worker?);
    }
    let elapsed = start.elapsed();
    took.sort();
    let after = engine.statistics();
    let (commits, syncs) = (after.commits - before.commits, after.syncs - before.syncs);
    #[allow(clippy::cast_precision_loss, reason = "a ratio for people; exact below 2^53")]
    let mean_group = rounded(commits as f64 / syncs.max(1) as f64);
    Ok(Concurrent {
        per_s: rate(took.len(), elapsed),
        p50_ms: percentile_ms(&took, 0.5),
        p99_ms: percentile_ms(&took, 0.99),
        instances: u64::try_from(took.len()).unwrap_or(u64::MAX),
        commits,
        syncs,
        mean_group,
    })
}
