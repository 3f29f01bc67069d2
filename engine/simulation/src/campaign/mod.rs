//! Many seeds on all cores; what they showed; and a failing seed made smaller until nothing can be taken away from it.

mod processor;
mod report;
mod shrink;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::audit::{Invariant, violated};
use crate::canary::{self, Canary};
use crate::fault::Fault;
use crate::mark::Mark;
use crate::plan::{Limits, Plan, Source};
use crate::world::{Outcome, World};
use processor::Used;
pub use shrink::shrink;

/// One seed in this many is run twice.
const TWICE_EVERY: u64 = 100;
/// The last happenings that a report shows of a seed that was made smaller.
const SHRUNK_HISTORY_MAX: usize = 300;
/// The last happenings that a report shows of a seed as it is.
const HISTORY_MAX: usize = 10_000;
/// So many seeds, with nothing taken away from them, meet every rare event and every fault. Fewer may miss the rarest.
const COMPLETE_FROM: u64 = 1_000;

/// What is to be run.
#[derive(Debug, Clone)]
pub struct Order {
    /// The first seed.
    pub first: u64,
    /// How many.
    pub seeds: u64,
    /// What is taken away from each.
    pub limits: Limits,
    /// Threads; none: as many as there are cores.
    pub threads: Option<usize>,
    /// Whether a failing seed is made smaller. If not, all of its history is told.
    pub shrinks: bool,
    /// The bug that is planted for it.
    pub canary: Option<Canary>,
}

/// Who watches a campaign: may stop it, and hears after each seed how many are done.
#[derive(Clone, Copy)]
pub struct Watch<'a> {
    /// Set from outside: no further seed is begun.
    pub stop: &'a AtomicBool,
    /// Hears how many are done, from any thread.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

impl Watch<'static> {
    /// Nobody does.
    pub fn nobody() -> Self {
        static GOES_ON: AtomicBool = AtomicBool::new(false);
        Self { stop: &GOES_ON, progress: &|_| {} }
    }
}

/// What a campaign showed.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Seeds that were run.
    pub seeds: u64,
    /// Events that drivers and mailboxes handled.
    pub steps: u64,
    /// Of each seed, sorted.
    pub steps_per_seed: Vec<u64>,
    /// Virtual milliseconds.
    pub virtual_ms: u64,
    /// How long it took.
    pub took: Duration,
    /// Time that all threads had a processor.
    pub worked: Duration,
    /// Faults that struck.
    pub struck: BTreeMap<Fault, u64>,
    /// Fewest kinds of fault that a seed had.
    pub kinds_per_seed_min: usize,
    /// Fewest kinds of fault that struck in a seed.
    pub struck_per_seed_min: usize,
    /// Fewest sites of a seed.
    pub sites_min: usize,
    /// Rare events that were met, and in how many seeds.
    pub marks: BTreeMap<Mark, u64>,
    /// Rare events that were not met and faults that did not strike, although there were seeds enough for all of them.
    pub never_met: Vec<&'static str>,
    /// Seeds that were run twice, with the same trace.
    pub repeated: u64,
    /// Whether it was stopped before all seeds were run.
    pub stopped: bool,
    /// Of all traces, in the order of their seeds.
    pub trace_hash: u64,
    /// The failing seed with the lowest number, as small as it could be made.
    pub failure: Option<Failure>,
}

/// A seed that violates an invariant.
#[derive(Debug, Clone)]
pub struct Failure {
    /// Which.
    pub seed: u64,
    /// What it showed.
    pub outcome: Outcome,
    /// What could be taken away from it.
    pub limits: Limits,
}

/// Runs one seed.
pub fn run_seed(source: Source<'_>, seed: u64, limits: &Limits, history_max: usize) -> Outcome {
    let ran = catch_unwind(AssertUnwindSafe(|| {
        source(seed, limits).map(|plan| World::new(Plan { history_max, ..plan }).run())
    }));
    let why = match ran {
        Ok(Ok(outcome)) => return outcome,
        Ok(Err(refused)) => format!("there is no plan: {refused}"),
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned();
            let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            format!("something panicked: {}", text.unwrap_or_default())
        }
    };
    Outcome {
        violation: Some(violated(Invariant::Sanity, why)),
        steps: 0,
        virtual_ms: 0,
        kinds: 0,
        struck: BTreeMap::new(),
        marks: BTreeSet::new(),
        trace_hash: 0,
        history: Vec::new(),
        sites: 0,
        borders: 0,
    }
}

/// Runs seeds until all are done, one fails, or whoever watches stops it.
pub fn run(source: Source<'_>, order: &Order, watch: Watch<'_>) -> Result<Report, String> {
    canary::plant(order.canary.or_else(canary::of_this_build))?;
    let began = Instant::now();
    let threads =
        order.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let next = AtomicU64::new(0);
    let failed = AtomicU64::new(u64::MAX);
    let gathered = Mutex::new(Gathered::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let used = Used::begin();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let seed = order.first.wrapping_add(index);
                    if index >= order.seeds
                        || watch.stop.load(Ordering::Relaxed)
                        || failed.load(Ordering::Relaxed) < seed
                    {
                        break;
                    }
                    let mut outcome = run_seed(source, seed, &order.limits, 0);
                    let again =
                        index.is_multiple_of(TWICE_EVERY).then(|| run_seed(source, seed, &order.limits, 0));
                    let repeated = again.is_some();
                    if again.is_some_and(|again| again.trace_hash != outcome.trace_hash) {
                        outcome.violation = Some(violated(Invariant::Sanity, "the same seed has two traces"));
                    }
                    if outcome.violation.is_some() {
                        failed.fetch_min(seed, Ordering::Relaxed);
                    }
                    let done = {
                        let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
                        gathered.add(index, seed, outcome, repeated)
                    };
                    (watch.progress)(done);
                }
                let worked = used.so_far();
                gathered.lock().unwrap_or_else(PoisonError::into_inner).worked += worked;
            });
        }
    });
    let mut gathered = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    let first = gathered.failing.pop_first();
    let mut report = gathered.report();
    report.failure = first.map(|(seed, outcome)| {
        let limits = order.limits.clone();
        let again = if order.shrinks {
            shrink(source, seed, &limits)
        } else {
            let outcome = run_seed(source, seed, &limits, HISTORY_MAX);
            Failure { seed, outcome, limits: limits.clone() }
        };
        // What does not fail again when it is run alone is told as it was.
        if again.outcome.violation.is_some() { again } else { Failure { seed, outcome, limits } }
    });
    report.stopped = report.failure.is_none() && report.seeds < order.seeds;
    let is_whole = order.limits == Limits::default() && source(order.first, &order.limits)?.is_drawn;
    if is_whole && report.failure.is_none() && report.seeds >= COMPLETE_FROM {
        report.never_met = report.missing();
    }
    report.took = began.elapsed();
    Ok(report)
}

impl Report {
    /// Whether all seeds were run, nothing was violated, and nothing missed that so many seeds meet.
    pub fn is_good(&self) -> bool {
        self.failure.is_none() && self.never_met.is_empty() && !self.stopped
    }

    fn missing(&self) -> Vec<&'static str> {
        let marks = Mark::ALL.iter().filter(|mark| !self.marks.contains_key(mark)).map(|mark| mark.name());
        let faults = Fault::ALL.iter().filter(|fault| !self.struck.contains_key(fault));
        marks.chain(faults.map(|fault| fault.name())).collect()
    }
}

#[derive(Default)]
struct Gathered {
    report: Report,
    hashes: BTreeMap<u64, u64>,
    failing: BTreeMap<u64, Outcome>,
    worked: Duration,
}

impl Gathered {
    fn add(&mut self, index: u64, seed: u64, outcome: Outcome, repeated: bool) -> u64 {
        if outcome.violation.is_some() {
            self.failing.insert(seed, outcome.clone());
        }
        let first = self.report.seeds == 0;
        let report = &mut self.report;
        report.seeds += 1;
        report.steps += outcome.steps * if repeated { 2 } else { 1 };
        report.steps_per_seed.push(outcome.steps);
        report.virtual_ms += outcome.virtual_ms;
        report.repeated += u64::from(repeated);
        let fewest = |so_far: usize, here: usize| if first { here } else { so_far.min(here) };
        report.kinds_per_seed_min = fewest(report.kinds_per_seed_min, outcome.kinds);
        report.struck_per_seed_min = fewest(report.struck_per_seed_min, outcome.struck.len());
        report.sites_min = fewest(report.sites_min, outcome.sites);
        for (fault, times) in outcome.struck {
            *report.struck.entry(fault).or_default() += times;
        }
        for mark in outcome.marks {
            *report.marks.entry(mark).or_default() += 1;
        }
        self.hashes.insert(index, outcome.trace_hash);
        report.seeds
    }

    fn report(self) -> Report {
        let Self { mut report, hashes, worked, .. } = self;
        report.steps_per_seed.sort_unstable();
        report.worked = worked;
        report.trace_hash = hashes.values().fold(0, |hash, one| crate::random::mix(hash ^ one));
        report
    }
}
