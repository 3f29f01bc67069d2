//! The disks that a recording allows after a power cut: what was synced is there; every other write, block by block, and every
//! other name is there or not. The strictest keeps none of them; the others are drawn by chance, with a seed that is told.

use crate::ledger::Acknowledged;
use crate::process::random_below;
use crate::subject::Subject;
use crate::trace::{Action, FileId, Recording, Step};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tessera_store::Kind;

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
        disk.look(recording, subject, &acknowledged, &mut || false)
            .map_err(|loss| format!("{subject}, power cut at line {moment} of the trace: {loss}"))?;
    }
    Ok(())
}

/// Cuts the power at so many moments, between the calls of the writer as well, each with a disk drawn by chance. fjall refuses a
/// journal whose last batch has a hole; that keeps everything and asks for a human, and must stay the exception. sled never may.
pub(crate) fn check_subsets(recording: &Recording, subject: Subject, images: u32) -> Result<(), String> {
    let last = recording.acknowledgements().map(|(step, _)| step.begin).max().expect("it acknowledged");
    let mut refused = 0;
    for _ in 0..images {
        let seed = u64::from(random_below(u32::MAX));
        let mut chance = Chance(seed);
        let moment = usize::try_from(chance.next()).unwrap_or(usize::MAX) % last;
        // Few, half or most of what was not synced has reached the disk.
        let kept_of_eight = [1, 4, 7][usize::try_from(chance.next() % 3).expect("below three")];
        let mut acknowledged = Acknowledged::default();
        let mut disk = Disk::default();
        for step in &recording.steps {
            match step.action {
                Action::Acknowledge(commit) if step.end <= moment => acknowledged.add(commit),
                // What was begun may have been done.
                _ if step.begin <= moment => disk.take(step),
                _ => {}
            }
        }
        match disk.look(recording, subject, &acknowledged, &mut || chance.next() % 8 < kept_of_eight) {
            Err(reason) if subject == Subject::Store(Kind::Fjall) && reason.contains(REFUSED) => refused += 1,
            other => {
                other
                    .map_err(|loss| format!("{subject}, power cut at line {moment}, seed {seed}: {loss}"))?;
            }
        }
    }
    if refused * 4 > images {
        return Err(format!("{subject} refuses {refused} of {images} disks"));
    }
    Ok(())
}

/// What fjall says of a journal that it does not believe.
const REFUSED: &str = "JournalRecovery(";

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// A disk writes these at once.
const BLOCK_BYTES: usize = 4096;

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

    /// Opens the store as it would be found when the power is back, and looks for what was acknowledged.
    fn look(
        &self,
        recording: &Recording,
        subject: Subject,
        acknowledged: &Acknowledged,
        is_there: &mut dyn FnMut() -> bool,
    ) -> Result<(), String> {
        let dir = tempfile::tempdir().unwrap();
        self.write_down(recording.root.parent().expect("the root has a parent"), dir.path(), is_there);
        let store = subject.open(&dir.path().join("store"))?;
        acknowledged.verify(&*store, 0)
    }

    fn write_down(&self, from: &Path, to: &Path, is_there: &mut dyn FnMut() -> bool) {
        let mut names = self.synced_names.clone();
        for (path, node) in &self.names {
            if names.get(path) != Some(node) && is_there() {
                names.insert(path.clone(), *node);
            }
        }
        let gone: Vec<PathBuf> =
            names.keys().filter(|path| !self.names.contains_key(*path)).cloned().collect();
        for path in gone {
            if is_there() {
                names.remove(&path);
            }
        }
        for (path, node) in &names {
            let place = to.join(path.strip_prefix(from).expect("all names lie below the root"));
            // A name in a folder that was itself lost is lost.
            if !place.parent().is_some_and(Path::is_dir) {
                continue;
            }
            match node {
                Node::Folder => fs::create_dir(&place).unwrap(),
                Node::File(file) => {
                    let contents = self.files.get(file).map(|contents| contents.found(is_there));
                    fs::write(&place, contents.unwrap_or_default()).unwrap();
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
                Change::Write { offset, bytes } => write(&mut self.synced, offset, &bytes),
            }
        }
    }

    /// What was synced, and of the rest what chance says.
    fn found(&self, is_there: &mut dyn FnMut() -> bool) -> Vec<u8> {
        let mut found = self.synced.clone();
        for (_, change) in &self.unsynced {
            match change {
                Change::Resize { bytes } => {
                    if is_there() {
                        found.resize(*bytes, 0);
                    }
                }
                Change::Write { offset, bytes } => {
                    let mut start = 0;
                    while start < bytes.len() {
                        let at = offset + start;
                        let end = (start + BLOCK_BYTES - at % BLOCK_BYTES).min(bytes.len());
                        if is_there() {
                            write(&mut found, at, &bytes[start..end]);
                        }
                        start = end;
                    }
                }
            }
        }
        found
    }
}

fn write(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(bytes);
}
