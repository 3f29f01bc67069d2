//! `tessera instance`: what a running site's process instances do, and why one does not move.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::clock;
use crate::commands::{Failure, Format, SiteArguments, block_on, say, say_line};
use crate::control::{self, Request};
use crate::table::{Table, printable};

const LINE_CHARACTERS_MAX: usize = 2_000;

/// Process instances of a running site.
#[derive(Debug, Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    site: SiteArguments,
    /// Output
    #[arg(long, value_enum, default_value_t, global = true)]
    format: Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Instances, newest first
    List {
        /// Only those that run
        #[arg(long)]
        running: bool,
        /// At most this many
        #[arg(long, default_value_t = 100)]
        limit: usize,
    },
    /// One instance: where it stands, its variables, what it waits for
    Show {
        /// Its id
        instance: String,
    },
    /// Why an instance stands where it stands, and what would move it
    Explain {
        /// Its id
        instance: String,
    },
    /// Try the failed work of an instance again
    Retry {
        /// Its id
        instance: String,
        /// One incident; all open ones if absent
        #[arg(long)]
        incident: Option<u64>,
    },
    /// End an instance; those who wait for its answer are told
    Cancel {
        /// Its id
        instance: String,
        /// Recorded and told
        #[arg(long, default_value = "cancelled by the operator")]
        reason: String,
    },
}

/// Runs the subcommand.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let data = arguments.site.data()?;
    let human: fn(&Value) -> String = match &arguments.command {
        Command::List { .. } => list,
        Command::Show { .. } => show,
        Command::Explain { .. } => explain,
        Command::Retry { .. } | Command::Cancel { .. } => |_| "done\n".to_owned(),
    };
    let request = match arguments.command {
        Command::List { running, limit } => Request::List { limit, running },
        Command::Show { instance } => Request::Show { instance },
        Command::Explain { instance } => Request::Explain { instance },
        Command::Retry { instance, incident } => Request::Retry { instance, incident },
        Command::Cancel { instance, reason } => Request::Cancel { instance, reason },
    };
    let answer = block_on(async { Ok(control::ask(&data, &request).await?) })?;
    match arguments.format {
        Format::Json => say_line(&answer),
        Format::Human => say(&human(&answer)),
    }
    Ok(())
}

/// Messages and keys come from peers and plugins.
fn text(value: &Value, key: &str) -> String {
    printable(value.get(key).and_then(Value::as_str).unwrap_or("-"), LINE_CHARACTERS_MAX)
}

/// Milliseconds since the epoch, as people write time.
fn time(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_u64).map_or_else(
        || "-".to_owned(),
        |milliseconds| format!("{:.0}", clock::instant(tessera_core::identity::Timestamp(milliseconds))),
    )
}

fn strings(value: &Value, key: &str) -> Vec<String> {
    tessera_fhir::resource::list(value, key)
        .iter()
        .filter_map(Value::as_str)
        .map(|line| printable(line, LINE_CHARACTERS_MAX))
        .collect()
}

fn list(rows: &Value) -> String {
    let mut table =
        Table::new(["INSTANCE", "PROCESS", "BUSINESS KEY", "STATE", "STARTED", "AT", "INCIDENTS"]);
    for row in rows.as_array().map_or(&[][..], Vec::as_slice) {
        table.row([
            text(row, "instance"),
            format!("{}|{}", text(row, "process_id"), text(row, "version")),
            text(row, "business_key"),
            text(row, "state"),
            time(row, "started_at"),
            strings(row, "at").join(","),
            row.get("incidents").map(ToString::to_string).unwrap_or_default(),
        ]);
    }
    table.to_string()
}

fn show(shown: &Value) -> String {
    use std::fmt::Write as _;
    let row = shown.get("row").unwrap_or(&Value::Null);
    let mut out = String::new();
    let lines = [
        ("instance", text(row, "instance")),
        ("process", format!("{}|{}", text(row, "process_id"), text(row, "version"))),
        ("business key", text(row, "business_key")),
        ("state", text(row, "state")),
        ("started", time(row, "started_at")),
        ("ended", time(row, "ended_at")),
        ("at", strings(row, "at").join(", ")),
        ("steps", shown.get("steps").map(ToString::to_string).unwrap_or_default()),
    ];
    for (name, value) in lines {
        let _ = writeln!(out, "{name:<14}{value}");
    }
    out.push_str("variables\n");
    for (name, value) in shown.get("variables").and_then(Value::as_object).into_iter().flatten() {
        let _ = writeln!(out, "  {name} = {}", shortened(&value.to_string()));
    }
    out.push('\n');
    out.push_str(&explain(shown.get("explanation").unwrap_or(&Value::Null)));
    out
}

/// A terminal is no place for a whole FHIR resource; `--format json` has it.
fn shortened(text: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    if text.chars().count() <= CHARACTERS_MAX {
        return text.to_owned();
    }
    let start: String = text.chars().take(CHARACTERS_MAX).collect();
    format!("{start}… ({} bytes)", text.len())
}

/// The lines say everything about open incidents too; the structured form is for programs.
fn explain(explanation: &Value) -> String {
    let mut out = strings(explanation, "lines").join("\n");
    out.push('\n');
    out
}
