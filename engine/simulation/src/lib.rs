//! A network of sites in one thread: virtual time, seeded faults, invariants after every step, an oracle for the end.
//!
//! One seed is one world ([`world`]): a random collaboration of three to five sites ([`block`], [`model`]), a random
//! subset of faults ([`fault`]), chaos, then healing. What must always hold is in [`audit`], what must come of it in
//! [`oracle`]. A [`campaign`] runs many seeds on all cores and makes the first failing one smaller. Everything that decides
//! is production code; store, transport, plugins, clock and entropy are simulated.

pub mod audit;
pub mod block;
pub mod campaign;
pub mod canary;
mod content;
mod deed;
mod disk;
pub mod fault;
pub mod mark;
pub mod model;
pub mod network;
pub mod oracle;
pub mod plan;
pub mod plugins;
mod polling;
pub mod random;
pub mod scene;
mod scripted;
pub mod walk;
pub mod world;
