//! `tessera simulate`: a network of sites in one thread, virtual time, faults on: the built-in campaign.

use std::sync::atomic::AtomicBool;

use clap::Args;
use tessera_simulation::campaign::{Order, Report, run};
use tessera_simulation::fault::Fault;
use tessera_simulation::plan::{Limits, Plan};

use crate::commands::{Failure, Format, say, say_line};

const EXPLANATION: &str = "\
It runs random collaborations with a known outcome: the test of the engine itself. Each seed is one history of faults;
then everything is healed and must come to its end. The first seed that breaks an invariant is made smaller and shown
with the options that repeat it. The exit code is 1 then.";

const FAULTS_PER_LINE: usize = 8;

/// What is simulated, and how often.
#[derive(Debug, Args)]
#[command(after_help = explanation())]
pub struct Arguments {
    /// How many seeds
    #[arg(long, default_value_t = 1_000, conflicts_with = "seed")]
    seeds: u64,
    /// The first of them
    #[arg(long, default_value_t = 1, conflicts_with = "seed")]
    first: u64,
    /// Only this seed
    #[arg(long)]
    seed: Option<u64>,
    /// Only these faults, comma-separated; `none` for a calm history
    #[arg(long, value_delimiter = ',', value_name = "FAULT")]
    faults: Option<Vec<String>>,
    /// At most so many conversations of each seed
    #[arg(long)]
    conversations: Option<usize>,
    /// At most so many processes
    #[arg(long)]
    processes: Option<usize>,
    /// At most so many sites
    #[arg(long)]
    sites: Option<usize>,
    /// Virtual milliseconds until everything is healed, at most
    #[arg(long, value_name = "MILLISECONDS")]
    chaos_ms: Option<u64>,
    /// Threads; as many as there are cores if absent
    #[arg(long)]
    threads: Option<usize>,
    /// Output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

fn explanation() -> String {
    let line = |faults: &[Fault]| faults.iter().map(|fault| fault.name()).collect::<Vec<_>>().join(", ");
    let lines: Vec<String> = Fault::ALL.chunks(FAULTS_PER_LINE).map(line).collect();
    format!("{EXPLANATION}\n\nFaults: {}.", lines.join(",\n"))
}

/// Runs the seeds.
pub fn run_seeds(arguments: &Arguments) -> Result<(), Failure> {
    let limits = Limits {
        conversations: arguments.conversations,
        sites: arguments.sites,
        faults: arguments.faults.as_deref().map(faults).transpose().map_err(Failure::CouldNotRun)?,
        chaos_ms: arguments.chaos_ms,
        processes: arguments.processes,
    };
    let order = Order {
        first: arguments.seed.unwrap_or(arguments.first),
        seeds: if arguments.seed.is_some() { 1 } else { arguments.seeds },
        limits,
        threads: arguments.threads,
        shrinks: arguments.seed.is_none(),
        canary: None,
    };
    let stop = AtomicBool::new(false);
    let report = run(&Plan::of, &order, &stop, &|_| {}).map_err(Failure::CouldNotRun)?;
    show(&report, arguments);
    if report.failure.is_none() { Ok(()) } else { Err(Failure::No) }
}

fn show(report: &Report, arguments: &Arguments) {
    match arguments.format {
        Format::Json => say_line(report.json()),
        Format::Human => say(&report.to_string()),
    }
}

fn faults(names: &[String]) -> Result<Vec<Fault>, String> {
    if names == ["none"] {
        return Ok(Vec::new());
    }
    let named = |name: &String| {
        let known = Fault::ALL.iter().copied().find(|fault| fault.name() == name);
        known.ok_or_else(|| format!("there is no fault {name:?}; `tessera simulate --help` lists them"))
    };
    names.iter().map(named).collect()
}
