//! The outcome of an interaction, before it becomes HTTP: status, what the headers say, body.

use http::StatusCode;
use jiff::Timestamp;
use serde_json::Value;
use tessera_fhir::access::Refusal;
use tessera_fhir::outcome::{self, Issue};

use crate::fault::Fault;
use crate::limits::FAULT_CHARS_MAX;

/// The outcome of an interaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// HTTP status.
    pub status: StatusCode,
    /// Stable code of the reason why it was refused, [`Fault`] or `tessera_fhir::access::Code`.
    pub code: Option<&'static str>,
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
        Self { status, code: None, version: None, location: None, last_modified: None, body, written: None }
    }

    pub(crate) fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, Some(body))
    }

    pub(crate) fn fault(fault: Fault, text: impl AsRef<str>) -> Rejection {
        // Texts repeat what was sent, and an answer is not to be larger than it helps.
        let text: String = text.as_ref().chars().take(FAULT_CHARS_MAX).collect();
        let body = outcome::error(fault.issue(), format!("{} {text}", fault.id()));
        Rejection::new(Self { code: Some(fault.id()), ..Self::new(fault.status(), Some(body)) })
    }

    /// A Task that does not fit its profiles.
    pub(crate) fn invalid(mut issues: Vec<Issue>) -> Rejection {
        let fault = Fault::Invalid;
        for issue in &mut issues {
            issue.diagnostics = format!("{} {}", fault.id(), issue.diagnostics);
        }
        let body = outcome::of(&issues);
        Rejection::new(Self { code: Some(fault.id()), ..Self::new(fault.status(), Some(body)) })
    }

    pub(crate) fn refusal(refusal: &Refusal) -> Rejection {
        let code = Some(refusal.code.id());
        Rejection::new(Self { code, ..Self::new(StatusCode::FORBIDDEN, Some(refusal.outcome())) })
    }

    /// Not there: no body, as in DSF.
    pub(crate) fn not_found() -> Rejection {
        let fault = Fault::NotFound;
        Rejection::new(Self { code: Some(fault.id()), ..Self::new(fault.status(), None) })
    }

    /// The store is not usable; the request may be repeated after a restart.
    pub(crate) fn unavailable(text: impl AsRef<str>) -> Rejection {
        Self::fault(Fault::Unavailable, text)
    }

    /// `W/"<version>"`.
    pub fn etag(&self) -> Option<String> {
        self.version.map(|version| format!("W/\"{version}\""))
    }
}
