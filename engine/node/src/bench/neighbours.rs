//! What a plugin that spins costs the others: a hundred of its calls are queued, as many run as one plugin may, and
//! instances of another plugin go on beside them. And how soon after its limit a spinning call is really stopped.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tessera_core::plugin::{Call, Hook};
use tessera_hosting::directory::Directory;
use tessera_plugin_host::{Limits, Package, Plugin, PluginHost, Settings};
use tessera_store::Kind;
use tokio::task::JoinSet;

use crate::bench::durable::{THREE_TASKS, one_by_one};
use crate::bench::harness::{EngineOnly, Plugins, execution};
use crate::bench::report::{Neighbours, Past, percentile_ms, rounded};
use crate::bench::{Options, median};
use crate::commands::Failure;

const SPINNING: usize = 100;
const ROUNDS: usize = 5;
const INSTANCES: usize = 1_000;
const WARM_UP: usize = 100;
/// So long into the spinning everything that can run does.
const SETTLING: Duration = Duration::from_millis(100);
const LIMIT: Duration = Duration::from_millis(200);
const STOPPED: usize = 20;

pub(super) async fn measure(options: &Options, plugins: &Plugins) -> Result<Neighbours, Failure> {
    let dir = options.dir.join("neighbours");
    let engine = EngineOnly::start(Kind::Sled, &dir, plugins).await?;
    let directory = plugins.directory().await?;
    let stranger = plugins.stranger()?;
    let instances = options.scaled(INSTANCES);
    one_by_one(&engine, THREE_TASKS, WARM_UP).await?;
    let (mut undisturbed, mut disturbed, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let quiet = percentile_ms(&one_by_one(&engine, THREE_TASKS, instances).await?, 0.99);
        let mut spinning = JoinSet::new();
        for _ in 0..SPINNING {
            spinning.spawn_on(spin(Arc::clone(&stranger), Arc::clone(&directory)), engine.calls());
        }
        tokio::time::sleep(SETTLING).await;
        let noisy = percentile_ms(&one_by_one(&engine, THREE_TASKS, instances).await?, 0.99);
        spinning.shutdown().await;
        undisturbed.push(quiet);
        disturbed.push(noisy);
        ratios.push(noisy / quiet.max(f64::MIN_POSITIVE));
    }
    engine.stop().await;
    std::fs::remove_dir_all(&dir)?;
    let generous = Limits::default();
    let by_cpu = Limits { cpu: LIMIT, ..generous.clone() };
    let by_wall = Limits { wall: LIMIT, cpu: LIMIT * 100, ..generous };
    Ok(Neighbours {
        undisturbed_p99_ms: median(undisturbed, f64::total_cmp),
        disturbed_p99_ms: median(disturbed, f64::total_cmp),
        ratio: rounded(median(ratios, f64::total_cmp)),
        past_cpu_limit: past(by_cpu, &directory).await?,
        past_wall_limit: past(by_wall, &directory).await?,
    })
}

/// Ends when the host stops it.
async fn spin(plugin: Arc<Plugin>, directory: Arc<Directory>) {
    let call = Call { handler: "spin".into(), hook: Hook::ServiceTask, execution: execution() };
    std::hint::black_box(plugin.call(call, directory).await);
}

/// How much longer than [`LIMIT`] spinning calls took.
async fn past(limits: Limits, directory: &Arc<Directory>) -> Result<Past, Failure> {
    let host = PluginHost::new(Settings { limits, concurrent_calls: 1, ..Settings::default() })?;
    let plugin = host.load(&Package::read(tessera_example_plugins::BENCHMARK)?)?;
    let mut past = Vec::new();
    for _ in 0..STOPPED {
        let start = Instant::now();
        spin(Arc::clone(&plugin), Arc::clone(directory)).await;
        past.push(rounded(start.elapsed().saturating_sub(LIMIT).as_secs_f64() * 1_000.0));
    }
    let longest_ms = past.iter().copied().fold(0.0, f64::max);
    Ok(Past { median_ms: median(past, f64::total_cmp), longest_ms })
}
