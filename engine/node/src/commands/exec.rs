//! `tessera exec`: one process of a model file, from its start to its end or to where it waits first.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::Value;
use tessera_core::driver::{Command, Continuations, Deployment, State};
use tessera_core::identity::EffectId;
use tessera_store::Kind;

use crate::commands::scenario::plugins;
use crate::commands::{Failure, say};
use crate::scenario::hosted::Hosted;
use crate::scenario::models;
use crate::scenario::observation::Observation;
use crate::scenario::schema::{Surroundings, Variables};
use crate::scenario::world::{Arriving, Ending, Script, World};

const EXPLANATION: &str = "\
The process runs to its end or to where it waits first. Work of handlers is done by the plugins that are named, in the
sandbox; where none has the handler it is a wait, unless --auto-complete ends it. What is sent is shown and goes nowhere.
The exit code is 1 if the process has an incident or failed.";

/// Which process, and with what.
#[derive(Debug, Args)]
#[command(after_help = EXPLANATION)]
pub struct Arguments {
    /// The model
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Which of its processes, if there are several
    #[arg(long, value_name = "ID")]
    process: Option<String>,
    /// Start by this message instead of the plain start event
    #[arg(long, value_name = "NAME")]
    message: Option<String>,
    /// A process variable: JSON, or text if it is no JSON
    #[arg(long = "variable", value_name = "NAME=VALUE", value_parser = variable)]
    variables: Vec<(String, Value)>,
    /// Replaces `#{KEY}` in the model
    #[arg(long = "substitute", value_name = "KEY=VALUE", value_parser = pair)]
    substitutes: Vec<(String, String)>,
    /// Let a plugin do the work of its handlers; may be repeated
    #[arg(long = "plugin", value_name = "FILE")]
    plugins: Vec<PathBuf>,
    /// Another organisation on the allow list that plugins see; may be repeated
    #[arg(long = "partner", value_name = "ORGANIZATION")]
    partners: Vec<String>,
    /// All other work of handlers is done at once, with no effect
    #[arg(long)]
    auto_complete: bool,
}

/// Runs the process.
pub fn run(arguments: &Arguments) -> Result<(), Failure> {
    let around = Surroundings { partners: arguments.partners.clone(), ..Surroundings::default() };
    let hosted = plugins(&arguments.plugins)?.map(|plugins| Hosted::new(plugins, &around));
    let hosted = hosted.transpose().map_err(Failure::CouldNotRun)?;
    let mut substitutes = hosted.as_ref().map(Hosted::substitutes).unwrap_or_default();
    substitutes.extend(arguments.substitutes.iter().cloned());
    let decisions = models::decisions_beside(&arguments.file)?;
    let deployments = models::compile_file(&arguments.file, &substitutes, &decisions)?;
    let process_id = chosen(arguments, &deployments)?;
    let script = Box::new(Handlers { present: arguments.auto_complete });
    let by_itself = Continuations::ByThemselves;
    let mut world = World::open(Kind::Memory, crate::clock::now(), script, hosted, around, by_itself)?;
    for deployment in deployments {
        world.deploy(deployment)?;
    }
    match &arguments.message {
        // Handlers read the Task that started their process.
        Some(message) if world.hosted().is_some() && arguments.variables.is_empty() => {
            world.arrive(Arriving::from_ourselves(&process_id, message))?;
        }
        message => {
            let variables = arguments.variables.iter();
            world.ask(Command::Start {
                process_id,
                version: None,
                message_name: message.as_deref().map(Arc::from),
                business_key: None,
                variables: variables
                    .map(|(name, value)| (name.as_str().into(), Arc::new(value.clone())))
                    .collect(),
                before: Vec::new(),
            })?;
        }
    }
    let mut observed = Observation::default();
    observed.look(&mut world)?;
    let stands = observed.instances().map(|seen| {
        for line in seen.history.lines.iter().filter(|line| line.starts_with(' ')) {
            say(&format!("{}\n", line.trim_start()));
        }
        for line in &seen.shown.explanation.lines {
            say(&format!("{line}\n"));
        }
        for (name, value) in &seen.shown.variables {
            say(&format!("{name} = {value}\n"));
        }
        let failed = matches!(seen.shown.row.state, State::Failed | State::Cancelled);
        failed || !seen.shown.explanation.incidents.is_empty()
    });
    // Every instance is shown before it is judged.
    let stands: Vec<bool> = stands.collect();
    for sent in world.messages().sent.values() {
        say(&format!("sent {sent}\n"));
    }
    if stands.contains(&true) { Err(Failure::No) } else { Ok(()) }
}

fn chosen(arguments: &Arguments, deployments: &[Deployment]) -> Result<Arc<str>, Failure> {
    let ids: Vec<_> = deployments.iter().map(|deployment| deployment.key.process_id.clone()).collect();
    match (&arguments.process, ids.as_slice()) {
        (None, [only]) => Ok(Arc::clone(only)),
        (Some(wanted), _) if ids.iter().any(|id| **id == **wanted) => Ok(wanted.as_str().into()),
        (wanted, _) => {
            let known = ids.iter().map(|id| &**id).collect::<Vec<_>>().join(", ");
            let problem = match wanted {
                Some(wanted) => format!("there is no executable process {wanted}"),
                None => "the file has several processes; choose one by --process".to_owned(),
            };
            Err(Failure::CouldNotRun(format!("{problem}; there are: {known}")))
        }
    }
}

/// Handlers that do nothing, or are not there.
struct Handlers {
    present: bool,
}

impl Script for Handlers {
    fn ending(&mut self, _: &EffectId, _: &str) -> Option<Ending> {
        self.present.then(|| Ending::Done(Variables::new()))
    }

    fn plays(&self, _: &str) -> bool {
        false
    }

    fn ignores_listeners(&self) -> bool {
        false
    }
}

/// `NAME=VALUE`.
pub(super) fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("{text:?} is not NAME=VALUE"))?;
    Ok((name.to_owned(), value.to_owned()))
}

/// `NAME=VALUE`, where the value is JSON, or else text.
pub(super) fn variable(text: &str) -> Result<(String, Value), String> {
    let (name, value) = pair(text)?;
    let json = serde_json::from_str(&value).unwrap_or(Value::String(value));
    Ok((name, json))
}
