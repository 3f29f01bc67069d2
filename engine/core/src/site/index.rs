//! The index entries of one instance: derived from its state alone, kept up to date by comparing what is there with
//! what should be. Written in the batch of the record, so that they never disagree.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tessera_canary::{Canary, is_planted};

use super::keys::{self};
use super::placement::{InstanceKey, Placement};
use crate::identity::{EffectSequence, IncidentKey, Timestamp, WaitKey};
use crate::instance::{Instance, WaitKind};

/// What is in the index for one instance.
#[derive(Debug, Default)]
pub(crate) struct Indexed {
    alive: bool,
    alias: Option<Arc<str>>,
    /// The row of each wait, so that it can be removed when the wait is gone.
    waits: BTreeMap<WaitKey, Vec<u8>>,
    effects: BTreeSet<EffectSequence>,
    incidents: BTreeSet<IncidentKey>,
}

/// What has to change, and what the driver wants to know about it.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    pub(crate) puts: Vec<Vec<u8>>,
    pub(crate) deletes: Vec<Vec<u8>>,
    /// Queued since.
    pub(crate) queued: Vec<EffectSequence>,
    /// Settled or withdrawn since.
    pub(crate) gone: Vec<EffectSequence>,
    /// The earliest new timer.
    pub(crate) due: Option<Timestamp>,
    /// It waits for another message than before.
    pub(crate) message_wait_opened: bool,
    /// It is not alive any more.
    pub(crate) ended: bool,
}

impl Indexed {
    /// What the index holds for an instance as it was stored.
    pub(crate) fn of_stored(instance: &Instance, key: InstanceKey, placement: Placement) -> Self {
        let mut indexed = Self::default();
        indexed.update(instance, key, placement);
        indexed
    }

    /// Brings the entries up to date with `instance`.
    pub(crate) fn update(&mut self, instance: &Instance, key: InstanceKey, placement: Placement) -> Changes {
        let mut changes = Changes::default();
        self.update_liveness(instance, key, placement, &mut changes);
        self.update_waits(instance, key, &mut changes);
        self.update_effects(instance, key, &mut changes);
        self.update_incidents(instance, key, &mut changes);
        changes
    }

    fn update_liveness(
        &mut self,
        instance: &Instance,
        key: InstanceKey,
        placement: Placement,
        changes: &mut Changes,
    ) {
        let process = &instance.definition().process_id;
        let alive = instance.is_running();
        if alive != self.alive {
            let row = keys::with_instance(keys::alive(key.shard(), instance.business_key(), process), key);
            if alive {
                changes.puts.push(row);
            } else {
                changes.deletes.push(row);
                changes.ended = true;
            }
            self.alive = alive;
        }
        let alias = instance.alternative_business_key().filter(|_| alive);
        if alias != self.alias.as_ref() {
            let row =
                |name: &str| keys::with_instance(keys::alias(placement.of_text(name), name, process), key);
            changes.deletes.extend(self.alias.as_deref().map(row));
            changes.puts.extend(alias.map(|name| row(name)));
            self.alias = alias.cloned();
        }
    }

    fn update_waits(&mut self, instance: &Instance, key: InstanceKey, changes: &mut Changes) {
        if self.waits.keys().any(|wait| instance.wait(*wait).is_none()) {
            let gone = self.waits.extract_if(.., |wait, _| instance.wait(*wait).is_none());
            let rows = gone.map(|(_, row)| row).filter(|_| !is_planted(Canary::IndexLeftBehind));
            changes.deletes.extend(rows);
        }
        // A wait never changes while it is open, and its key is never used again: a known key is a known row.
        for (wait, open) in instance.waits() {
            if self.waits.contains_key(&wait) {
                continue;
            }
            let row = match &open.kind {
                // Whoever completes it names the instance: nobody looks for it.
                WaitKind::Completion => continue,
                // Whoever was called names the instance.
                WaitKind::Called { .. } => continue,
                // Only its own variables move it.
                WaitKind::Condition => continue,
                WaitKind::Timer { due, .. } | WaitKind::Retry { due, .. } => {
                    changes.due = changes.due.into_iter().chain([*due]).min();
                    keys::timer_of_wait(*due, key, wait)
                }
                WaitKind::Continuation { due } => {
                    changes.due = changes.due.into_iter().chain([*due]).min();
                    keys::timer_of_continuation(*due, key, wait)
                }
                WaitKind::Message { name, correlation_key } => {
                    changes.message_wait_opened = true;
                    let process = &instance.definition().process_id;
                    let prefix = keys::message_waits(key.shard(), process, name, instance.business_key());
                    keys::message_wait(
                        keys::message_waits_with(prefix, correlation_key.as_deref()),
                        key,
                        wait,
                    )
                }
                WaitKind::Signal { name } => keys::signal_wait(key.shard(), name, key, wait),
            };
            changes.puts.push(row.clone());
            self.waits.insert(wait, row);
        }
    }

    fn update_effects(&mut self, instance: &Instance, key: InstanceKey, changes: &mut Changes) {
        for gone in self.effects.extract_if(.., |sequence| instance.effect(*sequence).is_none()) {
            changes.deletes.push(keys::outbox(key, gone));
            changes.gone.push(gone);
        }
        for (sequence, _) in instance.effects() {
            if self.effects.insert(sequence) {
                changes.puts.push(keys::outbox(key, sequence));
                changes.queued.push(sequence);
            }
        }
    }

    fn update_incidents(&mut self, instance: &Instance, key: InstanceKey, changes: &mut Changes) {
        for gone in self.incidents.extract_if(.., |incident| instance.incident(*incident).is_none()) {
            changes.deletes.push(keys::incident(key, gone));
        }
        for incident in instance.incidents() {
            if self.incidents.insert(incident.key) {
                changes.puts.push(keys::incident(key, incident.key));
            }
        }
    }
}
