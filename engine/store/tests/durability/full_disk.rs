//! A disk that fills up while a store writes: the one failure that every store meets some day.

use crate::image::{self, Mounted};
use crate::ledger::{Acknowledged, Commit};
use crate::process::Role;
use crate::subject::Subject;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, mpsc};
use tessera_store::{CommitError, Committer, Outcome};

const IMAGE_BYTES: u64 = 48 * 1024 * 1024;

/// Removed when the disk is full, as an operator makes room.
const BALLAST_BYTES: usize = 16 * 1024 * 1024;

const GROUP: u32 = 100;

pub(crate) fn fill(subject: Subject) {
    let dir = tempfile::tempdir().unwrap();
    let disk = image::formatted(dir.path(), IMAGE_BYTES).unwrap();
    let mounted = Mounted::at(&disk, &dir.path().join("small")).unwrap();
    let ballast = mounted.path.join("ballast");
    fs::write(&ballast, vec![1; BALLAST_BYTES]).unwrap();
    let store = mounted.path.join("store");
    let output =
        Role::Fill { subject, groups_max: u32::MAX, dir: store.clone() }.command(&[]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut acknowledged = Acknowledged::default();
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|line| line.parse().ok()).for_each(|commit| acknowledged.add(commit));
    fs::remove_file(&ballast).unwrap();
    let output = Role::Verify { subject, life: 0, acknowledged, dir: store }.command(&[]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// The child: commits until the disk fails, or so many groups.
pub(crate) fn commit_until_it_fails(subject: Subject, groups_max: u32, dir: &Path) {
    let store = match subject.open(dir) {
        Ok(store) => store,
        // Only where calls are made to fail one by one.
        Err(_) if groups_max < u32::MAX => return,
        Err(error) => panic!("{error}"),
    };
    let committer = Committer::start(Arc::clone(&store)).unwrap();
    let commit_group = |first: u32| -> Vec<(Commit, Outcome)> {
        let (answers, answered) = mpsc::channel();
        for number in first..first + GROUP {
            let commit = Commit { life: 0, writer: 0, number };
            let answers = answers.clone();
            committer
                .submit(commit.batch(), Box::new(move |outcome| answers.send((commit, outcome)).unwrap()));
        }
        drop(answers);
        answered.into_iter().collect()
    };
    let mut acknowledged = Acknowledged::default();
    let mut failed = false;
    let mut first = 1;
    while !failed && first / GROUP < groups_max {
        for (commit, outcome) in commit_group(first) {
            match outcome {
                Outcome::Committed => {
                    assert!(!failed, "{commit} after a failure");
                    writeln!(std::io::stdout(), "{commit}").unwrap();
                    acknowledged.add(commit);
                }
                Outcome::Unknown(CommitError::Storage { .. }) => failed = true,
                Outcome::Failed(CommitError::Stopped { .. }) => assert!(failed, "stopped without a failure"),
                other => panic!("{commit}: {other:?}"),
            }
        }
        first += GROUP;
    }
    let after = if failed { commit_group(first) } else { Vec::new() };
    for (commit, outcome) in after {
        assert!(matches!(outcome, Outcome::Failed(CommitError::Stopped { .. })), "{commit}: {outcome:?}");
    }
    // Readers see what is known to be on disk, or an error (sled stops reading too), and never the commits in doubt.
    if let Err(reason) = acknowledged.verify(&*store, 0) {
        assert!(reason.starts_with("cannot read"), "{reason}");
    }
}
