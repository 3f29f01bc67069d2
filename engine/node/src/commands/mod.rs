//! One file per command. Results go to standard output, everything else to standard error; the exit code is 0 when the
//! command did what was asked, 1 when the answer is "no", 2 when it could not run.

pub mod bench;
pub mod cert;
pub mod compile_plugin;
pub mod demo;
pub mod exec;
pub mod instance;
pub mod lint;
pub mod plugin;
pub mod process;
pub mod render;
pub mod run;
pub mod scenario;
pub mod simulate;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};

use crate::config::Config;

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a site
    Run(run::Arguments),
    /// Three sites on loopback play ping-pong
    Demo(demo::Arguments),
    /// Process instances of a running site
    Instance(instance::Arguments),
    /// Process definitions of a running site
    Process(process::Arguments),
    /// Plugins of a running site
    Plugin(plugin::Arguments),
    /// Development certificates
    Cert(cert::Arguments),
    /// Check models, resources and plugins
    Lint(lint::Arguments),
    /// Draw a model
    Render(render::Arguments),
    /// Run scenario files against process models, in virtual time
    Scenario(scenario::Arguments),
    /// Run a network of sites in virtual time, with faults
    Simulate(simulate::Arguments),
    /// Run one process locally and print the way it took
    Exec(exec::Arguments),
    /// Compile the plugin on standard input for the process that started this one
    #[command(name = compile_plugin::NAME, hide = true)]
    CompilePlugin,
    /// Measure this machine and this build
    Bench(bench::Arguments),
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Human,
    /// For programs.
    Json,
}

/// Why a command did not succeed.
#[derive(Debug)]
pub enum Failure {
    /// The answer is "no"; it has been printed. Exit code 1.
    No,
    /// The command could not run. Exit code 2.
    CouldNotRun(String),
}

impl<E: std::error::Error> From<E> for Failure {
    fn from(error: E) -> Self {
        use std::fmt::Write as _;
        let mut text = error.to_string();
        let mut cause = error.source();
        while let Some(next) = cause {
            if !text.contains(&next.to_string()) {
                let _ = write!(text, ": {next}");
            }
            cause = next.source();
        }
        Self::CouldNotRun(text)
    }
}

/// Runs a command to its exit code.
pub fn run(command: Command) -> ExitCode {
    let result = match command {
        Command::CompilePlugin => return compile_plugin::run(),
        Command::Run(arguments) => run::run(&arguments),
        Command::Demo(arguments) => demo::run(&arguments),
        Command::Instance(arguments) => instance::run(arguments),
        Command::Process(arguments) => process::run(arguments),
        Command::Plugin(arguments) => plugin::run(&arguments),
        Command::Cert(arguments) => cert::run(&arguments),
        Command::Lint(arguments) => lint::run(&arguments),
        Command::Render(arguments) => render::run(&arguments),
        Command::Scenario(arguments) => scenario::run(arguments),
        Command::Simulate(arguments) => simulate::run_seeds(&arguments),
        Command::Exec(arguments) => exec::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::No) => ExitCode::FAILURE,
        Err(Failure::CouldNotRun(reason)) => {
            say_error(&reason);
            ExitCode::from(2)
        }
    }
}

/// Which running site a command talks to.
#[derive(Debug, Args)]
pub struct SiteArguments {
    /// The site's configuration file
    #[arg(long, value_name = "FILE", default_value = "site.toml", conflicts_with = "data", global = true)]
    config: PathBuf,
    /// The site's data directory, instead of its configuration
    #[arg(long, value_name = "DIR", global = true)]
    data: Option<PathBuf>,
}

impl SiteArguments {
    /// The site's data directory.
    pub fn data(&self) -> Result<PathBuf, Failure> {
        match &self.data {
            Some(data) => Ok(data.clone()),
            None => Ok(Config::load(&self.config)?.data),
        }
    }
}

/// A runtime for commands that only ask one question.
pub fn block_on<T>(future: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(future)
}

/// Writes to standard output; a reader that has gone is no error.
pub fn say(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

/// One line, e.g. a JSON document.
pub fn say_line(text: impl std::fmt::Display) {
    say(&format!("{text}\n"));
}

fn say_error(reason: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr().lock(), "error: {reason}");
}
