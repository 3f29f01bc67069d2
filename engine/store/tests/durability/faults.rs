//! Calls of the disk that fail: each kind, at the n-th time, once. What follows would succeed, so a store that tries again
//! betrays itself by acknowledging what it cannot know. `strace` makes the calls fail in a real process.

use crate::ledger::Acknowledged;
use crate::process::Role;
use crate::subject::Subject;
use std::process::Output;

/// Which of a thread's calls fails. The first ones belong to the opening of the store.
const TIMES: [u32; 6] = [1, 2, 3, 5, 9, 17];

/// Enough for each of them to happen.
const GROUPS_MAX: u32 = 25;

/// The calls, and how they fail.
const FAULTS: [(&str, &str); 6] = [
    ("fdatasync,fsync", "EIO"),
    ("fdatasync,fsync", "ENOSPC"),
    ("pwrite64,write", "EIO"),
    ("pwrite64,write", "ENOSPC"),
    ("pwrite64,write", "EROFS"),
    ("openat", "EROFS"),
];

/// Lets every fault happen to a writer, and looks whether it stopped and whether all is there that it had acknowledged.
pub(crate) fn check(subject: Subject) -> Result<(), String> {
    for (calls, error) in FAULTS {
        let mut happened = 0;
        for time in TIMES {
            let dir = tempfile::tempdir().unwrap();
            let store = dir.path().join("store");
            // Made before, so that the calls of its creation are not the ones that fail.
            drop(subject.open(&store)?);
            let fault = format!("inject={calls}:error={error}:when={time}");
            let fill = Role::Fill { subject, groups_max: GROUPS_MAX, dir: store.clone() };
            let traced = format!("trace={calls}");
            let log = dir.path().join("trace");
            let log = log.to_str().unwrap();
            let files = files(&store);
            let mut words = vec!["strace", "-f", "-o", log, "-e", &traced, "-e", &fault];
            for file in &files {
                words.extend(["-P", file.as_str()]);
            }
            let output = fill.command(&words).output().map_err(|error| error.to_string())?;
            judge(subject, &store, &output).map_err(|problem| format!("{subject}, {fault}: {problem}"))?;
            happened += std::fs::read_to_string(log).unwrap().matches("(INJECTED)").count();
        }
        if happened == 0 {
            return Err(format!("{subject}: {calls} never failed with {error}, which proves nothing"));
        }
    }
    Ok(())
}

/// The files and folders of the store. Only calls on them fail, so that the writer's own output does not.
fn files(store: &std::path::Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![store.to_owned()];
    while let Some(folder) = folders.pop() {
        found.push(folder.to_str().unwrap().to_owned());
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.to_str().unwrap().to_owned());
            }
        }
    }
    found
}

fn judge(subject: Subject, store: &std::path::Path, output: &Output) -> Result<(), String> {
    let complaint = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the writer failed: {complaint}"));
    }
    let mut acknowledged = Acknowledged::default();
    let text = String::from_utf8_lossy(&output.stdout);
    text.lines().filter_map(|line| line.parse().ok()).for_each(|commit| acknowledged.add(commit));
    acknowledged.verify(&*subject.open(store)?, 0)
}
