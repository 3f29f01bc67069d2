//! What whole-system tests stand on: a network of sites, each a process of the real binary with real certificates, real
//! sockets and a store on disk; and the eyes of a peer, which sees no more of a site than its mailbox.
//!
//! Processes never outlive their test, ports are chosen by the system, and everything random prints its seed. Start at
//! [`network::Network`].
#![allow(clippy::panic, reason = "a harness stops the test that it serves, and says why")]

pub mod address;
pub mod chance;
pub mod ledger;
pub mod mailbox;
pub mod network;
pub mod ping;
pub mod process;

/// A plugin with one process per sin; see `plugins/misbehaving`.
pub static MISBEHAVING: &[u8] = include_bytes!(env!("MISBEHAVING"));
