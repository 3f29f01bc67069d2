//! Which shard owns what. A conversation lives in the shard that its business key hashes to; an instance carries its
//! shard in its id, so that nobody has to look it up.

use std::sync::Arc;

use sha2::{Digest as _, Sha256};

use crate::entropy::{Entropy, uuid};
use crate::identity::{InstanceId, WaitKey};
use crate::limits::SHARDS_MAX;

/// The sixteen bytes behind an instance id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct InstanceKey(pub(crate) [u8; 16]);

/// The number of shards of a store: fixed when it is made, because every stored key depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Placement {
    shards: u16,
}

/// Hexadecimal digits at the end of an instance id that hold its shard.
const SHARD_DIGITS: usize = 4;

impl Placement {
    pub(crate) fn new(shards: u16) -> Self {
        Self { shards: shards.clamp(1, SHARDS_MAX) }
    }

    pub(crate) fn shards(self) -> u16 {
        self.shards
    }

    /// The shard of a conversation, or of a message that has none yet.
    pub(crate) fn of_text(self, text: &str) -> u16 {
        let shard = crc32fast::hash(text.as_bytes()) % u32::from(self.shards);
        u16::try_from(shard).expect("a remainder is less than its divisor, which is a u16")
    }

    /// The shard and key of an instance; `None` if no instance of this site can have that id.
    pub(crate) fn of_instance(self, id: &InstanceId) -> Option<(u16, InstanceKey)> {
        let key = InstanceKey::parse(&id.0)?;
        let shard = key.shard();
        (shard < self.shards).then_some((shard, key))
    }

    /// A new instance id in a shard.
    pub(crate) fn draw_instance(entropy: &mut dyn Entropy, shard: u16) -> InstanceId {
        let drawn = uuid(entropy);
        let kept = drawn.len().saturating_sub(SHARD_DIGITS);
        InstanceId(format!("{}{shard:04x}", drawn.get(..kept).unwrap_or_default()).into())
    }

    /// The id of an instance that another calls: the same whoever computes it, so that a call is heeded once and the
    /// called instance can be found again.
    pub(crate) fn called(self, caller: &InstanceId, wait: WaitKey, business_key: &str) -> InstanceKey {
        let digest = Sha256::digest(format!("{caller}.{}", wait.0));
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(digest).for_each(|(byte, drawn)| *byte = drawn);
        let [high, low] = self.of_text(business_key).to_be_bytes();
        let [.., shard_high, shard_low] = &mut bytes;
        (*shard_high, *shard_low) = (high, low);
        InstanceKey(bytes)
    }

    /// A new business key that lives in a shard. A message without a key is decided in the shard that its own id hashes
    /// to; the key drawn for it must lead a repetition, which then carries the key, to the same inbox.
    pub(crate) fn draw_business_key(self, entropy: &mut dyn Entropy, shard: u16) -> Arc<str> {
        let drawn = uuid(entropy);
        let kept = drawn.get(..drawn.len().saturating_sub(SHARD_DIGITS)).unwrap_or_default();
        (0..=u16::MAX)
            .map(|variant| format!("{kept}{variant:04x}"))
            .find(|candidate| self.of_text(candidate) == shard)
            .unwrap_or(drawn)
            .into()
    }
}

impl InstanceKey {
    /// Reads the only form that a site draws: lowercase, with hyphens. Others are not ids of this site.
    pub(crate) fn parse(id: &str) -> Option<Self> {
        let digits: String = id.split('-').collect();
        if digits.len() != 32 {
            return None;
        }
        let key = Self(u128::from_str_radix(&digits, 16).ok()?.to_be_bytes());
        (*key.id().0 == *id).then_some(key)
    }

    pub(crate) fn id(self) -> InstanceId {
        let number = u128::from_be_bytes(self.0);
        let text = format!(
            "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
            number >> 96,
            (number >> 80) & 0xffff,
            (number >> 64) & 0xffff,
            (number >> 48) & 0xffff,
            number & 0xffff_ffff_ffff
        );
        InstanceId(text.into())
    }

    pub(crate) fn shard(self) -> u16 {
        let [.., high, low] = self.0;
        u16::from_be_bytes([high, low])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(u8);

    impl Entropy for Counting {
        fn fill(&mut self, bytes: &mut [u8]) {
            for byte in bytes {
                self.0 = self.0.wrapping_add(37);
                *byte = self.0;
            }
        }
    }

    #[test]
    fn an_instance_id_leads_to_its_shard() {
        let placement = Placement::new(64);
        for shard in 0..64 {
            let id = Placement::draw_instance(&mut Counting(7), shard);
            let (found, key) = placement.of_instance(&id).unwrap();
            assert_eq!((found, key.id()), (shard, id));
        }
    }

    #[test]
    fn foreign_ids_belong_nowhere() {
        let placement = Placement::new(4);
        for id in ["", "x", "00000000-0000-0000-0000-00000000000A", "00000000-0000-4000-8000-00000000ffff"] {
            assert_eq!(placement.of_instance(&InstanceId(id.into())), None, "{id}");
        }
    }

    #[test]
    fn a_drawn_business_key_lives_where_it_was_wanted() {
        let placement = Placement::new(SHARDS_MAX);
        for shard in (0..SHARDS_MAX).step_by(17) {
            let key = placement.draw_business_key(&mut Counting(3), shard);
            assert_eq!(placement.of_text(&key), shard);
        }
    }
}
