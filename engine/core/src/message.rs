//! Messages between sites as the core sees them: a name, keys to correlate by, and a document it never looks into.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A message that arrived in the site's mailbox (on the wire: a FHIR `Task`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Identity in the mailbox, e.g. `Task/0f3a…`. Each is taken once.
    pub id: Arc<str>,
    /// Who sent it: the authenticated organization identifier.
    pub sender: Arc<str>,
    /// The process it addresses, e.g. `dsfdev_pong`.
    pub process_id: Arc<str>,
    /// The version it addresses, e.g. `1.0`.
    pub process_version: Arc<str>,
    /// BPMN message name.
    pub name: Arc<str>,
    /// Names the conversation. Absent only on a first message; the site then draws one.
    pub business_key: Option<Arc<str>>,
    /// Tells parallel branches of one conversation apart.
    pub correlation_key: Option<Arc<str>>,
    /// The whole resource.
    #[serde(with = "crate::json")]
    pub document: Arc<Value>,
}

/// A partner that a message goes to. As a process variable it has DSF's property names, so that `${target.correlationKey}` works.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Organization identifier value.
    #[serde(rename = "organizationIdentifierValue")]
    pub organization: String,
    /// Endpoint identifier value.
    #[serde(rename = "endpointIdentifierValue")]
    pub endpoint: String,
    /// FHIR base URL of the endpoint.
    #[serde(rename = "endpointUrl")]
    pub address: String,
    /// Chosen by the sender, echoed by the partner.
    #[serde(rename = "correlationKey", default)]
    pub correlation_key: Option<String>,
}

/// How an answered message ends (FHIR `Task.status`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum MessageStatus {
    /// The site has taken it into its inbox.
    InProgress,
    /// The scope that received it ended normally.
    Completed,
    /// It could not be correlated, or its instance failed.
    Failed,
}
