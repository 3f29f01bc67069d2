//! Messages of a scenario's site: what it has sent, what it has received, and how that is answered.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tessera_core::identity::EffectId;
use tessera_core::message::{MessageStatus, Target};
use tessera_fhir::names::{BPMN_MESSAGE, BUSINESS_KEY, CORRELATION_KEY, MESSAGE_NAME};
use tessera_fhir::resource::{list, text};

/// Inputs or outputs of a Task by the code of their type, each as its plain value.
pub type Parameters = BTreeMap<String, Vec<Value>>;

/// All messages of a site.
#[derive(Debug, Default)]
pub struct Messages {
    /// What it has sent; an effect that is performed again sends nothing new.
    pub sent: BTreeMap<EffectId, Sent>,
    /// What it has received, by Task.
    pub received: BTreeMap<Arc<str>, Received>,
}

/// A message that was sent.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Its name.
    pub message: String,
    /// Organization identifier of the receiver.
    pub to: String,
    /// Its conversation.
    pub business_key: Option<String>,
    /// Tells parallel branches apart.
    pub correlation_key: Option<String>,
    /// Inputs after the envelope.
    pub inputs: Parameters,
}

/// A message that was received.
#[derive(Debug, Clone)]
pub struct Received {
    /// Its name.
    pub message: String,
    /// What its Task says; none: `requested`.
    pub status: Option<MessageStatus>,
    /// Outputs.
    pub outputs: Parameters,
}

impl Sent {
    /// Reads a Task that goes out.
    pub fn of(document: &Value, target: &Target) -> Self {
        let (envelope, inputs): (Vec<_>, Vec<_>) =
            list(document, "input").iter().partition(|input| coding(input).0 == BPMN_MESSAGE);
        let of_envelope = |code: &str| {
            let found = envelope.iter().find(|input| coding(input).1 == code)?;
            text(found, "valueString").map(str::to_owned)
        };
        Self {
            message: of_envelope(MESSAGE_NAME).unwrap_or_default(),
            to: target.organization.clone(),
            business_key: of_envelope(BUSINESS_KEY),
            correlation_key: of_envelope(CORRELATION_KEY),
            inputs: parameters(inputs),
        }
    }
}

impl Received {
    /// As its Task says.
    pub fn status(&self) -> &'static str {
        match self.status {
            None => "requested",
            Some(MessageStatus::InProgress) => "in-progress",
            Some(MessageStatus::Completed) => "completed",
            Some(MessageStatus::Failed) => "failed",
        }
    }
}

impl fmt::Display for Sent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} to {}{}", self.message, self.to, shown(&self.inputs))
    }
}

impl fmt::Display for Received {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}{}", self.message, self.status(), shown(&self.outputs))
    }
}

fn shown(parameters: &Parameters) -> String {
    let one = |(code, values): (&String, &Vec<Value>)| {
        let values: Vec<_> = values.iter().map(ToString::to_string).collect();
        format!(" {code}={}", values.join(","))
    };
    parameters.iter().map(one).collect::<Vec<_>>().concat()
}

/// Inputs or outputs, as a scenario names them.
pub fn parameters<'a>(entries: impl IntoIterator<Item = &'a Value>) -> Parameters {
    let mut parameters = Parameters::new();
    for entry in entries {
        parameters.entry(coding(entry).1.to_owned()).or_default().push(plain(entry));
    }
    parameters
}

/// System and code of an entry's type.
fn coding(entry: &Value) -> (&str, &str) {
    let coding = entry.get("type").and_then(|kind| list(kind, "coding").first());
    let of = |name| coding.and_then(|coding| text(coding, name)).unwrap_or_default();
    (of("system"), of("code"))
}

/// The `value[x]` of an entry, reduced to what people compare: a code, an identifier, a reference, or as it is.
fn plain(entry: &Value) -> Value {
    let members = entry.as_object().into_iter().flatten();
    let Some((_, value)) = members.into_iter().find(|(name, _)| name.starts_with("value")) else {
        return Value::Null;
    };
    let identifier = value.get("identifier").and_then(|identifier| identifier.get("value"));
    let reduced = identifier.or_else(|| value.get("code")).or_else(|| value.get("reference"));
    reduced.unwrap_or(value).clone()
}
