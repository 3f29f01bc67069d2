//! Whole sites as an operator runs them: processes of the real binary, mutual TLS, stores on disk.

mod configuration;
mod crash;
mod federation;
mod foreign_models;
mod hostile;
mod misbehaving;
mod operations;
mod strangers;

use std::path::Path;

use tessera_tests::network::Network;

/// The program under test; built by cargo before these tests.
fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_tessera-under-test"))
}

/// Organisations that play ping-pong.
fn network(names: &[&str]) -> Network {
    Network::new(program(), names, &[("ping-pong", tessera_example_plugins::PING_PONG)])
}
