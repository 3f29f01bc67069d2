//! The interpreter, without I/O: one process instance (`instance`), what a site remembers (`site`), and the order of
//! load, decide, commit, perform, reply (`driver`).
//!
//! Nothing in this crate reads a clock, draws randomness, opens a file or a socket, or waits. Time and entropy are
//! arguments; what must happen outside is an [`effect::Effect`]. Start reading at [`instance`], then [`driver`].
#![warn(missing_docs)]

pub mod calling;
#[doc = include_str!("differences.md")]
pub mod differences {}
pub mod driver;
pub mod effect;
pub mod entropy;
pub mod identity;
pub mod instance;
mod json;
pub mod limits;
pub mod message;
pub mod plugin;
pub mod site;
