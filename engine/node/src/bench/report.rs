//! What `tessera bench` prints: one structure, as JSON or as a table.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::bench::{Parked, Strangers};
use crate::clock;
use crate::table::Table;

/// All figures of one run; what was not asked for is not there.
#[derive(Debug, Clone, Serialize)]
pub struct Report {
    /// Where and when.
    pub machine: Machine,
    /// Whether this was a short run.
    pub quick: bool,
    /// The interpreter alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub core: Option<Core>,
    /// Three WebAssembly service tasks and a gateway, every step committed and synced, by store.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub durable: BTreeMap<String, Durable>,
    /// One instance with a hundred WebAssembly tasks at the same time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fanout100: Option<FanOut>,
    /// Instances that wait.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parked: Option<Parked>,
    /// A message to another site and its answer, both durable, over mutual TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<Latency>,
    /// Instances of one plugin while another one spins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neighbours: Option<Neighbours>,
    /// A mailbox among strangers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strangers: Option<Strangers>,
    /// How costs grow with size.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub growth: Vec<Growth>,
    /// What the machine allows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
}

impl Report {
    /// One without figures.
    pub(super) fn of(machine: Machine, quick: bool) -> Self {
        Self {
            machine,
            quick,
            core: None,
            durable: BTreeMap::new(),
            fanout100: None,
            parked: None,
            message: None,
            neighbours: None,
            strangers: None,
            growth: Vec::new(),
            limits: None,
        }
    }
}

/// Where and when a run was made.
#[derive(Debug, Clone, Serialize)]
pub struct Machine {
    /// Processor model.
    pub processor: String,
    /// Usable processors.
    pub cores: usize,
    /// Day of the run, UTC.
    pub date: String,
    /// Version of this program.
    pub tessera: &'static str,
}

/// The interpreter alone.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Core {
    /// Start, three service tasks, exclusive gateway, end; in memory, on one core.
    pub instances_per_s: u64,
}

/// Durable instances on one store.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Durable {
    /// One at a time.
    pub sequential: Sequential,
    /// Sixty-four at a time.
    pub concurrent64: Concurrent,
}

/// One instance at a time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Sequential {
    /// Instances per second.
    pub per_s: u64,
    /// Median.
    pub p50_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
}

/// Many instances at a time.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Concurrent {
    /// Instances per second.
    pub per_s: u64,
    /// Median.
    pub p50_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
    /// Instances run.
    pub instances: u64,
    /// Batches committed.
    pub commits: u64,
    /// Times the disk was waited for.
    pub syncs: u64,
    /// Batches per sync.
    pub mean_group: f64,
}

/// A fan-out.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct FanOut {
    /// Median, from start to end.
    pub ms: f64,
}

/// A round trip.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Latency {
    /// Median.
    pub p50_ms: f64,
    /// 99th percentile.
    pub p99_ms: f64,
}

/// Instances of one plugin while a hundred calls of another one spin or wait for their turn to spin.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Neighbours {
    /// 99th percentile when nothing spins; median of five rounds.
    pub undisturbed_p99_ms: f64,
    /// 99th percentile while they spin; median of the same five rounds.
    pub disturbed_p99_ms: f64,
    /// The one divided by the other, in each round; median.
    pub ratio: f64,
    /// How much later than its CPU limit a spinning call ended. Time in which others had the processor does not count for
    /// the limit, and shows here.
    pub past_cpu_limit: Past,
    /// How much later than its wall-clock limit a spinning call ended.
    pub past_wall_limit: Past,
}

/// How much later than a limit calls ended.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Past {
    /// The median of all.
    pub median_ms: f64,
    /// The longest of all.
    pub longest_ms: f64,
}

/// How the cost of one element or token grows with their number in one model or instance.
#[derive(Debug, Clone, Serialize)]
pub struct Growth {
    /// Of what.
    pub what: String,
    /// How many there were, and the microseconds that each took.
    pub us_each: Vec<(usize, f64)>,
}

/// What the machine allows.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Limits {
    /// Appends of 4 KiB, each followed by fdatasync.
    pub fdatasync_per_s: u64,
    /// Calls of a component, each with a fresh instance.
    pub wasm_calls_per_s: u64,
}

impl Machine {
    /// This machine, now.
    pub fn this() -> Self {
        let information = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = information.lines().find_map(|line| line.strip_prefix("model name"));
        Self {
            processor: model.map_or("unknown", |model| model.trim_start_matches(['\t', ' ', ':'])).to_owned(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            date: format!("{:.10}", clock::instant(clock::now()).to_string()),
            tessera: env!("CARGO_PKG_VERSION"),
        }
    }
}

/// The value below which `share` of the durations are, in milliseconds with microsecond resolution.
pub(super) fn percentile_ms(sorted: &[Duration], share: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index into a list of at most some hundred thousand durations"
    )]
    let index = (last as f64 * share).round() as usize;
    sorted.get(index).map_or(0.0, |duration| rounded(duration.as_secs_f64() * 1_000.0))
}

/// Three digits after the point.
pub(super) fn rounded(value: f64) -> f64 {
    (value * 1_000.0).round() / 1_000.0
}

/// How many per second.
pub(super) fn rate(count: usize, took: Duration) -> u64 {
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate for people; exact below 2^53"
    )]
    let rate = (count as f64 / took.as_secs_f64().max(1e-9)) as u64;
    rate
}

/// The report as a table.
pub fn human(report: &Report) -> String {
    let mut table = Table::new(["WORKLOAD", "RATE", "P50", "P99", "NOTE"]);
    let per_s = |rate: u64| format!("{rate}/s");
    let ms = |value: f64| format!("{value:.2} ms");
    let none = String::new;
    if let Some(core) = report.core {
        let name = "interpreter in memory".into();
        table.row([name, per_s(core.instances_per_s), none(), none(), "one core".into()]);
    }
    for (store, durable) in &report.durable {
        let one = durable.sequential;
        table.row([
            format!("durable, one at a time, {store}"),
            per_s(one.per_s),
            ms(one.p50_ms),
            ms(one.p99_ms),
            none(),
        ]);
        let many = durable.concurrent64;
        let note = format!(
            "{} instances, {} commits, {} syncs, {:.1} commits a sync",
            many.instances, many.commits, many.syncs, many.mean_group
        );
        table.row([
            format!("durable, 64 at a time, {store}"),
            per_s(many.per_s),
            ms(many.p50_ms),
            ms(many.p99_ms),
            note,
        ]);
    }
    if let Some(fan_out) = report.fanout100 {
        table.row(["fan-out of 100 tasks".into(), none(), ms(fan_out.ms), none(), "sled".into()]);
    }
    if let Some(parked) = &report.parked {
        let note = format!(
            "{} parked, {} bytes of memory each, recovered in {:.0} ms after kill -9",
            parked.instances, parked.bytes_each, parked.recover_ms
        );
        let name = "correlation of parked instances".into();
        table.row([name, per_s(parked.correlate_per_s), none(), none(), note]);
    }
    if let Some(message) = report.message {
        let name = "message to a peer and back".into();
        table.row([name, none(), ms(message.p50_ms), ms(message.p99_ms), "mutual TLS".into()]);
    }
    if let Some(neighbours) = &report.neighbours {
        let note =
            format!("undisturbed {}, ratio {:.2}", ms(neighbours.undisturbed_p99_ms), neighbours.ratio);
        let name = "neighbour of 100 spinning calls".into();
        table.row([name, none(), none(), ms(neighbours.disturbed_p99_ms), note]);
        for (limit, past) in [("CPU", neighbours.past_cpu_limit), ("wall-clock", neighbours.past_wall_limit)]
        {
            let note = format!("at most {}", ms(past.longest_ms));
            table.row([format!("stop after the {limit} limit"), none(), ms(past.median_ms), none(), note]);
        }
    }
    if let Some(strangers) = &report.strangers {
        let note = format!(
            "{} open at one time, undisturbed p99 {}; each stranger costs {} KiB and stays {:.1} s at most",
            strangers.open,
            ms(strangers.undisturbed.p99_ms),
            strangers.kib_each,
            strangers.longest_s
        );
        table.row([
            format!("request on a new connection among {} strangers", strangers.strangers),
            none(),
            ms(strangers.honest.p50_ms),
            ms(strangers.honest.p99_ms),
            note,
        ]);
    }
    if let Some(limits) = report.limits {
        for (name, rate) in [
            ("limit: append 4 KiB + fdatasync", limits.fdatasync_per_s),
            ("limit: WebAssembly calls", limits.wasm_calls_per_s),
        ] {
            table.row([name.into(), per_s(rate), none(), none(), none()]);
        }
    }
    let Machine { processor, cores, date, tessera } = &report.machine;
    format!(
        "{table}\n{}{processor}, {cores} cores, {date}, tessera {tessera}{}\n",
        growing(&report.growth),
        if report.quick { ", quick" } else { "" }
    )
}

fn growing(growth: &[Growth]) -> String {
    if growth.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["MICROSECONDS FOR EACH OF", "10", "100", "1000", "10000"]);
    for growth in growth {
        let each = |size: usize| {
            let found = growth.us_each.iter().find(|(measured, _)| *measured == size);
            found.map_or_else(String::new, |(_, us)| format!("{us:.1}"))
        };
        table.row([growth.what.clone(), each(10), each(100), each(1_000), each(10_000)]);
    }
    format!("{table}\n")
}
