//! Black-box tests of the mailbox: interactions over the memory store, then the same through TLS and WebSockets.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod interactions;
mod network;
mod subscriptions;
mod tls;
mod transactions;
