//! The corpora on stable: each file as it is, and changed at random so many times. `TESSERA_FUZZ_ROUNDS` sets how many
//! (500 for each target unless given), `TESSERA_FUZZ_SEED` where to begin, `TESSERA_FUZZ_TARGET` which one only.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use tessera_fuzzing::mutation::Mutator;
use tessera_fuzzing::{TARGETS, Target, canary};

/// The change of an input does not make it longer than this and its original.
const ROOM_BYTES: usize = 4_096;

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let mut folders: Vec<String> = fs::read_dir(corpora())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    folders.sort();
    let mut names: Vec<&str> = TARGETS.iter().map(|(name, _)| *name).chain(["canary"]).collect();
    names.sort_unstable();
    assert_eq!(folders, names);
    for name in names {
        assert!(
            corpora().join("../fuzz_targets").join(format!("{name}.rs")).is_file(),
            "{name} has no fuzzer"
        );
    }
}

/// So that silence means something.
#[test]
fn a_mistake_that_is_known_is_found() {
    let found = run("canary", canary, 1, 500).unwrap();
    assert!(found.contains("canary-found"), "{found}");
}

#[test]
fn corpora_as_they_are_and_changed_at_random() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let rounds = number("TESSERA_FUZZ_ROUNDS").unwrap_or(500);
    let seed = number("TESSERA_FUZZ_SEED").unwrap_or(1);
    let only = std::env::var("TESSERA_FUZZ_TARGET").ok();
    let found: Vec<String> = std::thread::scope(|scope| {
        let chosen = TARGETS.iter().filter(|(name, _)| only.as_deref().is_none_or(|only| only == *name));
        let threads: Vec<_> =
            chosen.map(|(name, target)| scope.spawn(move || run(name, *target, seed, rounds))).collect();
        threads.into_iter().filter_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// What it found, with the file that repeats it.
fn run(name: &str, target: Target, seed: u64, rounds: u64) -> Option<String> {
    let mut corpus: Vec<Vec<u8>> =
        files(&corpora().join(name)).iter().map(|file| fs::read(file).unwrap()).collect();
    assert!(!corpus.is_empty(), "{name} has no corpus");
    if name == "plugin_component" {
        corpus.push(tessera_example_plugins::HELLO_WORLD.to_vec());
    }
    let fails = |input: &[u8]| catch_unwind(|| target(input)).is_err().then(|| keep(name, input));
    if let Some(kept) = corpus.iter().find_map(|input| fails(input)) {
        return Some(kept);
    }
    let mut mutator = Mutator::new(seed);
    (0..rounds).find_map(|_| {
        let (one, other) = (mutator.below(corpus.len()), mutator.below(corpus.len()));
        let changed = mutator.change(&corpus[one], &corpus[other], corpus[one].len() + ROOM_BYTES);
        fails(&changed)
    })
}

fn keep(name: &str, input: &[u8]) -> String {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-found"));
    fs::write(&path, input).unwrap();
    format!(
        "{name}: repeat with {}; as text: {}",
        path.display(),
        String::from_utf8_lossy(input).escape_debug().take(400).collect::<String>()
    )
}

fn corpora() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}
