//! The audit log of a test: every event of the target `audit` on its thread, in order. There is one subscriber for all threads,
//! because `tracing` remembers of each place whether anybody listens, and asks whichever thread comes there first.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Once;
use std::time::Duration;

use tessera_mailbox::audit::TARGET;
use tessera_mailbox::limits::AUDIT_FIELD_BYTES_MAX;
use tokio::time::{Instant, interval};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use super::case::SECRET;

const DEADLINE: Duration = Duration::from_secs(5);

thread_local! {
    static LINES: RefCell<Vec<Line>> = const { RefCell::new(Vec::new()) };
}

/// The lines of this thread.
#[derive(Debug)]
pub(super) struct Log(());

/// Writes every line to the log of the thread that it comes from.
struct Recorder;

/// One line, by field.
#[derive(Debug, Clone, Default)]
pub(super) struct Line(BTreeMap<&'static str, String>);

impl Log {
    pub(super) fn start() -> Self {
        static STARTED: Once = Once::new();
        STARTED.call_once(|| tracing::subscriber::set_global_default(Recorder).unwrap());
        Self(())
    }

    #[allow(clippy::unused_self, reason = "the log is the thread's, and only who started it may ask")]
    pub(super) fn clear(&self) {
        LINES.take();
    }

    #[allow(clippy::unused_self, reason = "the log is the thread's, and only who started it may ask")]
    pub(super) fn lines(&self) -> Vec<Line> {
        LINES.with_borrow(Clone::clone)
    }

    /// The line at this place, once it is there.
    pub(super) async fn line(&self, index: usize) -> Result<Line, String> {
        let deadline = Instant::now() + DEADLINE;
        let mut look = interval(Duration::from_millis(2));
        loop {
            look.tick().await;
            let lines = self.lines();
            if lines.len() > index + 1 {
                return Err(format!("too many audit lines: {lines:?}"));
            }
            if let Some(line) = lines.get(index) {
                return Ok(line.clone());
            }
            if Instant::now() > deadline {
                return Err(format!("audit line {index} is missing: {lines:?}"));
            }
        }
    }

    pub(super) async fn only_line(&self) -> Result<Line, String> {
        self.line(0).await
    }
}

impl Line {
    pub(super) fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// Says who, what and how it ended, and nothing of the content.
    pub(super) fn is_refusal(&self, code: &str, thumbprint: &str) -> Result<(), String> {
        self.is_clean()?;
        if self.field("outcome") != "refused" || self.field("code") != code {
            return Err(format!("expected a refusal with {code}: {self:?}"));
        }
        let known = self.field("thumbprint");
        // Before the handshake is complete nobody is known.
        if known != "-" && !thumbprint.starts_with(known) {
            return Err(format!("another thumbprint than {thumbprint}: {self:?}"));
        }
        Ok(())
    }

    pub(super) fn is_acceptance(&self) -> Result<(), String> {
        self.is_clean()?;
        let organization = self.field("organization");
        if self.field("outcome") != "accepted" || !organization.contains("example") {
            return Err(format!("expected an acceptance: {self:?}"));
        }
        Ok(())
    }

    fn is_clean(&self) -> Result<(), String> {
        let long = self.0.values().any(|value| value.len() > AUDIT_FIELD_BYTES_MAX);
        let secret = self.0.values().any(|value| value.contains(SECRET));
        let control = self.0.values().any(|value| value.chars().any(char::is_control));
        let lacking = ["peer", "operation", "status"].into_iter().find(|name| self.field(name).is_empty());
        if long || secret || control || lacking.is_some() {
            return Err(format!("long, telling or incomplete: {self:?}"));
        }
        Ok(())
    }
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}

impl Subscriber for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == TARGET
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = Line::default();
        event.record(&mut line);
        LINES.with_borrow_mut(|lines| lines.push(line));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}
