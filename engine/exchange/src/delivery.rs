//! Delivering a committed message: one `POST Task`, repeated until the peer has it, refuses it, or the message expires.
//!
//! The Task carries an identifier of its own and is created with `If-None-Exist`, so any mailbox accepts it once however
//! often it is sent. Expiry counts from `Task.authoredOn`: a restart does not extend it.

use std::time::Duration;

use serde_json::Value;
use tessera_canary::{Canary, is_planted};
use tessera_core::effect::Outcome;
use tessera_core::identity::Timestamp;
use tessera_core::plugin::DeliveryError;
use tessera_fhir::resource;

use crate::backoff::{Attempts, Backoff};

/// System of the identifier that makes a delivery count once. Outside DSF's reserved systems.
pub const MESSAGE_IDENTIFIER: &str = "https://tessera.dev/sid/message";

/// One message on its way.
#[derive(Debug, Clone)]
pub struct Delivery {
    if_none_exist: Option<String>,
    expires: jiff::Timestamp,
    attempts: Attempts,
}

/// How one attempt went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The mailbox answered.
    Answer {
        /// HTTP status.
        status: u16,
        /// `Location`.
        location: Option<String>,
        /// What an error answer says.
        reason: String,
    },
    /// No usable answer came. Whether the mailbox has the message is not known.
    Nothing {
        /// Why.
        reason: String,
    },
}

/// What to do after an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Next {
    /// It is over.
    Settled(Outcome),
    /// Wait, then try again.
    Again {
        /// For so long.
        wait: Duration,
        /// Why.
        reason: String,
    },
}

impl Delivery {
    /// Begins, or begins again after a restart.
    pub fn new(document: &Value, now: Timestamp, expiry: Duration, backoff: Backoff) -> Self {
        let authored = resource::text(document, "authoredOn").and_then(|authored| authored.parse().ok());
        let expiry = jiff::SignedDuration::try_from(expiry).unwrap_or(jiff::SignedDuration::MAX);
        Self {
            if_none_exist: resource::sole_identifier(document, MESSAGE_IDENTIFIER).map(once),
            expires: authored
                .unwrap_or_else(|| instant(now))
                .saturating_add(expiry)
                .unwrap_or(jiff::Timestamp::MAX),
            attempts: backoff.attempts(),
        }
    }

    /// The header that makes the mailbox take the message once.
    pub fn if_none_exist(&self) -> Option<&str> {
        self.if_none_exist.as_deref()
    }

    /// Takes the result of an attempt.
    pub fn heard(&mut self, heard: Heard, now: Timestamp, random: u8) -> Next {
        let reason = match heard {
            Heard::Answer { status: 200..=299, location, .. } => {
                return Next::Settled(Outcome::Delivered { reference: location });
            }
            Heard::Answer { status, reason, .. } if is_final(status) => {
                return Next::Settled(Outcome::NotDelivered(DeliveryError::Refused { status, reason }));
            }
            Heard::Nothing { .. } if is_planted(Canary::SilenceIsConsent) => {
                return Next::Settled(Outcome::Delivered { reference: None });
            }
            Heard::Answer { reason, .. } | Heard::Nothing { reason } => reason,
        };
        let wait = self.attempts.next_wait(random);
        let again_at = now.plus_ms(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        if instant(again_at) > self.expires {
            return Next::Settled(Outcome::NotDelivered(DeliveryError::Unreachable { reason }));
        }
        Next::Again { wait, reason }
    }
}

/// A 4xx is a mailbox's last word, except those that say "later": 408, 425, 429.
pub fn is_final(status: u16) -> bool {
    (400..=if is_planted(Canary::GivenUpEarly) { 599 } else { 499 }).contains(&status)
        && !matches!(status, 408 | 425 | 429)
}

/// The query that finds a message by its identity.
fn once(identity: &str) -> String {
    let token = format!("{MESSAGE_IDENTIFIER}|{identity}");
    form_urlencoded::Serializer::new(String::new()).append_pair("identifier", &token).finish()
}

/// An instant as jiff knows it.
pub fn instant(timestamp: Timestamp) -> jiff::Timestamp {
    i64::try_from(timestamp.0)
        .ok()
        .and_then(|milliseconds| jiff::Timestamp::from_millisecond(milliseconds).ok())
        .unwrap_or(jiff::Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const SECOND: Duration = Duration::from_secs(1);

    fn delivery() -> Delivery {
        let document = json!({
            "authoredOn": "1970-01-01T00:00:00Z",
            "identifier": [{ "system": MESSAGE_IDENTIFIER, "value": "a.b.1" }],
        });
        Delivery::new(&document, Timestamp(0), 10 * SECOND, Backoff { first: SECOND, longest: SECOND })
    }

    #[test]
    fn each_answer_has_one_meaning() {
        for (status, now, expected) in [
            (200, 0, "delivered"),
            (201, 0, "delivered"),
            (400, 0, "refused"),
            (403, 0, "refused"),
            (408, 0, "again"),
            (425, 0, "again"),
            (429, 0, "again"),
            (500, 0, "again"),
            (503, 9_000, "again"),
            (503, 9_001, "unreachable"),
            (302, 0, "again"),
        ] {
            let answer = Heard::Answer { status, location: None, reason: "as the test wants".to_owned() };
            let said = match delivery().heard(answer, Timestamp(now), 0) {
                Next::Settled(Outcome::Delivered { .. }) => "delivered",
                Next::Settled(Outcome::NotDelivered(DeliveryError::Refused { .. })) => "refused",
                Next::Settled(_) => "unreachable",
                Next::Again { .. } => "again",
            };
            assert_eq!(said, expected, "{status} at {now}");
        }
    }

    #[test]
    fn the_identity_is_the_condition() {
        let expected = "identifier=https%3A%2F%2Ftessera.dev%2Fsid%2Fmessage%7Ca.b.1";
        assert_eq!(delivery().if_none_exist(), Some(expected));
    }
}
