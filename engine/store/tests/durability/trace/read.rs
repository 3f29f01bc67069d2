//! Reads the output of `strace -f -xx`: lines into calls, calls into steps.

use super::{Action, FileId, Step, below};
use std::collections::BTreeMap;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

const STANDARD_OUTPUT: i64 = 1;

/// A finished call as the trace shows it.
struct Call {
    begin: usize,
    end: usize,
    name: String,
    arguments: String,
    result: i64,
}

/// An open file or folder. Duplicated descriptors share it.
#[derive(Clone, Copy)]
struct OpenId(usize);

struct Open {
    path: PathBuf,
    /// `None` for a folder.
    file: Option<FileId>,
    position: usize,
    append: bool,
}

/// What the process has open and which files have which names.
#[derive(Default)]
struct Process {
    root: PathBuf,
    descriptors: BTreeMap<i64, OpenId>,
    opened: Vec<Open>,
    names: BTreeMap<PathBuf, FileId>,
    files: usize,
    steps: Vec<Step>,
}

/// The steps that concern files below `root`, which was empty at first, and the acknowledgements.
pub(super) fn steps(trace: &str, root: &Path) -> Vec<Step> {
    let mut process = Process { root: root.to_owned(), ..Process::default() };
    for call in calls(trace) {
        process.take(&call);
    }
    process.steps
}

/// The calls in the order of their ends. A call that another thread interrupted in the trace has two lines.
fn calls(trace: &str) -> Vec<Call> {
    let mut unfinished: BTreeMap<&str, (usize, &str)> = BTreeMap::new();
    let mut calls = Vec::new();
    for (number, line) in trace.lines().enumerate() {
        let Some((thread, text)) = line.split_once(' ') else { continue };
        let text = text.trim_start();
        if let Some(begun) = text.strip_suffix(" <unfinished ...>") {
            unfinished.insert(thread, (number, begun));
            continue;
        }
        let (begin, text) = match text.strip_prefix("<... ") {
            None => (number, text.to_owned()),
            Some(resumed) => {
                let (begin, begun) = unfinished.remove(thread).expect("what is resumed was begun");
                let (_, rest) = resumed.split_once(" resumed>").expect("strace says `resumed>`");
                (begin, format!("{begun}{rest}"))
            }
        };
        // Signals and exits are no calls.
        let Some((call, result)) = text.rsplit_once(" = ") else { continue };
        let (Some((name, arguments)), Some(result)) = (call.split_once('('), result.split(' ').next()) else {
            continue;
        };
        // A process that is killed leaves calls whose result is `?`.
        let Ok(result) = result.parse() else { continue };
        let arguments = arguments.trim_end().strip_suffix(')').expect("a finished call is closed").to_owned();
        calls.push(Call { begin, end: number, name: name.to_owned(), arguments, result });
    }
    calls
}

impl Process {
    fn take(&mut self, call: &Call) {
        if call.result < 0 {
            return;
        }
        match call.name.as_str() {
            "openat" => self.open(call),
            "write" | "writev" | "pwrite64" => self.write(call),
            "fsync" | "fdatasync" => self.sync(call),
            "ftruncate" => {
                if let Some(file) = self.open_file(call).and_then(|open| open.file) {
                    self.step(call, Action::Resize { file, bytes: size(call.number(1)) });
                }
            }
            "rename" | "renameat" | "renameat2" => self.rename(call),
            "unlink" | "unlinkat" => {
                let path = call.path(0);
                if self.names.remove(&path).is_some() {
                    self.step(call, Action::Remove { path });
                }
            }
            "mkdir" | "mkdirat" => {
                let path = call.path(0);
                if below(&self.root, &path) {
                    self.step(call, Action::MakeFolder { path });
                }
            }
            "lseek" => {
                let position = size(call.result);
                if let Some(open) = self.open_file(call) {
                    open.position = position;
                }
            }
            "close" => {
                self.descriptors.remove(&call.number(0));
            }
            "fcntl" => {
                let duplicates = call.arguments.contains("F_DUPFD");
                if let Some(open) = self.descriptors.get(&call.number(0)).copied().filter(|_| duplicates) {
                    self.descriptors.insert(call.result, open);
                }
            }
            other => panic!("the trace holds a call that nobody reads: {other}"),
        }
    }

    fn open(&mut self, call: &Call) {
        let path = call.path(0);
        if !below(&self.root, &path) {
            return;
        }
        let flag = |name: &str| call.arguments.contains(name);
        let mut file = self.names.get(&path).copied();
        if file.is_none() && flag("O_CREAT") {
            let created = FileId(self.files);
            self.files += 1;
            self.names.insert(path.clone(), created);
            self.step(call, Action::Create { path: path.clone(), file: created });
            file = Some(created);
        }
        if let Some(file) = file.filter(|_| flag("O_TRUNC")) {
            self.step(call, Action::Resize { file, bytes: 0 });
        }
        self.descriptors.insert(call.result, OpenId(self.opened.len()));
        self.opened.push(Open { path, file, position: 0, append: flag("O_APPEND") });
    }

    fn write(&mut self, call: &Call) {
        let bytes: Vec<u8> = call.strings().concat();
        if call.number(0) == STANDARD_OUTPUT {
            if let Ok(commit) = String::from_utf8_lossy(&bytes).trim_end().parse() {
                self.step(call, Action::Acknowledge(commit));
            }
            return;
        }
        let length = size(call.result);
        let Some(open) = self.open_file(call) else { return };
        assert!(!open.append, "{}: appending is not modelled", open.path.display());
        let offset = if call.name == "pwrite64" {
            size(call.last_number())
        } else {
            open.position += length;
            open.position - length
        };
        let file = open.file.expect("only files are written");
        let bytes = bytes[..length].to_vec();
        self.step(call, Action::Write { file, offset, bytes });
    }

    fn sync(&mut self, call: &Call) {
        let Some(open) = self.open_file(call) else { return };
        let action = match open.file {
            Some(file) => Action::SyncFile { file },
            None => Action::SyncFolder { path: open.path.clone() },
        };
        self.step(call, action);
    }

    fn rename(&mut self, call: &Call) {
        let (from, to) = (call.path(0), call.path(1));
        if let Some(file) = self.names.remove(&from) {
            self.names.insert(to.clone(), file);
            self.step(call, Action::Rename { from, to });
        } else {
            assert!(!below(&self.root, &from), "{}: renaming a folder is not modelled", from.display());
        }
    }

    fn open_file(&mut self, call: &Call) -> Option<&mut Open> {
        let open = *self.descriptors.get(&call.number(0))?;
        self.opened.get_mut(open.0)
    }

    fn step(&mut self, call: &Call, action: Action) {
        self.steps.push(Step { begin: call.begin, end: call.end, action });
    }
}

impl Call {
    /// The argument at a place, of a call whose arguments before it are no strings.
    fn number(&self, place: usize) -> i64 {
        let word = self.arguments.split(", ").nth(place).expect("the argument is there");
        word.parse().unwrap_or_else(|_| panic!("{}: {word} is no number", self.name))
    }

    fn last_number(&self) -> i64 {
        let (_, word) = self.arguments.rsplit_once(", ").expect("several arguments");
        word.parse().unwrap_or_else(|_| panic!("{}: {word} is no number", self.name))
    }

    fn path(&self, place: usize) -> PathBuf {
        let bytes = self.strings().into_iter().nth(place).expect("the call names a path");
        PathBuf::from(std::ffi::OsString::from_vec(bytes))
    }

    /// The quoted strings, in which every byte is written as `\xNN`.
    fn strings(&self) -> Vec<Vec<u8>> {
        assert!(!self.arguments.contains("\"..."), "{}: strace cut a string short", self.name);
        let quoted = self.arguments.split('"').skip(1).step_by(2);
        quoted.map(|text| text.split("\\x").skip(1).map(hexadecimal).collect()).collect()
    }
}

fn hexadecimal(digits: &str) -> u8 {
    u8::from_str_radix(digits, 16).expect("two hexadecimal digits")
}

fn size(number: i64) -> usize {
    number.try_into().expect("offsets and sizes are not negative")
}
