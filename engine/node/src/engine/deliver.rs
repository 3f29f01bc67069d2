//! Delivers a committed message to a peer's mailbox. What an answer means and when a message is given up is decided in
//! `tessera-exchange`; here is the waiting.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tessera_core::effect::Outcome;
use tessera_core::identity::EffectId;
use tessera_core::message::Target;
use tessera_core::plugin::DeliveryError;
use tessera_exchange::delivery::{Delivery, Heard, Next};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::backoff::{self, Backoff};
use crate::client::FhirClient;
use crate::clock;
use crate::engine::link::{Created, MailboxLink};
use crate::limits::DELIVERIES_PER_PEER_MAX;

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

impl Deliverer {
    /// Delivers, with retries.
    pub async fn deliver(&self, effect: &EffectId, target: &Target, document: &Value) -> Outcome {
        let mut delivery = Delivery::new(document, clock::now(), self.expiry, self.backoff);
        let peer = &target.organization;
        loop {
            let heard = self.attempt(target, document, delivery.if_none_exist()).await;
            match delivery.heard(heard, clock::now(), backoff::random()) {
                Next::Settled(outcome) => {
                    match &outcome {
                        Outcome::NotDelivered(DeliveryError::Refused { status, .. }) => {
                            tracing::warn!(%effect, peer, status, "message refused");
                        }
                        Outcome::NotDelivered(DeliveryError::Unreachable { reason }) => {
                            tracing::warn!(%effect, peer, reason, "message expired");
                        }
                        Outcome::Call(_)
                        | Outcome::Delivered { .. }
                        | Outcome::Done
                        | Outcome::AnswerRefused { .. } => {}
                    }
                    return outcome;
                }
                Next::Again { wait, reason } => {
                    tracing::info!(%effect, peer, reason, ?wait, "peer not reachable; trying again");
                    tokio::time::sleep(wait).await;
                }
            }
        }
    }

    async fn attempt(&self, target: &Target, document: &Value, if_none_exist: Option<&str>) -> Heard {
        let base = target.address.trim_end_matches('/');
        if base == self.own_address {
            return match self.link.create(document, if_none_exist).await {
                Ok(Created::Done(location)) => Heard::Answer { status: 201, location, reason: String::new() },
                Ok(Created::Refused { status, reason }) => Heard::Answer { status, location: None, reason },
                Err(error) => Heard::Nothing { reason: error.to_string() },
            };
        }
        let _turn = self.turns.at(base).await;
        match self.client.create(base, "Task", document, if_none_exist).await {
            Err(error) => Heard::Nothing { reason: error.to_string() },
            Ok(answer) => {
                let reason = if answer.status.is_success() { String::new() } else { answer.reason() };
                Heard::Answer { status: answer.status.as_u16(), location: answer.location, reason }
            }
        }
    }
}
