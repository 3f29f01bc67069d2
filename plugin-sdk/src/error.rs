//! How a handler fails. `?` does the right thing: a foreign error is technical and retried by policy, a host error keeps
//! its kind, and a denied or invalid request is not retried.

use std::any::Any;
use std::fmt;
use std::time::Duration;

use serde::Serialize;

use crate::bindings::tessera::process::types::{BpmnError, Failure, RetryAdvice, TechnicalError};
use crate::host::{HostError, NamedValue};
use crate::value;

/// The result of a handler's step.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// The result of a handler that answers nothing.
pub type Outcome = Result<()>;

/// Why a handler did not succeed: a BPMN error (modelled, caught by a boundary event) or a technical failure (retried,
/// then an incident for the operator).
///
/// ```
/// use tessera_plugin_sdk::Error;
///
/// fn parse(text: &str) -> Result<u32, Error> {
///     Ok(text.parse::<u32>()?)                    // technical, retried by policy
/// }
/// assert!(parse("x").unwrap_err().message().contains("invalid digit"));
///
/// let error = Error::bpmn("no_capacity", "all beds are taken");
/// assert_eq!(error.bpmn_code(), Some("no_capacity"));
/// ```
#[derive(Debug)]
pub struct Error(Box<Failure>);

impl Error {
    /// A technical failure, retried by policy.
    pub fn new(message: impl Into<String>) -> Self {
        Self(Box::new(Failure::Technical(TechnicalError {
            message: message.into(),
            causes: Vec::new(),
            retry: RetryAdvice::ByPolicy,
            origin: None,
            details: Vec::new(),
        })))
    }

    /// A modelled outcome. Variables and outputs set so far are kept.
    pub fn bpmn(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Failure::BpmnError(BpmnError {
            code: code.into(),
            message: message.into(),
            variables: Vec::new(),
        })))
    }

    /// Something the process cannot go on without is absent.
    pub fn missing(what: impl fmt::Display) -> Self {
        Self::new(format!("{what} is missing")).never_retry()
    }

    #[doc(hidden)]
    pub fn unknown_handler(kind: &str, handler: &str) -> Self {
        Self::new(format!("this plugin has no {kind} '{handler}'")).never_retry()
    }

    /// Trying again is pointless: an incident at once.
    #[must_use]
    pub fn never_retry(self) -> Self {
        self.advise(RetryAdvice::Never)
    }

    /// Not before this long from now.
    #[must_use]
    pub fn retry_after(self, delay: Duration) -> Self {
        self.advise(RetryAdvice::After(u64::try_from(delay.as_millis()).unwrap_or(u64::MAX)))
    }

    /// Adds the cause, and the causes of the cause.
    #[must_use]
    pub fn because(mut self, cause: &dyn std::error::Error) -> Self {
        if let Failure::Technical(technical) = &mut *self.0 {
            let chain = std::iter::successors(Some(cause), |cause| cause.source());
            technical.causes.extend(chain.map(ToString::to_string));
        }
        self
    }

    /// Adds a variable to a BPMN error, or a detail for the operator to a technical failure.
    pub fn with(mut self, name: &str, value: &impl Serialize) -> Result<Self> {
        let named = NamedValue { name: name.to_owned(), value: value::write(name, value)? };
        match &mut *self.0 {
            Failure::BpmnError(error) => error.variables.push(named),
            Failure::Technical(error) => error.details.push(named),
        }
        Ok(self)
    }

    /// For humans.
    pub fn message(&self) -> &str {
        match &*self.0 {
            Failure::BpmnError(error) => &error.message,
            Failure::Technical(error) => &error.message,
        }
    }

    /// The code of a BPMN error.
    pub fn bpmn_code(&self) -> Option<&str> {
        match &*self.0 {
            Failure::BpmnError(error) => Some(&error.code),
            Failure::Technical(_) => None,
        }
    }

    /// Whether an engine may try again.
    pub fn may_retry(&self) -> bool {
        match &*self.0 {
            Failure::BpmnError(_) => false,
            Failure::Technical(error) => !matches!(error.retry, RetryAdvice::Never),
        }
    }

    /// The host error that was passed through, if any.
    pub fn host_error(&self) -> Option<&HostError> {
        match &*self.0 {
            Failure::BpmnError(_) => None,
            Failure::Technical(error) => error.origin.as_ref(),
        }
    }

    fn advise(mut self, advice: RetryAdvice) -> Self {
        if let Failure::Technical(technical) = &mut *self.0 {
            technical.retry = advice;
        }
        self
    }

    fn from_host(error: &HostError) -> Self {
        let failure = Self::new(describe(error));
        let mut failure = match error {
            HostError::Denied(_) | HostError::Invalid(_) | HostError::NotFound => failure.never_retry(),
            HostError::Status(http) if (400..500).contains(&http.status) && http.status != 429 => {
                failure.never_retry()
            }
            HostError::Status(http) => match http.retry_after {
                Some(delay_ms) => failure.retry_after(Duration::from_millis(delay_ms)),
                None => failure,
            },
            HostError::Conflict(_)
            | HostError::Unreachable(_)
            | HostError::Timeout
            | HostError::Cancelled
            | HostError::Limit(_)
            | HostError::Internal(_)
            | HostError::Other(_) => failure,
        };
        if let Failure::Technical(technical) = &mut *failure.0 {
            technical.origin = Some(error.clone());
        }
        failure
    }
}

/// A host error in words.
fn describe(error: &HostError) -> String {
    match error {
        HostError::Denied(what) => format!("the site does not allow this: {what}"),
        HostError::NotFound => "not found".to_owned(),
        HostError::Invalid(why) => format!("invalid request: {why}"),
        HostError::Conflict(why) => format!("conflict: {why}"),
        HostError::Status(http) => match &http.operation_outcome {
            Some(outcome) => format!("the server answered {}: {outcome}", http.status),
            None => format!("the server answered {}", http.status),
        },
        HostError::Unreachable(why) => format!("server not reachable: {why}"),
        HostError::Timeout => "no answer in time".to_owned(),
        HostError::Cancelled => "cancelled".to_owned(),
        HostError::Limit(which) => format!("limit reached: {which}"),
        HostError::Internal(id) => format!("the host failed: {id}"),
        HostError::Other((code, message)) => format!("{code}: {message}"),
    }
}

// `Error` itself must not implement `std::error::Error`: that is what lets `?` take every type that does.
impl<E: std::error::Error + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        if let Some(host) = (&error as &dyn Any).downcast_ref::<HostError>() {
            return Self::from_host(host);
        }
        let failure = Self::new(error.to_string());
        match error.source() {
            Some(cause) => failure.because(cause),
            None => failure,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        *error.0
    }
}

/// Shorthand on `Option` and `Result`.
///
/// ```
/// use tessera_plugin_sdk::{Error, ResultExt};
///
/// let capacity: Option<u32> = None;
/// let error: Error = capacity.or_bpmn_error("no_capacity", "all beds are taken").unwrap_err();
/// assert_eq!(error.bpmn_code(), Some("no_capacity"));
/// ```
pub trait ResultExt<T>: Sized {
    /// Absence or failure is a modelled outcome.
    fn or_bpmn_error(self, code: &str, message: &str) -> Result<T>;
    /// Absence or failure cannot be cured by trying again. `what` names the thing.
    fn required(self, what: &str) -> Result<T>;
}

impl<T> ResultExt<T> for Option<T> {
    fn or_bpmn_error(self, code: &str, message: &str) -> Result<T> {
        self.ok_or_else(|| Error::bpmn(code, message))
    }

    fn required(self, what: &str) -> Result<T> {
        self.ok_or_else(|| Error::missing(what))
    }
}

impl<T, E: Into<Error>> ResultExt<T> for std::result::Result<T, E> {
    fn or_bpmn_error(self, code: &str, message: &str) -> Result<T> {
        self.map_err(|_| Error::bpmn(code, message))
    }

    fn required(self, what: &str) -> Result<T> {
        self.map_err(|error| {
            let error: Error = error.into();
            let message = format!("{what}: {}", error.message());
            Error::new(message).never_retry()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::HttpFailure;

    #[test]
    fn a_host_error_keeps_its_kind_and_knows_whether_to_try_again() {
        let status =
            |status| HostError::Status(HttpFailure { status, operation_outcome: None, retry_after: None });
        let cases = [
            (HostError::Denied("fhir.read".to_owned()), false, "the site does not allow this: fhir.read"),
            (HostError::NotFound, false, "not found"),
            (HostError::Invalid("no such parameter".to_owned()), false, "invalid request: no such parameter"),
            (HostError::Conflict("version 3".to_owned()), true, "conflict: version 3"),
            (HostError::Timeout, true, "no answer in time"),
            (status(404), false, "the server answered 404"),
            (status(429), true, "the server answered 429"),
            (status(503), true, "the server answered 503"),
        ];
        for (cause, may_retry, message) in cases {
            let error = (|| -> Outcome { Err(cause.clone())? })().unwrap_err();
            assert_eq!((error.may_retry(), error.message()), (may_retry, message));
            assert_eq!(error.host_error(), Some(&cause));
        }
    }

    #[test]
    fn a_foreign_error_brings_its_causes() {
        #[derive(Debug)]
        struct Outer(std::num::ParseIntError);
        impl fmt::Display for Outer {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("cannot count")
            }
        }
        impl std::error::Error for Outer {
            fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
                Some(&self.0)
            }
        }
        let error = Error::from(Outer("ten".parse::<u8>().unwrap_err()));
        let Failure::Technical(technical) = Failure::from(error) else {
            panic!("a foreign error is technical")
        };
        assert_eq!(technical.message, "cannot count");
        assert_eq!(technical.causes, ["invalid digit found in string"]);
    }
}
