//! Delivers a committed message to a peer's mailbox: one `POST Task`, repeated until the peer has it, refuses it, or the
//! message expires.
//!
//! The Task carries an identifier of its own and is created with `If-None-Exist`, so any mailbox accepts it once however
//! often it is sent. Expiry counts from `Task.authoredOn`: a restart does not extend it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use tessera_core::effect::Outcome;
use tessera_core::identity::EffectId;
use tessera_core::message::Target;
use tessera_core::plugin::DeliveryError;
use tessera_fhir::resource;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::backoff::Backoff;
use crate::client::{FhirClient, encode};
use crate::clock;
use crate::engine::link::{Created, MailboxLink};
use crate::limits::DELIVERIES_PER_PEER_MAX;

/// System of the identifier that makes a delivery count once. Outside DSF's reserved systems.
pub const MESSAGE_IDENTIFIER: &str = "https://tessera.dev/sid/message";

/// Delivers over mutual TLS; to the own mailbox through its link.
#[derive(Debug)]
pub struct Deliverer {
    /// Presents this site's certificate.
    pub client: FhirClient,
    /// The own mailbox.
    pub link: MailboxLink,
    /// Its address, as peers see it.
    pub own_address: String,
    /// Between attempts.
    pub backoff: Backoff,
    /// From `authoredOn` until the message is given up.
    pub expiry: Duration,
    /// Turns at each peer.
    pub turns: Turns,
}

/// How many deliveries each peer gets at once.
#[derive(Debug, Default)]
pub struct Turns {
    peers: Mutex<BTreeMap<String, Arc<Semaphore>>>,
}

impl Turns {
    /// Waits for a turn at a peer; dropping it ends the turn.
    async fn at(&self, address: &str) -> OwnedSemaphorePermit {
        let turns = {
            let mut peers = self.peers.lock().unwrap_or_else(PoisonError::into_inner);
            let turns = || Arc::new(Semaphore::new(DELIVERIES_PER_PEER_MAX));
            Arc::clone(peers.entry(address.to_owned()).or_insert_with(turns))
        };
        turns.acquire_owned().await.expect("the semaphore is never closed")
    }
}

/// How one attempt went.
enum Attempt {
    Delivered(Option<String>),
    Refused { status: u16, reason: String },
    TryAgain(String),
}

impl Deliverer {
    /// Delivers, with retries.
    pub async fn deliver(&self, effect: &EffectId, target: &Target, document: &Value) -> Outcome {
        let expires = resource::text(document, "authoredOn")
            .and_then(|authored| authored.parse::<jiff::Timestamp>().ok())
            .unwrap_or_else(jiff::Timestamp::now)
            .saturating_add(jiff::SignedDuration::try_from(self.expiry).unwrap_or(jiff::SignedDuration::MAX))
            .unwrap_or(jiff::Timestamp::MAX);
        let mut attempts = self.backoff.attempts();
        loop {
            let reason = match self.attempt(target, document).await {
                Attempt::Delivered(reference) => return Outcome::Delivered { reference },
                Attempt::Refused { status, reason } => {
                    tracing::warn!(%effect, peer = target.organization, status, "message refused");
                    return Outcome::NotDelivered(DeliveryError::Refused { status, reason });
                }
                Attempt::TryAgain(reason) => reason,
            };
            let wait = attempts.next_wait();
            if clock::instant(clock::now().plus_ms(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)))
                > expires
            {
                tracing::warn!(%effect, peer = target.organization, reason, "message expired");
                return Outcome::NotDelivered(DeliveryError::Unreachable { reason });
            }
            tracing::info!(%effect, peer = target.organization, reason, ?wait, "peer not reachable; trying again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, target: &Target, document: &Value) -> Attempt {
        let once = resource::sole_identifier(document, MESSAGE_IDENTIFIER)
            .map(|identity| format!("identifier={}", encode(&format!("{MESSAGE_IDENTIFIER}|{identity}"))));
        if target.address.trim_end_matches('/') == self.own_address {
            return match self.link.create(document, once.as_deref()).await {
                Ok(Created::Done(reference)) => Attempt::Delivered(reference),
                Ok(Created::Refused { status, reason }) => Attempt::Refused { status, reason },
                Err(error) => Attempt::TryAgain(error.to_string()),
            };
        }
        let base = target.address.trim_end_matches('/');
        let _turn = self.turns.at(base).await;
        match self.client.create(base, "Task", document, once.as_deref()).await {
            Err(error) => Attempt::TryAgain(error.to_string()),
            Ok(answer) if answer.status.is_success() => Attempt::Delivered(answer.location),
            Ok(answer) if is_final(answer.status) => {
                Attempt::Refused { status: answer.status.as_u16(), reason: answer.reason() }
            }
            Ok(answer) => Attempt::TryAgain(answer.reason()),
        }
    }
}

/// A 4xx is the peer's last word, except those that say "later".
fn is_final(status: StatusCode) -> bool {
    status.is_client_error()
        && !matches!(
            status,
            StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
        )
}
