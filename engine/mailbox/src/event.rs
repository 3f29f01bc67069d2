//! Events: what was stored, told in the order of commits to everybody who listens.
//!
//! The hub keeps a bounded backlog. Whoever falls behind it is told so, and reconciles by search; nobody is skipped in silence.

use std::sync::Arc;

use serde_json::Value;
use tessera_fhir::access::tags;
use tessera_fhir::resource;
use tessera_fhir::search::Query;
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

use crate::Identity;
use crate::limits::EVENTS_BACKLOG_MAX;
use crate::mailbox::Mailbox;

#[derive(Debug)]
pub(crate) struct Hub {
    sender: broadcast::Sender<Arc<Value>>,
}

impl Hub {
    pub(crate) fn new() -> Self {
        Self { sender: broadcast::Sender::new(EVENTS_BACKLOG_MAX) }
    }

    pub(crate) fn publish(&self, resources: Vec<Value>) {
        for mut resource in resources {
            resource::clean_references(&mut resource);
            // An error only says that nobody listens.
            let _ = self.sender.send(Arc::new(resource));
        }
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<Value>> {
        self.sender.subscribe()
    }
}

/// Events were lost: the listener fell behind, or the mailbox is gone. Subscribe again, then reconcile by search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lost {
    /// More events came than the backlog holds.
    #[error("{0} events were lost; reconcile by search")]
    Behind(u64),
    /// There will be no more events.
    #[error("the mailbox is gone")]
    Ended,
}

/// The resources that match a criterion, as they are stored from now on.
#[derive(Debug)]
pub struct Events {
    pub(crate) receiver: broadcast::Receiver<Arc<Value>>,
    pub(crate) query: Query,
    pub(crate) identity: Identity,
    pub(crate) mailbox: Arc<Mailbox>,
}

impl Events {
    /// Waits for the next resource. May be cancelled without losing one.
    pub async fn next(&mut self) -> Result<Arc<Value>, Lost> {
        loop {
            let resource = match self.receiver.recv().await {
                Ok(resource) => resource,
                Err(RecvError::Lagged(lost)) => return Err(Lost::Behind(lost)),
                Err(RecvError::Closed) => return Err(Lost::Ended),
            };
            let catalog = self.mailbox.catalog();
            if self.query.matches(&resource, &catalog.directory)
                && tags::visible(&self.identity, &resource, &catalog.directory)
            {
                return Ok(resource);
            }
        }
    }
}
