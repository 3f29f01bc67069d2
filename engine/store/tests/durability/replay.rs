//! The strictest disk that a recording allows: it keeps what was synced, and loses every other write and name.

use crate::ledger::Acknowledged;
use crate::subject::Subject;
use crate::trace::{Action, FileId, Recording, Step};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Cuts the power at so many of the acknowledgements, the last one among them, and looks what is left.
pub(crate) fn check(recording: &Recording, subject: Subject, cuts: u32) -> Result<(), String> {
    let moments: Vec<usize> = recording.acknowledgements().map(|(step, _)| step.begin).collect();
    let every = moments.len().div_ceil(usize::try_from(cuts.max(1)).expect("small"));
    for moment in moments.iter().rev().step_by(every.max(1)) {
        let mut acknowledged = Acknowledged::default();
        let mut disk = Disk::default();
        for step in &recording.steps {
            match step.action {
                Action::Acknowledge(commit) if step.begin <= *moment => acknowledged.add(commit),
                _ if step.end < *moment => disk.take(step),
                _ => {}
            }
        }
        let dir = tempfile::tempdir().unwrap();
        disk.write_down(recording.root.parent().expect("the root has a parent"), dir.path());
        let store = subject.open(&dir.path().join("store"));
        let kept = store.and_then(|store| acknowledged.verify(&*store, 0));
        kept.map_err(|loss| format!("{subject}, power cut at line {moment} of the trace: {loss}"))?;
    }
    Ok(())
}

#[derive(Default)]
struct Disk {
    names: BTreeMap<PathBuf, Node>,
    synced_names: BTreeMap<PathBuf, Node>,
    files: BTreeMap<FileId, Contents>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Node {
    File(FileId),
    Folder,
}

#[derive(Default)]
struct Contents {
    synced: Vec<u8>,
    /// In order, with the line at which each was complete.
    unsynced: Vec<(usize, Change)>,
}

enum Change {
    Write { offset: usize, bytes: Vec<u8> },
    Resize { bytes: usize },
}

impl Disk {
    fn take(&mut self, step: &Step) {
        let mut change = |file: &FileId, change| {
            self.files.entry(*file).or_default().unsynced.push((step.end, change));
        };
        match &step.action {
            Action::Acknowledge(_) => {}
            Action::Write { file, offset, bytes } => {
                change(file, Change::Write { offset: *offset, bytes: bytes.clone() });
            }
            Action::Resize { file, bytes } => change(file, Change::Resize { bytes: *bytes }),
            Action::Create { path, file } => {
                self.names.insert(path.clone(), Node::File(*file));
            }
            Action::MakeFolder { path } => {
                self.names.insert(path.clone(), Node::Folder);
            }
            Action::Rename { from, to } => {
                let node = self.names.remove(from).expect("what is renamed exists");
                self.names.insert(to.clone(), node);
            }
            Action::Remove { path } => {
                self.names.remove(path);
            }
            Action::SyncFile { file } => self.files.entry(*file).or_default().sync(step.begin),
            Action::SyncFolder { path } => self.sync_folder(path),
        }
    }

    fn sync_folder(&mut self, folder: &Path) {
        let inside = |path: &Path| path.parent() == Some(folder);
        self.synced_names.retain(|path, _| !inside(path));
        let current = self.names.iter().filter(|(path, _)| inside(path));
        self.synced_names.extend(current.map(|(path, node)| (path.clone(), *node)));
    }

    /// Makes the files as they would be found when the power is back.
    fn write_down(&self, from: &Path, to: &Path) {
        for (path, node) in &self.synced_names {
            let place = to.join(path.strip_prefix(from).expect("all names lie below the root"));
            // A name in a folder that was itself lost is lost.
            if !place.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match node {
                Node::Folder => fs::create_dir(&place).unwrap(),
                Node::File(file) => {
                    let contents = self.files.get(file).map_or(&[][..], |contents| &contents.synced);
                    fs::write(&place, contents).unwrap();
                }
            }
        }
    }
}

impl Contents {
    /// Keeps what was complete before the sync began.
    fn sync(&mut self, begin: usize) {
        let complete = self.unsynced.iter().take_while(|(end, _)| *end < begin).count();
        for (_, change) in self.unsynced.drain(..complete) {
            match change {
                Change::Resize { bytes } => self.synced.resize(bytes, 0),
                Change::Write { offset, bytes } => {
                    let end = offset + bytes.len();
                    if self.synced.len() < end {
                        self.synced.resize(end, 0);
                    }
                    self.synced[offset..end].copy_from_slice(&bytes);
                }
            }
        }
    }
}
