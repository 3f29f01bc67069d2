//! What is to be simulated, as data: organisations with their plugins and models, who starts what, what goes wrong, and what is
//! expected of the end. Simulation files say exactly this; a field that is not here is refused.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};
use tessera_core::driver::Deployment;

/// A whole simulation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Description {
    /// What it shows.
    pub title: String,
    /// Parent organization that everybody is a member of.
    #[serde(default = "parent")]
    pub parent: String,
    /// Who takes part.
    pub organizations: Vec<Organization>,
    /// Conversations that are begun.
    pub starts: Vec<Start>,
    /// Organisations that nobody reaches for a while, in every seed.
    #[serde(default)]
    pub offline: Vec<Offline>,
    /// Messages that are lost for a while, in every seed.
    #[serde(default)]
    pub lost: Vec<Lost>,
    /// Kinds of fault of which each seed draws some; [`DEFAULT_FAULTS`](crate::faults::DEFAULT_FAULTS) if absent.
    pub faults: Option<Vec<String>>,
    /// How long they last, an ISO 8601 duration; then everything is healed.
    #[serde(default = "chaos")]
    pub chaos: String,
    /// Everything must have come to its end so long after that, an ISO 8601 duration.
    #[serde(default = "patience")]
    pub patience: String,
    /// Whether an instance that only waits for messages has come to its end.
    #[serde(default)]
    pub waiting_is_an_end: bool,
    /// What must be true in the end.
    #[serde(default)]
    pub expect: Vec<Expectation>,
}

impl Description {
    /// Nobody and nothing yet.
    pub fn new(title: &str) -> Self {
        Self {
            title: title.to_owned(),
            parent: parent(),
            organizations: Vec::new(),
            starts: Vec::new(),
            offline: Vec::new(),
            lost: Vec::new(),
            faults: None,
            chaos: chaos(),
            patience: patience(),
            waiting_is_an_end: false,
            expect: Vec::new(),
        }
    }
}

impl Organization {
    /// One without plugins.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            roles: roles(),
            plugins: Vec::new(),
            models: Vec::new(),
            resources: Vec::new(),
            version: version(),
        }
    }
}

fn parent() -> String {
    "parent.example".to_owned()
}

fn chaos() -> String {
    "PT20M".to_owned()
}

fn patience() -> String {
    "PT6H".to_owned()
}

fn roles() -> Vec<String> {
    vec!["DIC".to_owned()]
}

fn version() -> String {
    "1.0".to_owned()
}

fn once() -> usize {
    1
}

/// An organisation that takes part.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organization {
    /// Organization identifier.
    pub name: String,
    /// Role codes in the parent organization.
    #[serde(default = "roles")]
    pub roles: Vec<String>,
    /// Files of its plugins.
    #[serde(default)]
    pub plugins: Vec<String>,
    /// Models beside those of its plugins; no plugin works for them.
    #[serde(default)]
    pub models: Vec<String>,
    /// FHIR resources beside those of its plugins.
    #[serde(default)]
    pub resources: Vec<String>,
    /// `#{version}` in these models and resources.
    #[serde(default = "version")]
    pub version: String,
}

/// A message to the own organisation that begins a conversation.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// For expectations about its conversations.
    #[serde(default)]
    pub name: Option<String>,
    /// Where.
    pub organization: String,
    /// `process/@id`.
    pub process: String,
    /// Message name.
    pub message: String,
    /// Inputs after the envelope.
    #[serde(default)]
    pub inputs: Vec<Parameter>,
    /// How many conversations begin so.
    #[serde(default = "once")]
    pub times: usize,
    /// When, an ISO 8601 duration; each seed draws an instant in the first half of the chaos if absent.
    #[serde(default)]
    pub after: Option<String>,
}

/// An input of a Task.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// CodeSystem of its type.
    pub system: String,
    /// Code of its type.
    pub code: String,
    /// The `value[x]` member as it stands in FHIR, e.g. `{valueString: text}`; a text alone is a `valueString`.
    pub value: Value,
}

impl Parameter {
    /// As it stands in a Task.
    pub fn json(&self) -> Value {
        let mut input = tessera_fhir::task::input(&self.system, &self.code, "");
        let text = || Map::from_iter([("valueString".to_owned(), self.value.clone())]);
        let value = self.value.as_object().cloned().unwrap_or_else(text);
        if let Some(members) = input.as_object_mut() {
            members.remove("valueString");
            members.extend(value);
        }
        input
    }
}

/// For a while nothing comes from an organisation, and nothing reaches it. Its own processes go on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offline {
    /// Which.
    pub organization: String,
    /// From when on, an ISO 8601 duration.
    #[serde(default = "at_once")]
    pub after: String,
    /// How long, an ISO 8601 duration.
    #[serde(rename = "for")]
    pub lasts: String,
}

/// For a while the messages of one organisation to another are lost; its answers arrive.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lost {
    /// Who sends.
    pub from: String,
    /// Who does not get it.
    pub to: String,
    /// From when on, an ISO 8601 duration.
    #[serde(default = "at_once")]
    pub after: String,
    /// How long, an ISO 8601 duration.
    #[serde(rename = "for")]
    pub lasts: String,
}

fn at_once() -> String {
    "PT0S".to_owned()
}

/// What must be true in the end. What is not said is not compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expectation {
    /// Of this process: everything below is about each of its instances.
    pub process: Option<String>,
    /// Only at this organisation.
    pub organization: Option<String>,
    /// Only in conversations of the start with this name.
    pub start: Option<String>,
    /// So many instances are there in each conversation that was started.
    pub instances: Option<usize>,
    /// `completed`, `failed` or `cancelled`.
    pub status: Option<String>,
    /// The element that completed last is one of these.
    pub ends_at: Option<OneOrMore<String>>,
    /// How often elements completed.
    pub completed: BTreeMap<String, usize>,
    /// Process variables.
    pub variables: BTreeMap<String, Value>,
    /// Every message in the mailboxes is answered by one of these: `completed`, `failed`.
    pub answered: Option<OneOrMore<String>>,
}

impl Expectation {
    /// Whether everything that it names is there: what is expected of nothing would always hold.
    pub fn check(&self, description: &Description, deployments: &[&Deployment]) -> Result<(), String> {
        let unknown = |what: &str, name: &str, known: &mut dyn Iterator<Item = &str>| {
            let mut known: Vec<&str> = known.collect();
            known.sort_unstable();
            known.dedup();
            if known.contains(&name) {
                return Ok(());
            }
            Err(format!(
                "an expectation names the {what} {name}, which is not there; known: {}",
                known.join(", ")
            ))
        };
        if let Some(organization) = &self.organization {
            let mut known = description.organizations.iter().map(|organization| &*organization.name);
            unknown("organisation", organization, &mut known)?;
        }
        if let Some(start) = &self.start {
            unknown(
                "start",
                start,
                &mut description.starts.iter().filter_map(|start| start.name.as_deref()),
            )?;
        }
        if let Some(process) = &self.process {
            unknown("process", process, &mut deployments.iter().map(|known| &*known.key.process_id))?;
        }
        if let Some(status) = &self.status {
            unknown("status", status, &mut INSTANCE_STATUSES.iter().copied())?;
        }
        for status in self.answered.iter().flat_map(OneOrMore::all) {
            unknown("status", status, &mut TASK_STATUSES.iter().copied())?;
        }
        let elements = self.ends_at.iter().flat_map(OneOrMore::all).chain(self.completed.keys());
        for element in elements {
            let is_meant = |known: &&&Deployment| {
                self.process.as_ref().is_none_or(|wanted| **wanted == *known.key.process_id)
            };
            let mut meant = deployments.iter().filter(is_meant);
            if element != NOTHING && !meant.any(|known| known.program.find(element).is_some()) {
                let process = self.process.as_deref().unwrap_or("any process");
                return Err(format!("an expectation names the element {element}, which is not in {process}"));
            }
        }
        Ok(())
    }
}

/// Where an instance ends in which nothing has completed.
pub(crate) const NOTHING: &str = "nothing";
const INSTANCE_STATUSES: &[&str] = &["running", "completed", "failed", "cancelled"];
const TASK_STATUSES: &[&str] = &["requested", "in-progress", "completed", "failed"];

/// One thing, or a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum OneOrMore<T> {
    /// One.
    One(T),
    /// Several.
    More(Vec<T>),
}

impl<T> OneOrMore<T> {
    /// All of them.
    pub fn all(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::More(more) => more,
        }
    }
}
