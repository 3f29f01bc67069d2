//! What every store has to do, as checks that run against any of them. A new store is one more caller of this list.
//!
//! [`CHECKS`] want an empty store each. [`REOPENING`] holds those that close a store and open it again, for stores
//! that keep something. A check panics with what it saw.

use crate::limits::{KEY_BYTES_MAX, VALUE_BYTES_MAX};
use crate::store::Entry;
use crate::{Batch, CommitError, Fence, Outcome, Precondition, Store, prefix_end};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A named check on an empty store.
pub type Check = (&'static str, fn(&Arc<dyn Store>));

/// A named check on a store that `open` opens, empty at first; no two handles are alive at a time.
pub type ReopeningCheck = (&'static str, fn(open: &dyn Fn() -> Arc<dyn Store>));

pub const CHECKS: &[Check] = &[
    ("an empty store has nothing", empty_store),
    ("keys are in byte order", byte_order),
    ("ranges are half open and bounded", ranges),
    ("the later write to a key counts", later_write_counts),
    ("values may be empty", empty_values),
    ("values may be large, shrink and go", large_values),
    ("what is out of bounds is refused whole", bounds),
    ("preconditions", preconditions),
    ("fences", fences),
    ("a batch sees the batches before it in its group", group_sees_itself),
    ("a refused batch leaves its group intact", refusal_leaves_group),
    ("an empty group and an empty batch are fine", nothing_to_do),
    ("readers see all of a group or nothing", readers_see_whole_groups),
];

pub const REOPENING: &[ReopeningCheck] =
    &[("commits outlive the handle", outlive_the_handle), ("a store can be opened many times", many_lives)];

fn empty_store(store: &Arc<dyn Store>) {
    assert_eq!(store.get(b"a"), Ok(None));
    assert_eq!(store.get(b""), Ok(None), "no store holds the empty key, but it may be asked for");
    assert_eq!(everything(&**store), []);
}

fn byte_order(store: &Arc<dyn Store>) {
    let keys: [&[u8]; 9] =
        [b"\0", b"\0\0", b"\x01", b"a", b"a\0", b"aa", b"b", b"\xfe\xff\xff\xff", b"\xff\xff\xff\xff"];
    let backwards = keys.iter().rev().fold(Batch::new(), |batch, key| batch.put(*key, *key));
    committed(&**store, backwards);
    let found: Vec<Vec<u8>> = everything(&**store).into_iter().map(|entry| entry.0).collect();
    assert_eq!(found, keys);
    for key in keys {
        assert_eq!(store.get(key), Ok(Some(key.to_vec())), "{key:?}");
    }
}

fn ranges(store: &Arc<dyn Store>) {
    let batch = ["a", "b", "ba", "c", "d"].iter().fold(Batch::new(), |batch, key| batch.put(*key, "value"));
    committed(&**store, batch);
    let cases: &[(&str, &str, usize, &[&str])] = &[
        ("a", "d", 9, &["a", "b", "ba", "c"]),
        ("b", "c", 9, &["b", "ba"]),
        ("b", "b", 9, &[]),
        ("c", "b", 9, &[]),
        ("", "b", 9, &["a"]),
        ("aa", "bb", 9, &["b", "ba"]),
        ("a", "e", 2, &["a", "b"]),
        ("a", "e", 0, &[]),
        ("e", "z", 9, &[]),
    ];
    for (from, to, limit, expected) in cases {
        let found = store.range(from.as_bytes(), to.as_bytes(), *limit).expect("readable");
        let found: Vec<Vec<u8>> = found.into_iter().map(|entry| entry.0).collect();
        let expected: Vec<Vec<u8>> = expected.iter().map(|key| key.as_bytes().to_vec()).collect();
        assert_eq!(found, expected, "{from}..{to}, at most {limit}");
    }
}

fn later_write_counts(store: &Arc<dyn Store>) {
    committed(&**store, Batch::new().put("a", "1").put("a", "2").put("b", "1").delete("b"));
    assert_eq!(everything(&**store), [entry("a", "2")]);
    committed(&**store, Batch::new().delete("a").put("a", "3").delete("never there"));
    assert_eq!(everything(&**store), [entry("a", "3")]);
}

fn empty_values(store: &Arc<dyn Store>) {
    committed(&**store, Batch::new().put("a", ""));
    assert_eq!(store.get(b"a"), Ok(Some(Vec::new())));
    assert_eq!(everything(&**store), [entry("a", "")]);
    let present = Batch::new().require(Precondition::Present { key: b"a".to_vec() });
    assert_eq!(store.commit(&[present]), [Outcome::Committed], "empty is not absent");
}

fn large_values(store: &Arc<dyn Store>) {
    let sizes = [8191, 8192, 8193, 16_384, 100_000, 1_000_000, VALUE_BYTES_MAX, 70_000, 8193, 8192, 1, 0];
    committed(&**store, Batch::new().put("k", "before").put("k\0\0\0\0", "neighbour").put("l", "after"));
    for (size, seed) in sizes.into_iter().zip(1..) {
        let value = pattern(size, seed);
        committed(&**store, Batch::new().put("k-large", value.clone()));
        assert!(store.get(b"k-large") == Ok(Some(value.clone())), "a value of {size} bytes");
        let found = store.range(b"k", b"m", 9).expect("readable");
        let expected = [
            entry("k", "before"),
            entry("k\0\0\0\0", "neighbour"),
            (b"k-large".to_vec(), value),
            entry("l", "after"),
        ];
        assert!(found == expected, "the range around a value of {size} bytes");
    }
    committed(&**store, Batch::new().put("k-large", pattern(50_000, 7)));
    committed(&**store, Batch::new().delete("k-large"));
    assert_eq!(store.get(b"k-large"), Ok(None));
}

fn bounds(store: &Arc<dyn Store>) {
    let longest = vec![0xff; KEY_BYTES_MAX];
    committed(&**store, Batch::new().put(longest.clone(), "fits"));
    assert_eq!(store.get(&longest), Ok(Some(b"fits".to_vec())));
    let too_much = [
        Batch::new().put("a", "1").put("", "no key"),
        Batch::new().put("a", "1").delete(""),
        Batch::new().put("a", "1").put(vec![b'k'; KEY_BYTES_MAX + 1], "1"),
        Batch::new().put("a", "1").put("b", vec![0; VALUE_BYTES_MAX + 1]),
        (0..3).fold(Batch::new(), |batch, number| batch.put(format!("{number}"), vec![0; VALUE_BYTES_MAX])),
    ];
    for batch in too_much {
        match store.commit(&[batch]).as_slice() {
            [Outcome::Failed(CommitError::OutOfBounds { .. })] => {}
            other => assert_eq!(other, [], "expected a refusal for its size"),
        }
    }
    assert_eq!(store.get(b"a"), Ok(None), "a batch out of bounds writes nothing at all");
}

fn preconditions(store: &Arc<dyn Store>) {
    committed(&**store, Batch::new().put("a", "1"));
    let key = || b"a".to_vec();
    let other = || b"other".to_vec();
    let cases = [
        (Precondition::Present { key: key() }, true),
        (Precondition::Present { key: other() }, false),
        (Precondition::Absent { key: key() }, false),
        (Precondition::Absent { key: other() }, true),
        (Precondition::Equals { key: key(), value: b"1".to_vec() }, true),
        (Precondition::Equals { key: key(), value: b"2".to_vec() }, false),
        (Precondition::Equals { key: key(), value: Vec::new() }, false),
        (Precondition::Equals { key: other(), value: Vec::new() }, false),
    ];
    for (precondition, holds) in cases {
        let batch = Batch::new().require(Precondition::Present { key: key() }).require(precondition.clone());
        let expected = if holds { Outcome::Committed } else { Outcome::Refused { precondition: 1 } };
        assert_eq!(store.commit(&[batch.put("written", "1")]), [expected], "{precondition:?}");
        let written = store.get(b"written").expect("readable").is_some();
        assert_eq!(written, holds, "{precondition:?}");
        committed(&**store, Batch::new().delete("written"));
    }
}

fn fences(store: &Arc<dyn Store>) {
    let fence = |token: &str| Fence { key: b"lease".to_vec(), token: token.into() };
    let fenced = |token| Batch::new().put("a", token).fenced_by(fence(token));
    assert_eq!(store.commit(&[fenced("first")]), [Outcome::Fenced], "nobody has taken the lease");
    committed(&**store, Batch::new().put("lease", "first"));
    assert_eq!(store.commit(&[fenced("first")]), [Outcome::Committed]);
    let takeover = Batch::new().put("lease", "second").fenced_by(fence("first"));
    let refused =
        Batch::new().require(Precondition::Absent { key: b"lease".to_vec() }).fenced_by(fence("first"));
    assert_eq!(
        store.commit(&[takeover, fenced("first"), refused, fenced("second")]),
        [Outcome::Committed, Outcome::Fenced, Outcome::Fenced, Outcome::Committed],
    );
    assert_eq!(store.get(b"a"), Ok(Some(b"second".to_vec())));
}

fn group_sees_itself(store: &Arc<dyn Store>) {
    let absent = || Precondition::Absent { key: b"a".to_vec() };
    let equals = |value: &str| Precondition::Equals { key: b"a".to_vec(), value: value.into() };
    let group = [
        Batch::new().require(absent()).put("a", "1"),
        Batch::new().require(absent()).put("a", "never"),
        Batch::new().require(equals("1")).put("a", "2"),
        Batch::new().require(equals("2")).delete("a"),
        Batch::new().require(absent()).put("a", "3"),
    ];
    let refused = Outcome::Refused { precondition: 0 };
    let done = Outcome::Committed;
    assert_eq!(store.commit(&group), [done.clone(), refused, done.clone(), done.clone(), done]);
    assert_eq!(everything(&**store), [entry("a", "3")]);
}

fn refusal_leaves_group(store: &Arc<dyn Store>) {
    let impossible = Precondition::Present { key: b"nowhere".to_vec() };
    let group = [
        Batch::new().put("a", "1").put("b", "1"),
        Batch::new().put("a", "never").delete("b").put("c", "never").require(impossible),
        Batch::new().put("d", "1").put("", "out of bounds"),
        Batch::new().put("e", "1"),
    ];
    let outcomes = store.commit(&group);
    assert_eq!(outcomes.len(), 4);
    assert_eq!(outcomes[0], Outcome::Committed);
    assert_eq!(outcomes[1], Outcome::Refused { precondition: 0 });
    assert_eq!(outcomes[3], Outcome::Committed);
    assert_eq!(everything(&**store), [entry("a", "1"), entry("b", "1"), entry("e", "1")]);
}

fn nothing_to_do(store: &Arc<dyn Store>) {
    assert_eq!(store.commit(&[]), []);
    assert_eq!(store.commit(&[Batch::new(), Batch::new()]), [Outcome::Committed, Outcome::Committed]);
    assert_eq!(everything(&**store), []);
}

/// Groups move one amount back and forth between many keys; the sum that a reader sees must never change.
fn readers_see_whole_groups(store: &Arc<dyn Store>) {
    const ACCOUNTS: u8 = 40;
    const GROUPS: u8 = 60;
    let rich = vec![1; 3];
    let account = |number: u8| vec![b'a', number];
    let opening = (0..ACCOUNTS).fold(Batch::new(), |batch, number| {
        if number % 2 == 0 { batch.put(account(number), rich.clone()) } else { batch }
    });
    committed(&**store, opening);
    let done = Arc::new(AtomicBool::new(false));
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let (store, done) = (Arc::clone(store), Arc::clone(&done));
            std::thread::spawn(move || {
                let mut reads = 0_u64;
                while !done.load(Ordering::Acquire) {
                    let found = store.range(b"a", b"b", usize::MAX).expect("readable");
                    assert_eq!(found.len(), usize::from(ACCOUNTS) / 2, "half a group was seen");
                    let parity = found[0].0[1] % 2;
                    assert!(found.iter().all(|(key, _)| key[1] % 2 == parity), "two groups were mixed");
                    store.get(&found[0].0).expect("readable");
                    reads += 1;
                }
                reads
            })
        })
        .collect();
    for group in 0..GROUPS {
        let batches: Vec<Batch> = (0..ACCOUNTS / 2)
            .map(|pair| {
                let (one, other) = (account(2 * pair), account(2 * pair + 1));
                let (from, to) = if group % 2 == 0 { (one, other) } else { (other, one) };
                Batch::new().delete(from).put(to, rich.clone())
            })
            .collect();
        assert!(store.commit(&batches).iter().all(|outcome| *outcome == Outcome::Committed));
    }
    done.store(true, Ordering::Release);
    for reader in readers {
        assert!(reader.join().is_ok(), "a reader saw what no reader may see");
    }
}

fn outlive_the_handle(open: &dyn Fn() -> Arc<dyn Store>) {
    let large = pattern(300_000, 3);
    {
        let store = open();
        let many = (0..500_u32).fold(Batch::new(), |batch, number| batch.put(number.to_be_bytes(), "kept"));
        committed(&*store, many);
        committed(&*store, Batch::new().put("large", large.clone()).put("gone", "1"));
        committed(&*store, Batch::new().delete("gone"));
        let refused =
            Batch::new().put("refused", "1").require(Precondition::Present { key: b"gone".to_vec() });
        assert_eq!(store.commit(&[refused]), [Outcome::Refused { precondition: 0 }]);
    }
    let store = open();
    let found = everything(&*store);
    assert_eq!(found.len(), 501);
    assert!(found[..500].iter().zip(0_u32..).all(|(entry, number)| entry.0 == number.to_be_bytes()));
    assert!(found[500] == (b"large".to_vec(), large));
}

fn many_lives(open: &dyn Fn() -> Arc<dyn Store>) {
    for life in 0..5_u8 {
        let store = open();
        let found: Vec<Vec<u8>> = everything(&*store).into_iter().map(|entry| entry.0).collect();
        assert_eq!(found, (0..life).map(|life| vec![life]).collect::<Vec<_>>());
        committed(&*store, Batch::new().put([life], "lived"));
    }
}

fn everything(store: &dyn Store) -> Vec<Entry> {
    store.range(b"", &prefix_end(b""), usize::MAX).expect("readable")
}

fn committed(store: &dyn Store, batch: Batch) {
    assert_eq!(store.commit(&[batch]), [Outcome::Committed]);
}

fn entry(key: &str, value: &str) -> Entry {
    (key.into(), value.into())
}

/// Bytes that differ from place to place, so that a part in the wrong place shows.
fn pattern(bytes: usize, seed: u32) -> Vec<u8> {
    (seed..).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).take(bytes).collect()
}
