//! What a stored row says, for those who look at a store from outside: the simulator's invariants.

use serde_json::Value;

use crate::record::open_resource;

/// One version of a resource.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// Resource type.
    pub resource_type: String,
    /// Id.
    pub id: String,
    /// Version, from 1.
    pub version: u64,
    /// As stored.
    pub resource: Value,
}

/// Reads one written row; `None` if it is no version of a resource of this type.
pub fn read(resource_type: &str, key: &[u8], value: &[u8]) -> Option<Version> {
    let rest = key.strip_prefix(b"v\0")?.strip_prefix(resource_type.as_bytes())?.strip_prefix(b"\0")?;
    let (id, version) = rest.split_last_chunk::<8>()?;
    let id = std::str::from_utf8(id.strip_suffix(b"\0")?).ok()?;
    Some(Version {
        resource_type: resource_type.to_owned(),
        id: id.to_owned(),
        version: u64::from_be_bytes(*version),
        resource: open_resource(value).ok()?,
    })
}
