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

use std::cmp::Ordering;
use std::path::PathBuf;

use tessera_store::Kind;

use crate::commands::Failure;
use harness::Plugins;
use report::{Durable, Machine, Report};

/// What is measured, in this order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Workload {
    /// What the disk and WebAssembly allow
    Limits,
    /// The interpreter alone, in memory
    Interpreter,
    /// How costs grow with size
    Growth,
    /// Instances on each embedded store, one and many at a time
    Durable,
    /// Instances that wait, and recovery after SIGKILL
    Parked,
    /// A message to a peer and back
    Messages,
    /// Instances beside a hundred spinning calls; how soon a call is stopped
    Neighbours,
    /// A mailbox among two thousand connections without an accepted certificate
    Strangers,
}

/// What to measure and how long.
#[derive(Debug, Clone)]
pub struct Options {
    /// A tenth of the work: for a look, not for README.
    pub quick: bool,
    /// Where the stores go. The disk decides much.
    pub dir: PathBuf,
    /// Only these; all if empty.
    pub only: Vec<Workload>,
}

impl Options {
    fn scaled(&self, full: usize) -> usize {
        if self.quick { full / 10 } else { full }
    }

    fn wants(&self, workload: Workload) -> bool {
        self.only.is_empty() || self.only.contains(&workload)
    }
}

/// Runs the workloads; `progress` hears the name of each before it starts.
pub async fn run(options: &Options, progress: impl Fn(&str)) -> Result<Report, Failure> {
    let plugins = Plugins::load()?;
    let mut report = Report::of(Machine::this(), options.quick);
    if options.wants(Workload::Limits) {
        progress("limits: fdatasync");
        let fdatasync_per_s = limits::fdatasync_per_s(&options.dir, options.scaled(2_000))?;
        progress("limits: WebAssembly calls");
        let wasm_calls_per_s = limits::wasm_calls_per_s(&plugins, options.scaled(40_000)).await?;
        report.limits = Some(report::Limits { fdatasync_per_s, wasm_calls_per_s });
    }
    if options.wants(Workload::Interpreter) {
        progress("interpreter in memory");
        let instances_per_s = interpreter::instances_per_s(&plugins, options.scaled(200_000))?;
        report.core = Some(report::Core { instances_per_s });
    }
    if options.wants(Workload::Growth) {
        progress("growth");
        let sizes: &[usize] = if options.quick { &[10, 100, 1_000] } else { &[10, 100, 1_000, 10_000] };
        report.growth = growth::measure(sizes, &progress)?;
    }
    if options.wants(Workload::Durable) {
        for kind in [Kind::Sled, Kind::Fjall] {
            progress(&format!("durable instances on {kind}"));
            let measured = durable::measure(options, &plugins, kind).await?;
            report.fanout100.get_or_insert(report::FanOut { ms: measured.fan_out_ms });
            let durable = Durable { sequential: measured.sequential, concurrent64: measured.concurrent };
            report.durable.insert(kind.to_string(), durable);
        }
    }
    if options.wants(Workload::Parked) {
        progress("parked instances");
        report.parked = Some(parked::measure(options, &plugins).await?);
    }
    if options.wants(Workload::Messages) {
        progress("messages between two sites");
        report.message = Some(message::measure(options).await?);
    }
    if options.wants(Workload::Neighbours) {
        progress("neighbours of spinning plugins");
        report.neighbours = Some(neighbours::measure(options, &plugins).await?);
    }
    if options.wants(Workload::Strangers) {
        progress("strangers at a mailbox");
        report.strangers = Some(strangers::measure(options, &progress).await?);
    }
    Ok(report)
}

/// The middle one; of an even number, the upper of the two; zero of none.
fn median<T: Copy + Default>(values: impl IntoIterator<Item = T>, order: fn(&T, &T) -> Ordering) -> T {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_by(order);
    values.get(values.len() / 2).copied().unwrap_or_default()
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
