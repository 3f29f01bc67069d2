//! The committer: it groups what waits, keeps order, answers everything once and nothing before it is durable.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use tessera_store::{
    Batch, CommitError, Committer, Memory, OnDone, Outcome, Precondition, ReadError, Statistics, Store,
};

/// A store whose commits wait until the test lets them through, and fail if it says so.
struct Gated {
    memory: Memory,
    entered: Mutex<Sender<usize>>,
    verdicts: Mutex<Receiver<Verdict>>,
}

#[derive(Debug, Clone, Copy)]
enum Verdict {
    Commit,
    FailSync,
    Panic,
}

impl Store for Gated {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, ReadError> {
        self.memory.get(key)
    }

    fn range(&self, from: &[u8], to: &[u8], limit: usize) -> Result<Vec<(Vec<u8>, Vec<u8>)>, ReadError> {
        self.memory.range(from, to, limit)
    }

    fn commit(&self, group: &[Batch]) -> Vec<Outcome> {
        self.entered.lock().unwrap().send(group.len()).unwrap();
        let verdict = self.verdicts.lock().unwrap().recv().unwrap_or(Verdict::Commit);
        match verdict {
            Verdict::Commit => self.memory.commit(group),
            Verdict::FailSync => vec![Outcome::Unknown(sync_failed()); group.len()],
            Verdict::Panic => panic!("as the test asked"),
        }
    }

    fn name(&self) -> &'static str {
        "gated"
    }
}

struct Scene {
    committer: Committer,
    memory: Arc<Gated>,
    /// The size of each group, sent when its commit begins.
    entered: Receiver<usize>,
    verdicts: Sender<Verdict>,
    answers: Sender<(usize, Outcome)>,
    answered: Receiver<(usize, Outcome)>,
}

impl Scene {
    fn new() -> Self {
        let (entered_sender, entered) = channel();
        let (verdicts, verdict_receiver) = channel();
        let (answers, answered) = channel();
        let memory = Arc::new(Gated {
            memory: Memory::new(),
            entered: Mutex::new(entered_sender),
            verdicts: Mutex::new(verdict_receiver),
        });
        let committer = Committer::start(Arc::clone(&memory) as Arc<dyn Store>).unwrap();
        Self { committer, memory, entered, verdicts, answers, answered }
    }

    fn submit(&self, number: usize, batch: Batch) {
        self.committer.submit(batch, self.on_done(number));
    }

    fn on_done(&self, number: usize) -> OnDone {
        let answers = self.answers.clone();
        Box::new(move |outcome| answers.send((number, outcome)).unwrap())
    }

    fn answers(&self, count: usize) -> Vec<(usize, Outcome)> {
        (0..count).map(|_| self.answered.recv().unwrap()).collect()
    }
}

fn sync_failed() -> CommitError {
    CommitError::Storage { store: "gated", detail: "the sync failed".to_owned() }
}

fn put(number: usize) -> Batch {
    Batch::new().put("last", number.to_string())
}

#[test]
fn what_waits_becomes_one_group_in_order_of_submission() {
    let scene = Scene::new();
    scene.submit(0, put(0));
    assert_eq!(scene.entered.recv(), Ok(1), "a single writer waits for nobody");
    for number in 1..=5 {
        scene.submit(number, put(number));
    }
    let never = Precondition::Absent { key: b"last".to_vec() };
    scene.submit(6, put(6).require(never));
    assert!(scene.answered.try_recv().is_err(), "nothing is acknowledged before its commit has returned");

    scene.verdicts.send(Verdict::Commit).unwrap();
    assert_eq!(scene.answers(1), [(0, Outcome::Committed)]);
    assert_eq!(scene.entered.recv(), Ok(6));
    assert!(scene.answered.try_recv().is_err(), "nothing is acknowledged before its commit has returned");

    scene.verdicts.send(Verdict::Commit).unwrap();
    let mut expected: Vec<_> = (1..=5).map(|number| (number, Outcome::Committed)).collect();
    expected.push((6, Outcome::Refused { precondition: 0 }));
    assert_eq!(scene.answers(6), expected);
    assert_eq!(scene.memory.get(b"last"), Ok(Some(b"5".to_vec())));
    let statistics = scene.committer.statistics();
    assert_eq!(statistics, Statistics { batches: 7, commits: 6, groups: 2, syncs: 0 });
    assert!((statistics.mean_group() - 3.5).abs() < f64::EPSILON);
}

#[test]
fn a_huge_batch_does_not_make_all_others_wait() {
    let scene = Scene::new();
    scene.submit(0, put(0));
    assert_eq!(scene.entered.recv(), Ok(1));
    scene.submit(1, Batch::new().put("huge", vec![0; tessera_store::limits::GROUP_BYTES_MAX]));
    scene.submit(2, put(2));
    scene.verdicts.send(Verdict::Commit).unwrap();
    assert_eq!(scene.entered.recv(), Ok(1));
    scene.verdicts.send(Verdict::Commit).unwrap();
    assert_eq!(scene.entered.recv(), Ok(1));
    scene.verdicts.send(Verdict::Commit).unwrap();
    assert_eq!(scene.answers(3).len(), 3);
}

#[test]
fn shutdown_answers_all_that_is_queued_and_refuses_the_rest() {
    let scene = Scene::new();
    for number in 0..100 {
        scene.submit(number, put(number));
    }
    for _ in 0..100 {
        scene.verdicts.send(Verdict::Commit).unwrap();
    }
    scene.committer.shutdown();
    let answers: Vec<_> = scene.answered.try_iter().collect();
    assert_eq!(answers.len(), 100);
    assert!(answers.iter().all(|(_, outcome)| *outcome == Outcome::Committed));

    scene.submit(100, put(100));
    assert_eq!(scene.answers(1), [(100, Outcome::Failed(CommitError::ShuttingDown))]);
    scene.committer.shutdown();
}

#[test]
fn an_unknown_outcome_reaches_everyone_in_the_group() {
    let scene = Scene::new();
    scene.verdicts.send(Verdict::FailSync).unwrap();
    scene.submit(0, put(0));
    assert_eq!(scene.answers(1), [(0, Outcome::Unknown(sync_failed()))]);
}

#[test]
fn a_panic_of_the_store_is_an_unknown_outcome() {
    let scene = Scene::new();
    scene.verdicts.send(Verdict::Panic).unwrap();
    scene.submit(0, put(0));
    assert!(matches!(scene.answers(1)[..], [(0, Outcome::Unknown(CommitError::Storage { .. }))]));
}

#[test]
fn a_panic_of_one_receiver_spares_the_others() {
    let scene = Scene::new();
    scene.submit(0, put(0));
    assert_eq!(scene.entered.recv(), Ok(1));
    scene.committer.submit(put(1), Box::new(|_| panic!("as the test asked")));
    scene.submit(2, put(2));
    scene.verdicts.send(Verdict::Commit).unwrap();
    scene.verdicts.send(Verdict::Commit).unwrap();
    assert_eq!(scene.answers(2), [(0, Outcome::Committed), (2, Outcome::Committed)]);
}

#[test]
fn many_writers_are_each_answered_once() {
    let committer = Arc::new(Committer::start(Arc::new(Memory::new())).unwrap());
    let (answers, answered) = channel();
    std::thread::scope(|scope| {
        for writer in 0..8_u32 {
            let (committer, answers) = (Arc::clone(&committer), answers.clone());
            scope.spawn(move || {
                for number in 0..500_u32 {
                    let answers = answers.clone();
                    let batch = Batch::new().put(format!("{writer}/{number}"), "1");
                    committer.submit(
                        batch,
                        Box::new(move |outcome| answers.send((writer, number, outcome)).unwrap()),
                    );
                }
            });
        }
    });
    committer.shutdown();
    drop(answers);
    let mut found: Vec<_> = answered.iter().collect();
    assert!(found.iter().all(|(_, _, outcome)| *outcome == Outcome::Committed));
    // Stable: answers of one writer come in the order of its submissions.
    found.sort_by_key(|(writer, _, _)| *writer);
    let found: Vec<_> = found.into_iter().map(|(writer, number, _)| (writer, number)).collect();
    let expected: Vec<_> = (0..8).flat_map(|writer| (0..500).map(move |number| (writer, number))).collect();
    assert_eq!(found, expected);
}
