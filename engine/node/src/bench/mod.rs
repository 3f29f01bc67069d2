//! The numbers in README, reproduced on this machine by `tessera bench`.
//!
//! Each workload stands beside the physical limits that were measured in the same run: what the disk can sync and how often
//! a bare WebAssembly component can be called. Each start and each plugin answer is a commit of its own; commits and syncs
//! are printed, so that a rate can be believed.

mod crowd;
mod durable;
mod growth;
mod harness;
mod interpreter;
mod limits;
mod message;
mod neighbours;
mod parked;
pub mod report;
mod strangers;

pub use crowd::Crowd;
pub use parked::{Parked, park};
pub use strangers::Strangers;

use std::path::PathBuf;

use tessera_store::Kind;

use crate::commands::Failure;
use harness::Plugins;
use report::{Durable, Machine, Report};

/// What to measure and how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// A tenth of the work: for a look, not for README.
    pub quick: bool,
    /// Where the stores go. The disk decides much.
    pub dir: PathBuf,
}

impl Options {
    fn scaled(&self, full: usize) -> usize {
        if self.quick { full / 10 } else { full }
    }
}

/// Runs all workloads; `progress` hears the name of each before it starts.
pub async fn run(options: &Options, progress: impl Fn(&str)) -> Result<Report, Failure> {
    let plugins = Plugins::load()?;

    progress("limits: fdatasync");
    let fdatasync_per_s = limits::fdatasync_per_s(&options.dir, options.scaled(2_000))?;
    progress("limits: WebAssembly calls");
    let wasm_calls_per_s = limits::wasm_calls_per_s(&plugins, options.scaled(40_000)).await?;
    progress("interpreter in memory");
    let instances_per_s = interpreter::instances_per_s(&plugins, options.scaled(200_000))?;

    progress("growth");
    let sizes: &[usize] = if options.quick { &[10, 100, 1_000] } else { &[10, 100, 1_000, 10_000] };
    let growth = growth::measure(sizes, &progress)?;

    let mut durable = std::collections::BTreeMap::new();
    let mut fan_out = Vec::new();
    for kind in [Kind::Sled, Kind::Fjall] {
        progress(&format!("durable instances on {kind}"));
        let measured = durable::measure(options, &plugins, kind).await?;
        fan_out.push(measured.fan_out_ms);
        durable.insert(
            kind.to_string(),
            Durable { sequential: measured.sequential, concurrent64: measured.concurrent },
        );
    }
    progress("parked instances");
    let parked = parked::measure(options, &plugins).await?;
    progress("messages between two sites");
    let message = message::measure(options).await?;
    progress("neighbours of spinning plugins");
    let neighbours = neighbours::measure(options, &plugins).await?;
    progress("strangers at a mailbox");
    let strangers = strangers::measure(options).await?;
    Ok(Report {
        machine: Machine::this(),
        quick: options.quick,
        core: report::Core { instances_per_s },
        durable,
        fanout100: report::FanOut { ms: fan_out.first().copied().unwrap_or_default() },
        parked,
        message,
        neighbours,
        strangers,
        growth,
        limits: report::Limits { fdatasync_per_s, wasm_calls_per_s },
    })
}

/// The memory of a process of this machine that is not swapped out, in bytes.
fn resident_bytes(process: u32) -> Result<u64, Failure> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
    let kibibytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .and_then(|rest| rest.trim().strip_suffix(" kB"))
        .and_then(|number| number.trim().parse::<u64>().ok());
    Ok(kibibytes.unwrap_or(0) * 1024)
}
