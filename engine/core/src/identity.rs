//! The names of things: instances, nodes, effects, definitions, and points in time. All are values that can be stored
//! and compared; none can be confused with another.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Milliseconds since the Unix epoch, UTC. Enters the core only as an argument.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Timestamp(pub u64);

impl Timestamp {
    /// This instant plus `milliseconds`; saturates at the end of time.
    #[must_use]
    pub fn plus_ms(self, milliseconds: u64) -> Self {
        Self(self.0.saturating_add(milliseconds))
    }
}

/// A process instance, unique at its site: a UUID in text form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct InstanceId(pub Arc<str>);

impl fmt::Display for InstanceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One activation of a BPMN element inside one instance. Never reused. `ROOT` is the process scope itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct NodeKey(pub u64);

impl NodeKey {
    /// The activation of the process itself.
    pub const ROOT: Self = Self(0);
}

/// One thing a node waits for, inside one instance. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WaitKey(pub u64);

/// The position of an effect in its instance. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EffectSequence(pub u64);

/// One open or resolved incident inside one instance. Never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct IncidentKey(pub u64);

/// Renewed whenever a store is created or restored from a backup, so that an old sequence never repeats on the wire
/// with new content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Incarnation(pub Arc<str>);

/// The identity of an effect towards the outside: equal identity means equal content.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct EffectId {
    /// The store that the effect was committed to.
    pub incarnation: Incarnation,
    /// The instance that queued it.
    pub instance: InstanceId,
    /// Its position in that instance.
    pub sequence: EffectSequence,
}

impl fmt::Display for EffectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.incarnation.0, self.instance, self.sequence.0)
    }
}

/// A deployed process definition. Instances stay on theirs for life (unless migrated).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DefinitionKey {
    /// `process/@id`, for DSF processes `<domain without dots>_<name>`.
    pub process_id: Arc<str>,
    /// The version tag (`camunda:versionTag`), for DSF processes the resource version `<major>.<minor>`; may be empty.
    pub version: Arc<str>,
    /// SHA-256 of the model text after placeholder substitution together with its plugin, lowercase hex.
    pub digest: Arc<str>,
}

impl fmt::Display for DefinitionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.version.is_empty() {
            return f.write_str(&self.process_id);
        }
        write!(f, "{}|{}", self.process_id, self.version)
    }
}
