//! Status of a Task, and the receiver's updates of it.

use std::fmt;

use serde_json::{Value, json};

use super::draft::envelope;
use super::message::has_code;
use crate::names;
use crate::resource::list;

macro_rules! statuses {
    ($($variant:ident = $code:literal),+ $(,)?) => {
        /// All status codes that FHIR R4 has for Task. DSF uses five of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Status {
            $(#[doc = concat!("`", $code, "`")] $variant),+
        }

        impl Status {
            /// All codes.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code on the wire.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// Reads a code.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

statuses! {
    Draft = "draft",
    Requested = "requested",
    Received = "received",
    Accepted = "accepted",
    Rejected = "rejected",
    Ready = "ready",
    Cancelled = "cancelled",
    InProgress = "in-progress",
    OnHold = "on-hold",
    Failed = "failed",
    Completed = "completed",
    EnteredInError = "entered-in-error",
}

impl fmt::Display for Status {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// The Task moved to `status`, with `outputs` appended and, when `error` is given, the error output of the contract.
#[must_use]
pub fn with_status(mut task: Value, status: Status, outputs: &[Value], error: Option<&str>) -> Value {
    let mut all = list(&task, "output").to_vec();
    all.extend(outputs.iter().cloned());
    all.extend(error.map(error_output));
    if let Some(members) = task.as_object_mut() {
        members.insert("status".to_owned(), json!(status.code()));
        if all.is_empty() {
            // FHIR forbids empty arrays.
            members.remove("output");
        } else {
            members.insert("output".to_owned(), Value::Array(all));
        }
    }
    task
}

/// The Task with `business_key` added as an input, unless it has one. DSF allows this on leaving `requested` only.
#[must_use]
pub fn with_business_key(mut task: Value, business_key: &str) -> Value {
    if list(&task, "input").iter().any(|input| has_code(input, names::BUSINESS_KEY)) {
        return task;
    }
    if let Some(inputs) = task.get_mut("input").and_then(Value::as_array_mut) {
        inputs.push(envelope(names::BUSINESS_KEY, business_key));
    }
    task
}

/// The output that tells the requester what went wrong.
pub fn error_output(text: &str) -> Value {
    envelope(names::ERROR, text)
}
