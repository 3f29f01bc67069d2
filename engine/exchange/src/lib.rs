//! What a site decides between its engine and the mailboxes of the network, as functions: how a message is written, how
//! often it is delivered and when that is given up, how a received one is taken up and answered.
//!
//! No socket, no waiting, no clock, no randomness: the node does what is said here with tokio, the simulator in one
//! thread. Start with [`delivery`].
#![warn(missing_docs)]

pub mod answering;
pub mod backoff;
pub mod delivery;
pub mod inbox;
pub mod writing;
