//! The processes that are traced, stopped and killed: this test binary, started again in a role.

use crate::full_disk;
use crate::ledger::{Acknowledged, Commit, WRITERS};
use crate::subject::Subject;
use std::fs;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Arc, mpsc};
use tessera_store::{Committer, Outcome};

const ROLE: &str = "TESSERA_DURABILITY_ROLE";

/// What a child process does. As text, `role subject life argument directory`.
pub(crate) enum Role {
    /// Commits, and acknowledges each commit by a line of its own on standard output.
    Write { subject: Subject, life: u32, commits_per_writer: u32, dir: PathBuf },
    /// Commits until the disk fails.
    Fill { subject: Subject, groups_max: u32, dir: PathBuf },
    /// Fails unless the store holds what was acknowledged.
    Verify { subject: Subject, life: u32, acknowledged: Acknowledged, dir: PathBuf },
}

impl Role {
    pub(crate) fn from_environment() -> Option<Self> {
        let text = std::env::var(ROLE).ok()?;
        let words: Vec<&str> = text.splitn(5, ' ').collect();
        let [role, subject, life, argument, dir] = words[..] else { panic!("{ROLE}={text}") };
        let subject = subject.parse().unwrap();
        let life = life.parse().unwrap();
        let dir = PathBuf::from(dir);
        match role {
            "write" => {
                Some(Self::Write { subject, life, commits_per_writer: argument.parse().unwrap(), dir })
            }
            "fill" => Some(Self::Fill { subject, groups_max: argument.parse().unwrap(), dir }),
            "verify" => Some(Self::Verify { subject, life, acknowledged: argument.parse().unwrap(), dir }),
            other => panic!("unknown role {other}"),
        }
    }

    pub(crate) fn play(self) {
        match self {
            Self::Write { subject, life, commits_per_writer, dir } => {
                write(subject, life, commits_per_writer, &dir);
            }
            Self::Fill { subject, groups_max, dir } => {
                full_disk::commit_until_it_fails(subject, groups_max, &dir);
            }
            Self::Verify { subject, life, acknowledged, dir } => {
                acknowledged.verify(&*subject.open(&dir).unwrap(), life).unwrap();
            }
        }
    }

    /// This binary in the role, behind the words of `before` (a tracer).
    pub(crate) fn command(&self, before: &[&str]) -> Command {
        let binary = std::env::current_exe().unwrap();
        let mut words = before.iter();
        let mut command = match words.next() {
            Some(program) => {
                let mut command = Command::new(program);
                command.args(words).arg(binary);
                command
            }
            None => Command::new(binary),
        };
        let role = match self {
            Self::Write { subject, life, commits_per_writer, dir } => {
                format!("write {subject} {life} {commits_per_writer} {}", dir.display())
            }
            Self::Fill { subject, groups_max, dir } => {
                format!("fill {subject} 0 {groups_max} {}", dir.display())
            }
            Self::Verify { subject, life, acknowledged, dir } => {
                format!("verify {subject} {life} {acknowledged} {}", dir.display())
            }
        };
        command.args(["--exact", "child_process", "--nocapture"]).env(ROLE, role);
        command
    }
}

fn write(subject: Subject, life: u32, commits_per_writer: u32, dir: &Path) {
    let committer = Committer::start(subject.open(dir).unwrap()).unwrap();
    let committer = Arc::new(committer);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let committer = Arc::clone(&committer);
            scope.spawn(move || {
                for number in 1..=commits_per_writer {
                    let commit = Commit { life, writer, number };
                    let (done, finished) = mpsc::channel();
                    let on_done = Box::new(move |outcome| {
                        assert_eq!(outcome, Outcome::Committed);
                        // One write for the line, on the committer's thread: as early as anyone can know.
                        std::io::stdout().lock().write_all(format!("{commit}\n").as_bytes()).unwrap();
                        done.send(()).unwrap();
                    });
                    committer.submit(commit.batch(), on_done);
                    finished.recv().unwrap();
                }
            });
        }
    });
}

/// A writing process. Killed with the value.
pub(crate) struct Writer {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Writer {
    pub(crate) fn start(subject: Subject, dir: &Path, life: u32) -> Self {
        let role = Role::Write { subject, life, commits_per_writer: u32::MAX, dir: dir.to_owned() };
        let mut child = role.command(&[]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// Waits for so many more acknowledgements.
    pub(crate) fn read_acknowledgements(&mut self, acknowledged: &mut Acknowledged, count: u32) {
        let mut read = 0;
        let mut line = String::new();
        while read < count {
            line.clear();
            assert!(self.output.read_line(&mut line).unwrap() > 0, "the writer ended early");
            if let Ok(commit) = line.trim_end().parse() {
                acknowledged.add(commit);
                read += 1;
            }
        }
    }

    /// Stops the process in the middle of whatever it does; it never runs again.
    pub(crate) fn stop(&self) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-STOP", &id]).status().unwrap().success());
        // A thread that waits for the disk stops when the disk has answered.
        while !self.stands_still() {
            std::thread::yield_now();
        }
    }

    fn stands_still(&self) -> bool {
        let threads = fs::read_dir(format!("/proc/{}/task", self.child.id())).unwrap();
        threads.into_iter().all(|thread| {
            let Ok(status) = fs::read_to_string(thread.unwrap().path().join("stat")) else { return true };
            status.rsplit_once(") ").is_some_and(|(_, fields)| fields.starts_with('T'))
        })
    }

    /// Kills the process and adds what it had acknowledged until then.
    pub(crate) fn kill(&mut self, acknowledged: &mut Acknowledged) {
        self.child.kill().unwrap();
        for line in (&mut self.output).lines() {
            // The last line may be torn; then it was not acknowledged.
            if let Ok(commit) = line.unwrap().parse() {
                acknowledged.add(commit);
            }
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Fails only if the process has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn random_below(bound: u32) -> u32 {
    let random = RandomState::new().build_hasher().finish() % u64::from(bound);
    random.try_into().expect("below a u32")
}
