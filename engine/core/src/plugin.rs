//! The border to plugins: what a handler is asked, what it sees, what it may answer. Plain data; the plugin host turns
//! it into WebAssembly calls, the simulator into scripts.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::Timestamp;
use crate::message::Target;

/// One call of one handler. At least once: a crash between the answer and its commit repeats the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The name the model uses (`camunda:class`, `tessera:handler`); the manifest maps aliases.
    pub handler: Arc<str>,
    /// Which hook of the contract.
    pub hook: Hook,
    /// What the handler sees.
    pub execution: Execution,
}

/// The hooks of the plugin contract.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Hook {
    /// `service-task.execute`
    ServiceTask,
    /// `execution-listener.notify`
    Listener(ListenerEvent),
    /// `message-activity.prepare`
    Prepare(MessageSpec),
    /// `message-activity.failed`
    Failed(MessageSpec, DeliveryError),
}

/// When a listener is notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListenerEvent {
    /// Before the element does its work.
    Start,
    /// After it.
    End,
    /// A sequence flow was taken.
    Take,
}

/// The message that a send task, message throw or message end event is about to send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessageSpec {
    /// Which kind of BPMN element sends.
    pub element: SendingElement,
    /// `<process url>|<version>` at the receiver.
    pub instantiates_canonical: String,
    /// BPMN message name.
    pub message_name: String,
    /// Task profile.
    pub profile: String,
    /// To whom. Absent when the model has set no `target`: then `prepare` must set one.
    pub target: Option<Target>,
    /// The conversation's key.
    pub business_key: Arc<str>,
}

/// The BPMN elements that send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SendingElement {
    /// `sendTask`
    SendTask,
    /// `intermediateThrowEvent` with a message
    ThrowEvent,
    /// `endEvent` with a message
    EndEvent,
}

/// Why a message did not arrive. Final: retries are over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeliveryError {
    /// The peer answered with a 4xx: it will never accept this message.
    Refused {
        /// HTTP status.
        status: u16,
        /// What the peer said (diagnostics of its OperationOutcome).
        reason: String,
    },
    /// Network errors or 5xx until the message expired.
    Unreachable {
        /// The last error.
        reason: String,
    },
}

/// What a handler sees: read-only values of its instance at the time of the call.
#[derive(Debug, Clone, PartialEq)]
pub struct Execution {
    /// Process instance id.
    pub instance_id: Arc<str>,
    /// The conversation's key.
    pub business_key: Arc<str>,
    /// `process/@id`.
    pub process_id: Arc<str>,
    /// Version tag.
    pub process_version: Arc<str>,
    /// `definition-id` for texts: `<process id>:<version>`.
    pub definition_id: Arc<str>,
    /// BPMN id of the activity.
    pub activity_id: Arc<str>,
    /// Its name.
    pub activity_name: Option<Arc<str>>,
    /// `<activity id>:<node key>`
    pub activity_instance_id: Arc<str>,
    /// `camunda:field` values, already evaluated, without the three send fields.
    pub fields: Vec<(Arc<str>, Value)>,
    /// 1-based; more than 1 means a retry.
    pub attempt: u32,
    /// Multi-instance index, 0-based.
    pub loop_counter: Option<u32>,
    /// Stable across retries of this activity.
    pub idempotency_key: String,
    /// Engine time.
    pub now: Timestamp,
    /// All visible variables, nearest scope wins.
    pub variables: BTreeMap<Arc<str>, Arc<Value>>,
    /// Names of those that live in the activity's local scope.
    pub local: Vec<Arc<str>>,
    /// The message that started the instance.
    pub start_message: Option<Arc<Value>>,
    /// All messages the instance received, oldest first (the start message included).
    pub messages: Vec<Arc<Value>>,
}

/// What a handler buffered; committed together with the token's move, or discarded.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Writes {
    /// In the order they were made.
    pub variables: Vec<VariableWrite>,
    /// `Task.output` entries for the start message, in order.
    #[serde(with = "crate::json")]
    pub outputs: Vec<Value>,
    /// DSF's alternative business key.
    pub alternative_business_key: Option<String>,
}

/// One variable set or removed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VariableWrite {
    /// Where.
    pub scope: VariableScope,
    /// Its name.
    pub name: Arc<str>,
    /// `None` removes it.
    #[serde(with = "crate::json::optional")]
    pub value: Option<Arc<Value>>,
}

/// Where a plugin's write lands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum VariableScope {
    /// The nearest scope around the activity that holds a variable of that name, else the process instance.
    Process,
    /// The nearest enclosing scope, whether it holds it or not: sub-process, multi-instance iteration, or the process.
    Local,
}

/// How a call ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum CallOutcome {
    /// `ok`. For `failed`: the disposition "proceed" (swallow and go on).
    Completed(Writes),
    /// `prepare` succeeded: the message is built and ready to be committed, then delivered.
    Prepared {
        /// What the handler buffered.
        writes: Writes,
        /// The complete document (FHIR Task) as it will go out, identifier included.
        #[serde(with = "crate::json")]
        document: Arc<Value>,
        /// To whom; the address was resolved by the host.
        target: Target,
    },
    /// `failed` answered "default": the instance fails, or in a multi-instance body this iteration ends.
    DefaultDisposition(Writes),
    /// A modelled outcome.
    BpmnError {
        /// Matched by error boundary events.
        code: String,
        /// For humans.
        message: String,
        /// Buffered writes are kept: the error is a result.
        writes: Writes,
    },
    /// Not modelled. All writes are discarded.
    Failed(Failure),
}

/// A technical failure of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What kind; decides the incident's code.
    pub kind: FailureKind,
    /// For humans: what went wrong.
    pub message: String,
    /// Outermost first.
    pub causes: Vec<String>,
    /// The plugin's last log lines.
    pub log: Vec<String>,
    /// Advice on retrying.
    pub retry: RetryAdvice,
}

/// Kinds of technical failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// The handler returned an error.
    Technical,
    /// Trap or panic.
    PluginBug,
    /// The CPU deadline passed.
    CpuLimit,
    /// The wall-clock deadline passed.
    WallLimit,
    /// The memory limit was reached.
    MemoryLimit,
    /// Another named limit (log volume, handles, host-call bytes).
    OtherLimit,
    /// No approved plugin has this handler.
    HandlerMissing,
    /// The host itself failed; carries no fault of the plugin.
    Host,
    /// The own mailbox could not be reached. It passes, and says nothing about the work: it is tried again until then, and
    /// does not count as an attempt.
    MailboxAway,
}

/// Whether trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RetryAdvice {
    /// The model's or the site's retry policy decides.
    ByPolicy,
    /// Pointless: incident at once.
    Never,
    /// Not before this many milliseconds; still bounded by policy.
    AfterMs(u64),
}
