//! `tessera plugin`: what lies in the plugin folder of a running site, and what runs.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::commands::{Failure, Format, SiteArguments, block_on, say, say_line};
use crate::control::{self, Request};
use crate::table::Table;

/// Plugins of a running site.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Every file in the plugin folder: active, not approved (with the line to add), or refused (with the reason)
    List {
        #[command(flatten)]
        site: SiteArguments,
        /// Output
        #[arg(long, value_enum, default_value_t)]
        format: Format,
    },
}

/// Runs the subcommand.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let Command::List { site, format } = &arguments.command;
    let data = site.data()?;
    let listed = block_on(async { Ok(control::ask(&data, &Request::Plugins).await?) })?;
    match format {
        Format::Json => say_line(&listed),
        Format::Human => say(&human(&listed)),
    }
    Ok(())
}

fn human(listed: &Value) -> String {
    use std::fmt::Write as _;
    let text = |row: &Value, key: &str| row.get(key).and_then(Value::as_str).unwrap_or("-").to_owned();
    let rows = listed.as_array().map_or(&[][..], Vec::as_slice);
    let mut table = Table::new(["FILE", "PLUGIN", "STATE", "SHA-256"]);
    for row in rows {
        let sha256: String = text(row, "sha256").chars().take(16).collect();
        table.row([text(row, "file"), text(row, "plugin"), text(row, "state"), sha256]);
    }
    let mut out = table.to_string();
    for row in rows {
        for note in tessera_fhir::resource::list(row, "notes").iter().filter_map(Value::as_str) {
            let _ = write!(out, "\n{}: {note}\n", text(row, "file"));
        }
    }
    out
}
