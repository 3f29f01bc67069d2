//! The system calls of a real writer, recorded by `strace`, and the rule that they must keep: an acknowledgement
//! leaves after the sync that follows the writes it depends on.

mod read;

use crate::ledger::{Commit, PUTS};
use crate::process::Role;
use crate::subject::Subject;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

const COMMITS_PER_WRITER: u32 = 60;

/// Strings come whole and in hexadecimal. The calls are those that `read` understands, and behind them those that it
/// does not, so that a store that begins to use one of them fails the test instead of slipping through. A question
/// mark: not on every architecture.
const STRACE: [&str; 8] = [
    "strace",
    "-f",
    "-xx",
    "-s",
    "8000000",
    "-e",
    "trace=openat,write,writev,pwrite64,fsync,fdatasync,ftruncate,?rename,?renameat,renameat2,?unlink,unlinkat,\
     ?mkdir,mkdirat,lseek,close,fcntl,\
     ?open,?creat,?link,linkat,truncate,fallocate,pwritev,pwritev2,copy_file_range,sendfile",
    "-o",
];

/// Why nothing could be recorded here.
pub(crate) struct Unavailable {
    pub(crate) reason: String,
}

/// A file, whatever its names were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FileId(pub(crate) usize);

/// A system call that succeeded, with the lines of the trace at which it began and ended.
#[derive(Debug)]
pub(crate) struct Step {
    pub(crate) begin: usize,
    pub(crate) end: usize,
    pub(crate) action: Action,
}

#[derive(Debug)]
pub(crate) enum Action {
    Acknowledge(Commit),
    Create { path: PathBuf, file: FileId },
    MakeFolder { path: PathBuf },
    Write { file: FileId, offset: usize, bytes: Vec<u8> },
    Resize { file: FileId, bytes: usize },
    Rename { from: PathBuf, to: PathBuf },
    Remove { path: PathBuf },
    SyncFile { file: FileId },
    SyncFolder { path: PathBuf },
}

/// All that a writer did to the files below `root`, and its acknowledgements, in the order of their ends.
pub(crate) struct Recording {
    pub(crate) root: PathBuf,
    pub(crate) steps: Vec<Step>,
}

/// An acknowledgement that nothing on disk stood behind.
#[derive(Debug)]
#[allow(dead_code, reason = "read by people, in the message of a failed test")]
pub(crate) struct Early {
    commit: Commit,
    missing: String,
}

/// Whether this machine lets us trace; the reason if not.
pub(crate) fn permitted() -> Result<(), String> {
    let output = std::process::Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    let output = output.map_err(|error| format!("strace cannot be run: {error}"))?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

/// Runs a writer under `strace`.
pub(crate) fn record(subject: Subject) -> Result<Recording, Unavailable> {
    let unavailable = |reason: String| Unavailable { reason };
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("store");
    let file = dir.path().join("trace");
    let role = Role::Write { subject, life: 0, commits_per_writer: COMMITS_PER_WRITER, dir: root.clone() };
    let mut strace = STRACE.to_vec();
    strace.push(file.to_str().unwrap());
    let output = role.command(&strace).stdin(Stdio::null()).output();
    let output = output.map_err(|error| unavailable(format!("strace cannot be run: {error}")))?;
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        // Without permission to trace, strace fails before the writer starts; all else is a failure of the writer.
        assert!(complaint.contains("PTRACE") || complaint.contains("ptrace"), "{subject}: {complaint}");
        return Err(unavailable(format!("strace may not trace here: {}", complaint.trim())));
    }
    let trace = std::fs::read_to_string(&file).unwrap();
    let steps = read::steps(&trace, dir.path());
    Ok(Recording { root, steps })
}

impl Recording {
    pub(crate) fn acknowledgements(&self) -> impl Iterator<Item = (&Step, Commit)> {
        self.steps.iter().filter_map(|step| match step.action {
            Action::Acknowledge(commit) => Some((step, commit)),
            _ => None,
        })
    }

    /// The acknowledgements that left before their data, or the name of the file with their data, was synced.
    pub(crate) fn early_acknowledgements(&self) -> Vec<Early> {
        let written = self.first_writes();
        let early = self.acknowledgements().filter_map(|(acknowledgement, commit)| {
            let missing = (0..PUTS).find_map(|put| match written.get(commit.mark(put).as_bytes()) {
                None => Some(format!("no write of entry {put}")),
                Some((write, file)) => self.unsynced(write, *file, acknowledgement),
            })?;
            Some(Early { commit, missing })
        });
        early.collect()
    }

    /// Where each marked value was written first.
    fn first_writes(&self) -> BTreeMap<Vec<u8>, (&Step, FileId)> {
        let mut found = BTreeMap::new();
        for step in &self.steps {
            let Action::Write { file, bytes, .. } = &step.action else { continue };
            for mark in marks(bytes) {
                found.entry(mark.to_vec()).or_insert((step, *file));
            }
        }
        found
    }

    /// What was not yet on disk when the acknowledgement began.
    fn unsynced(&self, write: &Step, file: FileId, acknowledgement: &Step) -> Option<String> {
        let synced = |after: &Step, what: &dyn Fn(&Action) -> bool| {
            let sync = |step: &Step| {
                step.begin > after.end && step.end < acknowledgement.begin && what(&step.action)
            };
            self.steps.iter().any(sync)
        };
        if !synced(write, &|action| matches!(action, Action::SyncFile { file: synced } if *synced == file)) {
            return Some(format!("no sync after the write in line {}", write.end));
        }
        let created = self.steps.iter().find_map(|step| match &step.action {
            Action::Create { path, file: created } if *created == file => Some((step, path)),
            _ => None,
        });
        let (creation, path) = created.expect("every file was created in the recording");
        let folder = path.parent().expect("a file lies in a folder");
        if !synced(creation, &|action| matches!(action, Action::SyncFolder { path } if path == folder)) {
            return Some(format!("no sync of {} after the creation of {}", folder.display(), path.display()));
        }
        None
    }
}

/// The marks of the ledger in written bytes.
fn marks(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    const MARK_BYTES_MAX: usize = 40;
    let opened = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'<');
    opened.filter_map(|(start, _)| {
        let rest = &bytes[start..];
        let end = rest.iter().take(MARK_BYTES_MAX).position(|byte| *byte == b'>')?;
        Some(&rest[..=end])
    })
}

/// Whether a path lies below the folder that is recorded.
fn below(root: &Path, path: &Path) -> bool {
    path.starts_with(root)
}
