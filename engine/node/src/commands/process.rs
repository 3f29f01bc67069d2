//! `tessera process`: the process definitions of a running site, and which of them new instances use.

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::clock;
use crate::commands::exec::variable;
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
        Command::Evaluate { .. } => started,
        Command::Activate { .. } | Command::Deactivate { .. } => |_| "done\n".to_owned(),
    };
    let request = match arguments.command {
        Command::List => Request::Processes,
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
    Ok(())
}

fn started(instances: &Value) -> String {
    let ids = instances.as_array().into_iter().flatten().filter_map(Value::as_str);
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
