//! Incidents: an instance needs a human. Each has a stable code with a page: what it means and what to do.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::effect::Effect;
use crate::identity::{IncidentKey, NodeKey, Timestamp};

/// One open incident. Its node stands still until an operator retries or cancels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    /// Its identity within the instance.
    pub key: IncidentKey,
    /// The activation that cannot go on.
    pub node: NodeKey,
    /// BPMN id of its element or flow.
    pub element: Arc<str>,
    /// Stable code, see [`CODES`].
    pub code: Arc<str>,
    /// What went wrong.
    pub message: String,
    /// Causes, log lines: what a human needs to judge it.
    pub evidence: Vec<String>,
    /// Since when.
    pub since: Timestamp,
    /// The work that failed and is queued again by a retry; `None` if the interpreter itself could not go on.
    pub effect: Option<Arc<Effect>>,
}

/// The page of an incident code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Code {
    /// `P…`: the process; `W…`: its work.
    pub code: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// What to do.
    pub advice: &'static str,
}

macro_rules! codes {
    ($($name:ident = $code:literal, $meaning:literal, $advice:literal;)*) => {
        $(pub(super) const $name: Code = Code { code: $code, meaning: $meaning, advice: $advice };)*
        /// All codes of this crate, in order.
        pub const CODES: &[Code] = &[$($name),*];
    };
}

codes! {
    EXPRESSION = "P501", "An expression of the model has no value here.",
        "Set the variable that it names, or correct the model; then retry.";
    NO_FLOW = "P502", "No outgoing flow can be taken: no condition holds and there is no default flow.",
        "Set a variable so that a condition holds, then retry; or give the model a default flow.";
    UNCAUGHT_ERROR = "P503", "A BPMN error was thrown and no boundary event catches it: it is uncaught.",
        "Repair the cause and retry, or add an error boundary event to the model.";
    TIMER = "P504", "The value of a timer is no date, duration or cycle.",
        "Set the variable that it comes from to an ISO 8601 text, then retry.";
    LOOP = "P505", "The process loops without waiting; it was stopped.",
        "Correct the model or the variable that ends the loop; a retry goes on for one more round of the limit.";
    COLLECTION = "P506", "The collection or cardinality of a multi-instance activity is not usable.",
        "Set the variable that it comes from to a list, or a number within the limit; then retry.";
    STUCK = "P507", "Tokens wait at a join for others that can not come any more.",
        "Correct the model; cancel the instance.";
    VALUE = "P508", "A value can not be kept as variable.",
        "Flatten the value; then retry.";
    CALLED = "P510", "A process that was called could not start, or its instance was lost.",
        "The message says why: deploy the process or correct the model or a variable; a retry calls again.";
    DECISION = "P530", "A decision could not be made.",
        "The message says which part of it: set the variable that it names, or correct the table; then retry.";
    NO_RULE = "P599", "The interpreter came to a state that its tables do not know: a bug of Tessera.",
        "Report it together with the instance's journal; retry once it is repaired.";
    WORK_FAILED = "W101", "A handler failed, also when tried again.",
        "Read the evidence, repair the cause, retry.";
    PLUGIN_BUG = "W102", "A handler trapped or panicked: a bug of the plugin.",
        "Report the evidence to the plugin's author; retry once a repaired version is approved.";
    CPU_LIMIT = "W103", "A handler computed for longer than it may.",
        "Raise the limit or repair the plugin; then retry.";
    WALL_LIMIT = "W104", "A handler took longer than it may.",
        "Look at what it waited for, raise the limit or repair the plugin; then retry.";
    MEMORY_LIMIT = "W105", "A handler wanted more memory than it may have.",
        "Raise the limit or repair the plugin; then retry.";
    OTHER_LIMIT = "W106", "A handler exceeded a limit.",
        "The message names the limit: raise it or repair the plugin; then retry.";
    HANDLER_MISSING = "W107", "No approved plugin has the handler that the model names.",
        "Install and approve the plugin, or correct the name in the model; then retry.";
    HOST_FAILED = "W108", "The plugin host itself failed; the plugin is not to blame.",
        "Look at the site's log; then retry.";
    MESSAGE_REFUSED = "W201", "The peer refused the message for good.",
        "The message states the peer's reason: settle it with the peer, then retry.";
    MESSAGE_UNREACHABLE = "W202", "The peer could not be reached until the message expired.",
        "Check the peer's address and certificate; then retry.";
    TARGET = "W203", "The variable `target` does not say to whom the message goes.",
        "Set `target` to an object with organizationIdentifierValue, endpointIdentifierValue and endpointUrl; then retry.";
}

impl Incident {
    /// The page of its code; `None` for a code of a newer version.
    pub fn page(&self) -> Option<&'static Code> {
        CODES.iter().find(|page| page.code == &*self.code)
    }
}
