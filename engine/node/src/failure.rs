//! When a site cannot go on: a store that does not know what is on disk any more, or an engine that has ended by itself.
//!
//! Nothing is repaired in a running process. The site says why and ends; a supervisor starts it again, and it recovers
//! from what was acknowledged.

use std::sync::Arc;

use tessera_store::{Batch, Entry, Outcome, ReadError, Store};
use tokio::sync::watch;

/// Told once, heard by whoever runs the site.
#[derive(Debug, Clone)]
pub struct Alarm {
    raised: Arc<watch::Sender<Option<String>>>,
}

impl Default for Alarm {
    fn default() -> Self {
        Self { raised: Arc::new(watch::Sender::new(None)) }
    }
}

impl Alarm {
    /// The site cannot go on. The first reason counts.
    pub fn raise(&self, reason: impl Into<String>) {
        self.raised.send_if_modified(|raised| {
            let first = raised.is_none();
            raised.get_or_insert_with(|| reason.into());
            first
        });
    }

    /// Waits for the reason.
    pub async fn heard(&self) -> String {
        let mut raised = self.raised.subscribe();
        let reason = raised.wait_for(Option::is_some).await.ok().and_then(|reason| reason.clone());
        reason.unwrap_or_default()
    }
}

/// A store that raises the alarm when a commit's fate is unknown: from then on it refuses everything.
pub struct WatchedStore {
    store: Arc<dyn Store>,
    alarm: Alarm,
}

impl WatchedStore {
    /// Watches `store`.
    pub fn new(store: Arc<dyn Store>, alarm: Alarm) -> Self {
        Self { store, alarm }
    }
}

impl Store for WatchedStore {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.store.get(key)
    }

    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<Entry>, ReadError> {
        self.store.range(from, to, limit)
    }

    fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
        let outcomes = self.store.commit(group);
        for outcome in &outcomes {
            if let Outcome::Unknown(error) = outcome {
                self.alarm.raise(error.to_string());
            }
        }
        outcomes
    }

    fn name(&self) -> &'static str {
        self.store.name()
    }

    fn syncs(&self) -> u64 {
        self.store.syncs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tessera_store::CommitError;

    struct Torn;

    impl Store for Torn {
        fn get(&self, _: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
            Ok(None)
        }
        fn range(&self, _: &[u8], _: &[u8], _: usize) -> Result<Vec<Entry>, ReadError> {
            Ok(Vec::new())
        }
        fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
            let error = CommitError::Storage { store: "torn", detail: "the disk is gone".to_owned() };
            vec![Outcome::Unknown(error); group.len()]
        }
        fn name(&self) -> &'static str {
            "torn"
        }
    }

    #[tokio::test]
    async fn a_commit_of_unknown_fate_raises_the_alarm_once() {
        let alarm = Alarm::default();
        let store = WatchedStore::new(Arc::new(Torn), alarm.clone());
        store.commit(&[Batch::new(), Batch::new()]);
        alarm.raise("too late");
        assert!(alarm.heard().await.contains("the disk is gone"));
    }
}
