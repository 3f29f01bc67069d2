//! The program under test: as a running site, and as a command that ends.

use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// A site reads its stores and compiles its plugins first, beside everything else that the machine does.
const READY_WITHIN: Duration = Duration::from_mins(1);
const LOG_LINES_SHOWN: usize = 40;

/// A site's process; killed when dropped.
#[derive(Debug)]
pub struct Running {
    child: Child,
    log: PathBuf,
}

impl Running {
    /// Starts `program run --config …` and returns once it is ready. Its log is appended to `<configuration>.log`.
    pub fn start(program: &Path, configuration: &Path) -> Self {
        let log = configuration.with_extension("log");
        let child = Command::new(program)
            .arg("run")
            .arg("--config")
            .arg(configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(appending(&log))
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        let mut running = Self { child, log };
        running.wait_until_ready();
        running
    }

    fn wait_until_ready(&mut self) {
        let output = self.child.stdout.take().expect("stdout is piped and taken once");
        let (sender, lines) = mpsc::channel();
        // Ends with the process. It goes on reading, so that the process never blocks on a full pipe.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        match lines.recv_timeout(READY_WITHIN) {
            Ok(line) if line.starts_with("ready ") => {}
            Ok(line) => panic!("instead of `ready`, the site says: {line}\n{}", self.log()),
            Err(error) => panic!("the site did not become ready: {error}\n{}", self.log()),
        }
    }

    /// `kill -9`: no handler runs, nothing is flushed.
    pub fn kill(&mut self) {
        self.child.kill().expect("the site is this process's child");
        self.child.wait().expect("a killed child can be waited for");
    }

    /// SIGSTOP: it stands still, its sockets stay open. As a machine that swaps, or a virtual one that is moved.
    pub fn pause(&self) {
        self.signal("-STOP");
    }

    /// SIGCONT.
    pub fn resume(&self) {
        self.signal("-CONT");
    }

    /// The process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args([name, &id]).status().expect("`kill` is part of every Unix");
        assert!(sent.success(), "kill {name} {id}");
    }

    /// SIGTERM, as an operator stops it.
    pub fn terminate(mut self) -> ExitStatus {
        self.signal("-TERM");
        self.child.wait().expect("a terminated child can be waited for")
    }

    /// The last warnings and errors that it logged, then the end of everything.
    pub fn log(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        let (before, end) = lines.split_at(lines.len().saturating_sub(LOG_LINES_SHOWN));
        let grave = before.iter().rev().filter(|line| line.contains(" WARN ") || line.contains(" ERROR "));
        let mut shown: Vec<&str> = grave.take(LOG_LINES_SHOWN).copied().collect();
        shown.reverse();
        shown.extend(end);
        shown.join("\n")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let _ = writeln!(std::io::stderr(), "-- {}\n{}", self.log.display(), self.log());
        }
    }
}

/// Runs a command of the program to its end.
pub fn run(program: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null());
    command.output().unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()))
}

fn appending(log: &Path) -> File {
    let mut options = OpenOptions::new();
    options.create(true).append(true).open(log).unwrap_or_else(|error| panic!("{}: {error}", log.display()))
}

/// What a command says that reads this from standard input.
pub fn fed(command: &mut Command, input: &str) -> Output {
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    let mut standard_input = child.stdin.take().expect("standard input is piped and taken once");
    standard_input.write_all(input.as_bytes()).expect("the command reads it");
    drop(standard_input);
    child.wait_with_output().expect("its output is piped")
}
