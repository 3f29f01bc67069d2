//! Work on all cores, results in the order of the items: what is printed never depends on which thread was faster.

use std::num::NonZeroUsize;
use std::sync::Mutex;
use std::thread;

/// How many threads this machine has cores for.
pub fn threads() -> usize {
    thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

/// Does the work for each item, on at most this many threads. A panic of the work is a panic of the caller.
pub fn map<T: Send, R: Send>(items: Vec<T>, threads: usize, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let threads = threads.min(items.len());
    if threads < 2 {
        return items.into_iter().map(work).collect();
    }
    let queue = Mutex::new(items.into_iter().enumerate());
    let take = || queue.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
    let mut results: Vec<(usize, R)> = thread::scope(|scope| {
        let run = || {
            let mut done = Vec::new();
            while let Some((place, item)) = take() {
                done.push((place, work(item)));
            }
            done
        };
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(run)).collect();
        let mut results = run();
        for worker in workers {
            match worker.join() {
                Ok(done) => results.extend(done),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        results
    });
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_items() {
        for threads in [1, 2, 7] {
            let squares = map((0..100_u64).collect(), threads, |number| number * number);
            assert_eq!(squares, (0..100_u64).map(|number| number * number).collect::<Vec<_>>());
        }
    }
}
