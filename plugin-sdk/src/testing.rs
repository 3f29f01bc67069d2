//! Tests a plugin's handlers natively, one call at a time, without an engine: a site made of a few lines of data.
//!
//! ```
//! use tessera_plugin_sdk::{Context, Outcome, Plugin, testing::MockHost};
//!
//! struct Counter;
//! impl Plugin for Counter {
//!     fn service_task(ctx: &Context<'_>, _handler: &str) -> Outcome {
//!         ctx.set("seen", &(ctx.get::<u32>("seen")?.unwrap_or(0) + 1))
//!     }
//! }
//!
//! let host = MockHost::new("dic1.example").with_variable("seen", 1);
//! host.service_task::<Counter>("count").unwrap();
//! assert_eq!(host.variable("seen"), Some(2.into()));
//! ```
//!
//! With the feature `simulation` there is more: `Federation`, whole networks of organisations with the compiled plugin.

#[cfg(feature = "simulation")]
pub mod federation;
mod mock;
mod search;
mod tasks;

#[cfg(feature = "simulation")]
pub use federation::Federation;
pub use mock::{LogLine, MockHost};
pub use tasks::{input, message, task, text_input};
