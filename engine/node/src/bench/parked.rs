//! Instances that wait: what each costs in memory, how fast they are found again, and how fast a site that was killed is
//! back. The instances are parked by a child process, which is then killed with SIGKILL.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tessera_core::driver::{Acceptance, Command, Reply};
use tessera_core::message::Message;
use tessera_store::Kind;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::task::JoinSet;

use crate::bench::harness::{EngineOnly, Plugins};
use crate::bench::report::{rate, rounded};
use crate::bench::{Options, resident_bytes};
use crate::commands::Failure;

const PROCESS: &str = "tesseradev_parked";
const INSTANCES: usize = 100_000;
const CORRELATED: usize = 20_000;
const AT_A_TIME: usize = 256;

/// The figures.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Parked {
    /// How many were parked.
    pub instances: usize,
    /// Growth of the process's resident memory per instance.
    pub bytes_each: u64,
    /// Messages per second that woke one, each durable.
    pub correlate_per_s: u64,
    /// From opening the store that was left by SIGKILL until the engine takes messages.
    pub recover_ms: f64,
}

/// What the child says when all instances are parked.
#[derive(Debug, Serialize, Deserialize)]
struct Memory {
    resident_before: u64,
    resident_after: u64,
}

/// The child's part: parks `instances` in `dir`, says how much memory they took, and waits to be killed.
pub async fn park(dir: &Path, instances: usize) -> Result<(), Failure> {
    let engine = Arc::new(EngineOnly::start(Kind::Sled, dir, &Plugins::load()?).await?);
    let resident_before = resident_bytes(std::process::id())?;
    each(instances, {
        let engine = Arc::clone(&engine);
        move |number| {
            let engine = Arc::clone(&engine);
            async move {
                let command = Command::Start {
                    process_id: PROCESS.into(),
                    version: None,
                    message_name: None,
                    business_key: Some(business_key(number)),
                    variables: Vec::new(),
                    before: Vec::new(),
                };
                let reply = engine.engine().command(command).await;
                let started = matches!(reply, Reply::Started { .. });
                started
                    .then_some(())
                    .ok_or_else(|| Failure::CouldNotRun(format!("parking an instance: {reply:?}")))
            }
        }
    })
    .await?;
    let memory = Memory { resident_before, resident_after: resident_bytes(std::process::id())? };
    crate::commands::say_line(serde_json::to_string(&memory)?);
    std::future::pending().await
}

pub(super) async fn measure(options: &Options, plugins: &Plugins) -> Result<Parked, Failure> {
    let dir = options.dir.join("parked");
    let instances = options.scaled(INSTANCES);
    let memory = parked_by_child(&dir, instances).await?;

    let start = Instant::now();
    let engine = Arc::new(EngineOnly::start(Kind::Sled, &dir, plugins).await?);
    let recovered = start.elapsed();

    let correlated = options.scaled(CORRELATED);
    let start = Instant::now();
    each(correlated, {
        let engine = Arc::clone(&engine);
        move |number| {
            let engine = Arc::clone(&engine);
            async move {
                let acceptance = engine.engine().message(wake_up(number)).await;
                let taken = matches!(acceptance, Acceptance::Taken { .. });
                taken
                    .then_some(())
                    .ok_or_else(|| Failure::CouldNotRun(format!("waking an instance: {acceptance:?}")))
            }
        }
    })
    .await?;
    let took = start.elapsed();
    if let Ok(engine) = Arc::try_unwrap(engine) {
        engine.stop().await;
    }
    std::fs::remove_dir_all(&dir)?;
    let grown = memory.resident_after.saturating_sub(memory.resident_before);
    Ok(Parked {
        instances,
        bytes_each: grown / u64::try_from(instances.max(1)).unwrap_or(1),
        correlate_per_s: rate(correlated, took),
        recover_ms: rounded(recovered.as_secs_f64() * 1_000.0),
    })
}

async fn parked_by_child(dir: &Path, instances: usize) -> Result<Memory, Failure> {
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .arg("bench")
        .arg("--park")
        .arg(instances.to_string())
        .arg("--dir")
        .arg(dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let output = child.stdout.take().expect("standard output is piped");
    let mut line = String::new();
    BufReader::new(output).read_line(&mut line).await?;
    // SIGKILL: whatever was acknowledged must be found again.
    child.kill().await?;
    Ok(serde_json::from_str(&line)?)
}

/// Does `task` for each number, many at a time.
async fn each<F>(count: usize, task: impl Fn(usize) -> F) -> Result<(), Failure>
where
    F: Future<Output = Result<(), Failure>> + Send + 'static,
{
    let mut running = JoinSet::new();
    for number in 0..count {
        if running.len() >= AT_A_TIME
            && let Some(done) = running.join_next().await
        {
            done.map_err(|error| Failure::CouldNotRun(error.to_string()))??;
        }
        running.spawn(task(number));
    }
    for done in running.join_all().await {
        done?;
    }
    // The last commits' bookkeeping settles before memory is read.
    tokio::time::sleep(Duration::from_millis(200)).await;
    Ok(())
}

fn business_key(number: usize) -> Arc<str> {
    format!("parked-{number}").into()
}

fn wake_up(number: usize) -> Message {
    Message {
        id: format!("Task/wake-up-{number}").into(),
        sender: "bench.example".into(),
        process_id: PROCESS.into(),
        process_version: "1.0".into(),
        name: "wakeUp".into(),
        business_key: Some(business_key(number)),
        correlation_key: None,
        document: Arc::new(Value::Null),
    }
}
