//! A failing seed made smaller until nothing can be taken away from it.

use std::collections::BTreeSet;

use super::{Failure, SHRUNK_HISTORY_MAX, run_seed};
use crate::audit::{Invariant, Violation};
use crate::fault::Fault;
use crate::plan::{Limits, Source};

/// Runs that making a failing seed smaller may take.
const RUNS_MAX: u32 = 200;
/// So many words say how something is violated; further ones say where.
const SHAPE_WORDS: usize = 6;

/// Takes away from a failing seed what it can do without: fewer sites, processes and conversations, fewer faults, less time.
pub fn shrink(source: Source<'_>, seed: u64, limits: &Limits) -> Failure {
    let mut smallest = limits.clone();
    let first = run_seed(source, seed, &smallest, SHRUNK_HISTORY_MAX);
    let Some(wanted) = first.violation.as_ref().map(shape) else {
        return Failure { seed, outcome: first, limits: smallest };
    };
    let mut best = first;
    let mut runs = 0;
    loop {
        let mut improved = false;
        for smaller in candidates(source, seed, &smallest) {
            if runs >= RUNS_MAX {
                return Failure { seed, outcome: best, limits: smallest };
            }
            runs += 1;
            let outcome = run_seed(source, seed, &smaller, SHRUNK_HISTORY_MAX);
            if outcome.violation.as_ref().is_some_and(|violation| shape(violation) == wanted) {
                (best, smallest, improved) = (outcome, smaller, true);
                break;
            }
        }
        if !improved {
            return Failure { seed, outcome: best, limits: smallest };
        }
    }
}

/// What is violated and how, whoever it is: a smaller seed must show the same, not something else.
fn shape(violation: &Violation) -> (Invariant, String) {
    let is_name = |word: &&str| word.chars().any(|letter| letter.is_ascii_digit());
    let words = violation.detail.split_whitespace().filter(|word| !is_name(word));
    (violation.invariant, words.take(SHAPE_WORDS).collect::<Vec<_>>().join(" "))
}

/// Everything that is one step smaller.
fn candidates(source: Source<'_>, seed: u64, limits: &Limits) -> Vec<Limits> {
    let Ok(plan) = source(seed, limits) else { return Vec::new() };
    let mut smaller = Vec::new();
    let conversations = plan.starts.len();
    if conversations > 1 {
        smaller.push(Limits { conversations: Some(1), ..limits.clone() });
        smaller.push(Limits { conversations: Some(conversations - 1), ..limits.clone() });
    }
    let processes: BTreeSet<_> = plan.definitions.iter().map(|definition| &definition.canonical).collect();
    let processes = processes.len();
    if processes > 1 && plan.is_drawn {
        smaller.push(Limits { processes: Some(processes - 1), ..limits.clone() });
    }
    if plan.sites > 1 && plan.is_drawn {
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
