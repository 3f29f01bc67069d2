//! `tessera simulate`: a network of sites in one thread, virtual time, faults on: the organisations, plugins and expectations
//! of a file, or the built-in campaign.

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use clap::Args;
use tessera_federation::faults::named;
use tessera_simulation::campaign::{Order, Watch, run};
use tessera_simulation::fault::Fault;
use tessera_simulation::plan::{Limits, Plan};

use crate::commands::run::signals;
use crate::commands::{Failure, Format, say, say_line};
use crate::simulation::Simulation;

const EXPLANATION: &str = "\
With a file it runs the plugins and models of its organisations and judges how each seed ends; the format is explained in
engine/federation/simulations.md. Without one it runs random collaborations with a known outcome: the test of the engine
itself. Each seed is one history of faults; then everything is healed and must come to its end. The first seed that breaks
an expectation or an invariant is made smaller and shown with the command that repeats it. The exit code is 1 then, and also
when the built-in campaign misses a rare event or a fault in 1,000 seeds or more.";

const FAULTS_PER_LINE: usize = 8;
const TELL_EVERY: Duration = Duration::from_millis(500);

/// What is simulated, and how often.
#[derive(Debug, Args)]
#[command(after_help = explanation())]
pub struct Arguments {
    /// A simulation file (*.yaml)
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Where the plugins of the file are, instead of beside it or where cargo builds them in a folder above
    #[arg(long, value_name = "DIR", requires = "file")]
    plugins: Option<PathBuf>,
    /// How many seeds
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..), conflicts_with = "seed")]
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
    #[arg(long, conflicts_with = "file")]
    processes: Option<usize>,
    /// At most so many sites
    #[arg(long, conflicts_with = "file")]
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
        faults: arguments.faults.as_deref().map(named).transpose().map_err(Failure::CouldNotRun)?,
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
    let (stop, told) = (stopped_by_a_signal()?, Told::default());
    let watch = Watch { stop: &stop, progress: &|done| told.tell(done, order.seeds) };
    let read = |file| Simulation::read(file, arguments.plugins.as_deref());
    let simulation = arguments.file.as_deref().map(read).transpose()?;
    let report = match &simulation {
        Some(simulation) => simulation.run(&order, watch)?,
        None => run(&Plan::of, &order, watch).map_err(Failure::CouldNotRun)?,
    };
    told.end();
    match arguments.format {
        Format::Json => say_line(report.json()),
        Format::Human => say(&simulation.map_or_else(|| report.to_string(), |of_file| of_file.told(&report))),
    }
    if report.is_good() { Ok(()) } else { Err(Failure::No) }
}

/// Set by SIGINT or SIGTERM: the seeds under way are run to their end, and what was run is told.
fn stopped_by_a_signal() -> std::io::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let set = Arc::clone(&stop);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        runtime.block_on(async {
            let Ok(mut signals) = signals() else { return };
            signals.wait().await;
            set.store(true, Ordering::Relaxed);
        });
    })?;
    Ok(stop)
}

/// How far it is, on a terminal; quiet in a pipe.
#[derive(Default)]
struct Told(Mutex<Option<Instant>>);

impl Told {
    fn tell(&self, done: u64, of: u64) {
        // Whoever finds it taken leaves it to the other thread.
        let Ok(mut last) = self.0.try_lock() else { return };
        let mut error = std::io::stderr().lock();
        if error.is_terminal() && last.is_none_or(|last| last.elapsed() >= TELL_EVERY) {
            *last = Some(Instant::now());
            let _ = write!(error, "\r{done} of {of} seeds");
        }
    }

    /// Makes room for the report.
    fn end(&self) {
        if self.0.lock().is_ok_and(|last| last.is_some()) {
            let _ = write!(std::io::stderr(), "\r\x1b[K");
        }
    }
}
