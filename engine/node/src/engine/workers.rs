//! The threads on which plugins compute. They come after all others of the site: a handler that spins takes the time that
//! the engine, the mailbox and the store leave over, and never makes them wait for a processor.

use std::io;

use rustix::process::setpriority_process;
use rustix::thread::gettid;
use tokio::runtime::{Builder, Handle, Runtime};

/// The nice value of these threads, setpriority(2): at 0 they would get as much time as all others.
const NICE: i32 = 10;

/// A runtime for plugin calls alone.
#[derive(Debug)]
pub struct Workers {
    /// `None` once it is being dropped.
    runtime: Option<Runtime>,
    handle: Handle,
}

impl Workers {
    /// One thread for each processor.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .thread_name("plugin-call")
            // A new call does not wait until those that compute have had sixty turns.
            .global_queue_interval(1)
            .on_thread_start(|| {
                if let Err(error) = setpriority_process(Some(gettid()), NICE) {
                    tracing::warn!(%error, "plugins compute on threads like all others");
                }
            })
            .enable_all()
            .build()?;
        Ok(Self { handle: runtime.handle().clone(), runtime: Some(runtime) })
    }

    /// Where calls are spawned.
    pub fn handle(&self) -> &Handle {
        &self.handle
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        // A call that is under way ends at its next tick; nobody waits for it.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
