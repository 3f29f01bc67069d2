//! What is put to the test: the stores as they are shipped, and one that is known to lose data.

use crate::own_flush::OwnFlush;
use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use tessera_store::{Kind, Options, Store, open};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    Store(Kind),
    SledOwnFlush,
}

const OWN_FLUSH: &str = "sled-own-flush";

impl Subject {
    pub(crate) fn open(self, dir: &Path) -> Result<Arc<dyn Store>, String> {
        match self {
            Self::Store(kind) => open(kind, dir, Options::default()).map_err(|error| error.to_string()),
            Self::SledOwnFlush => Ok(Arc::new(OwnFlush::open(dir)?)),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(kind) => kind.fmt(formatter),
            Self::SledOwnFlush => formatter.write_str(OWN_FLUSH),
        }
    }
}

impl FromStr for Subject {
    type Err = tessera_store::UnknownKind;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        if word == OWN_FLUSH { Ok(Self::SledOwnFlush) } else { word.parse().map(Self::Store) }
    }
}
