//! Many seeds on all cores; what they showed; and a failing seed made smaller until nothing can be taken away from it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::audit::{Invariant, violated};
use crate::fault::Fault;
use crate::mark::Mark;
use crate::plan::{Limits, Plan};
use crate::world::{Outcome, World};

/// One seed in this many is run twice.
const TWICE_EVERY: u64 = 100;
/// Runs that making a failing seed smaller may take.
const SHRINKING_RUNS_MAX: u32 = 200;
/// The last happenings that a report shows.
const HISTORY_MAX: usize = 300;

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
    /// Time that all threads worked.
    pub worked: Duration,
    /// Faults that struck.
    pub struck: BTreeMap<Fault, u64>,
    /// Seeds with so many kinds of fault that struck.
    pub kinds_per_seed_min: usize,
    /// Fewest sites of a seed.
    pub sites_min: usize,
    /// Rare events that were met, and in how many seeds.
    pub marks: BTreeMap<Mark, u64>,
    /// Seeds that were run twice, with the same trace.
    pub repeated: u64,
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

impl Report {
    /// Rare events that were not met.
    pub fn missing_marks(&self) -> Vec<Mark> {
        Mark::ALL.iter().copied().filter(|mark| !self.marks.contains_key(mark)).collect()
    }

    /// Half of the seeds have at most so many steps.
    pub fn median_steps(&self) -> u64 {
        self.steps_per_seed.get(self.steps_per_seed.len() / 2).copied().unwrap_or(0)
    }

    /// Steps per second and core.
    pub fn steps_per_second(&self) -> u64 {
        let worked = u64::try_from(self.worked.as_micros()).unwrap_or(u64::MAX).max(1);
        self.steps.saturating_mul(1_000_000) / worked
    }
}

impl Failure {
    /// The arguments of the example `campaign` that show it again.
    pub fn arguments(&self) -> String {
        let mut text = format!("--seed {}", self.seed);
        let mut add = |option: &str, value: Option<String>| {
            if let Some(value) = value {
                let _ = write!(text, " --{option} {value}");
            }
        };
        let Limits { conversations, sites, faults, chaos_ms, processes } = &self.limits;
        add("sites", sites.map(|sites| sites.to_string()));
        add("processes", processes.map(|processes| processes.to_string()));
        add("conversations", conversations.map(|conversations| conversations.to_string()));
        add("chaos-ms", chaos_ms.map(|milliseconds| milliseconds.to_string()));
        add(
            "faults",
            faults.as_ref().map(|faults| {
                let names: Vec<_> = faults.iter().map(|fault| fault.name()).collect();
                if names.is_empty() { "none".to_owned() } else { names.join(",") }
            }),
        );
        text
    }
}

/// Runs one seed.
pub fn run_seed(seed: u64, limits: &Limits, history_max: usize) -> Outcome {
    let ran = catch_unwind(AssertUnwindSafe(|| {
        Plan::of(seed, limits).map(|plan| World::new(Plan { history_max, ..plan }).run())
    }));
    let why = match ran {
        Ok(Ok(outcome)) => return outcome,
        Ok(Err(refused)) => format!("the engine refuses a generated model: {refused}"),
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
        struck: BTreeMap::new(),
        marks: BTreeSet::new(),
        trace_hash: 0,
        history: Vec::new(),
        sites: 0,
        borders: 0,
    }
}

/// Runs seeds until all are done, one fails, or `stop` is set. `progress` hears how many are done.
pub fn run(order: &Order, stop: &AtomicBool, progress: &(dyn Fn(u64) + Sync)) -> Report {
    let began = Instant::now();
    let threads =
        order.threads.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from));
    let next = AtomicU64::new(0);
    let failed = AtomicU64::new(u64::MAX);
    let gathered = Mutex::new(Gathered::default());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let started = Instant::now();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let seed = order.first.wrapping_add(index);
                    if index >= order.seeds
                        || stop.load(Ordering::Relaxed)
                        || failed.load(Ordering::Relaxed) < seed
                    {
                        break;
                    }
                    let mut outcome = run_seed(seed, &order.limits, 0);
                    let again = index.is_multiple_of(TWICE_EVERY).then(|| run_seed(seed, &order.limits, 0));
                    let repeated = again.is_some();
                    if again.is_some_and(|again| again.trace_hash != outcome.trace_hash) {
                        outcome.violation = Some(violated(Invariant::Sanity, "the same seed has two traces"));
                    }
                    if outcome.violation.is_some() {
                        failed.fetch_min(seed, Ordering::Relaxed);
                    }
                    let done = {
                        let mut gathered = gathered.lock().unwrap_or_else(PoisonError::into_inner);
                        gathered.add(index, outcome, repeated)
                    };
                    progress(done);
                }
                let worked = started.elapsed();
                gathered.lock().unwrap_or_else(PoisonError::into_inner).worked += worked;
            });
        }
    });
    let gathered = gathered.into_inner().unwrap_or_else(PoisonError::into_inner);
    let mut report = gathered.report();
    let seed = failed.into_inner();
    if seed != u64::MAX {
        report.failure = Some(shrink(seed, &order.limits));
    }
    report.took = began.elapsed();
    report
}

#[derive(Default)]
struct Gathered {
    report: Report,
    hashes: BTreeMap<u64, u64>,
    worked: Duration,
}

impl Gathered {
    fn add(&mut self, index: u64, outcome: Outcome, repeated: bool) -> u64 {
        let first = self.report.seeds == 0;
        let report = &mut self.report;
        report.seeds += 1;
        report.steps += outcome.steps * if repeated { 2 } else { 1 };
        report.steps_per_seed.push(outcome.steps);
        report.virtual_ms += outcome.virtual_ms;
        report.repeated += u64::from(repeated);
        let kinds = outcome.struck.len();
        report.kinds_per_seed_min = if first { kinds } else { report.kinds_per_seed_min.min(kinds) };
        report.sites_min = if first { outcome.sites } else { report.sites_min.min(outcome.sites) };
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
        let Self { mut report, hashes, worked } = self;
        report.steps_per_seed.sort_unstable();
        report.worked = worked;
        report.trace_hash = hashes.values().fold(0, |hash, one| crate::random::mix(hash ^ one));
        report
    }
}

/// Takes away from a failing seed what it can do without: fewer sites, processes and conversations, fewer faults, less time.
pub fn shrink(seed: u64, limits: &Limits) -> Failure {
    let mut smallest = limits.clone();
    let first = run_seed(seed, &smallest, HISTORY_MAX);
    let Some(wanted) = first.violation.clone().map(|violation| violation.invariant) else {
        return Failure { seed, outcome: first, limits: smallest };
    };
    let mut best = first;
    let mut runs = 0;
    loop {
        let mut improved = false;
        for smaller in candidates(seed, &smallest) {
            if runs >= SHRINKING_RUNS_MAX {
                return Failure { seed, outcome: best, limits: smallest };
            }
            runs += 1;
            let outcome = run_seed(seed, &smaller, HISTORY_MAX);
            if outcome.violation.as_ref().is_some_and(|violation| violation.invariant == wanted) {
                (best, smallest, improved) = (outcome, smaller, true);
                break;
            }
        }
        if !improved {
            return Failure { seed, outcome: best, limits: smallest };
        }
    }
}

/// Everything that is one step smaller.
fn candidates(seed: u64, limits: &Limits) -> Vec<Limits> {
    let Ok(plan) = Plan::of(seed, limits) else { return Vec::new() };
    let mut smaller = Vec::new();
    let conversations = plan.conversations.len();
    if conversations > 1 {
        smaller.push(Limits { conversations: Some(1), ..limits.clone() });
        smaller.push(Limits { conversations: Some(conversations - 1), ..limits.clone() });
    }
    let processes = plan.definitions.len();
    if processes > 1 {
        smaller.push(Limits { processes: Some(processes - 1), ..limits.clone() });
    }
    if plan.sites > 1 {
        smaller.push(Limits { sites: Some(plan.sites - 1), ..limits.clone() });
    }
    let kinds: Vec<Fault> = plan.swarm.kinds().collect();
    if kinds.len() > 2 {
        let (one, other) = kinds.split_at(kinds.len() / 2);
        smaller.push(Limits { faults: Some(one.to_vec()), ..limits.clone() });
        smaller.push(Limits { faults: Some(other.to_vec()), ..limits.clone() });
    }
    for left_out in &kinds {
        let rest = kinds.iter().copied().filter(|kind| kind != left_out).collect();
        smaller.push(Limits { faults: Some(rest), ..limits.clone() });
    }
    if plan.chaos_ms > 60_000 {
        smaller.push(Limits { chaos_ms: Some(plan.chaos_ms / 2), ..limits.clone() });
    }
    smaller
}

impl std::fmt::Display for Report {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            formatter,
            "{} seeds, {} site steps, median {} per seed, {} steps per second and core, {:.1} s",
            self.seeds,
            self.steps,
            self.median_steps(),
            self.steps_per_second(),
            self.took.as_secs_f64(),
        )?;
        writeln!(
            formatter,
            "{} virtual hours, at least {} sites and {} kinds of fault that struck, {} seeds run twice, trace {:016x}",
            self.virtual_ms / 3_600_000,
            self.sites_min,
            self.kinds_per_seed_min,
            self.repeated,
            self.trace_hash,
        )?;
        writeln!(formatter, "\nfaults that struck:")?;
        for fault in Fault::ALL {
            writeln!(formatter, "{:>10}  {fault}", self.struck.get(fault).copied().unwrap_or(0))?;
        }
        writeln!(formatter, "\nrare events, in so many seeds:")?;
        for mark in Mark::ALL {
            writeln!(formatter, "{:>10}  {}", self.marks.get(mark).copied().unwrap_or(0), mark.name())?;
        }
        let Some(failure) = &self.failure else { return Ok(()) };
        writeln!(formatter, "\n{failure}")
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in &self.outcome.history {
            writeln!(formatter, "{line}")?;
        }
        match &self.outcome.violation {
            Some(violation) => writeln!(formatter, "\nseed {} violates {violation}", self.seed)?,
            None => writeln!(formatter, "\nseed {} does not fail when it is run alone", self.seed)?,
        }
        write!(
            formatter,
            "again: cargo run --release -p tessera-simulation --example campaign -- {}",
            self.arguments()
        )
    }
}
