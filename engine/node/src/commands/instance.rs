//! `tessera instance`: what a running site's process instances do, and why one does not move.

mod text;

use std::sync::Arc;

use clap::{Args, Subcommand};
use serde_json::Value;
use tessera_core::driver::Correlation;
use tessera_core::identity::NodeKey;
use tessera_core::instance::Modification;

use crate::commands::exec::{pair, variable};
use crate::commands::{Failure, Format, SiteArguments, block_on, say, say_line};
use crate::control::{self, Request};

use text::{explain, journal, list, plan, show};

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
        /// Only those of this process
        #[arg(long, value_name = "ID")]
        process: Option<String>,
        /// Only those with this business key
        #[arg(long, value_name = "KEY")]
        business_key: Option<String>,
        /// Only those that need somebody to look after them
        #[arg(long)]
        with_incident: bool,
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
    /// What happened to an instance, step by step
    Journal {
        /// Its id
        instance: String,
        /// The first step wanted
        #[arg(long, default_value_t = 0)]
        from: u64,
        /// At most this many
        #[arg(long, default_value_t = 1_000)]
        limit: usize,
    },
    /// Set process variables of a running instance; what failed for want of them can be tried again then
    Set {
        /// Its id
        instance: String,
        /// A value is JSON, or else text
        #[arg(required = true, value_name = "NAME=VALUE", value_parser = variable)]
        variables: Vec<(String, Value)>,
    },
    /// Say that work is done that somebody outside does, such as a user task
    Complete {
        #[command(flatten)]
        work: Work,
    },
    /// Say that work of somebody outside ended with a BPMN error, which the model may catch
    Throw {
        #[command(flatten)]
        work: Work,
        /// The error's code
        #[arg(long)]
        code: String,
        /// What went wrong, for people
        #[arg(long, default_value = "")]
        message: String,
    },
    /// Delete an instance that has ended, and its journal
    ///
    /// A process whose model has `historyTimeToLive` deletes the history of its instances by itself.
    Delete {
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

/// Which work.
#[derive(Debug, Args)]
struct Work {
    /// The instance's id
    instance: String,
    /// Where it waits
    element: String,
    /// Which of several tokens there, as `show --format json` numbers their waits
    #[arg(long, value_name = "NUMBER")]
    wait: Option<u64>,
    /// What came of it; a value is JSON, or else text
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, Value)>,
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
        Command::Journal { .. } => journal,
        Command::Set { .. }
        | Command::Complete { .. }
        | Command::Throw { .. }
        | Command::Delete { .. }
        | Command::Retry { .. }
        | Command::Cancel { .. }
        | Command::Suspend { .. }
        | Command::Resume { .. }
        | Command::Modify { .. }
        | Command::Signal { .. } => |_| "done\n".to_owned(),
    };
    let request = match arguments.command {
        Command::List { running, process, business_key, with_incident, limit } => {
            Request::List { limit, running, process, business_key, with_incident }
        }
        Command::Show { instance } => Request::Show { instance },
        Command::Explain { instance } => Request::Explain { instance },
        Command::Journal { instance, from, limit } => Request::Journal { instance, from, limit },
        Command::Set { instance, variables } => {
            Request::SetVariables { instance, variables: variables.into_iter().collect() }
        }
        Command::Complete { work: Work { instance, element, wait, variables } } => {
            Request::Complete { instance, element, wait, variables: variables.into_iter().collect() }
        }
        Command::Throw { work: Work { instance, element, wait, variables }, code, message } => {
            let variables = variables.into_iter().collect();
            Request::Throw { instance, element, wait, code, message, variables }
        }
        Command::Delete { instance } => Request::Delete { instance },
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
