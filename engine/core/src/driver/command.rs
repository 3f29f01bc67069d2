//! What an operator, the command line or a test may ask of a running site, and what it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::driver::{Move, Place};
use crate::identity::{DefinitionKey, IncidentKey, InstanceId, Timestamp, WaitKey};
use crate::instance::{Modification, Plan, Wait};

/// A request. All that change something are answered after their commit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Command {
    /// Start an instance without a message from the mailbox.
    Start {
        /// `process/@id`.
        process_id: Arc<str>,
        /// Version tag; the newest deployed definition of the process otherwise.
        version: Option<Arc<str>>,
        /// Which start: a message start event by its message name, or the none start event.
        message_name: Option<Arc<str>>,
        /// Drawn if absent.
        business_key: Option<Arc<str>>,
        /// Set in the instance before its first step.
        variables: Vec<(Arc<str>, Arc<Value>)>,
        /// Elements to begin before, instead of at a start event.
        before: Vec<Arc<str>>,
    },
    /// Stop an instance: nothing moves it until it is resumed.
    Suspend {
        /// Which one.
        instance: InstanceId,
    },
    /// Let it move again.
    Resume {
        /// Which one.
        instance: InstanceId,
    },
    /// Move it: end what is active, put tokens elsewhere.
    Modify {
        /// Which one.
        instance: InstanceId,
        /// What, in order; all or nothing.
        changes: Vec<Modification>,
    },
    /// Bring it to another version of its process.
    Migrate {
        /// Which one.
        instance: InstanceId,
        /// Version tag; the newest definition that is in use otherwise.
        version: Option<Arc<str>>,
        /// Elements of the old version, and their counterparts where these have other ids.
        mapping: BTreeMap<Arc<str>, Arc<str>>,
        /// Only say what would happen.
        dry_run: bool,
    },
    /// Let an asynchronous continuation go on, where these do not go on by themselves.
    Continue {
        /// Whose.
        instance: InstanceId,
        /// A [`crate::instance::WaitKind::Continuation`] of it.
        wait: WaitKey,
    },
    /// Give a message to whoever waits for it, or start what it starts.
    Correlate(Box<Correlation>),
    /// Look at the conditions of start events: every process of whose newest definition one holds is started, at the first
    /// that does.
    StartByCondition {
        /// Only this process.
        process_id: Option<Arc<str>>,
        /// Of all that are started; drawn for each if absent.
        business_key: Option<Arc<str>>,
        /// What the conditions see, and the new instances get.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// All definitions that the site knows.
    Processes,
    /// Take definitions of a process into use for new instances, or out of it. Running instances go on.
    SetActive {
        /// `process/@id`.
        process_id: Arc<str>,
        /// Version tag; all definitions of the process otherwise.
        version: Option<Arc<str>>,
        /// Whether new instances may use them.
        active: bool,
    },
    /// End a running instance. Messages it holds are answered as failed.
    Cancel {
        /// Which one.
        instance: InstanceId,
        /// Goes into the journal and into answers.
        reason: String,
    },
    /// Delete an instance that has ended, with its journal, before its history is over.
    Delete {
        /// Which one.
        instance: InstanceId,
    },
    /// Try again what led to an incident.
    Retry {
        /// Whose.
        instance: InstanceId,
        /// Which of its incidents.
        incident: IncidentKey,
    },
    /// Set variables of a running instance.
    SetVariables {
        /// Which one.
        instance: InstanceId,
        /// New values in the process scope.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// Give a message that is no Task of the mailbox to one who waits for it.
    Deliver {
        /// Whose wait.
        instance: InstanceId,
        /// Which; see [`Shown::waits`].
        wait: WaitKey,
        /// The message's name.
        name: Arc<str>,
        /// Travel with it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// Say that work is done that somebody outside does.
    Complete {
        /// Whose.
        instance: InstanceId,
        /// A [`crate::instance::WaitKind::Completion`] of it.
        wait: WaitKey,
        /// What came of it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// Say that such work ended with a BPMN error.
    Throw {
        /// Whose.
        instance: InstanceId,
        /// A [`crate::instance::WaitKind::Completion`] of it.
        wait: WaitKey,
        /// The error's code.
        code: String,
        /// For humans.
        message: String,
        /// What came of it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// Broadcast a signal.
    Signal {
        /// Its name.
        name: Arc<str>,
        /// Travel with it.
        variables: Vec<(Arc<str>, Arc<Value>)>,
    },
    /// List instances in the order of their ids.
    List {
        /// Which ones.
        filter: Filter,
        /// Continue after this one.
        after: Option<InstanceId>,
        /// At most so many; bounded by [`LIST_ROWS_MAX`](crate::limits::LIST_ROWS_MAX).
        limit: usize,
    },
    /// Everything about one instance.
    Show {
        /// Which one.
        instance: InstanceId,
    },
    /// Why it does not move, in plain words.
    Explain {
        /// Which one.
        instance: InstanceId,
    },
    /// Reply when it has ended; at once if it has. A site that stops or loses its store for the moment replies "busy".
    AwaitEnd {
        /// Which one.
        instance: InstanceId,
    },
    /// Its history.
    Journal {
        /// Which one.
        instance: InstanceId,
        /// First step wanted.
        from: u64,
        /// At most so many steps.
        limit: usize,
    },
    /// How many of what.
    Counts,
}

/// A message by command: whom it is for, and what it brings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correlation {
    /// The message's name.
    pub name: Arc<str>,
    /// Only instances of this process.
    pub process_id: Option<Arc<str>>,
    /// Only this conversation.
    pub business_key: Option<Arc<str>>,
    /// Only who waits for this correlation key, or for any.
    pub correlation_key: Option<Arc<str>>,
    /// Only instances with these process variables.
    pub keys: Vec<(Arc<str>, Arc<Value>)>,
    /// What it brings.
    pub variables: Vec<(Arc<str>, Arc<Value>)>,
    /// Everybody who waits gets it, and all processes start that it starts, instead of exactly one.
    pub all: bool,
    /// Kept for so long if nobody waits; needs a business key.
    pub ttl_ms: Option<u64>,
}

/// One definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessRow {
    /// Which one.
    pub definition: DefinitionKey,
    /// Its place in the order of first deployments, from 0.
    pub sequence: u64,
    /// Since when the site knows it.
    pub first_deployed_at: Timestamp,
    /// Whether it can be executed now.
    pub deployed: bool,
    /// Whether new instances may use it.
    pub active: bool,
    /// Whether new instances of its process do use it.
    pub newest: bool,
}

/// Which instances a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Of this process only.
    pub process_id: Option<Arc<str>>,
    /// Of this conversation only.
    pub business_key: Option<Arc<str>>,
    /// In these states only; empty means all.
    pub states: Vec<State>,
    /// With an open incident only.
    pub with_incident: bool,
}

/// How an instance stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It is alive.
    Running,
    /// It reached its end.
    Completed,
    /// It ended by an error that nobody caught.
    Failed,
    /// An operator ended it.
    Cancelled,
}

/// The answer to a message or a command.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Reply {
    /// To a message. All but `Busy` are durable.
    Message(Acceptance),
    /// To `Start`.
    Started {
        /// The new instance.
        instance: InstanceId,
        /// Its conversation.
        business_key: Arc<str>,
    },
    /// It is done and durable.
    Done,
    /// It cannot be done; nothing happened.
    Refused {
        /// What, and what to do instead.
        reason: String,
    },
    /// No such instance.
    NotFound,
    /// The site has too much to do or lost its store for the moment; ask again.
    Busy,
    /// To `List`.
    List {
        /// In order.
        rows: Vec<Row>,
        /// Ask on after this one; absent when there are no more.
        more_after: Option<InstanceId>,
    },
    /// To `Show`.
    Shown(Box<Shown>),
    /// To `Explain`.
    Explained(Explanation),
    /// To `AwaitEnd`, once the end is durable.
    Ended {
        /// How it ended.
        state: State,
    },
    /// To `Journal`.
    Journal(Vec<JournalEntry>),
    /// To `Counts`.
    Counts(Counts),
    /// To `Migrate`: what was done, or would be.
    Migration(Plan),
    /// To `StartByCondition`: the new instances.
    StartedAll(Vec<InstanceId>),
    /// To `Processes`, oldest first.
    Processes(Vec<ProcessRow>),
}

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acceptance {
    /// An instance has it.
    Taken {
        /// Which one.
        instance: InstanceId,
        /// Its conversation.
        business_key: Arc<str>,
    },
    /// The site had it before.
    AlreadyTaken,
    /// Nobody waits for it; its answer `failed` is queued.
    Rejected {
        /// The text of the error output.
        reason: String,
    },
    /// Its conversation is alive but does not wait for it yet; kept for a while.
    Buffered,
    /// Not taken and not remembered: send it again.
    Busy,
}

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Which instance.
    pub instance: InstanceId,
    /// `process/@id`.
    pub process_id: Arc<str>,
    /// Version tag.
    pub version: Arc<str>,
    /// Conversation.
    pub business_key: Arc<str>,
    /// How it stands.
    pub state: State,
    /// When it started.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Element ids where it waits or works, each once.
    pub at: Vec<Arc<str>>,
    /// Open incidents.
    pub incidents: usize,
    /// The instance that called it.
    pub caller: Option<InstanceId>,
    /// Whether it stands still until it is resumed.
    pub suspended: bool,
}

/// Everything about one instance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The line of the list.
    pub row: Row,
    /// Digest of its definition.
    pub definition_digest: Arc<str>,
    /// Steps so far.
    pub steps: u64,
    /// Variables of the process scope.
    pub variables: BTreeMap<Arc<str>, Arc<Value>>,
    /// What is active, the process itself first.
    pub places: Vec<Place>,
    /// What is waited for.
    pub waits: BTreeMap<WaitKey, Wait>,
    /// Why it does not move.
    pub explanation: Explanation,
}

/// Why an instance does not move.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Explanation {
    /// Plain words, most important first.
    pub lines: Vec<String>,
    /// What needs a human.
    pub incidents: Vec<IncidentView>,
}

/// An open incident as an operator sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IncidentView {
    /// For `Retry`.
    pub incident: IncidentKey,
    /// Stable.
    pub code: Arc<str>,
    /// Where in the model.
    pub element: Arc<str>,
    /// What went wrong.
    pub message: String,
    /// Log lines, causes.
    pub evidence: Vec<String>,
    /// Since when.
    pub since: Timestamp,
}

/// One step of the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Position, from 0.
    pub step: u64,
    /// When it was decided.
    pub at: Timestamp,
    /// What set it off.
    pub cause: String,
    /// The facts, one line each.
    pub facts: Vec<String>,
    /// Those of the facts that say where the instance stands.
    pub moves: Vec<Move>,
}

/// How many of what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Instances that are alive.
    pub running: u64,
    /// Open incidents.
    pub incidents: u64,
    /// Effects that are not settled.
    pub effects: u64,
    /// Messages kept for a conversation that does not wait for them yet.
    pub early_messages: u64,
    /// Steps, facts and commits since the start of this process.
    pub statistics: Statistics,
}

/// What a driver did since it was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// Inputs that changed an instance.
    pub steps: u64,
    /// Facts of those steps.
    pub facts: u64,
    /// Commits asked for.
    pub commits: u64,
    /// Commits that did not succeed.
    pub failed_commits: u64,
}
