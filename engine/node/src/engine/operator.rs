//! Answers the control socket out of the running engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tessera_core::driver::{Command, Filter, Reply, State};
use tessera_core::identity::{IncidentKey, InstanceId};

use crate::control::{Answer, Request, Response};
use crate::engine::deployment::Listed;
use crate::engine::pump::Engine;

/// The running engine as an operator reaches it.
#[derive(Debug)]
pub struct Operator {
    /// The way in.
    pub engine: Engine,
    /// The plugin folder as it was read.
    pub plugins: Vec<Listed>,
}

impl Answer for Operator {
    async fn answer(&self, request: Request) -> Response {
        match self.result(request).await {
            Ok(value) => Response::Ok(value),
            Err(reason) => Response::Error(reason),
        }
    }
}

impl Operator {
    async fn result(&self, request: Request) -> Result<Value, String> {
        match request {
            Request::List { limit, running } => self.list(limit, running).await,
            Request::Show { instance } => self.ask(Command::Show { instance: id(&instance) }).await,
            Request::Explain { instance } => self.ask(Command::Explain { instance: id(&instance) }).await,
            Request::Retry { instance, incident: Some(incident) } => {
                self.ask(Command::Retry { instance: id(&instance), incident: IncidentKey(incident) }).await
            }
            Request::Retry { instance, incident: None } => self.retry_all(&id(&instance)).await,
            Request::Cancel { instance, reason } => {
                self.ask(Command::Cancel { instance: id(&instance), reason }).await
            }
            Request::Suspend { instance } => self.ask(Command::Suspend { instance: id(&instance) }).await,
            Request::Resume { instance } => self.ask(Command::Resume { instance: id(&instance) }).await,
            Request::Modify { instance, changes } => {
                self.ask(Command::Modify { instance: id(&instance), changes }).await
            }
            Request::Migrate { instance, version, mapping, dry_run } => {
                let version = version.map(Into::into);
                let mapping = mapping.into_iter().map(|(from, to)| (from.into(), to.into())).collect();
                self.ask(Command::Migrate { instance: id(&instance), version, mapping, dry_run }).await
            }
            Request::Signal { name, variables } => {
                self.ask(Command::Signal { name: name.into(), variables: named(variables) }).await
            }
            Request::Message(correlation) => self.ask(Command::Correlate(correlation)).await,
            Request::Processes => self.ask(Command::Processes).await,
            Request::Evaluate { process, business_key, variables } => {
                let (process_id, business_key) = (process.map(Into::into), business_key.map(Into::into));
                let variables = named(variables);
                self.ask(Command::StartByCondition { process_id, business_key, variables }).await
            }
            Request::SetActive { process, version, active } => {
                let (process_id, version) = (process.into(), version.map(Into::into));
                self.ask(Command::SetActive { process_id, version, active }).await
            }
            Request::Plugins => json_of(&self.plugins),
            Request::Statistics => self.ask(Command::Counts).await,
        }
    }

    /// All pages of the driver, so that "newest first" holds for the whole list.
    async fn list(&self, limit: usize, running: bool) -> Result<Value, String> {
        let states = if running { vec![State::Running] } else { Vec::new() };
        let filter = Filter { states, ..Filter::default() };
        let mut all = Vec::new();
        let mut after = None;
        loop {
            let command =
                Command::List { filter: filter.clone(), after, limit: tessera_core::limits::LIST_ROWS_MAX };
            let reply = self.engine.command(command).await;
            let Reply::List { rows, more_after } = reply else { return Err(unexpected(&reply)) };
            all.extend(rows);
            after = more_after;
            if after.is_none() {
                break;
            }
        }
        all.sort_by_key(|row| std::cmp::Reverse(row.started_at));
        all.truncate(limit);
        json_of(&all)
    }

    async fn retry_all(&self, instance: &InstanceId) -> Result<Value, String> {
        let reply = self.engine.command(Command::Explain { instance: instance.clone() }).await;
        let Reply::Explained(explanation) = reply else { return Err(unexpected(&reply)) };
        let incidents = explanation.incidents;
        if incidents.is_empty() {
            return Err(format!("instance {instance} has no open incident; nothing to retry"));
        }
        for incident in incidents {
            self.ask(Command::Retry { instance: instance.clone(), incident: incident.incident }).await?;
        }
        Ok(Value::Null)
    }

    async fn ask(&self, command: Command) -> Result<Value, String> {
        match self.engine.command(command).await {
            Reply::Shown(shown) => json_of(&*shown),
            Reply::Explained(explanation) => json_of(&explanation),
            Reply::Counts(counts) => json_of(&counts),
            Reply::Journal(entries) => json_of(&entries),
            Reply::Done => Ok(Value::Null),
            Reply::Started { instance, business_key } => {
                Ok(json!({ "instance": instance.0, "business_key": business_key }))
            }
            Reply::Ended { state } => json_of(&state),
            Reply::Migration(plan) => json_of(&plan),
            Reply::Processes(rows) => json_of(&rows),
            Reply::StartedAll(instances) => json_of(&instances),
            Reply::Message(acceptance) => json_of(&acceptance),
            reply @ (Reply::List { .. } | Reply::Refused { .. } | Reply::NotFound | Reply::Busy) => {
                Err(unexpected(&reply))
            }
        }
    }
}

fn id(text: &str) -> InstanceId {
    InstanceId(text.into())
}

fn named(variables: BTreeMap<String, Value>) -> Vec<(Arc<str>, Arc<Value>)> {
    variables.into_iter().map(|(name, value)| (name.into(), Arc::new(value))).collect()
}

fn json_of(value: &impl Serialize) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

fn unexpected(reply: &Reply) -> String {
    match reply {
        Reply::Refused { reason } => reason.clone(),
        Reply::NotFound => "there is no such instance; `tessera instance list` shows all".to_owned(),
        Reply::Busy => "the site is busy or stopping; try again".to_owned(),
        Reply::Message(_)
        | Reply::Started { .. }
        | Reply::Done
        | Reply::List { .. }
        | Reply::Shown(_)
        | Reply::Explained(_)
        | Reply::Journal(_)
        | Reply::Ended { .. }
        | Reply::Migration(_)
        | Reply::Processes(_)
        | Reply::StartedAll(_)
        | Reply::Counts(_) => "the site gave an answer to another question; this is a bug".to_owned(),
    }
}
