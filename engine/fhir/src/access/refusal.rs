//! Refusals: a stable code for machines and manuals, a sentence for people.

use serde_json::Value;

use crate::outcome;

macro_rules! codes {
    ($($variant:ident = $code:literal, $issue:literal, $meaning:literal;)+) => {
        /// Why something was refused. The codes are stable; a number is never used again for something else.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = $meaning] $variant),+
        }

        impl Code {
            /// All codes, for the manual.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn id(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// FHIR issue type that the peer sees.
            pub const fn issue(self) -> &'static str {
                match self { $(Self::$variant => $issue),+ }
            }

            /// One sentence: what it means and what to do.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),+ }
            }
        }
    };
}

codes! {
    Right = "F1001", "forbidden", "The caller has no such right on this resource type. Remote organizations create Tasks, read and search.";
    NotReadable = "F1002", "forbidden", "The read-access tags of the resource, or requester and recipient of the Task, do not cover the caller.";
    Tags = "F1003", "forbidden", "The read-access tags are not exactly one ALL, or one LOCAL with any number of known ORGANIZATION and ROLE tags.";
    Content = "F1004", "forbidden", "An element that the type needs is missing or malformed.";
    Immutable = "F1005", "forbidden", "An element that identifies the resource was changed. Create a new resource instead.";
    Duplicate = "F1006", "duplicate", "A resource with the same identity exists already.";
    Reference = "F1007", "processing", "A reference points at nothing that exists here.";
    Status = "F1101", "forbidden", "A Task can only be created as draft or requested.";
    StatusChange = "F1102", "forbidden", "A Task cannot go from its status to the new one.";
    Requester = "F1103", "forbidden", "Task.requester is not the caller. Nobody sends in the name of another.";
    Recipient = "F1104", "forbidden", "Task.restriction.recipient is not exactly the local organization.";
    Process = "F1105", "forbidden", "Task.instantiatesCanonical names no process that is installed and active here.";
    MessageName = "F1106", "forbidden", "Task.input does not hold exactly one message-name.";
    Output = "F1107", "forbidden", "A Task that was not taken yet has no output.";
    TaskIdentifier = "F1108", "forbidden", "The identifier system `http://dsf.dev/sid/task-identifier` belongs to draft Tasks, which need exactly one.";
    NotAuthorised = "F1109", "forbidden", "The process-authorization extension of the ActivityDefinition does not let the requester send this message, or the recipient receive it.";
    Profile = "F1110", "forbidden", "No process-authorization of the ActivityDefinition has this message-name together with one of the Task's profiles.";
    Changed = "F1111", "forbidden", "An element of the Task was changed that must stay as the requester wrote it.";
    NotAdmin = "F1112", "forbidden", "Only the local organization, or a practitioner with the role DSF_ADMIN, may do this.";
    NotDraft = "F1113", "forbidden", "Only draft Tasks can be deleted.";
    Envelope = "F1114", "forbidden", "The message-name, business-key or correlation-key of the Task is longer than 255 bytes or holds a control character.";
}

/// A decision against the caller.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {text}", code.id())]
pub struct Refusal {
    /// Which rule.
    pub code: Code,
    /// What, where, what to do.
    pub text: String,
}

impl Refusal {
    /// A refusal by rule `code`.
    pub fn new(code: Code, text: impl Into<String>) -> Self {
        Self { code, text: text.into() }
    }

    /// As the peer sees it.
    pub fn outcome(&self) -> Value {
        outcome::error(self.code.issue(), self.to_string())
    }
}
