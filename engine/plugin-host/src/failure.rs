//! From an error of the WebAssembly runtime to what an operator reads in an incident.

use tessera_core::plugin::{Failure, FailureKind, RetryAdvice};
use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use crate::backtrace;
use crate::bindings::tessera::process::types::{self as wit, TechnicalError};
use crate::interfaces::wasi::{Exited, NotOffered};
use crate::limits::{FAILURE_CAUSES_MAX, FAILURE_TEXT_BYTES};
use crate::sandbox::{LastLines, LimitReached, shortened};

/// No instance of the plugin could be made.
#[derive(Debug, thiserror::Error)]
#[error("no instance of it could be made")]
pub(crate) struct NotStarted;

/// The runtime's words for a host call that hands over too many bytes; it has no type for them.
const HOST_CALL_FUEL: &str = "fuel allocated for hostcalls has been exhausted";
/// The runtime's words for too many open handles.
const HANDLES: &str = "store handle limit exceeded";

/// A failure that happened to the call `of` ("handler `x` of plugin `y` 1.0").
pub(crate) fn failure(kind: FailureKind, of: &str, what: &str, log: Vec<String>) -> Failure {
    let retry = match kind {
        // The same call would end the same way.
        FailureKind::CpuLimit
        | FailureKind::MemoryLimit
        | FailureKind::OtherLimit
        | FailureKind::HandlerMissing => RetryAdvice::Never,
        FailureKind::Technical
        | FailureKind::PluginBug
        | FailureKind::WallLimit
        | FailureKind::Host
        | FailureKind::MailboxAway => RetryAdvice::ByPolicy,
    };
    Failure { kind, message: bounded(&format!("{of} {what}")), causes: Vec::new(), log, retry }
}

/// The call ended by a trap, or could not begin.
pub(crate) fn of_error(of: &str, error: &wasmtime::Error, lines: &mut LastLines) -> Failure {
    let backtrace = error.downcast_ref::<WasmBacktrace>().map(backtrace::frames).unwrap_or_default();
    let (kind, what) = explanation(error, lines.last_error(), &backtrace);
    let mut failure = failure(kind, of, &what, lines.take());
    failure.causes = backtrace::lines(&backtrace);
    failure
}

/// The handler itself said that it failed.
pub(crate) fn of_technical(kind: FailureKind, error: &TechnicalError, lines: &mut LastLines) -> Failure {
    let details = error.details.iter().map(|detail| {
        format!("{}: {}", shortened(&detail.name, FAILURE_TEXT_BYTES), in_words(&detail.value))
    });
    let causes = error.causes.iter().cloned().chain(details);
    Failure {
        kind,
        message: bounded(&error.message),
        causes: causes.take(FAILURE_CAUSES_MAX).map(|cause| bounded(&cause)).collect(),
        log: lines.take(),
        retry: match error.retry {
            wit::RetryAdvice::ByPolicy => RetryAdvice::ByPolicy,
            wit::RetryAdvice::Never => RetryAdvice::Never,
            wit::RetryAdvice::After(milliseconds) => RetryAdvice::AfterMs(milliseconds),
        },
    }
}

fn explanation(
    error: &wasmtime::Error,
    last_error: Option<&str>,
    frames: &[String],
) -> (FailureKind, String) {
    if let Some(limit) = error.downcast_ref::<LimitReached>() {
        return (limit.kind, format!("was stopped: {}", limit.message));
    }
    if let Some(exited) = error.downcast_ref::<Exited>() {
        return (FailureKind::PluginBug, format!("ended early: {exited}"));
    }
    if let Some(called) = error.downcast_ref::<NotOffered>() {
        return (FailureKind::PluginBug, format!("was stopped: {called}"));
    }
    if error.downcast_ref::<PoolConcurrencyLimitError>().is_some() {
        return (FailureKind::Host, "could not start: all places for running plugins are taken".into());
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        return match (trap, last_error) {
            (Trap::StackOverflow, _) => (FailureKind::OtherLimit, recursion()),
            // Languages keep a second stack in linear memory, and recursion runs over its edge first.
            (Trap::MemoryOutOfBounds, _) if backtrace::is_endless_recursion(frames) => {
                (FailureKind::OtherLimit, recursion())
            }
            (Trap::UnreachableCodeReached, Some(panic)) => {
                (FailureKind::PluginBug, format!("panicked: {panic}"))
            }
            (trap, _) => {
                let reason = trap.to_string();
                let reason = reason.strip_prefix("wasm trap: ").unwrap_or(&reason);
                (FailureKind::PluginBug, format!("trapped: {reason}"))
            }
        };
    }
    let reason = error.root_cause().to_string();
    if reason.contains(HOST_CALL_FUEL) {
        return (
            FailureKind::OtherLimit,
            "was stopped: it handed over too many bytes in one host call".into(),
        );
    }
    if reason.contains(HANDLES) {
        return (FailureKind::OtherLimit, "was stopped: it keeps too many handles open".into());
    }
    // With a backtrace the guest was running: it broke a rule of the component model or called what is not offered.
    if !frames.is_empty() {
        return (FailureKind::PluginBug, format!("trapped: {reason}"));
    }
    if error.downcast_ref::<NotStarted>().is_some() {
        return (FailureKind::Host, format!("could not run: {error:#}"));
    }
    // It was being given its arguments, or had come back with something that the contract does not know.
    (FailureKind::PluginBug, format!("broke the contract: {reason}"))
}

/// A detail of a failure. JSON is shown as the handler wrote it.
fn in_words(value: &wit::Value) -> String {
    match value {
        wit::Value::Null => "null".to_owned(),
        wit::Value::Boolean(boolean) => boolean.to_string(),
        wit::Value::Integer(integer) => integer.to_string(),
        wit::Value::Double(double) => double.to_string(),
        wit::Value::Text(text) => format!("{:?}", shortened(text, FAILURE_TEXT_BYTES)),
        wit::Value::Json(text) => bounded(text),
        wit::Value::Other((media_type, bytes)) => {
            format!("{} bytes of {}", bytes.len(), shortened(media_type, FAILURE_TEXT_BYTES))
        }
    }
}

fn recursion() -> String {
    "was stopped: it called itself until its call stack was exhausted".into()
}

fn bounded(text: &str) -> String {
    shortened(text, FAILURE_TEXT_BYTES).to_owned()
}

#[cfg(test)]
mod tests {
    use tessera_core::plugin::{FailureKind, RetryAdvice};

    use super::{NotStarted, of_error};
    use crate::sandbox::LastLines;

    #[test]
    fn what_no_guest_can_cause_is_the_hosts_fault() {
        let error = wasmtime::Error::msg("cannot map memory").context(NotStarted);
        let failure = of_error("handler \"h\" of plugin p 1", &error, &mut LastLines::default());
        assert_eq!((failure.kind, failure.retry), (FailureKind::Host, RetryAdvice::ByPolicy));
        let expected =
            "handler \"h\" of plugin p 1 could not run: no instance of it could be made: cannot map memory";
        assert_eq!(failure.message, expected);
    }
}
