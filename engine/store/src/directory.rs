//! The directory of an embedded store: which kind lives there, and that only one process uses it.
//!
//! `LOCK` is held as long as the store is open. `STORE` names kind and layout version; it appears only when the
//! database, in a folder of its own, is complete and on disk. Until then the same text stands in `STORE.new`, so
//! that a creation cut short by a power failure is told from a database that lost its marker.

use crate::{Kind, OpenError};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

const MARKER: &str = "STORE";
const MARKER_OF_CREATION: &str = "STORE.new";
const LOCK: &str = "LOCK";

/// Version of the layout above and of how each store encodes its entries.
const LAYOUT_VERSION: u32 = 1;

/// A directory that this process, and no other, uses until the value is dropped.
#[derive(Debug)]
pub(crate) struct Claimed {
    dir: PathBuf,
    kind: Kind,
    /// There was no complete database when the directory was claimed.
    fresh: bool,
    /// The operating system releases the lock with the file, also when the process is killed.
    _lock: File,
}

/// Takes the directory for a store of this kind, creating what is missing.
pub(crate) fn claim(kind: Kind, dir: &Path) -> Result<Claimed, OpenError> {
    create_durably(dir).map_err(|source| unusable(dir, source))?;
    let lock = lock(dir)?;
    let marker = dir.join(MARKER);
    let fresh = match fs::read_to_string(&marker) {
        Ok(text) => {
            check(kind, &marker, &text)?;
            false
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            begin_creation(kind, dir)?;
            true
        }
        Err(source) => return Err(unusable(&marker, source)),
    };
    Ok(Claimed { dir: dir.to_owned(), kind, fresh, _lock: lock })
}

impl Claimed {
    /// Where the database lives.
    pub(crate) fn database(&self) -> PathBuf {
        self.dir.join(self.kind.name())
    }

    /// The database is open: makes its files durable and, if it is new, declares it complete.
    pub(crate) fn confirm(&self) -> Result<(), OpenError> {
        let database = self.database();
        sync_tree(&database).map_err(|source| unusable(&database, source))?;
        if self.fresh {
            fs::rename(self.dir.join(MARKER_OF_CREATION), self.dir.join(MARKER))
                .and_then(|()| sync_directory(&self.dir))
                .map_err(|source| unusable(&self.dir, source))?;
        }
        Ok(())
    }
}

fn unusable(path: &Path, source: io::Error) -> OpenError {
    OpenError::Directory { path: path.to_owned(), source }
}

/// Makes the entries of a directory durable: a file that was synced is still lost if its name was not.
fn sync_directory(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}

/// Makes a folder with all its files durable. Databases keep at most a few levels of folders.
fn sync_tree(dir: &Path) -> io::Result<()> {
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                // A database may remove an obsolete file while this walks past it.
                match File::open(entry.path()) {
                    Ok(file) => file.sync_all()?,
                    Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                    Err(error) => return Err(error),
                }
            }
        }
        sync_directory(&folder)?;
    }
    Ok(())
}

fn create_durably(dir: &Path) -> io::Result<()> {
    let mut missing = Vec::new();
    for folder in dir.ancestors() {
        if folder.as_os_str().is_empty() || folder.is_dir() {
            break;
        }
        missing.push(folder);
    }
    for folder in missing.into_iter().rev() {
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => sync_directory(parent)?,
            Some(_) | None => sync_directory(Path::new("."))?,
        }
    }
    Ok(())
}

fn lock(dir: &Path) -> Result<File, OpenError> {
    let path = dir.join(LOCK);
    let failed = |source| unusable(&path, source);
    let mut options = OpenOptions::new();
    let mut file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            // What the file says is only for the message; the lock itself has already answered.
            let mut owner = String::new();
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

fn begin_creation(kind: Kind, dir: &Path) -> Result<(), OpenError> {
    let marker = dir.join(MARKER_OF_CREATION);
    let interrupted = marker.exists();
    for folder in [Kind::Sled, Kind::Fjall].map(|kind| dir.join(kind.name())) {
        if !folder.exists() {
            continue;
        }
        if !interrupted {
            return Err(OpenError::Unmarked { path: folder, marker: MARKER });
        }
        // Nothing in it was ever acknowledged: the store had not been handed out.
        fs::remove_dir_all(&folder).map_err(|source| unusable(&folder, source))?;
    }
    let database = dir.join(kind.name());
    write_marker(kind, &marker)
        .and_then(|()| sync_directory(dir))
        .and_then(|()| create_durably(&database))
        .map_err(|source| unusable(dir, source))
}

fn write_marker(kind: Kind, path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    writeln!(file, "tessera-store {kind} {LAYOUT_VERSION}")?;
    file.sync_all()
}

fn check(kind: Kind, marker: &Path, text: &str) -> Result<(), OpenError> {
    let path = marker.to_owned();
    let words: Vec<&str> = text.split_whitespace().collect();
    let ["tessera-store", found, version] = words[..] else {
        return Err(OpenError::UnreadableMarker { path });
    };
    let Ok(version) = version.parse::<u32>() else {
        return Err(OpenError::UnreadableMarker { path });
    };
    if version != LAYOUT_VERSION {
        return Err(OpenError::OtherVersion { path, found: version, known: LAYOUT_VERSION });
    }
    if found != kind.name() {
        return Err(OpenError::OtherKind { path, found: found.to_owned(), wanted: kind });
    }
    Ok(())
}
