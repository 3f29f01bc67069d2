//! What a store must keep beside a resource so that the searches that sites make need not read everything.
//!
//! [`entries`] and [`Lookup`] must agree: whatever a lookup asks for, the entries of every match contain.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::resource::{self, ResourceType, text};

/// `system|value`.
pub const IDENTIFIER: &str = "identifier";
/// Url without version.
pub const URL: &str = "url";
/// Address of an Endpoint.
pub const ADDRESS: &str = "address";
/// Status code.
pub const STATUS: &str = "status";
/// Instant, as text that sorts by time.
pub const LAST_UPDATED: &str = "last-updated";

/// What to look up. The matcher still decides about each candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// The resource with this id.
    Id(String),
    /// Resources with exactly this value in an index.
    Exact {
        /// Which index.
        index: &'static str,
        /// The value.
        value: String,
    },
    /// Resources with this value or a greater one.
    From {
        /// Which index.
        index: &'static str,
        /// The least value.
        value: String,
    },
}

impl Lookup {
    /// The lower, the fewer candidates are to be expected.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Id(_) => 0,
            Self::Exact { index, .. } if *index != STATUS => 1,
            // New Tasks are few; done ones are many, and then the time is the better guide.
            Self::Exact { value, .. } if matches!(value.as_str(), "requested" | "in-progress" | "draft") => 2,
            Self::From { .. } => 3,
            Self::Exact { .. } => 4,
        }
    }
}

/// The index entries of a resource.
pub fn entries(resource_type: ResourceType, resource: &Value) -> BTreeSet<(&'static str, String)> {
    let mut entries = BTreeSet::new();
    for identifier in resource::identifiers(resource) {
        entries.insert((IDENTIFIER, identifier.to_string()));
    }
    entries.extend(text(resource, "url").map(|url| (URL, url.to_owned())));
    if resource_type == ResourceType::Endpoint {
        entries.extend(text(resource, "address").map(|address| (ADDRESS, address.to_owned())));
    }
    entries.extend(text(resource, "status").map(|status| (STATUS, status.to_owned())));
    entries
        .extend(resource::last_updated(resource).map(|instant| (LAST_UPDATED, resource::instant(instant))));
    entries
}
