//! `tessera bench`: the numbers in README.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use clap::Args;

use crate::bench::{self, Options, Workload};
use crate::clock;
use crate::commands::{Failure, Format, say, say_line};
use crate::config::{Log, LogFormat};
use crate::descriptors;
use crate::logging;

/// Measures this build on this machine: interpreter, durable instances on each embedded store, parked instances, messages
/// between sites, neighbours of spinning plugins, strangers at a mailbox, and the physical limits beside them.
#[derive(Debug, Args)]
pub struct Arguments {
    /// A tenth of the work: for a look, not for comparison
    #[arg(long)]
    quick: bool,
    /// Only these workloads, comma-separated
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WORKLOAD")]
    only: Vec<Workload>,
    /// Output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Where the stores go; the disk decides much. Default: a folder below the current one, removed afterwards
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Park so many instances in DIR and wait: the child that the parked workload kills
    #[arg(long, hide = true, requires = "dir")]
    park: Option<usize>,
}

/// Measures.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    logging::start(&Log { format: LogFormat::Text, filter: "off".to_owned() })?;
    descriptors::raise();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    if let (Some(instances), Some(dir)) = (arguments.park, &arguments.dir) {
        return runtime.block_on(bench::park(dir, instances));
    }
    let parent = arguments.dir.clone().unwrap_or_else(|| PathBuf::from("."));
    let dir = parent.join(format!("tessera-bench-{}", clock::uuid()));
    std::fs::create_dir_all(&dir)?;
    let options = Options { quick: arguments.quick, dir: dir.clone(), only: arguments.only.clone() };
    let report = runtime.block_on(bench::run(&options, progress));
    drop(runtime);
    std::fs::remove_dir_all(&dir)?;
    let report = report?;
    match arguments.format {
        Format::Json => say_line(serde_json::to_string_pretty(&report)?),
        Format::Human => say(&bench::report::human(&report)),
    }
    Ok(())
}

/// Names the workload on a terminal; quiet in a pipe.
fn progress(workload: &str) {
    use std::io::Write as _;
    let mut error = std::io::stderr().lock();
    if error.is_terminal() {
        let _ = writeln!(error, "measuring {workload} ...");
    }
}
