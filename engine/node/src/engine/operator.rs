//! Answers the control socket out of the running engine.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tessera_core::driver::{Command, Filter, Reply, Row, State};
use tessera_core::identity::{IncidentKey, InstanceId, WaitKey};
use tessera_core::instance::WaitKind;

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
            Request::List { limit, running, process, business_key, with_incident } => {
                let filter = Filter {
                    process_id: process.map(Into::into),
                    business_key: business_key.map(Into::into),
                    states: if running { vec![State::Running] } else { Vec::new() },
                    with_incident,
                };
                self.list(limit, filter).await
            }
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
            Request::SetVariables { instance, variables } => {
                let variables = named(variables);
                self.ask(Command::SetVariables { instance: id(&instance), variables }).await
            }
            Request::Complete { instance, element, wait, variables } => {
                let instance = id(&instance);
                let wait = self.work(&instance, &element, wait).await?;
                self.ask(Command::Complete { instance, wait, variables: named(variables) }).await
            }
            Request::Throw { instance, element, wait, code, message, variables } => {
                let instance = id(&instance);
                let wait = self.work(&instance, &element, wait).await?;
                let variables = named(variables);
                self.ask(Command::Throw { instance, wait, code, message, variables }).await
            }
            Request::Journal { instance, from, limit } => {
                self.ask(Command::Journal { instance: id(&instance), from, limit }).await
            }
            Request::Delete { instance } => self.ask(Command::Delete { instance: id(&instance) }).await,
            Request::Start { process, version, message, business_key, variables, before } => {
                let command = Command::Start {
                    process_id: process.into(),
                    version: version.map(Into::into),
                    message_name: message.map(Into::into),
                    business_key: business_key.map(Into::into),
                    variables: named(variables),
                    before: before.into_iter().map(Into::into).collect(),
                };
                self.ask(command).await
            }
            Request::MigrateAll { process, from, version, mapping, dry_run } => {
                let mapping = mapping.into_iter().map(|(from, to)| (from.into(), to.into())).collect();
                self.migrate_all(process, &from, version.map(Into::into), &mapping, dry_run).await
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

    /// Newest first.
    async fn list(&self, limit: usize, filter: Filter) -> Result<Value, String> {
        let mut all = self.rows(filter).await?;
        all.sort_by_key(|row| std::cmp::Reverse(row.started_at));
        all.truncate(limit);
        json_of(&all)
    }

    /// All pages of the driver.
    async fn rows(&self, filter: Filter) -> Result<Vec<Row>, String> {
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
                return Ok(all);
            }
        }
    }

    /// The one token at an element whose work somebody outside does, or the one that is named.
    async fn work(
        &self,
        instance: &InstanceId,
        element: &str,
        wanted: Option<u64>,
    ) -> Result<WaitKey, String> {
        let reply = self.engine.command(Command::Show { instance: instance.clone() }).await;
        let Reply::Shown(shown) = reply else { return Err(unexpected(&reply)) };
        let work: Vec<_> = shown.waits.iter().filter(|(_, wait)| wait.kind == WaitKind::Completion).collect();
        let here = work.iter().filter(|(_, wait)| *wait.element == *element);
        let here: Vec<WaitKey> = here.map(|(key, _)| **key).collect();
        match (wanted.map(WaitKey), here.as_slice()) {
            (None, [only]) => Ok(*only),
            (Some(wanted), here) if here.contains(&wanted) => Ok(wanted),
            (None, []) => {
                let mut elements: Vec<_> = work.iter().map(|(_, wait)| &*wait.element).collect();
                elements.dedup();
                let elsewhere = if elements.is_empty() { "nowhere".to_owned() } else { elements.join(", ") };
                Err(format!(
                    "no work of instance {instance} is open at {element}; it is open at: {elsewhere}"
                ))
            }
            (None | Some(_), several) => {
                let numbers: Vec<_> = several.iter().map(|key| key.0.to_string()).collect();
                Err(format!("say with --wait which work at {element} is meant: {}", numbers.join(", ")))
            }
        }
    }

    /// One instance after the other; what stands in the way of one does not stop the others.
    async fn migrate_all(
        &self,
        process: String,
        from: &str,
        version: Option<Arc<str>>,
        mapping: &BTreeMap<Arc<str>, Arc<str>>,
        dry_run: bool,
    ) -> Result<Value, String> {
        let process_id = Some(process.into());
        let rows =
            self.rows(Filter { process_id, states: vec![State::Running], ..Filter::default() }).await?;
        let mut results = Vec::new();
        for row in rows.into_iter().filter(|row| *row.version == *from) {
            let (instance, version, mapping) = (row.instance, version.clone(), mapping.clone());
            let command = Command::Migrate { instance: instance.clone(), version, mapping, dry_run };
            results.push(match self.ask(command).await {
                Ok(plan) => json!({ "instance": instance, "plan": plan }),
                Err(reason) => json!({ "instance": instance, "refused": reason }),
            });
        }
        Ok(Value::Array(results))
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
