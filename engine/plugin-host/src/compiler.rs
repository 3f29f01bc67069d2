//! Where packages become machine code: in a process of their own, whose memory and time the kernel bounds, so that a
//! component that is made to be hard to compile costs the site nothing. The process gets a request and the package on
//! its standard input, and answers with the code on its standard output.

use std::ffi::OsString;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rlimit::Resource;
use serde::{Deserialize, Serialize};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::host::{Settings, engine_config};
use crate::limits::{COMPILED_BYTES_MAX, COMPILER_MESSAGE_BYTES_MAX, CompilationLimits, PACKAGE_BYTES_MAX};
use crate::package::Package;
use crate::plugin::LoadError;

/// Where packages are compiled.
#[derive(Debug, Clone)]
pub enum Compiler {
    /// Here: for packages that are trusted, as those of a benchmark or a test.
    ThisProcess,
    /// In a process of its own for each package.
    Child(CompilerProcess),
}

/// A program that calls [`compile_for_parent`] and nothing else.
#[derive(Debug, Clone)]
pub struct CompilerProcess {
    /// The program; usually the one that runs.
    pub program: PathBuf,
    /// What makes it call [`compile_for_parent`].
    pub arguments: Vec<OsString>,
    /// What it may use.
    pub limits: CompilationLimits,
}

/// The first line of the process's standard input.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    /// The code depends on it: bounds checks are left out where the memory's reservation makes them needless.
    call_memory_bytes: usize,
    memory_bytes: u64,
    cpu_seconds: u64,
}

/// Input, output and errors: what the process has, and all that it can have.
const DESCRIPTORS: u64 = 3;
/// How long it may take to hear why a process ended that has ended.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// The words of Rust, of Cranelift and of the kernel for it.
const OUT_OF_MEMORY: [&str; 3] = ["memory allocation of", "out-of-memory error", "Cannot allocate memory"];
/// How the process says that the package, not the compiler, is to blame.
const NOT_COMPILABLE: u8 = 3;

impl Compiler {
    pub(crate) fn compile(
        &self,
        engine: &Engine,
        settings: &Settings,
        package: &Package,
    ) -> Result<Component, LoadError> {
        match self {
            Self::ThisProcess => Component::from_binary(engine, package.bytes())
                .map_err(|error| LoadError::Compile(format!("{error:#}"))),
            Self::Child(process) => {
                let code = process.compile(settings.limits.memory_bytes, package)?;
                // Now it is held against the pool: too many tables, memories or instances for one call.
                load(engine, &code).map_err(|error| LoadError::Compile(format!("{error:#}")))
            }
        }
    }
}

/// The one place where bytes become code that runs.
#[expect(
    unsafe_code,
    reason = "wasmtime cannot check that code is the output of its own compiler; we know it: it came over a pipe that \
              only the process that we started holds, which runs this same program, and reads nothing but the package"
)]
fn load(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: see the reason above. No file, no cache and no peer is between that process and this line.
    unsafe { Component::deserialize(engine, code) }
}

impl CompilerProcess {
    fn compile(&self, call_memory_bytes: usize, package: &Package) -> Result<Vec<u8>, LoadError> {
        let begun = Instant::now();
        let left = || self.limits.wall.saturating_sub(begun.elapsed());
        // No environment, and no descriptor but three pipes: all others close when another program starts.
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.unusable("the compiling process does not start", &error))?;
        let request = Request {
            call_memory_bytes,
            memory_bytes: self.limits.memory_bytes,
            cpu_seconds: self.limits.cpu.as_secs().max(1),
        };
        let mut request = serde_json::to_vec(&request).expect("three numbers");
        request.push(b'\n');
        request.extend_from_slice(package.bytes());
        let (Some(mut input), Some(output), Some(errors)) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take())
        else {
            return Err(self.unusable("the compiling process has no pipes", &"not even one"));
        };
        // Each pipe has a thread that nobody waits for: whoever else holds the other end cannot hold up the site. What
        // cannot be written was not wanted: a process that ended early says why.
        thread::spawn(move || input.write_all(&request));
        let output = read(output, COMPILED_BYTES_MAX);
        let errors = read(errors, COMPILER_MESSAGE_BYTES_MAX);
        let code = output.recv_timeout(left()).ok();
        let is_short = code.as_ref().is_some_and(|code| code.len() <= COMPILED_BYTES_MAX);
        // It has closed its output and has nothing left to do but to end.
        let ended = if is_short { ends(&mut child, left) } else { Ok(None) };
        if !matches!(ended, Ok(Some(_))) {
            // Nothing is left to stop if this fails. Waiting leaves no zombie behind.
            let _ = child.kill();
            let _ = child.wait();
        }
        let ended = ended.map_err(|error| self.unusable("the compiling process is lost", &error))?;
        match (code, ended) {
            (Some(code), Some(status)) if status.success() => Ok(code),
            (_, Some(status)) => {
                let said = errors.recv_timeout(LAST_WORDS).unwrap_or_default();
                Err(self.explain(status, &String::from_utf8_lossy(&said)))
            }
            (Some(code), None) if code.len() > COMPILED_BYTES_MAX => {
                Err(LoadError::Limit(format!("its code has more than {COMPILED_BYTES_MAX} bytes")))
            }
            (_, None) => {
                Err(LoadError::Limit(format!("it did not end within {}", seconds(self.limits.wall))))
            }
        }
    }

    fn explain(&self, status: ExitStatus, said: &str) -> LoadError {
        const SIGKILL: i32 = 9;
        const SIGXCPU: i32 = 24;
        let said = said.trim();
        match (status.code(), status.signal()) {
            (Some(code), _) if code == i32::from(NOT_COMPILABLE) => LoadError::Compile(said.to_owned()),
            (_, Some(SIGXCPU)) => {
                LoadError::Limit(format!("it computes for more than {}", seconds(self.limits.cpu)))
            }
            _ if OUT_OF_MEMORY.iter().any(|words| said.contains(words)) => LoadError::Limit(format!(
                "it needs more than {} MiB of memory",
                self.limits.memory_bytes >> 20
            )),
            _ if said.contains("has overflowed its stack") => {
                LoadError::Limit("it is nested too deeply for the compiler".to_owned())
            }
            (_, Some(SIGKILL)) => LoadError::Compiler(
                "somebody killed the compiling process; perhaps this machine has no memory left".to_owned(),
            ),
            _ => LoadError::Compiler(format!("the compiling process ended with {status}: {said}")),
        }
    }

    fn unusable(&self, what: &str, error: &dyn std::fmt::Display) -> LoadError {
        LoadError::Compiler(format!("{what} ({}): {error}", self.program.display()))
    }
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs())
}

/// Waits for the end of a process as long as there is time left.
fn ends(child: &mut Child, left: impl Fn() -> Duration) -> std::io::Result<Option<ExitStatus>> {
    const LOOK_AGAIN: Duration = Duration::from_millis(2);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if left().is_zero() {
            return Ok(None);
        }
        thread::sleep(LOOK_AGAIN.min(left()));
    }
}

/// Reads a pipe to its end, in a thread of its own.
fn read(pipe: impl Read + Send + 'static, limit: usize) -> Receiver<Vec<u8>> {
    let (send, received) = channel();
    // Nobody may be interested any more.
    thread::spawn(move || send.send(bounded(pipe, limit)));
    received
}

/// What comes, up to one byte more than `limit`, so that too much can be told from enough.
fn bounded(source: impl Read, limit: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    // What a process said before its pipe broke is what it said.
    let _ = source.take(limit).read_to_end(&mut bytes);
    bytes
}

/// What the compiling process does: bounds itself, reads, compiles, answers. Call it first thing in `main`.
pub fn compile_for_parent(input: impl Read, mut output: impl Write, mut errors: impl Write) -> ExitCode {
    let code = match compile(input) {
        Ok(code) => code,
        Err(Mistake { exit, message }) => {
            let _ = writeln!(errors, "{message}");
            return ExitCode::from(exit);
        }
    };
    match output.write_all(&code).and_then(|()| output.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

struct Mistake {
    exit: u8,
    message: String,
}

fn compile(mut input: impl Read) -> Result<Vec<u8>, Mistake> {
    let broken = |message: String| Mistake { exit: 1, message };
    let request = request(&mut input).map_err(broken)?;
    bound(&request).map_err(|error| broken(format!("the limits cannot be set: {error}")))?;
    let package = bounded(input, PACKAGE_BYTES_MAX);
    if package.len() > PACKAGE_BYTES_MAX {
        return Err(broken("the package is too large".to_owned()));
    }
    let mut config = engine_config(1, request.call_memory_bytes);
    config.parallel_compilation(false);
    let engine = Engine::new(&config).map_err(|error| broken(format!("{error:#}")))?;
    engine
        .precompile_component(&package)
        .map_err(|error| Mistake { exit: NOT_COMPILABLE, message: format!("{error:#}") })
}

/// The first line, byte by byte: what follows it is the package's.
fn request(input: &mut impl Read) -> Result<Request, String> {
    const LINE_BYTES_MAX: usize = 1024;
    let (mut line, mut byte) = (Vec::new(), [0]);
    while line.len() < LINE_BYTES_MAX && input.read_exact(&mut byte).is_ok() {
        if byte == *b"\n" {
            return serde_json::from_slice(&line).map_err(|error| error.to_string());
        }
        line.extend(byte);
    }
    Err("this command is for Tessera itself: it compiles a plugin for the process that started it".to_owned())
}

/// Reservations of address space are free; what can be written to counts. It opens nothing, starts nothing, and writes to
/// its pipes only.
fn bound(request: &Request) -> std::io::Result<()> {
    Resource::DATA.set(request.memory_bytes, request.memory_bytes)?;
    // The first one is heard of as a signal of its own, the second one as a kill like any other.
    Resource::CPU.set(request.cpu_seconds, request.cpu_seconds.saturating_add(1))?;
    Resource::CORE.set(0, 0)?;
    Resource::FSIZE.set(0, 0)?;
    Resource::NPROC.set(0, 0)?;
    Resource::NOFILE.set(DESCRIPTORS, DESCRIPTORS)
}
