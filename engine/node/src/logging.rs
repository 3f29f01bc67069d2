//! Where log lines go: to standard error, as text for people or as JSON for machines.
//!
//! Every line that belongs to a site carries its identifier, because `tessera demo` runs several in one process.

use std::io::IsTerminal as _;

use tracing::Span;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::{Log, LogFormat};

/// Goes before the filter of the configuration.
pub const FILTER_VARIABLE: &str = "TESSERA_LOG";

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    #[error("{origin} is not a log filter: {source}; write it like \"info,tessera_mailbox=debug\"")]
    Filter { origin: &'static str, source: tracing_subscriber::filter::ParseError },
    #[error("logging was already set up in this process: {0}")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

/// Sets up logging for the whole process; once.
pub fn start(log: &Log) -> Result<(), LoggingError> {
    let filter = match std::env::var(FILTER_VARIABLE) {
        Ok(directives) if !directives.is_empty() => filter(&directives, FILTER_VARIABLE)?,
        _ => filter(&log.filter, "log.filter")?,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).finish().try_init()?,
        LogFormat::Json => lines.json().flatten_event(true).with_ansi(false).finish().try_init()?,
    }
    Ok(())
}

/// The span that all work of a site runs in (`tracing::Instrument`).
pub fn site(organization_identifier: &str) -> Span {
    tracing::error_span!("site", organization = organization_identifier)
}

fn filter(directives: &str, origin: &'static str) -> Result<EnvFilter, LoggingError> {
    EnvFilter::builder().parse(directives).map_err(|source| LoggingError::Filter { origin, source })
}
