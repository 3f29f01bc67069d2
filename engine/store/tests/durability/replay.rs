//! The disks that a recording allows after a power cut: what was synced is there; every other write, block by block, and every
//! other name is there or not. The strictest keeps none of them; the others have a seed, the same in every run.

use crate::ledger::Acknowledged;
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
        disk.look(recording, subject, &acknowledged, &mut Fate::nothing())
            .map_err(|loss| format!("{subject}, power cut at line {moment} of the trace: {loss}"))?;
    }
    Ok(())
}

/// Cuts the power at so many moments, between the calls of the writer as well. Of what was not synced, each disk has a beginning,
/// file by file, or any blocks.
///
/// sled opens all of them. fjall reads its journal from the front and believes it up to the first batch that is not whole; but
/// a batch with its end and a hole before it is refused. So each refusal must show such a hole, in something that was never
/// acknowledged: then everything is still there for a human. A disk without one must open.
pub(crate) fn check_subsets(recording: &Recording, subject: Subject, images: u64) -> Result<(), String> {
    let last = recording.acknowledgements().map(|(step, _)| step.begin).max().expect("it acknowledged");
    for seed in 0..images {
        let mut chance = Chance(seed);
        let moment = chance.below(last);
        let survivors = match seed % 4 {
            0 => Survivors::Beginnings,
            // Few, half or most blocks have reached the disk.
            one => Survivors::Any { of_eight: [1, 4, 7][usize::try_from(one - 1).expect("below three")] },
        };
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
        let loss = |what: &str, reason: &str| {
            Err(format!("{subject}, power cut at line {moment}, seed {seed}, {survivors:?}: {what}{reason}"))
        };
        let mut fate = Fate { chance, survivors, holes: Vec::new() };
        match disk.look(recording, subject, &acknowledged, &mut fate) {
            Ok(()) => {}
            Err(reason) if subject == Subject::Store(Kind::Fjall) && reason.contains(REFUSED) => {
                if !fate.holes.iter().any(|file| file.extension().is_some_and(|kind| kind == JOURNAL)) {
                    return loss("refused, and its journal has no hole: ", &reason);
                }
            }
            Err(reason) => return loss("", &reason),
        }
    }
    Ok(())
}

/// What fjall says of a journal that it does not believe.
const REFUSED: &str = "JournalRecovery(";
/// The extension of its journals.
const JOURNAL: &str = "jnl";

/// What of the writes that were not synced has reached the disk.
#[derive(Debug, Clone, Copy)]
enum Survivors {
    None,
    /// Of each file the first blocks.
    Beginnings,
    /// So many of eight blocks, wherever.
    Any { of_eight: u64 },
}

/// Decides what is found, and remembers where something is missing before something that is there.
struct Fate {
    chance: Chance,
    survivors: Survivors,
    holes: Vec<PathBuf>,
}

impl Fate {
    fn nothing() -> Self {
        Self { chance: Chance(0), survivors: Survivors::None, holes: Vec::new() }
    }

    /// Whether a change of a folder is there.
    fn keeps_name(&mut self) -> bool {
        match self.survivors {
            Survivors::None => false,
            Survivors::Beginnings => self.chance.next() % 2 == 0,
            Survivors::Any { of_eight } => self.chance.next() % 8 < of_eight,
        }
    }

    /// Which of so many blocks of a file are there, in the order in which they were written.
    fn kept(&mut self, path: &Path, blocks: usize) -> Vec<bool> {
        let kept: Vec<bool> = match self.survivors {
            Survivors::None => vec![false; blocks],
            Survivors::Beginnings => {
                let first = self.chance.below(blocks + 1);
                (0..blocks).map(|block| block < first).collect()
            }
            Survivors::Any { of_eight } => (0..blocks).map(|_| self.chance.next() % 8 < of_eight).collect(),
        };
        if kept.is_sorted_by(|earlier, later| earlier >= later) {
            return kept;
        }
        self.holes.push(path.to_owned());
        kept
    }
}

/// SplitMix64.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next()).unwrap_or(usize::MAX) % bound.max(1)
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
        fate: &mut Fate,
    ) -> Result<(), String> {
        let dir = tempfile::tempdir().unwrap();
        self.write_down(recording.root.parent().expect("the root has a parent"), dir.path(), fate);
        let store = subject.open(&dir.path().join("store"))?;
        acknowledged.verify(&*store, 0)
    }

    fn write_down(&self, from: &Path, to: &Path, fate: &mut Fate) {
        let mut names = self.synced_names.clone();
        for (path, node) in &self.names {
            if names.get(path) != Some(node) && fate.keeps_name() {
                names.insert(path.clone(), *node);
            }
        }
        let gone: Vec<PathBuf> =
            names.keys().filter(|path| !self.names.contains_key(*path)).cloned().collect();
        for path in gone {
            if fate.keeps_name() {
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
                    let contents = self.files.get(file).map(|contents| contents.found(path, fate));
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

    /// What was synced, and of the rest what fate leaves.
    fn found(&self, path: &Path, fate: &mut Fate) -> Vec<u8> {
        let mut found = self.synced.clone();
        let pieces: Vec<Piece<'_>> = self.unsynced.iter().flat_map(|(_, change)| change.pieces()).collect();
        let kept = fate.kept(path, pieces.len());
        for piece in pieces.iter().zip(kept).filter_map(|(piece, is_there)| is_there.then_some(piece)) {
            match piece {
                Piece::Resize(bytes) => found.resize(*bytes, 0),
                Piece::Block(offset, bytes) => write(&mut found, *offset, bytes),
            }
        }
        found
    }
}

/// What a disk does at once.
enum Piece<'c> {
    Resize(usize),
    Block(usize, &'c [u8]),
}

impl Change {
    fn pieces(&self) -> Vec<Piece<'_>> {
        match self {
            Self::Resize { bytes } => vec![Piece::Resize(*bytes)],
            Self::Write { offset, bytes } => {
                let mut pieces = Vec::new();
                let mut start = 0;
                while start < bytes.len() {
                    let at = offset + start;
                    let end = (start + BLOCK_BYTES - at % BLOCK_BYTES).min(bytes.len());
                    pieces.push(Piece::Block(at, &bytes[start..end]));
                    start = end;
                }
                pieces
            }
        }
    }
}

fn write(file: &mut Vec<u8>, offset: usize, bytes: &[u8]) {
    let end = offset + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    file[offset..end].copy_from_slice(bytes);
}
