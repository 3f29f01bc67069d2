//! Choosing and opening a store: the only place that knows all kinds.

use crate::fjall::Fjall;
use crate::sled::Sled;
use crate::{Memory, Store};
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// Which store a site runs: the value of one configuration key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Memory,
    Sled,
    Fjall,
}

/// What may be chosen when a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// Memory for entries that were read recently.
    pub cache_bytes: u64,
}

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error("the store in {} is in use by {owner}; stop that process or choose another directory", path.display())]
    InUse { path: PathBuf, owner: String },
    #[error(
        "{} says that a {found} store lives here, but the configuration asks for {wanted}; \
         choose the other kind or an empty directory", path.display()
    )]
    OtherKind { path: PathBuf, found: String, wanted: Kind },
    #[error(
        "{} names store layout {found}, this program knows layout {known}; \
         use the release that wrote it", path.display()
    )]
    OtherVersion { path: PathBuf, found: u32, known: u32 },
    #[error("{} is not readable as a store marker; restore the directory from a backup", path.display())]
    UnreadableMarker { path: PathBuf },
    #[error("{} is there but the file {marker} beside it is missing; restore it or choose another directory", path.display())]
    Unmarked { path: PathBuf, marker: &'static str },
    #[error("cannot use {}: {source}", path.display())]
    Directory { path: PathBuf, source: std::io::Error },
    #[error("cannot open the {kind} database in {}: {detail}; make room if the disk is full, restore it from a backup if it is damaged", path.display())]
    Database { kind: Kind, path: PathBuf, detail: String },
}

/// The configured word names no store.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown store {found:?}; choose one of memory, sled, fjall")]
pub struct UnknownKind {
    pub found: String,
}

/// Opens the store in `dir`, creating it if there is none. [`Kind::Memory`] uses no directory.
pub fn open(kind: Kind, dir: &Path, options: Options) -> Result<Arc<dyn Store>, OpenError> {
    match kind {
        Kind::Memory => Ok(Arc::new(Memory::new())),
        Kind::Sled => Ok(Arc::new(Sled::open(dir, options)?)),
        Kind::Fjall => Ok(Arc::new(Fjall::open(dir, options)?)),
    }
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::Memory, Self::Sled, Self::Fjall];

    pub fn name(self) -> &'static str {
        match self {
            Self::Memory => "memory",
            Self::Sled => "sled",
            Self::Fjall => "fjall",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = UnknownKind;

    fn from_str(word: &str) -> Result<Self, UnknownKind> {
        let named = Self::ALL.into_iter().find(|kind| kind.name() == word);
        named.ok_or_else(|| UnknownKind { found: word.to_owned() })
    }
}

impl Default for Options {
    fn default() -> Self {
        Self { cache_bytes: 64 * 1024 * 1024 }
    }
}
