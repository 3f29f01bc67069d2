//! What the writers write, and how it is known again after a disaster.
//!
//! Commit `number` of a writer puts four entries whose values tell where they belong, and overwrites the writer's
//! `last` entry with the number. Now and then one value is large.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;
use tessera_store::{Batch, Store, prefix_end};

pub(crate) const WRITERS: u32 = 3;
pub(crate) const PUTS: u32 = 4;
const VALUE_BYTES: usize = 200;
const LARGE_VALUE_BYTES: usize = 20_000;

/// Every so many commits, one value is large.
const LARGE_EVERY: u32 = 16;

/// One commit of one writer. As text it is the line by which the writer acknowledges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Commit {
    /// Which run of the process on one directory.
    pub(crate) life: u32,
    pub(crate) writer: u32,
    /// Counted from one, without gaps.
    pub(crate) number: u32,
}

/// The last commit that each writer had acknowledged, by life and writer.
#[derive(Debug, Default, Clone)]
pub(crate) struct Acknowledged(BTreeMap<(u32, u32), u32>);

impl Commit {
    pub(crate) fn batch(self) -> Batch {
        let entries = (0..PUTS).fold(Batch::new(), |batch, put| batch.put(self.key(put), self.value(put)));
        entries.put(self.last_key(), self.number.to_string())
    }

    /// The bytes by which a written value is known in a trace.
    pub(crate) fn mark(self, put: u32) -> String {
        format!("<{}.{}.{}.{put}>", self.life, self.writer, self.number)
    }

    fn key(self, put: u32) -> String {
        format!("{}{:08}/{put}", self.prefix(), self.number)
    }

    fn prefix(self) -> String {
        format!("life/{}/{}/", self.life, self.writer)
    }

    fn last_key(self) -> String {
        format!("last/{}/{}", self.life, self.writer)
    }

    fn value(self, put: u32) -> Vec<u8> {
        let bytes =
            if put == 0 && self.number.is_multiple_of(LARGE_EVERY) { LARGE_VALUE_BYTES } else { VALUE_BYTES };
        let mut value = self.mark(put).into_bytes();
        let filler = (0_u8..10).cycle().map(|digit| b'0' + digit);
        value.extend(filler.take(bytes - value.len()));
        value
    }
}

impl fmt::Display for Commit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "acknowledged {} {} {}", self.life, self.writer, self.number)
    }
}

impl FromStr for Commit {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let numbers = line.strip_prefix("acknowledged ").ok_or(())?;
        let numbers: Vec<u32> = numbers.split(' ').filter_map(|number| number.parse().ok()).collect();
        match numbers[..] {
            [life, writer, number] => Ok(Self { life, writer, number }),
            _ => Err(()),
        }
    }
}

impl Acknowledged {
    pub(crate) fn add(&mut self, commit: Commit) {
        let before = self.0.insert((commit.life, commit.writer), commit.number).unwrap_or(0);
        assert_eq!(commit.number, before + 1, "a writer's acknowledgements come in order");
    }

    /// Every acknowledged commit is there, every other one wholly or not at all, and all is readable.
    pub(crate) fn verify(&self, store: &dyn Store, life: u32) -> Result<(), String> {
        for writer in 0..WRITERS {
            let acknowledged = self.0.get(&(life, writer)).copied().unwrap_or(0);
            let commit = |number| Commit { life, writer, number };
            let prefix = commit(0).prefix().into_bytes();
            let found = store.range(&prefix, &prefix_end(&prefix), usize::MAX);
            let found = found.map_err(|error| error.to_string())?;
            let last = store.get(commit(0).last_key().as_bytes()).map_err(|error| error.to_string())?;
            let last = last.map_or(Ok(0), |last| String::from_utf8_lossy(&last).parse());
            let last: u32 = last.map_err(|error| format!("writer {writer}: its last number: {error}"))?;
            if last < acknowledged {
                return Err(format!("writer {writer}: {acknowledged} acknowledged, {last} kept"));
            }
            let expected = (1..=last).flat_map(|number| {
                (0..PUTS).map(move |put| (commit(number).key(put).into_bytes(), commit(number).value(put)))
            });
            if !found.into_iter().eq(expected) {
                return Err(format!("writer {writer}: its entries are not those of commits 1 to {last}"));
            }
        }
        Ok(())
    }
}

impl fmt::Display for Acknowledged {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> =
            self.0.iter().map(|((life, writer), number)| format!("{life}.{writer}.{number}")).collect();
        formatter.write_str(&numbers.join(","))
    }
}

impl FromStr for Acknowledged {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = BTreeMap::new();
        for commit in text.split(',').filter(|commit| !commit.is_empty()) {
            let numbers: Vec<u32> = commit.split('.').filter_map(|number| number.parse().ok()).collect();
            let [life, writer, number] = numbers[..] else { return Err(()) };
            all.insert((life, writer), number);
        }
        Ok(Self(all))
    }
}
