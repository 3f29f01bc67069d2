//! Every store passes the same suite, and any history of commits leaves it as it leaves the plain map in memory.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test fails by panicking and says where")]

use proptest::prelude::*;
use std::path::Path;
use std::sync::Arc;
use tessera_store::conformance::{CHECKS, REOPENING};
use tessera_store::{Batch, Kind, Memory, Options, Precondition, Store, open, prefix_end};

#[test]
fn memory() {
    conforms(Kind::Memory);
}

#[test]
fn sled() {
    conforms(Kind::Sled);
    survives_reopening(Kind::Sled);
}

#[test]
fn fjall() {
    conforms(Kind::Fjall);
    survives_reopening(Kind::Fjall);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sled_agrees_with_the_plain_map(lives in histories()) {
        agrees(Kind::Sled, &lives);
    }

    #[test]
    fn fjall_agrees_with_the_plain_map(lives in histories()) {
        agrees(Kind::Fjall, &lives);
    }
}

/// Pages above a quarter of a segment go to files that sled never syncs; the sizes in `limits` keep it from that.
#[test]
fn sled_never_moves_a_page_out_of_its_log() {
    let dir = tempfile::tempdir().unwrap();
    let store = open_in(Kind::Sled, dir.path());
    let longest_key = |number: u32| {
        // Differences at both ends, so that neither prefix compression nor short separators help.
        let mut key = vec![b'k'; tessera_store::limits::KEY_BYTES_MAX];
        key[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_be_bytes());
        key
    };
    for group in 0..30_u32 {
        let batches: Vec<Batch> = (0..100_u32)
            .map(|number| Batch::new().put(longest_key(group * 100 + number), vec![b'v'; 8192]))
            .collect();
        store.commit(&batches);
    }
    store.commit(&[Batch::new().put("large", vec![1; 4_000_000])]);
    let blobs = dir.path().join("sled").join("blobs");
    assert_eq!(std::fs::read_dir(blobs).unwrap().count(), 0);
}

fn conforms(kind: Kind) {
    for (name, check) in CHECKS {
        let dir = tempfile::tempdir().unwrap();
        println!("{kind}: {name}");
        check(&open_in(kind, dir.path()));
    }
}

fn survives_reopening(kind: Kind) {
    for (name, check) in REOPENING {
        let dir = tempfile::tempdir().unwrap();
        println!("{kind}: {name}");
        check(&|| open_in(kind, dir.path()));
    }
}

fn open_in(kind: Kind, dir: &Path) -> Arc<dyn Store> {
    open(kind, dir, Options::default()).unwrap()
}

/// Lives of a store, each a list of groups; the store is opened anew for each life.
fn histories() -> impl Strategy<Value = Vec<Vec<Vec<Batch>>>> {
    let groups = prop::collection::vec(prop::collection::vec(batches(), 1..4), 1..8);
    prop::collection::vec(groups, 1..3)
}

fn batches() -> impl Strategy<Value = Batch> {
    let writes = prop::collection::vec((keys(), prop::option::weighted(0.7, values())), 0..5);
    let conditions = prop::collection::vec((keys(), prop::option::of(values())), 0..2);
    (writes, conditions).prop_map(|(writes, conditions)| {
        let batch = conditions.into_iter().fold(Batch::new(), |batch, (key, value)| {
            batch.require(match value {
                Some(value) if value.len() < 4 => Precondition::Equals { key, value },
                Some(_) => Precondition::Present { key },
                None => Precondition::Absent { key },
            })
        });
        writes.into_iter().fold(batch, |batch, (key, value)| match value {
            Some(value) => batch.put(key, value),
            None => batch.delete(key),
        })
    })
}

/// Few enough keys that histories meet themselves; the empty key, which is refused, among them.
fn keys() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        1 => Just(Vec::new()),
        20 => prop::collection::vec(prop::sample::select(vec![0, b'a', 0xff]), 1..4),
    ]
}

fn values() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        4 => prop::collection::vec(any::<u8>(), 0..4),
        1 => (8_000_usize..40_000, any::<u8>()).prop_map(|(bytes, fill)| vec![fill; bytes]),
    ]
}

fn agrees(kind: Kind, lives: &[Vec<Vec<Batch>>]) {
    let dir = tempfile::tempdir().unwrap();
    let plain = Memory::new();
    for groups in lives {
        let store = open_in(kind, dir.path());
        for group in groups {
            assert_eq!(store.commit(group), plain.commit(group));
        }
        for limit in [3, usize::MAX] {
            let everything = |store: &dyn Store| store.range(b"", &prefix_end(b""), limit).unwrap();
            assert!(everything(&*store) == everything(&plain), "the stores differ");
        }
    }
}
