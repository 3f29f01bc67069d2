//! Instances in memory: those used last. Any of them can be dropped at any time, since its record is in the store or
//! among the pending writes.

use std::collections::BTreeMap;
use tessera_canary::{Canary, is_planted};

use super::Bounds;
use crate::instance::Instance;
use crate::site::index::Indexed;
use crate::site::placement::{InstanceKey, Placement};
use crate::site::records::{Unreadable, decode_instance};
use crate::site::values::{Beside, Digest};

/// One instance in memory, with what is stored for it.
#[derive(Debug)]
pub(super) struct Resident {
    pub(super) instance: Instance,
    pub(super) steps: u64,
    pub(super) indexed: Indexed,
    pub(super) beside: Beside,
    used: u64,
}

/// The instances of one shard that are in memory.
#[derive(Debug, Default)]
pub(super) struct Residents {
    instances: BTreeMap<InstanceKey, Resident>,
    by_use: BTreeMap<u64, InstanceKey>,
    uses: u64,
}

impl Residents {
    /// An instance, if it is in memory; it counts as used.
    pub(super) fn touch(&mut self, key: InstanceKey) -> Option<&mut Resident> {
        let resident = self.instances.get_mut(&key)?;
        self.by_use.remove(&resident.used);
        self.uses = self.uses.saturating_add(1);
        resident.used = self.uses;
        self.by_use.insert(resident.used, key);
        Some(resident)
    }

    /// Takes an instance in; the one that was not used for the longest time goes if there are too many.
    pub(super) fn admit(&mut self, key: InstanceKey, mut resident: Resident, bounds: Bounds) {
        self.drop(key);
        self.uses = self.uses.saturating_add(1);
        resident.used = self.uses;
        self.by_use.insert(resident.used, key);
        self.instances.insert(key, resident);
        while self.instances.len() > bounds.residents {
            let evicted = if is_planted(Canary::NewestEvicted) {
                self.by_use.pop_last()
            } else {
                self.by_use.pop_first()
            };
            let Some((_, oldest)) = evicted else { break };
            self.instances.remove(&oldest);
        }
    }

    /// Forgets an instance.
    pub(super) fn drop(&mut self, key: InstanceKey) {
        if let Some(resident) = self.instances.remove(&key) {
            self.by_use.remove(&resident.used);
        }
    }
}

impl Resident {
    /// One that was never stored.
    pub(super) fn unstored() -> Self {
        Self {
            instance: Instance::empty(),
            steps: 0,
            indexed: Indexed::default(),
            beside: Beside::default(),
            used: 0,
        }
    }

    /// One as it was stored.
    pub(super) fn stored(
        key: InstanceKey,
        placement: Placement,
        steps: u64,
        record: &[u8],
        values: Vec<(Digest, Vec<u8>)>,
    ) -> Result<Self, Unreadable> {
        let beside = Beside::loaded(values)?;
        let mut instance = decode_instance(record)?;
        beside.restore(&mut instance)?;
        let indexed = Indexed::of_stored(&instance, key, placement);
        Ok(Self { instance, steps, indexed, beside, used: 0 })
    }
}
