//! `tessera instance`: what a running site's process instances do, and why one does not move.

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::Value;
use tessera_core::driver::Correlation;
use tessera_core::identity::NodeKey;
use tessera_core::instance::Modification;

use crate::clock;
use crate::commands::exec::{pair, variable};
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
    /// Stop an instance: nothing moves it until it is resumed; what comes meanwhile is held or refused
    Suspend {
        /// Its id
        instance: String,
    },
    /// Let a suspended instance move again
    Resume {
        /// Its id
        instance: String,
    },
    /// Move an instance: end what is active, put tokens elsewhere; all or nothing
    ///
    /// Scopes around a new token are entered if they are not active; scopes that are left empty end.
    Modify {
        /// Its id
        instance: String,
        /// In order: cancel=ELEMENT (all that is active there), cancel-one=NODE (one activation, as `show --format json`
        /// numbers it), before=ELEMENT, after=ELEMENT (on the one flow that leaves it)
        #[arg(required = true, value_parser = change, value_name = "CHANGE")]
        changes: Vec<Modification>,
    },
    /// Bring an instance to another version of its process
    ///
    /// What is active needs a counterpart of the same kind in the same scope. Prints what moves, and what stands in the way.
    Migrate {
        /// Its id
        instance: String,
        /// Version tag; the newest that is in use if absent
        #[arg(long, value_name = "VERSION")]
        to: Option<String>,
        /// An element of the old version and its counterpart, if that has another id
        #[arg(long = "map", value_name = "OLD=NEW", value_parser = pair)]
        mapping: Vec<(String, String)>,
        /// Only say what would happen
        #[arg(long)]
        dry_run: bool,
    },
    /// Broadcast a signal: everybody at the site who waits for it hears it, and processes start that it starts
    Signal {
        /// Its name
        name: String,
        /// What travels with it; a value is JSON, or else text
        #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
        variables: Vec<(String, Value)>,
    },
    /// Give a message to the one instance that waits for it, or start the one process that it starts
    Message {
        /// Its name
        name: String,
        /// Only instances of this process
        #[arg(long, value_name = "ID")]
        process: Option<String>,
        /// Only the instance with this business key
        #[arg(long, value_name = "KEY")]
        business_key: Option<String>,
        /// Only who waits for this correlation key, or for any
        #[arg(long, value_name = "KEY")]
        correlation_key: Option<String>,
        /// Only instances with this process variable
        #[arg(long = "where", value_name = "NAME=VALUE", value_parser = variable)]
        keys: Vec<(String, Value)>,
        /// What it brings; a value is JSON, or else text
        #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
        variables: Vec<(String, Value)>,
        /// Everybody who waits gets it, and all processes start that it starts
        #[arg(long)]
        all: bool,
        /// If nobody waits, keep it so many seconds for the business key
        #[arg(long, value_name = "SECONDS", requires = "business_key")]
        keep: Option<u64>,
    },
}

fn change(text: &str) -> Result<Modification, String> {
    let (what, where_) = pair(text)?;
    match what.as_str() {
        "cancel" => Ok(Modification::Cancel(where_.into())),
        "before" => Ok(Modification::StartBefore(where_.into())),
        "after" => Ok(Modification::StartAfter(where_.into())),
        "cancel-one" => {
            let node = where_.parse().map_err(|_| format!("{where_:?} is no number of an activation"))?;
            Ok(Modification::CancelOne(NodeKey(node)))
        }
        other => Err(format!("{other:?} is no change; it is cancel, cancel-one, before or after")),
    }
}

fn named(variables: Vec<(String, Value)>) -> Vec<(Arc<str>, Arc<Value>)> {
    variables.into_iter().map(|(name, value)| (name.into(), Arc::new(value))).collect()
}

/// Runs the subcommand.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let data = arguments.site.data()?;
    let human: fn(&Value) -> String = match &arguments.command {
        Command::List { .. } => list,
        Command::Show { .. } => show,
        Command::Explain { .. } => explain,
        Command::Migrate { .. } => plan,
        Command::Message { .. } => |answer| {
            let kept = answer.as_str() == Some("Buffered");
            let words = if kept { "nobody waits yet; it is kept" } else { "done" };
            match answer.get("instance").and_then(Value::as_str) {
                Some(instance) => format!("started {instance}\n"),
                None => format!("{words}\n"),
            }
        },
        Command::Retry { .. }
        | Command::Cancel { .. }
        | Command::Suspend { .. }
        | Command::Resume { .. }
        | Command::Modify { .. }
        | Command::Signal { .. } => |_| "done\n".to_owned(),
    };
    let request = match arguments.command {
        Command::List { running, limit } => Request::List { limit, running },
        Command::Show { instance } => Request::Show { instance },
        Command::Explain { instance } => Request::Explain { instance },
        Command::Retry { instance, incident } => Request::Retry { instance, incident },
        Command::Cancel { instance, reason } => Request::Cancel { instance, reason },
        Command::Suspend { instance } => Request::Suspend { instance },
        Command::Resume { instance } => Request::Resume { instance },
        Command::Modify { instance, changes } => Request::Modify { instance, changes },
        Command::Migrate { instance, to, mapping, dry_run } => {
            let mapping = mapping.into_iter().collect();
            Request::Migrate { instance, version: to, mapping, dry_run }
        }
        Command::Signal { name, variables } => {
            Request::Signal { name, variables: variables.into_iter().collect() }
        }
        Command::Message { name, process, business_key, correlation_key, keys, variables, all, keep } => {
            Request::Message(Box::new(Correlation {
                name: name.into(),
                process_id: process.map(Into::into),
                business_key: business_key.map(Into::into),
                correlation_key: correlation_key.map(Into::into),
                keys: named(keys),
                variables: named(variables),
                all,
                ttl_ms: keep.map(|seconds| seconds.saturating_mul(1_000)),
            }))
        }
    };
    let answer = block_on(async { Ok(control::ask(&data, &request).await?) })?;
    match arguments.format {
        Format::Json => say_line(&answer),
        Format::Human => say(&human(&answer)),
    }
    // A migration that was only tried may have found something in its way.
    let obstacles = answer.get("obstacles").and_then(Value::as_array);
    if obstacles.is_some_and(|obstacles| !obstacles.is_empty()) { Err(Failure::No) } else { Ok(()) }
}

/// What a migration moves, and what stands in its way.
fn plan(plan: &Value) -> String {
    use std::fmt::Write as _;
    let mut table = Table::new(["ACTIVE", "GOES TO", "TOKENS"]);
    for moved in tessera_fhir::resource::list(plan, "moves") {
        let count = moved.get("count").map(ToString::to_string).unwrap_or_default();
        table.row([text(moved, "from"), text(moved, "to"), count]);
    }
    let mut out = table.to_string();
    let lines = [
        ("dropped", "not waited for any more"),
        ("added", "waited for in addition"),
        ("obstacles", "in the way"),
    ];
    for (key, words) in lines {
        for line in strings(plan, key) {
            let _ = writeln!(out, "{words}: {line}");
        }
    }
    out
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
