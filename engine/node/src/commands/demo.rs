//! `tessera demo`: three sites on loopback.

use std::path::PathBuf;

use clap::Args;

use crate::clock;
use crate::commands::run::signals;
use crate::commands::{Failure, Format, say, say_line};
use crate::config::{Log, LogFormat};
use crate::demo::{Network, Row};
use crate::logging;
use crate::table::Table;

const RECEIVED: &str = "pong-received";

/// Starts three organisations on loopback, each with its own certificate, mailbox, engine, store and plugin, and lets
/// each ping the two others over mutual TLS.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Where certificates, configurations and stores go; must be empty. Default: a temporary folder, removed afterwards
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// Play once, print the table, stop; exit code 0 if every ping was answered
    #[arg(long)]
    once: bool,
    /// Output of the table
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Show what the sites log
    #[arg(long, short)]
    verbose: bool,
}

/// Runs the demonstration.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let filter = if arguments.verbose { "info" } else { "error" };
    logging::start(&Log { format: LogFormat::Text, filter: filter.to_owned() })?;
    let (dir, temporary) = match &arguments.dir {
        Some(dir) => (dir.clone(), false),
        None => (std::env::temp_dir().join(format!("tessera-demo-{}", clock::uuid())), true),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(async {
        let mut stop = signals()?;
        let network = tokio::select! {
            network = Network::start(&dir) => network?,
            () = stop.wait() => return Err(interrupted()),
        };
        let result = tokio::select! {
            result = play(arguments, &network) => result,
            // Without `--once`, a signal is how the demonstration is meant to end.
            () = stop.wait() => if arguments.once { Err(interrupted()) } else { Ok(()) },
        };
        network.stop().await;
        result
    });
    drop(runtime);
    if temporary {
        // What a failed start left behind is only a temporary folder.
        let _ = std::fs::remove_dir_all(&dir);
    }
    result
}

fn interrupted() -> Failure {
    Failure::CouldNotRun("interrupted before every ping was answered".to_owned())
}

async fn play(arguments: &Arguments, network: &Network) -> Result<(), Failure> {
    let rows = network.ping().await?;
    match arguments.format {
        Format::Json => say_line(serde_json::to_string(&rows)?),
        Format::Human => say(&human(&rows)),
    }
    if !arguments.once {
        say(&format!("\nthe sites keep running; Ctrl-C stops them\n{}", network.guide()));
        std::future::pending::<()>().await;
    }
    if rows.iter().all(|row| row.status == RECEIVED) { Ok(()) } else { Err(Failure::No) }
}

fn human(rows: &[Row]) -> String {
    let mut table = Table::new(["FROM", "TO", "MESSAGE", "STATUS", "MS"]);
    for row in rows {
        let milliseconds =
            row.milliseconds.map_or_else(|| "-".to_owned(), |milliseconds| milliseconds.to_string());
        table.row([
            row.from.clone(),
            row.to.clone(),
            row.message.to_owned(),
            row.status.clone(),
            milliseconds,
        ]);
    }
    let received = rows.iter().filter(|row| row.status == RECEIVED).count();
    format!("{table}\n{received} of {} pings ponged\n", rows.len())
}
