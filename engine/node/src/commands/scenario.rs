//! `tessera scenario`: the process developer's test tool.

use std::path::PathBuf;
use std::sync::Arc;

use clap::{Args, ValueEnum};
use tessera_federation::plugins::Plugins;
use tessera_store::Kind;

use crate::clock;
use crate::commands::{Failure, say, say_line};
use crate::scenario;
use crate::scenario::runner::{Options, Reloading};

const EXPLANATION: &str = "\
A scenario is a YAML file: models, stubs for their work, steps, and what is expected after them. The schema is
explained in tests/scenarios/README.md; the files beside it are examples. The exit code is 1 if a scenario failed,
2 if none could be run.";

/// Which scenarios, and how.
#[derive(Debug, Args)]
#[command(after_help = EXPLANATION)]
pub struct Arguments {
    /// Scenario files, or folders of them
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Where the models are; else each is looked for in the scenario's folder and those above
    #[arg(long, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Let a plugin do the work that a scenario has no stub for; may be repeated
    #[arg(long = "plugin", value_name = "FILE")]
    plugins: Vec<PathBuf>,
    /// Output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show where tokens wait after each step
    #[arg(long)]
    trace: bool,
    /// Drop everything but the store between all steps
    #[arg(long)]
    reload: bool,
    /// What the instances are kept in: memory, sled or fjall
    #[arg(long, default_value = "memory")]
    store: Kind,
}

/// How the report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
enum Format {
    /// For people; the last line is `N passed, M failed`.
    #[default]
    Human,
    /// For programs.
    Json,
    /// For build servers.
    Junit,
}

/// Runs all files.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let files = scenario::files(&arguments.paths)?;
    let reloading = if arguments.reload { Reloading::BetweenSteps } else { Reloading::Never };
    let plugins = plugins(&arguments.plugins)?;
    let options = Options { models: arguments.models, reloading, store: arguments.store, plugins };
    let report = scenario::run(&files, &options);
    match arguments.format {
        Format::Human => say(&report.human(arguments.trace)),
        Format::Json => say_line(report.json()),
        Format::Junit => say(&report.junit(&clock::moment())),
    }
    if report.failed() == 0 { Ok(()) } else { Err(Failure::No) }
}

/// Compiles plugins that are tried out; none if none is named.
pub(super) fn plugins(files: &[PathBuf]) -> Result<Option<Arc<Plugins>>, Failure> {
    if files.is_empty() {
        return Ok(None);
    }
    let mut read = Vec::new();
    for path in files {
        let cannot = |error: std::io::Error| Failure::CouldNotRun(format!("{}: {error}", path.display()));
        read.push((path.display().to_string(), std::fs::read(path).map_err(cannot)?));
    }
    Ok(Some(Arc::new(Plugins::load(read)?)))
}
