//! What the machine allows: syncs of the disk and calls of a bare component.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use tessera_core::plugin::{Call, Hook};
use tokio::task::JoinSet;

use crate::bench::harness::{Plugins, execution};
use crate::bench::report::rate;
use crate::commands::Failure;

const BLOCK_BYTES: usize = 4 * 1024;
const AT_A_TIME: usize = 16;

/// Appends of 4 KiB, each followed by `fdatasync`.
pub(super) fn fdatasync_per_s(dir: &Path, appends: usize) -> Result<u64, Failure> {
    let path = dir.join("fdatasync");
    let mut file = std::fs::File::create(&path)?;
    let block = [0x5a_u8; BLOCK_BYTES];
    let start = Instant::now();
    for _ in 0..appends {
        file.write_all(&block)?;
        file.sync_data()?;
    }
    let took = start.elapsed();
    std::fs::remove_file(&path)?;
    Ok(rate(appends, took))
}

/// Calls of the benchmark's handler, each in a fresh instance.
pub(super) async fn wasm_calls_per_s(plugins: &Plugins, calls: usize) -> Result<u64, Failure> {
    let directory = plugins.directory().await?;
    let start = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..AT_A_TIME {
        let plugin = plugins.plugin();
        let directory = Arc::clone(&directory);
        workers.spawn(async move {
            for _ in 0..calls / AT_A_TIME {
                let call = Call { handler: "count".into(), hook: Hook::ServiceTask, execution: execution() };
                let directory = Arc::clone(&directory);
                std::hint::black_box(plugin.call(call, directory).await);
            }
        });
    }
    workers.join_all().await;
    Ok(rate(calls / AT_A_TIME * AT_A_TIME, start.elapsed()))
}
