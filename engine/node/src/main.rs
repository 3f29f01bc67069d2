//! The command line of Tessera. Each command is one file in `commands/`; this one only chooses.

use std::process::ExitCode;

use clap::Parser;
use tessera::commands::{self, Command};

/// Runs BPMN processes between organisations: mailbox, engine and tools in one binary.
#[derive(Debug, Parser)]
#[command(name = "tessera", version, about, propagate_version = true, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    commands::run(Arguments::parse().command)
}
