//! The scenario format as data: what a file may say. `tests/scenarios/README.md` explains it to people; a field that is not
//! here is refused, so that a misspelt assertion cannot pass.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One file.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Its name, unique among the files of a run.
    pub id: String,
    /// What it shows.
    pub title: String,
    /// Model files, deployed in this order.
    pub models: Vec<String>,
    /// When it begins; 2030-01-01T00:00:00Z if absent.
    pub clock: Option<String>,
    /// Whether asynchronous continuations wait for `run_jobs`.
    #[serde(rename = "async")]
    pub continuations: Option<Continuations>,
    /// What becomes of work, by element id.
    #[serde(default)]
    pub stubs: BTreeMap<String, Stubs>,
    /// Work that has no stub is done at once.
    #[serde(default)]
    pub auto_complete: bool,
    /// Handlers of listeners are not waited for.
    #[serde(default)]
    pub ignore_listeners: bool,
    /// `#{key}` in the models is replaced by these values.
    #[serde(default)]
    pub substitute: BTreeMap<String, String>,
    /// The organisations around the site.
    #[serde(default)]
    pub network: Surroundings,
    /// Set when the models must be refused.
    pub expect_deploy: Option<Deployability>,
    /// What is done and expected, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// What must be true in the end.
    #[serde(rename = "final")]
    pub outcome: Option<Final>,

    /// Whether it follows from BPMN alone (`core`), or from a dialect.
    pub portability: Option<String>,
    /// Where it comes from.
    pub derived_from: Option<String>,
    /// Kinds of elements that it is about.
    #[serde(default)]
    pub covers: Vec<String>,
    /// Extensions that the models use.
    #[serde(default)]
    pub vendor_extensions: Vec<String>,
    /// Expressions that the models use.
    #[serde(default)]
    pub expressions: Vec<String>,
    /// What another engine says when it refuses the models.
    pub reference_error: Option<String>,
    /// On what it was observed.
    pub verified: Option<String>,
}

/// The organisations around the site: whom plugins find on the allow list, and what becomes of messages to them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Surroundings {
    /// Identifier of the own one.
    pub own: String,
    /// Identifiers of the others on the allow list.
    pub partners: Vec<String>,
    /// Those that do not answer until a message is given up.
    pub unreachable: Vec<String>,
    /// Those that refuse every message, by status 403.
    pub refusing: Vec<String>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            own: "own.example".to_owned(),
            partners: Vec::new(),
            unreachable: Vec::new(),
            refusing: Vec::new(),
        }
    }
}

/// When asynchronous continuations run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Continuations {
    /// On `run_jobs`.
    Manual,
}

/// Whether models can be deployed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Deployability {
    /// They must be refused.
    Rejected,
}

/// The outcomes of one element's work.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Stubs {
    /// Always the same.
    Always(Stub),
    /// One after the other; the last repeats.
    InTurn(Vec<Stub>),
}

impl Stubs {
    /// The outcome of the `turn`-th piece of work, from 0.
    pub fn at(&self, turn: usize) -> Option<&Stub> {
        match self {
            Self::Always(stub) => Some(stub),
            Self::InTurn(stubs) => stubs.get(turn).or_else(|| stubs.last()),
        }
    }
}

/// The outcome of one piece of work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stub {
    /// How it ends.
    pub outcome: StubOutcome,
    /// What it sets.
    #[serde(default)]
    pub vars: Variables,
    /// The code of an error.
    pub code: Option<String>,
}

/// How stubbed work ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StubOutcome {
    /// It is done.
    Complete,
    /// With a BPMN error.
    Error,
    /// It fails; nothing modelled takes care of that.
    Fail,
    /// Not at all: a step has to end it.
    Wait,
}

/// Variables by name.
pub type Variables = BTreeMap<String, Value>;

/// One step.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Start an instance.
    Start(Start),
    /// End the work of one waiting token.
    Complete(Complete),
    /// End the work of one waiting token by a BPMN error.
    BpmnError(BpmnError),
    /// Correlate a message.
    Message(Message),
    /// A message arrives in the mailbox.
    Receive(Box<Receive>),
    /// Broadcast a signal.
    Signal(Signal),
    /// Set variables of the first instance.
    Set(Set),
    /// Let time pass: an ISO 8601 duration.
    Advance(String),
    /// Run asynchronous continuations.
    RunJobs(Plain),
    /// Try again what failed.
    RetryFailed(Plain),
    /// Suspend the first instance.
    Suspend(Plain),
    /// Resume it.
    Resume(Plain),
    /// Cancel it.
    CancelInstance(Plain),
    /// Move its tokens.
    Modify(Vec<Modification>),
    /// What must be true now.
    Expect(Box<Expectation>),
}

impl Step {
    /// The word that it is written by.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Start(_) => "start",
            Self::Complete(_) => "complete",
            Self::BpmnError(_) => "bpmn_error",
            Self::Message(_) => "message",
            Self::Receive(_) => "receive",
            Self::Signal(_) => "signal",
            Self::Set(_) => "set",
            Self::Advance(_) => "advance",
            Self::RunJobs(_) => "run_jobs",
            Self::RetryFailed(_) => "retry_failed",
            Self::Suspend(_) => "suspend",
            Self::Resume(_) => "resume",
            Self::CancelInstance(_) => "cancel_instance",
            Self::Modify(_) => "modify",
            Self::Expect(_) => "expect",
        }
    }

    /// Set when it must not succeed: why, for people.
    pub fn fails(&self) -> Option<&str> {
        match self {
            Self::Start(step) => step.fails.as_deref(),
            Self::Complete(step) => step.fails.as_deref(),
            Self::BpmnError(step) => step.fails.as_deref(),
            Self::Message(step) => step.fails.as_deref(),
            Self::Receive(step) => step.fails.as_deref(),
            Self::Signal(step) => step.fails.as_deref(),
            Self::Set(step) => step.fails.as_deref(),
            Self::RunJobs(step)
            | Self::RetryFailed(step)
            | Self::Suspend(step)
            | Self::Resume(step)
            | Self::CancelInstance(step) => step.fails.as_deref(),
            Self::Advance(_) | Self::Modify(_) | Self::Expect(_) => None,
        }
    }
}

/// Starts an instance: of a process, or by a message.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Start {
    /// Process id.
    pub process: Option<String>,
    /// Message name.
    pub message: Option<String>,
    /// Its variables.
    #[serde(default)]
    pub vars: Variables,
    /// Its business key.
    #[serde(rename = "businessKey")]
    pub business_key: Option<String>,
    /// Activities to begin with, instead of the start event.
    #[serde(default)]
    pub at: Vec<String>,
    /// Why it must not succeed.
    pub fails: Option<String>,
}

/// Ends the work of one waiting token.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    /// Element id.
    pub at: String,
    /// What it sets.
    #[serde(default)]
    pub vars: Variables,
    /// Which token: these variables are visible to it.
    #[serde(rename = "where", default)]
    pub visible: Variables,
    /// Why it must not succeed.
    pub fails: Option<String>,
}

/// Ends the work of one waiting token by a BPMN error.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BpmnError {
    /// Element id.
    pub at: String,
    /// Error code.
    pub code: String,
    /// What it sets.
    #[serde(default)]
    pub vars: Variables,
    /// Why it must not succeed.
    pub fails: Option<String>,
}

/// Correlates a message.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// Its name.
    pub name: String,
    /// What it sets.
    #[serde(default)]
    pub vars: Variables,
    /// Process variables that the receiver must have.
    #[serde(default)]
    pub keys: Variables,
    /// The receiver's business key.
    #[serde(rename = "businessKey")]
    pub business_key: Option<String>,
    /// Everybody who waits gets it, instead of exactly one.
    #[serde(default)]
    pub all: bool,
    /// Why it must not succeed.
    pub fails: Option<String>,
}

/// A message arrives in the mailbox, as a Task that an organisation has sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receive {
    /// Its name.
    pub message: String,
    /// The process that it addresses; the only one that is deployed if absent.
    pub process: Option<String>,
    /// Who sent it: an organisation. Whoever got the message that it replies to, else the own one.
    pub from: Option<String>,
    /// Its conversation; drawn by the site if absent.
    #[serde(rename = "businessKey")]
    pub business_key: Option<String>,
    /// Tells parallel branches of a conversation apart.
    #[serde(rename = "correlationKey")]
    pub correlation_key: Option<String>,
    /// A message that was sent before: its keys are taken over.
    pub reply_to: Option<ReplyTo>,
    /// Inputs after the envelope.
    #[serde(default)]
    pub inputs: Vec<Parameter>,
    /// Why it must not be taken.
    pub fails: Option<String>,
}

/// A message that was sent; of several, the last one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplyTo {
    /// Its name.
    pub message: String,
    /// To whom.
    pub to: Option<String>,
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

/// Broadcasts a signal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// Its name.
    pub name: String,
    /// What travels with it.
    #[serde(default)]
    pub vars: Variables,
    /// Why it must not succeed.
    pub fails: Option<String>,
}

/// Sets variables of the first instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// New values.
    #[serde(default)]
    pub vars: Variables,
    /// Why it must not succeed.
    pub fails: Option<String>,
}

/// A step that needs no details.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plain {
    /// Why it must not succeed.
    pub fails: Option<String>,
}

/// Moves tokens of an instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modification {
    /// End what is active at this element.
    Cancel(String),
    /// Put a token in front of this element.
    StartBefore(String),
    /// Put a token behind this element.
    StartAfter(String),
}

/// What must be true at a point. Each field that is there is compared.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Where tokens wait, over all running instances, each as often as it waits there.
    pub waiting: Option<Vec<String>>,
    /// Joins at which tokens wait for others.
    pub joining: Option<Vec<String>>,
    /// Elements whose asynchronous continuation is pending.
    #[serde(rename = "async")]
    pub continuations: Option<Vec<String>>,
    /// Whether no instance runs.
    pub ended: Option<bool>,
    /// Running instances by process id.
    pub instances: Option<BTreeMap<String, usize>>,
    /// Ended instances by process id.
    pub finished: Option<BTreeMap<String, usize>>,
    /// Process variables of the first instance.
    pub vars: Option<Variables>,
    /// Names that are no process variables of the first instance.
    pub absent_vars: Option<Vec<String>>,
    /// How often elements completed so far.
    pub completed: Option<BTreeMap<String, usize>>,
    /// How often elements were cancelled so far.
    pub canceled: Option<BTreeMap<String, usize>>,
    /// Open incidents: how many, or at which elements.
    pub incidents: Option<Incidents>,
    /// All messages that were sent so far, in any order.
    pub sent: Option<Vec<SentMessage>>,
    /// All messages that were received so far, in any order, and how they are answered.
    pub answered: Option<Vec<AnsweredMessage>>,
}

/// A message that was sent. What is not said is not compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SentMessage {
    /// Its name.
    pub message: String,
    /// Whom it was for: an organisation.
    pub to: Option<String>,
    /// Inputs after the envelope, by the code of their type; several of one type are a list.
    #[serde(default)]
    pub inputs: Variables,
}

/// A message that was received. What is not said is not compared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnsweredMessage {
    /// Its name.
    pub message: String,
    /// `requested`, `in-progress`, `completed` or `failed`.
    pub status: Option<String>,
    /// Outputs, by the code of their type; several of one type are a list, in any order.
    #[serde(default)]
    pub outputs: Variables,
}

/// Open incidents.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Incidents {
    /// How many.
    Count(usize),
    /// At which elements.
    At(Vec<String>),
}

/// What must be true in the end: everything that happened.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Final {
    /// How often each element completed.
    pub completed: Option<BTreeMap<String, usize>>,
    /// How often each was cancelled.
    pub canceled: Option<BTreeMap<String, usize>>,
    /// How often each is active.
    pub active: Option<BTreeMap<String, usize>>,
    /// Each instance: `process:STATE`, and ` end=element` for the last one of those that completed.
    pub instances: Option<Vec<String>>,
}
