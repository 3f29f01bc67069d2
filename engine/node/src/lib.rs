//! One site: configuration, roles, and the pump that connects the deciding crates with the world.
//!
//! This is the only crate that knows all the others. It decides nothing about processes, messages or access: it opens
//! stores, listens, dials, calls plugins, and does what the core's driver says. Start at [`site`], then `engine/pump.rs`.

pub mod backoff;
pub mod bench;
mod bounded;
pub mod certificate;
pub mod client;
pub mod clock;
pub mod commands;
pub mod config;
pub mod control;
pub mod demo;
mod descriptors;
pub mod engine;
pub mod failure;
pub mod hex;
pub mod limits;
pub mod lint;
pub mod logging;
pub mod scenario;
pub mod simulation;
pub mod site;
pub mod table;
pub mod websocket;

/// Documents are many small values: with the allocator of glibc, a site spends a third of its time there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
