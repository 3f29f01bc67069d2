//! Generated models with known outcome: `cargo run --release -p tessera-simulation --example models -- 10000 10` walks
//! ten paths through each of ten thousand random block structures, on all cores. A third number is the first seed.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "it is a program")]

use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use tessera_simulation::walk::{Walked, walk};

fn main() -> ExitCode {
    let numbers: Result<Vec<u64>, _> = std::env::args().skip(1).map(|text| text.parse()).collect();
    let Ok(numbers) = numbers else {
        eprintln!("the arguments are numbers: models, paths, first seed");
        return ExitCode::from(2);
    };
    let (models, paths) = (numbers.first().copied().unwrap_or(10_000), numbers.get(1).copied().unwrap_or(10));
    let first = numbers.get(2).copied().unwrap_or(1);
    let began = Instant::now();
    let next = AtomicU64::new(0);
    let total = Mutex::new((Walked::default(), None));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= models {
                        return;
                    }
                    let outcome = walk(first + index, paths);
                    let mut total = total.lock().expect("no thread panics while it holds it");
                    match outcome {
                        Ok(walked) => total.0 += walked,
                        Err(deviation) => {
                            next.store(models, Ordering::Relaxed);
                            total.1 = Some(deviation);
                        }
                    }
                }
            });
        }
    });
    let (walked, deviation) = total.into_inner().expect("all threads have ended");
    let Walked { models, paths, steps, ended } = walked;
    let seconds = began.elapsed().as_secs_f64();
    println!("{models} models, {paths} paths, {steps} steps, {ended} activations ended, {seconds:.1} s");
    match deviation {
        Some(deviation) => {
            println!("{deviation}");
            ExitCode::FAILURE
        }
        None => ExitCode::SUCCESS,
    }
}
