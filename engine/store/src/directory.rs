//! The directory of an embedded store: which kind lives there, and that only one process uses it.
//!
//! `STORE` names kind and layout version and is written before the database, `LOCK` is held as long as the store
//! is open, and the database has a folder of its own beside them.

use crate::{Kind, OpenError};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

const MARKER: &str = "STORE";
const MARKER_DRAFT: &str = "STORE.new";
const LOCK: &str = "LOCK";

/// Version of the layout below, including how each store encodes its entries.
const LAYOUT_VERSION: u32 = 1;

/// A directory that this process, and no other, uses until the value is dropped.
#[derive(Debug)]
pub(crate) struct Claimed {
    database: PathBuf,
    /// The operating system releases the lock with the file, also when the process is killed.
    _lock: File,
}

impl Claimed {
    /// Where the database lives.
    pub(crate) fn database(&self) -> &Path {
        &self.database
    }
}

/// Takes the directory for a store of this kind, creating what is missing.
pub(crate) fn claim(kind: Kind, dir: &Path) -> Result<Claimed, OpenError> {
    let in_directory = |source| OpenError::Directory { path: dir.to_owned(), source };
    create_durably(dir).map_err(in_directory)?;
    let lock = lock(dir)?;
    let database = dir.join(kind.name());
    let marker = dir.join(MARKER);
    match fs::read_to_string(&marker) {
        Ok(text) => check(kind, &marker, &text)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            refuse_unmarked_databases(dir)?;
            write_marker(kind, dir).map_err(in_directory)?;
        }
        Err(source) => return Err(OpenError::Directory { path: marker, source }),
    }
    create_durably(&database).map_err(in_directory)?;
    Ok(Claimed { database, _lock: lock })
}

/// Makes the entries of a directory durable: a file that was synced is still lost if its name was not.
pub(crate) fn sync(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

fn create_durably(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    let parent = match dir.parent() {
        Some(parent) if parent != Path::new("") => parent,
        Some(_) | None => Path::new("."),
    };
    create_durably(parent)?;
    match fs::create_dir(dir) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        Ok(()) | Err(_) => sync(parent),
    }
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let failed = |source| OpenError::Directory { path: path.clone(), source };
    let mut file =
        OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut owner = String::new();
            // Only for the message; the lock itself has already answered.
            let owner = match file.read_to_string(&mut owner) {
                Ok(_) if !owner.trim().is_empty() => format!("process {}", owner.trim()),
                Ok(_) | Err(_) => "another process".to_owned(),
            };
            return Err(OpenError::InUse { path: dir.to_owned(), owner });
        }
        Err(TryLockError::Error(source)) => return Err(failed(source)),
    }
    file.set_len(0).map_err(failed)?;
    file.rewind().map_err(failed)?;
    writeln!(file, "{}", std::process::id()).map_err(failed)?;
    Ok(file)
}

fn refuse_unmarked_databases(dir: &Path) -> Result<(), OpenError> {
    for kind in [Kind::Sled, Kind::Fjall] {
        let database = dir.join(kind.name());
        if database.exists() {
            return Err(OpenError::Unmarked { path: database, marker: MARKER });
        }
    }
    Ok(())
}

fn write_marker(kind: Kind, dir: &Path) -> io::Result<()> {
    let draft = dir.join(MARKER_DRAFT);
    let mut file = File::create(&draft)?;
    writeln!(file, "tessera-store {kind} {LAYOUT_VERSION}")?;
    file.sync_all()?;
    fs::rename(&draft, dir.join(MARKER))?;
    sync(dir)
}

fn check(kind: Kind, marker: &Path, text: &str) -> Result<(), OpenError> {
    let path = marker.to_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["tessera-store", found, version] = words[..] else {
        return Err(OpenError::UnreadableMarker { path });
    };
    let version: u32 = version.parse().map_err(|_| OpenError::UnreadableMarker { path: path.clone() })?;
    if version != LAYOUT_VERSION {
        return Err(OpenError::OtherVersion { path, found: version, known: LAYOUT_VERSION });
    }
    if found != kind.name() {
        return Err(OpenError::OtherKind { path, found: found.to_owned(), wanted: kind });
    }
    Ok(())
}
