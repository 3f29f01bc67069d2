//! The campaign as a small program that links no WebAssembly: quick to build, for those who change the engine.
//!
//! `cargo run --release -p tessera-simulation --example campaign -- --seeds 10000`; `--seed S` runs one and shows its history.
//! `--first N`, `--threads N`, `--sites`, `--processes`, `--conversations`, `--chaos-ms`, `--faults a,b` (or `none`) take away from each seed.
//! With `--features canaries`, `--canary NAME` plants a bug that must be found.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::process::ExitCode;

use tessera_simulation::campaign::{Failure, Order, Watch, run, run_seed};
use tessera_simulation::canary::{self, Canary};
use tessera_simulation::fault::Fault;
use tessera_simulation::plan::{Limits, Plan};

/// The last happenings that are shown of one seed.
const HISTORY_MAX: usize = 10_000;

fn main() -> ExitCode {
    match command(std::env::args().skip(1)) {
        Ok(code) => code,
        Err(wrong) => {
            eprintln!(
                "{wrong}; the head of engine/simulation/examples/campaign.rs says what can be asked for"
            );
            ExitCode::from(2)
        }
    }
}

fn command(mut arguments: impl Iterator<Item = String>) -> Result<ExitCode, String> {
    let mut order = Order {
        first: 1,
        seeds: 1_000,
        limits: Limits::default(),
        threads: None,
        shrinks: true,
        canary: None,
    };
    let mut single = None;
    while let Some(option) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{option} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{option} needs a number, not {value}"));
        let count = || number().map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        match &*option {
            "--seeds" => order.seeds = number()?,
            "--first" => order.first = number()?,
            "--seed" => single = Some(number()?),
            "--sites" => order.limits.sites = Some(count()?),
            "--processes" => order.limits.processes = Some(count()?),
            "--conversations" => order.limits.conversations = Some(count()?),
            "--chaos-ms" => order.limits.chaos_ms = Some(number()?),
            "--faults" => order.limits.faults = Some(faults(&value)?),
            "--threads" => order.threads = Some(count()?),
            "--canary" => {
                let named = Canary::named(&value).ok_or_else(|| format!("there is no canary {value}"))?;
                order.canary = Some(named);
            }
            _ => return Err(format!("there is no option {option}")),
        }
    }
    let failed = if let Some(seed) = single {
        canary::plant(order.canary.or_else(canary::of_this_build))?;
        let outcome = run_seed(&Plan::of, seed, &order.limits, HISTORY_MAX);
        let failed = outcome.violation.is_some();
        if failed {
            println!("{}", Failure { seed, outcome, limits: order.limits });
        } else {
            let struck: Vec<_> = outcome.struck.keys().map(|fault| fault.name()).collect();
            println!(
                "seed {seed}: {} site steps, trace {:016x}, no violation; struck: {}",
                outcome.steps,
                outcome.trace_hash,
                struck.join(" ")
            );
        }
        failed
    } else {
        let report = run(&Plan::of, &order, Watch::nobody())?;
        println!("{report}");
        !report.is_good()
    };
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn faults(text: &str) -> Result<Vec<Fault>, String> {
    let named = |name: &str| {
        let known = Fault::ALL.iter().copied().find(|fault| fault.name() == name);
        known.ok_or_else(|| format!("there is no fault {name}"))
    };
    if text == "none" { Ok(Vec::new()) } else { text.split(',').map(named).collect() }
}
