//! Keys of the mailbox's store. One prefix per kind of record; parts are separated by a zero byte.
//!
//! `h` type id: the head, which version is current · `v` type id version: that version · `i` type index value id: index
//! entry, no value · `u` type key: the id that owns a unique key · `m` name: facts about the store itself.

use sha2::{Digest, Sha512};
use tessera_fhir::ResourceType;

use crate::limits::INDEX_VALUE_BYTES_MAX;

pub(crate) const CLOCK: &[u8] = b"m\0clock";
pub(crate) const FORMAT: &[u8] = b"m\0format";
pub(crate) const ORGANIZATION: &[u8] = b"m\0organization";
pub(crate) const BASE_URL: &[u8] = b"m\0base_url";

pub(crate) fn head(resource_type: ResourceType, id: &str) -> Vec<u8> {
    join(&[b"h", resource_type.name().as_bytes(), id.as_bytes()])
}

pub(crate) fn version(resource_type: ResourceType, id: &str, version: u64) -> Vec<u8> {
    let mut key = join(&[b"v", resource_type.name().as_bytes(), id.as_bytes()]);
    key.push(0);
    key.extend_from_slice(&version.to_be_bytes());
    key
}

pub(crate) fn index(resource_type: ResourceType, index: &str, value: &str, id: &str) -> Vec<u8> {
    join(&[b"i", resource_type.name().as_bytes(), index.as_bytes(), &plain(value), id.as_bytes()])
}

pub(crate) fn unique(resource_type: ResourceType, key: &str) -> Vec<u8> {
    join(&[b"u", resource_type.name().as_bytes(), &plain(key)])
}

/// All heads of a type: from, to, and how many bytes stand before the id.
pub(crate) fn heads(resource_type: ResourceType) -> (Vec<u8>, Vec<u8>) {
    below(join(&[b"h", resource_type.name().as_bytes(), b""]))
}

/// All index entries with exactly this value.
pub(crate) fn index_exact(resource_type: ResourceType, index: &str, value: &str) -> (Vec<u8>, Vec<u8>) {
    below(join(&[b"i", resource_type.name().as_bytes(), index.as_bytes(), &plain(value), b""]))
}

/// All index entries with this value or a greater one.
pub(crate) fn index_from(resource_type: ResourceType, index: &str, value: &str) -> (Vec<u8>, Vec<u8>) {
    let (_, end) = below(join(&[b"i", resource_type.name().as_bytes(), index.as_bytes(), b""]));
    (join(&[b"i", resource_type.name().as_bytes(), index.as_bytes(), &plain(value)]), end)
}

/// The id at the end of a head or index key.
pub(crate) fn id_of(key: &[u8]) -> Option<&str> {
    key.rsplit(|byte| *byte == 0).next().and_then(|id| std::str::from_utf8(id).ok())
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.join(&0)
}

/// A value without zero bytes and of bounded length. Two values that collide only cost the matcher a second look.
fn plain(value: &str) -> Vec<u8> {
    if value.len() > INDEX_VALUE_BYTES_MAX {
        return format!("{:x}", Sha512::digest(value.as_bytes())).into_bytes();
    }
    value.bytes().map(|byte| if byte == 0 { 1 } else { byte }).collect()
}

/// The range of keys that start with `prefix`, which ends with the separator.
fn below(prefix: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
    let mut end = prefix.clone();
    end.pop();
    end.push(1);
    (prefix, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_is_a_prefix_of_another_is_not_mixed_up() {
        let (from, to) = index_exact(ResourceType::Task, "identifier", "s|1");
        let inside = index(ResourceType::Task, "identifier", "s|1", "id");
        let other = index(ResourceType::Task, "identifier", "s|12", "id");
        assert!(from <= inside && inside < to);
        assert!(!(from <= other && other < to));
        assert_eq!(id_of(&inside), Some("id"));
    }
}
