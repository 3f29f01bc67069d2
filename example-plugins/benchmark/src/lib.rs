//! The processes that `tessera bench` measures with. Their handlers do as little as a handler can do for its process: read
//! a variable and write one. What is measured is the engine around them.

use tessera_plugin_sdk::prelude::*;

#[plugin]
impl Benchmark {
    /// Counts how often it was called in this instance.
    #[service_task]
    fn count(ctx: &Context<'_>) -> Outcome {
        let count: i64 = ctx.get("count")?.unwrap_or(0);
        ctx.set("count", &(count + 1))
    }

    /// Computes until it is stopped: what others must not notice.
    #[service_task]
    fn spin(_ctx: &Context<'_>) -> Outcome {
        let mut turns = 0_u64;
        loop {
            turns = std::hint::black_box(turns.wrapping_add(1));
        }
    }

    /// One of many at the same time: answers without touching shared variables.
    #[service_task]
    fn answer(ctx: &Context<'_>) -> Outcome {
        ctx.set_local("answered", &true)
    }
}
