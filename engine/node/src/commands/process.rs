//! `tessera process`: the process definitions of a running site, and which of them new instances use.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::clock;
use crate::commands::exec::{pair, variable};
use crate::commands::{Failure, Format, SiteArguments, block_on, say, say_line};
use crate::control::{self, Request};
use crate::table::{Table, printable};

const CELL_CHARACTERS_MAX: usize = 200;

/// Process definitions of a running site.
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
    /// All definitions that the site knows, oldest first
    List,
    /// Start an instance of a process's newest version that is in use
    Start {
        /// Process id
        process: String,
        /// Version tag, instead of the newest
        #[arg(long, value_name = "VERSION")]
        version: Option<String>,
        /// Begin at the start event of this message
        #[arg(long, value_name = "NAME", conflicts_with = "before")]
        message: Option<String>,
        /// Names the conversation; drawn if absent
        #[arg(long, value_name = "KEY")]
        business_key: Option<String>,
        /// Process variables; a value is JSON, or else text
        #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
        variables: Vec<(String, Value)>,
        /// Begin before this element instead of at a start event; may be given several times
        #[arg(long, value_name = "ELEMENT")]
        before: Vec<String>,
    },
    /// Bring all running instances of a version to another version, each as `tessera instance migrate` does
    ///
    /// What stands in the way of one instance does not stop the others. The exit code is 1 if one cannot be migrated.
    Migrate {
        /// Process id
        process: String,
        /// Version tag of the instances that are to be migrated
        #[arg(long, value_name = "VERSION")]
        from: String,
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
    /// Look at the conditions of start events, and start every process of which one holds
    Evaluate {
        /// Only this process
        #[arg(long, value_name = "ID")]
        process: Option<String>,
        /// Of all that are started; drawn for each if absent
        #[arg(long, value_name = "KEY")]
        business_key: Option<String>,
        /// What the conditions see, and the new instances get; a value is JSON, or else text
        #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
        variables: Vec<(String, Value)>,
    },
    /// Let new instances use a process again
    Activate {
        /// Process id
        process: String,
        /// Only this version; all if absent
        #[arg(long, value_name = "VERSION")]
        version: Option<String>,
    },
    /// Let no new instance use a process, or a version of it; running instances go on
    ///
    /// New instances use the newest active version. Timers and signals of a process that is out of use start nothing.
    Deactivate {
        /// Process id
        process: String,
        /// Only this version; all if absent
        #[arg(long, value_name = "VERSION")]
        version: Option<String>,
    },
}

/// Runs the subcommand.
pub fn run(arguments: Arguments) -> Result<(), Failure> {
    let data = arguments.site.data()?;
    let human: fn(&Value) -> String = match &arguments.command {
        Command::List => list,
        Command::Start { .. } => {
            |answer| started(std::slice::from_ref(answer.get("instance").unwrap_or(answer)))
        }
        Command::Evaluate { .. } => |answer| started(answer.as_array().map_or(&[][..], Vec::as_slice)),
        Command::Migrate { .. } => migrated,
        Command::Activate { .. } | Command::Deactivate { .. } => |_| "done\n".to_owned(),
    };
    let request = match arguments.command {
        Command::List => Request::Processes,
        Command::Start { process, version, message, business_key, variables, before } => {
            let variables = variables.into_iter().collect();
            Request::Start { process, version, message, business_key, variables, before }
        }
        Command::Migrate { process, from, to, mapping, dry_run } => {
            let mapping = mapping.into_iter().collect();
            Request::MigrateAll { process, from, version: to, mapping, dry_run }
        }
        Command::Evaluate { process, business_key, variables } => {
            Request::Evaluate { process, business_key, variables: variables.into_iter().collect() }
        }
        Command::Activate { process, version } => Request::SetActive { process, version, active: true },
        Command::Deactivate { process, version } => Request::SetActive { process, version, active: false },
    };
    let answer = block_on(async { Ok(control::ask(&data, &request).await?) })?;
    match arguments.format {
        Format::Json => say_line(&answer),
        Format::Human => say(&human(&answer)),
    }
    let one_stays = answer.as_array().into_iter().flatten().any(|result| !in_the_way(result).is_empty());
    if one_stays { Err(Failure::No) } else { Ok(()) }
}

/// What stands in the way of an instance, each in a line of its own.
fn in_the_way(result: &Value) -> Vec<String> {
    let obstacles = result.pointer("/plan/obstacles").and_then(Value::as_array).into_iter().flatten();
    let lines = obstacles.chain(result.get("refused")).filter_map(Value::as_str);
    lines.map(|line| printable(line, CELL_CHARACTERS_MAX)).collect()
}

fn migrated(results: &Value) -> String {
    use std::fmt::Write as _;
    let results = results.as_array().map_or(&[][..], Vec::as_slice);
    let mut out = String::new();
    let mut stay = 0_usize;
    for result in results {
        let instance =
            printable(result.get("instance").and_then(Value::as_str).unwrap_or("-"), CELL_CHARACTERS_MAX);
        let lines = in_the_way(result);
        stay += usize::from(!lines.is_empty());
        for line in lines {
            let _ = writeln!(out, "{instance}: {line}");
        }
    }
    let _ = writeln!(
        out,
        "{} of {} instances can be migrated",
        results.len().saturating_sub(stay),
        results.len()
    );
    out
}

fn started(instances: &[Value]) -> String {
    let ids = instances.iter().filter_map(Value::as_str);
    let lines: Vec<_> = ids.map(|id| format!("started {}\n", printable(id, CELL_CHARACTERS_MAX))).collect();
    lines.concat()
}

fn list(rows: &Value) -> String {
    let mut table = Table::new(["PROCESS", "VERSION", "DIGEST", "SINCE", "STATE", "NEW INSTANCES"]);
    for row in rows.as_array().map_or(&[][..], Vec::as_slice) {
        let definition = row.get("definition").unwrap_or(&Value::Null);
        let text = |key: &str| {
            printable(definition.get(key).and_then(Value::as_str).unwrap_or("-"), CELL_CHARACTERS_MAX)
        };
        let is = |key: &str| row.get(key).and_then(Value::as_bool).unwrap_or_default();
        let since = row.get("first_deployed_at").and_then(Value::as_u64).unwrap_or_default();
        let state = match (is("deployed"), is("active")) {
            (false, _) => "not deployed",
            (true, true) => "active",
            (true, false) => "deactivated",
        };
        table.row([
            text("process_id"),
            text("version"),
            text("digest").chars().take(16).collect(),
            format!("{:.0}", clock::instant(tessera_core::identity::Timestamp(since))),
            state.to_owned(),
            if is("newest") { "use this".to_owned() } else { "-".to_owned() },
        ]);
    }
    table.to_string()
}
