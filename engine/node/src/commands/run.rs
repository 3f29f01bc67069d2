//! `tessera run`: one site until it is told to stop.

use std::path::PathBuf;

use clap::Args;

use crate::commands::{Failure, say_line};
use crate::config::{self, Config};
use crate::descriptors;
use crate::logging;
use crate::site::Site;

/// Runs the site that the configuration describes: mailbox, engine, or both. SIGTERM or Ctrl-C stop it gracefully:
/// it takes no more work, commits what it has decided, and ends.
#[derive(Debug, Args)]
#[command(after_long_help = config::REFERENCE)]
pub struct Arguments {
    /// The site's configuration file; `tessera run --help` shows every key
    #[arg(long, value_name = "FILE", default_value = "site.toml")]
    config: PathBuf,
}

/// Runs until a signal.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let config = Config::load(&arguments.config)?;
    logging::start(&config.log)?;
    descriptors::raise();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut stop = signals()?;
        let site = tokio::select! {
            site = Site::start(&config, None) => site?,
            () = stop.wait() => return Ok(()),
        };
        // Whoever starts sites waits for this line.
        say_line(format_args!("ready base_url={}", site.base_url()));
        let failure = tokio::select! {
            () = stop.wait() => None,
            reason = site.failed() => Some(reason),
        };
        tracing::info!("stopping");
        site.stop().await;
        match failure {
            None => Ok(()),
            Some(reason) => Err(Failure::CouldNotRun(format!("the site cannot go on: {reason}"))),
        }
    })
}

/// The signals that mean "stop".
pub struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    /// Waits for one.
    pub async fn wait(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

/// Listens to SIGTERM and SIGINT from now on.
pub fn signals() -> std::io::Result<Signals> {
    use tokio::signal::unix::{SignalKind, signal};
    Ok(Signals { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
}
