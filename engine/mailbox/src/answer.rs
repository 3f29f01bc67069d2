//! The outcome of an interaction, before it becomes HTTP: status, what the headers say, body.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use tessera_fhir::access::Refusal;
use tessera_fhir::outcome::{self, Issue};

/// The outcome of an interaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Version of the resource, for `ETag: W/"…"`.
    pub version: Option<u64>,
    /// Absolute url of that version, for `Location`.
    pub location: Option<String>,
    /// When it was written, for `Last-Modified`.
    pub last_modified: Option<Timestamp>,
    /// Resource, Bundle or OperationOutcome.
    pub body: Option<Value>,
    /// Set when something was stored: then `Prefer: return=…` decides about the body.
    pub written: Option<Written>,
}

/// What was stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// A new resource.
    Created,
    /// A new version.
    Updated,
}

/// An answer against the caller, kept small for the way up.
#[derive(Debug)]
pub(crate) struct Rejection(Box<Answer>);

impl Rejection {
    fn new(answer: Answer) -> Self {
        Self(Box::new(answer))
    }

    pub(crate) fn into_answer(self) -> Answer {
        *self.0
    }
}

impl std::ops::Deref for Rejection {
    type Target = Answer;

    fn deref(&self) -> &Answer {
        &self.0
    }
}

impl std::ops::DerefMut for Rejection {
    fn deref_mut(&mut self) -> &mut Answer {
        &mut self.0
    }
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: Option<Value>) -> Self {
        Self { status, version: None, location: None, last_modified: None, body, written: None }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    pub(crate) fn error(status: StatusCode, issue: &'static str, text: impl Into<String>) -> Rejection {
        Rejection::new(Self::new(status, Some(outcome::error(issue, text))))
    }

    pub(crate) fn issues(status: StatusCode, issues: &[Issue]) -> Rejection {
        Rejection::new(Self::new(status, Some(outcome::of(issues))))
    }

    pub(crate) fn refusal(refusal: &Refusal) -> Rejection {
        Rejection::new(Self::new(StatusCode::FORBIDDEN, Some(refusal.outcome())))
    }

    /// Not there: no body, as in DSF.
    pub(crate) fn not_found() -> Rejection {
        Rejection::new(Self::new(StatusCode::NOT_FOUND, None))
    }

    /// The store is not usable; the request may be repeated after a restart.
    pub(crate) fn unavailable(text: impl Into<String>) -> Rejection {
        Self::error(StatusCode::SERVICE_UNAVAILABLE, "exception", text)
    }

    /// `W/"<version>"`.
    pub fn etag(&self) -> Option<String> {
        self.version.map(|version| format!("W/\"{version}\""))
    }
}
