//! What a campaign says: to people, and to programs.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::{Failure, Report};
use crate::fault::Fault;
use crate::mark::Mark;
use crate::plan::Limits;

impl Report {
    /// Half of the seeds have at most so many steps.
    pub fn median_steps(&self) -> u64 {
        self.steps_per_seed.get(self.steps_per_seed.len() / 2).copied().unwrap_or(0)
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let struck: Map<String, Value> =
            Fault::ALL.iter().map(|fault| (fault.name().to_owned(), json!(self.struck.get(fault)))).collect();
        let marks: Map<String, Value> =
            Mark::ALL.iter().map(|mark| (mark.name().to_owned(), json!(self.marks.get(mark)))).collect();
        json!({
            "seeds": self.seeds,
            "steps": self.steps,
            "median_steps_per_seed": self.median_steps(),
            "steps_per_second_and_core": self.steps_per_second(),
            "seconds": self.took.as_secs_f64(),
            "virtual_hours": self.virtual_ms / 3_600_000,
            "sites_per_seed_min": self.sites_min,
            "fault_kinds_per_seed_min": self.kinds_per_seed_min,
            "fault_kinds_that_struck_per_seed_min": self.struck_per_seed_min,
            "seeds_run_twice": self.repeated,
            "trace": format!("{:016x}", self.trace_hash),
            "faults": struck,
            "rare_events": marks,
            "never_met": self.never_met,
            "stopped": self.stopped,
            "failure": self.failure.as_ref().map(Failure::json),
        })
    }

    /// Steps per second and core.
    pub fn steps_per_second(&self) -> u64 {
        let worked = u64::try_from(self.worked.as_micros()).unwrap_or(u64::MAX).max(1);
        self.steps.saturating_mul(1_000_000) / worked
    }
}

impl Failure {
    /// The same for programs.
    pub fn json(&self) -> Value {
        json!({
            "seed": self.seed,
            "invariant": self.outcome.violation.as_ref().map(|violation| violation.invariant.name()),
            "detail": self.outcome.violation.as_ref().map(|violation| &violation.detail),
            "again": format!("tessera simulate {}", self.arguments()),
            "history": self.outcome.history,
        })
    }

    /// The arguments of the command that show it again.
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
            "{} virtual hours, {} seeds run twice, trace {:016x}",
            self.virtual_ms / 3_600_000,
            self.repeated,
            self.trace_hash,
        )?;
        writeln!(
            formatter,
            "each seed has at least {} sites and {} kinds of fault, of which at least {} struck",
            self.sites_min, self.kinds_per_seed_min, self.struck_per_seed_min,
        )?;
        writeln!(formatter, "\nfaults that struck:")?;
        for fault in Fault::ALL {
            writeln!(formatter, "{:>10}  {fault}", self.struck.get(fault).copied().unwrap_or(0))?;
        }
        writeln!(formatter, "\nrare events, in so many seeds:")?;
        for mark in Mark::ALL {
            writeln!(formatter, "{:>10}  {}", self.marks.get(mark).copied().unwrap_or(0), mark.name())?;
        }
        if !self.never_met.is_empty() {
            writeln!(formatter, "\nso many seeds should have met: {}", self.never_met.join("; "))?;
        }
        if self.stopped {
            writeln!(formatter, "\nstopped before all seeds were run")?;
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
        if let Some(violation) = &self.outcome.violation {
            writeln!(formatter, "\nseed {} violates {violation}", self.seed)?;
        }
        write!(formatter, "again with: tessera simulate {}", self.arguments())
    }
}
