//! Acknowledged means on disk: proved on real processes, since nothing else shows it. Killing a process does not,
//! because the kernel keeps what it wrote; only its system calls or a power cut tell.
//!
//! - `trace`: no acknowledgement may leave a process before the sync that follows the writes it depends on.
//! - `replay`: a disk with what those syncs promised, and any part of the rest, holds every acknowledged commit.
//! - `faults`, `full_disk`, `read_only`: calls that fail, once or from now on, end the writing and lose nothing.
//! - `power_cut`: an ext4 image copied while the writer stands still, as a disk is left when the power goes.
//!
//! Each of them is also shown sled with only its own flush, which loses data, and has to notice.
//! `TESSERA_DURABILITY_ROUNDS` sets the number of rounds (2 unless given).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]
#![allow(clippy::wildcard_enum_match_arm, reason = "questions about one kind of step")]
#![allow(clippy::explicit_write, reason = "the macros' output is hidden by the test harness")]

mod faults;
mod full_disk;
mod image;
mod ledger;
mod own_flush;
mod power_cut;
mod process;
mod read_only;
mod replay;
mod subject;
mod trace;

use ledger::Acknowledged;
use process::Role;
use std::io::Write;
use subject::Subject;
use tessera_store::Kind;

const SLED: Subject = Subject::Store(Kind::Sled);
const FJALL: Subject = Subject::Store(Kind::Fjall);

/// The other tests start this binary again with only this test, in the role that the environment names.
#[test]
fn child_process() {
    if let Some(role) = Role::from_environment() {
        role.play();
    }
}

#[test]
fn sled_syncs_before_it_acknowledges() {
    syncs_before_it_acknowledges(SLED);
}

#[test]
fn fjall_syncs_before_it_acknowledges() {
    syncs_before_it_acknowledges(FJALL);
}

#[test]
fn the_trace_shows_that_sleds_own_flush_is_no_sync() {
    let Some(recording) = recorded(Subject::SledOwnFlush) else { return };
    let early = recording.early_acknowledgements();
    let all = recording.acknowledgements().count();
    assert_eq!(early.len(), all, "every acknowledgement is too early");
    replay::check(&recording, Subject::SledOwnFlush, rounds()).expect_err("its commits are lost");
}

#[test]
fn sled_survives_a_power_cut() {
    survives_power_cuts(SLED);
}

#[test]
fn fjall_survives_a_power_cut() {
    survives_power_cuts(FJALL);
}

#[test]
fn the_power_cut_shows_that_sleds_own_flush_is_no_sync() {
    if let Err(reason) = image::permitted() {
        return announce(&format!("power cut on sled's own flush: skipped, {reason}"));
    }
    // A journal commit of the file system may by chance save one round; not several.
    let noticed = (0..5).any(|_| power_cut::round(Subject::SledOwnFlush).is_err());
    assert!(noticed, "five power cuts in a row lost nothing: they cut no power");
}

#[test]
fn sled_stops_when_the_disk_is_full() {
    stops_when_the_disk_is_full(SLED);
}

#[test]
fn fjall_stops_when_the_disk_is_full() {
    stops_when_the_disk_is_full(FJALL);
}

#[test]
fn sled_stops_at_the_first_fault() {
    stops_at_the_first_fault(SLED);
}

#[test]
fn fjall_stops_at_the_first_fault() {
    stops_at_the_first_fault(FJALL);
}

#[test]
fn sled_refuses_a_read_only_disk() {
    refuses_a_read_only_disk(SLED);
}

#[test]
fn fjall_refuses_a_read_only_disk() {
    refuses_a_read_only_disk(FJALL);
}

#[test]
fn sled_survives_a_kill() {
    survives_kills(SLED);
}

#[test]
fn fjall_survives_a_kill() {
    survives_kills(FJALL);
}

fn syncs_before_it_acknowledges(subject: Subject) {
    let Some(recording) = recorded(subject) else { return };
    assert!(recording.acknowledgements().count() > 100, "a recording of nothing proves nothing");
    let early = recording.early_acknowledgements();
    assert!(early.is_empty(), "{} acknowledgements left too early: {:#?}", early.len(), early.first());
    replay::check(&recording, subject, 5 * rounds()).unwrap();
    replay::check_subsets(&recording, subject, 15 * rounds()).unwrap();
}

/// On a loop device, or else by replaying recorded writes, which the trace tests do as well.
fn survives_power_cuts(subject: Subject) {
    match image::permitted() {
        Ok(()) => {
            for round in 0..rounds() {
                power_cut::round(subject).unwrap_or_else(|loss| panic!("{subject}, round {round}: {loss}"));
            }
        }
        Err(reason) => {
            announce(&format!("power cut on {subject}: {reason}; replaying recorded writes instead"));
            let Some(recording) = recorded(subject) else { return };
            replay::check(&recording, subject, 20 * rounds()).unwrap();
        }
    }
}

/// Weaker than the others, but possible everywhere.
fn survives_kills(subject: Subject) {
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    for round in 0..rounds() {
        // Each life writes under numbers of its own, so that all lives are verified together.
        let mut writer = process::Writer::start(subject, &store, round);
        let mut acknowledged = Acknowledged::default();
        writer.read_acknowledgements(&mut acknowledged, 100 + process::random_below(200));
        writer.kill(&mut acknowledged);
        acknowledged.verify(&*subject.open(&store).unwrap(), round).unwrap();
    }
}

/// Stops at the first failure, shows what it had acknowledged, and has all of it when there is room again.
fn stops_when_the_disk_is_full(subject: Subject) {
    match image::permitted() {
        Ok(()) => full_disk::fill(subject),
        Err(reason) => announce(&format!("full disk on {subject}: skipped, {reason}")),
    }
}

fn refuses_a_read_only_disk(subject: Subject) {
    match image::permitted() {
        Ok(()) => read_only::refuse(subject),
        Err(reason) => announce(&format!("read-only disk on {subject}: skipped, {reason}")),
    }
}

/// An error of a write or a sync ends the writing; the error of an open is an error, too.
fn stops_at_the_first_fault(subject: Subject) {
    match trace::permitted() {
        Ok(()) => faults::check(subject).unwrap(),
        Err(reason) => announce(&format!("faults of {subject}: skipped, {reason}")),
    }
}

fn recorded(subject: Subject) -> Option<trace::Recording> {
    match trace::record(subject) {
        Ok(recording) => Some(recording),
        Err(trace::Unavailable { reason }) => {
            announce(&format!("trace of {subject}: skipped, {reason}"));
            None
        }
    }
}

fn rounds() -> u32 {
    let rounds = std::env::var("TESSERA_DURABILITY_ROUNDS").ok();
    rounds.map_or(2, |rounds| rounds.parse().expect("TESSERA_DURABILITY_ROUNDS is a number"))
}

/// Past the test harness, which hides what passing tests print: whoever runs this must learn what it did not check.
fn announce(text: &str) {
    writeln!(std::io::stderr(), "durability: {text}").unwrap();
}
