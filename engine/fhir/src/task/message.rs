//! What a Task says, parsed once so that nothing behind it looks into JSON for the envelope.

use serde_json::Value;

use super::Status;
use crate::names;
use crate::process::ProcessCanonical;
use crate::resource::{self, Identifier, list, text};

/// A Task read as a message between processes.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Id at the mailbox; none before it is stored.
    pub id: Option<String>,
    /// `meta.versionId`; none before it is stored.
    pub version: Option<u64>,
    /// Where the Task stands.
    pub status: Status,
    /// Process url, for example `http://dsf.dev/bpe/Process/ping`.
    pub process_url: String,
    /// Version of the process, for example `1.0`.
    pub process_version: String,
    /// Key of the BPMN process: domain without dots, underscore, name (`dsfdev_ping`).
    pub process_key: String,
    /// Name of the BPMN message.
    pub message_name: String,
    /// Business key; the receiver makes one when it is absent.
    pub business_key: Option<String>,
    /// Correlation key.
    pub correlation_key: Option<String>,
    /// Identifier value of the organization (or practitioner) that asks.
    pub requester: Identifier,
    /// Identifier value of the organization that is asked.
    pub recipient: String,
    /// When the requester wrote it, as sent.
    pub authored_on: Option<String>,
    /// `meta.profile`.
    pub profiles: Vec<String>,
    /// All identifiers.
    pub identifiers: Vec<Identifier>,
    /// All inputs except the three of the message envelope, as FHIR JSON.
    pub inputs: Vec<Value>,
    /// All outputs, as FHIR JSON.
    pub outputs: Vec<Value>,
}

/// Why a Task cannot be read as a message.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is some other resource.
    #[error("resourceType is '{0}', not Task")]
    NotATask(String),
    /// `status` is absent or no FHIR Task status.
    #[error("Task.status '{0}' is not a FHIR Task status")]
    Status(String),
    /// `instantiatesCanonical` does not name a process.
    #[error(
        "Task.instantiatesCanonical '{0}' does not have the form http(s)://<domain>/bpe/Process/<name>|<major>.<minor>"
    )]
    Process(String),
    /// Not exactly one `message-name`.
    #[error(
        "Task.input must hold exactly one message-name of system http://dsf.dev/fhir/CodeSystem/bpmn-message with a non-blank valueString"
    )]
    MessageName,
    /// More than one of a key, or one that is no string.
    #[error("Task.input may hold at most one {0}, with a non-blank valueString")]
    Key(&'static str),
    /// `requester.identifier` is absent.
    #[error("Task.requester.identifier needs system and value")]
    Requester,
    /// Not exactly one recipient by organization identifier.
    #[error("Task.restriction.recipient must hold exactly one organization, by organization-identifier")]
    Recipient,
}

impl Message {
    /// Reads a Task. Checks the shape of the envelope; who may send it is the business of `access`.
    pub fn parse(task: &Value) -> Result<Self, Malformed> {
        let type_name = resource::type_name(task).unwrap_or_default();
        if type_name != "Task" {
            return Err(Malformed::NotATask(type_name.to_owned()));
        }
        let status = text(task, "status").unwrap_or_default();
        let status = Status::parse(status).ok_or_else(|| Malformed::Status(status.to_owned()))?;
        let canonical = text(task, "instantiatesCanonical").unwrap_or_default();
        let process =
            ProcessCanonical::parse(canonical).ok_or_else(|| Malformed::Process(canonical.to_owned()))?;
        let message_name = sole_text(task, names::MESSAGE_NAME)
            .map_err(|()| Malformed::MessageName)?
            .ok_or(Malformed::MessageName)?;
        let business_key =
            sole_text(task, names::BUSINESS_KEY).map_err(|()| Malformed::Key(names::BUSINESS_KEY))?;
        let correlation_key =
            sole_text(task, names::CORRELATION_KEY).map_err(|()| Malformed::Key(names::CORRELATION_KEY))?;
        let requester = requester(task).ok_or(Malformed::Requester)?;
        let recipient = recipient(task).ok_or(Malformed::Recipient)?;
        Ok(Self {
            id: resource::id(task).map(str::to_owned),
            version: resource::version_id(task),
            status,
            process_key: process.key(),
            process_url: process.url,
            process_version: process.version,
            message_name: message_name.to_owned(),
            business_key: business_key.map(str::to_owned),
            correlation_key: correlation_key.map(str::to_owned),
            requester,
            recipient: recipient.to_owned(),
            authored_on: text(task, "authoredOn").map(str::to_owned),
            profiles: resource::profiles(task).map(str::to_owned).collect(),
            identifiers: resource::identifiers(task),
            inputs: list(task, "input").iter().filter(|input| !is_envelope(input)).cloned().collect(),
            outputs: list(task, "output").to_vec(),
        })
    }

    /// `process_url|process_version`.
    pub fn instantiates_canonical(&self) -> String {
        format!("{}|{}", self.process_url, self.process_version)
    }
}

/// `requester.identifier` of a Task.
pub(crate) fn requester(task: &Value) -> Option<Identifier> {
    task.get("requester").and_then(|requester| requester.get("identifier")).and_then(Identifier::of)
}

/// The organization identifier of the only recipient.
pub(crate) fn recipient(task: &Value) -> Option<&str> {
    let [recipient] = list(task.get("restriction")?, "recipient") else { return None };
    let identifier = recipient.get("identifier")?;
    (text(identifier, "system") == Some(names::ORGANIZATION_IDENTIFIER)).then(|| text(identifier, "value"))?
}

/// Whether an input or output has exactly the coding `bpmn-message|code`.
pub(crate) fn has_code(parameter: &Value, code: &str) -> bool {
    parameter.get("type").is_some_and(|kind| {
        list(kind, "coding").iter().any(|coding| {
            text(coding, "system") == Some(names::BPMN_MESSAGE) && text(coding, "code") == Some(code)
        })
    })
}

fn is_envelope(input: &Value) -> bool {
    [names::MESSAGE_NAME, names::BUSINESS_KEY, names::CORRELATION_KEY]
        .iter()
        .any(|code| has_code(input, code))
}

/// The text of the only input with `code`: none when absent, an error when repeated, blank or no string.
fn sole_text<'a>(task: &'a Value, code: &str) -> Result<Option<&'a str>, ()> {
    let mut found = list(task, "input").iter().filter(|input| has_code(input, code));
    let Some(first) = found.next() else { return Ok(None) };
    if found.next().is_some() {
        return Err(());
    }
    match text(first, "valueString") {
        Some(value) if !value.trim().is_empty() => Ok(Some(value)),
        _ => Err(()),
    }
}
