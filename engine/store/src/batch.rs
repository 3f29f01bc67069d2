//! One commit: what it writes and under which conditions.

/// Writes that happen together or not at all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// Applied in order: of two writes to one key, the later one counts.
    pub writes: Vec<Write>,
    /// All must hold just before the writes; the first that does not is named in the outcome.
    pub preconditions: Vec<Precondition>,
    pub fence: Option<Fence>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    Put { key: Vec<u8>, value: Vec<u8> },
    Delete { key: Vec<u8> },
}

/// What must be true of one key for the batch to apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    Absent { key: Vec<u8> },
    Present { key: Vec<u8> },
    Equals { key: Vec<u8>, value: Vec<u8> },
}

/// Ownership as a condition: `key` must still hold the `token` that the writer put there when it took over.
///
/// A batch of a writer that has since been replaced is [`Fenced`](crate::Outcome::Fenced) before its
/// preconditions are looked at: that writer must stop, not retry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    pub key: Vec<u8>,
    pub token: Vec<u8>,
}

impl Batch {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn put(mut self, key: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) -> Self {
        self.writes.push(Write::Put { key: key.into(), value: value.into() });
        self
    }

    #[must_use]
    pub fn delete(mut self, key: impl Into<Vec<u8>>) -> Self {
        self.writes.push(Write::Delete { key: key.into() });
        self
    }

    #[must_use]
    pub fn require(mut self, precondition: Precondition) -> Self {
        self.preconditions.push(precondition);
        self
    }

    #[must_use]
    pub fn fenced_by(mut self, fence: Fence) -> Self {
        self.fence = Some(fence);
        self
    }

    /// Keys and values of all writes together.
    pub fn bytes(&self) -> usize {
        self.writes.iter().map(Write::bytes).sum()
    }
}

impl Write {
    pub fn key(&self) -> &[u8] {
        match self {
            Self::Put { key, .. } | Self::Delete { key } => key,
        }
    }

    /// `None` for a deletion.
    pub fn value(&self) -> Option<&[u8]> {
        match self {
            Self::Put { value, .. } => Some(value),
            Self::Delete { .. } => None,
        }
    }

    fn bytes(&self) -> usize {
        self.key().len() + self.value().map_or(0, <[u8]>::len)
    }
}

impl Precondition {
    pub fn key(&self) -> &[u8] {
        match self {
            Self::Absent { key } | Self::Present { key } | Self::Equals { key, .. } => key,
        }
    }

    /// Whether the precondition holds when its key has this value.
    pub(crate) fn holds(&self, current: Option<&[u8]>) -> bool {
        match self {
            Self::Absent { .. } => current.is_none(),
            Self::Present { .. } => current.is_some(),
            Self::Equals { value, .. } => current == Some(value),
        }
    }
}
