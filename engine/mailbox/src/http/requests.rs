//! The requests of one connection, so that each has exactly one line in the audit log: those that were decided, those whose
//! caller vanished meanwhile, and those that ended before HTTP could make a request of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use axum::http::StatusCode;

use super::metered::Meter;
use super::negotiate::Decided;
use crate::audit::Line;
use crate::fault::Fault;

#[derive(Debug)]
pub(super) struct Requests {
    meter: Meter,
    /// Bytes read when the last request ended.
    mark: AtomicU64,
    is_open: AtomicBool,
    /// The last request was refused: what still comes may be the rest of its body, which nobody reads.
    is_refused: AtomicBool,
}

/// A request that is being decided. Dropped without an end, its caller has gone.
#[derive(Debug)]
pub(super) struct Open<'r> {
    requests: &'r Requests,
    line: Option<Line>,
}

impl Requests {
    pub(super) fn new(meter: Meter) -> Arc<Self> {
        // From zero: the handshake's last bytes and the first head may have come together. A connection that never asks
        // anything has its line, too.
        let mark = AtomicU64::new(0);
        Arc::new(Self { meter, mark, is_open: AtomicBool::new(false), is_refused: AtomicBool::new(false) })
    }

    pub(super) fn begin(&self, line: Line) -> Open<'_> {
        self.is_open.store(true, Ordering::Relaxed);
        Open { requests: self, line: Some(line) }
    }

    /// A request is over, and has its line.
    pub(super) fn ended(&self, status: StatusCode) {
        self.is_open.store(false, Ordering::Relaxed);
        self.is_refused.store(status.is_client_error() || status.is_server_error(), Ordering::Relaxed);
        self.mark.store(self.meter.bytes(), Ordering::Relaxed);
    }

    /// Why the connection ended, when that is the end of a request that has no line yet.
    pub(super) fn fault(&self, error: &hyper::Error) -> Option<Fault> {
        let has_begun = self.meter.bytes() > self.mark.load(Ordering::Relaxed)
            && !self.is_open.load(Ordering::Relaxed)
            && !self.is_refused.load(Ordering::Relaxed);
        if error.is_parse() || error.is_parse_too_large() {
            Some(Fault::Malformed)
        } else if error.is_timeout() && has_begun {
            Some(Fault::HeadTooSlow)
        } else if error.is_incomplete_message() && has_begun {
            Some(Fault::Malformed)
        } else {
            None
        }
    }
}

impl Open<'_> {
    pub(super) fn end(mut self, status: StatusCode, decided: &Decided) {
        let Some(mut line) = self.line.take() else { return };
        self.requests.ended(status);
        // A subscription that was let through decides for itself, and writes its own lines.
        if status != StatusCode::SWITCHING_PROTOCOLS {
            line.written(decided.location.as_deref(), decided.version);
            line.decided(status, decided.code);
        }
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if let Some(line) = self.line.take() {
            line.refused(Fault::BodyCutOff);
            self.requests.ended(Fault::BodyCutOff.status());
        }
    }
}
