//! The part of WASI that language runtimes import whether a plugin needs it or not (`wit/wasi.wit`). Nothing is given
//! away: printed lines go to the plugin's log, input is at its end, there are no arguments, variables or terminals, hash
//! maps are seeded alike on every retry, and exiting ends the call as a defect. Other parts of WASI (clocks, randomness,
//! files, sockets) link, so that runtimes with broad imports load, and trap when called.
#![allow(unreachable_pub, reason = "the generated bindings re-export the handle types")]

use sha2::{Digest, Sha256};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, HasSelf, Linker, Resource, ResourceType};

use crate::bindings::tessera::process::log::Level;
use crate::limits::RESOURCE_TYPES_MAX;
use crate::sandbox::{LimitReached, Sandbox};

mod bindings {
    #![allow(unreachable_pub, clippy::all, clippy::pedantic, reason = "generated")]
    #![allow(
        elided_lifetimes_in_paths,
        clippy::use_self,
        clippy::wildcard_enum_match_arm,
        reason = "generated"
    )]

    wasmtime::component::bindgen!({
        world: "tessera:runtime/runtime",
        path: "wit/wasi.wit",
        imports: { default: trappable },
        with: {
            "wasi:io/error.error": super::NoError,
            "wasi:io/poll.pollable": super::AlwaysReady,
            "wasi:io/streams.input-stream": super::EndOfInput,
            "wasi:io/streams.output-stream": super::PrintedLines,
            "wasi:cli/terminal-input.terminal-input": super::NoTerminalInput,
            "wasi:cli/terminal-output.terminal-output": super::NoTerminalOutput,
        },
        require_store_data_send: true,
    });
}

use bindings::wasi::cli::{
    environment, exit, stderr, stdin, stdout, terminal_input, terminal_output, terminal_stderr,
    terminal_stdin, terminal_stdout,
};
use bindings::wasi::io::{error, poll, streams};
use bindings::wasi::random::insecure_seed;
use streams::StreamError;

/// A stream error with details. No guest ever gets one.
pub struct NoError;
/// No guest ever gets one.
pub struct NoTerminalInput;
/// No guest ever gets one.
pub struct NoTerminalOutput;
/// A pollable: nothing here ever waits.
pub struct AlwaysReady;
/// Standard input.
pub struct EndOfInput;
/// Standard output or error; the handle's number says which.
pub struct PrintedLines;

const STDOUT: u32 = 1;
const STDERR: u32 = 2;
/// Bytes a guest may write at once, and after which a line without end is logged as it is.
const PRINTED_LINE_BYTES_MAX: usize = 4096;

/// The interfaces of `wit/wasi.wit`.
const OFFERED: [&str; 14] = [
    "wasi:io/error",
    "wasi:io/poll",
    "wasi:io/streams",
    "wasi:cli/environment",
    "wasi:cli/exit",
    "wasi:cli/stdin",
    "wasi:cli/stdout",
    "wasi:cli/stderr",
    "wasi:cli/terminal-input",
    "wasi:cli/terminal-output",
    "wasi:cli/terminal-stdin",
    "wasi:cli/terminal-stdout",
    "wasi:cli/terminal-stderr",
    "wasi:random/insecure-seed",
];

/// The guest ended itself.
#[derive(Debug, thiserror::Error)]
#[error("it called exit")]
pub(crate) struct Exited;

/// The guest called a part of WASI that nothing is behind.
#[derive(Debug, Clone, thiserror::Error)]
#[error("it called {function}, which plugins are not given")]
pub(crate) struct NotOffered {
    function: String,
}

/// Bytes printed since the last line end.
#[derive(Debug, Default)]
pub(crate) struct Printed {
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

/// Offers the part of WASI that is answered.
pub(crate) fn link(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    error::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    poll::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    streams::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    environment::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    exit::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    stdin::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    stdout::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    stderr::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    terminal_input::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    terminal_output::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    terminal_stdin::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    terminal_stdout::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    terminal_stderr::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    insecure_seed::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)
}

/// Lets the rest of WASI link: its functions trap, saying which one was called.
pub(crate) fn link_rest_as_traps(
    linker: &mut Linker<Sandbox>,
    component: &Component,
) -> wasmtime::Result<()> {
    let engine = linker.engine().clone();
    // An interface may name resources of an earlier one again; they are defined once.
    let mut known: Vec<ResourceType> = Vec::new();
    for (interface, import) in component.component_type().imports(&engine) {
        let ComponentItem::ComponentInstance(instance) = import.ty else { continue };
        let is_rest = interface.starts_with("wasi:") && !is_offered(interface);
        for (name, export) in instance.exports(&engine) {
            if let ComponentItem::Resource(resource) = export.ty {
                let is_new = !known.contains(&resource);
                if is_new {
                    if known.len() == RESOURCE_TYPES_MAX {
                        return Err(wasmtime::Error::msg(format!(
                            "it imports more than {RESOURCE_TYPES_MAX} types of resources"
                        )));
                    }
                    known.push(resource);
                }
                if is_rest && is_new {
                    let of_rest = ResourceType::host::<NotOffered>();
                    linker.instance(interface)?.resource(name, of_rest, |_, _| Ok(()))?;
                }
            } else if is_rest && matches!(export.ty, ComponentItem::ComponentFunc(_)) {
                let called = NotOffered { function: format!("{interface}#{name}") };
                linker.instance(interface)?.func_new(name, move |_, _, _, _| Err(called.clone().into()))?;
            }
        }
    }
    Ok(())
}

fn is_offered(interface: &str) -> bool {
    OFFERED
        .iter()
        .any(|offered| interface.strip_prefix(offered).is_some_and(|rest| rest.starts_with("@0.2.")))
}

impl Sandbox {
    fn print(&mut self, stream: &Resource<PrintedLines>, bytes: &[u8]) -> Result<(), LimitReached> {
        for byte in bytes {
            let pending = self.pending_line(stream.rep());
            if *byte != b'\n' {
                pending.push(*byte);
                if pending.len() < PRINTED_LINE_BYTES_MAX {
                    continue;
                }
            }
            self.end_line(stream.rep())?;
        }
        Ok(())
    }

    /// Logs what was printed without a line end; called when the call is over.
    pub(crate) fn end_printed_lines(&mut self) {
        for stream in [STDOUT, STDERR] {
            if !self.pending_line(stream).is_empty() {
                // The call is over: the last line over the limit is simply not logged.
                let _ = self.end_line(stream);
            }
        }
    }

    fn end_line(&mut self, stream: u32) -> Result<(), LimitReached> {
        let line = std::mem::take(self.pending_line(stream));
        let (level, source) =
            if stream == STDERR { (Level::Warn, "stderr") } else { (Level::Info, "stdout") };
        self.log_line(level, source, &String::from_utf8_lossy(&line))
    }

    fn pending_line(&mut self, stream: u32) -> &mut Vec<u8> {
        if stream == STDERR { &mut self.printed.stderr } else { &mut self.printed.stdout }
    }
}

impl error::Host for Sandbox {}
impl error::HostError for Sandbox {
    fn to_debug_string(&mut self, _: Resource<NoError>) -> wasmtime::Result<String> {
        Ok(String::new())
    }
    fn drop(&mut self, _: Resource<NoError>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl poll::Host for Sandbox {
    fn poll(&mut self, pollables: Vec<Resource<AlwaysReady>>) -> wasmtime::Result<Vec<u32>> {
        Ok((0..).zip(pollables).map(|(index, _)| index).collect())
    }
}
impl poll::HostPollable for Sandbox {
    fn ready(&mut self, _: Resource<AlwaysReady>) -> wasmtime::Result<bool> {
        Ok(true)
    }
    fn block(&mut self, _: Resource<AlwaysReady>) -> wasmtime::Result<()> {
        Ok(())
    }
    fn drop(&mut self, _: Resource<AlwaysReady>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl streams::Host for Sandbox {}

type Streamed<T> = wasmtime::Result<Result<T, StreamError>>;

impl streams::HostInputStream for Sandbox {
    fn read(&mut self, _: Resource<EndOfInput>, _: u64) -> Streamed<Vec<u8>> {
        Ok(Err(StreamError::Closed))
    }
    fn blocking_read(&mut self, _: Resource<EndOfInput>, _: u64) -> Streamed<Vec<u8>> {
        Ok(Err(StreamError::Closed))
    }
    fn skip(&mut self, _: Resource<EndOfInput>, _: u64) -> Streamed<u64> {
        Ok(Err(StreamError::Closed))
    }
    fn blocking_skip(&mut self, _: Resource<EndOfInput>, _: u64) -> Streamed<u64> {
        Ok(Err(StreamError::Closed))
    }
    fn subscribe(&mut self, _: Resource<EndOfInput>) -> wasmtime::Result<Resource<AlwaysReady>> {
        Ok(Resource::new_own(0))
    }
    fn drop(&mut self, _: Resource<EndOfInput>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl streams::HostOutputStream for Sandbox {
    fn check_write(&mut self, _: Resource<PrintedLines>) -> Streamed<u64> {
        Ok(Ok(PRINTED_LINE_BYTES_MAX as u64))
    }
    fn write(&mut self, stream: Resource<PrintedLines>, contents: Vec<u8>) -> Streamed<()> {
        self.print(&stream, &contents)?;
        Ok(Ok(()))
    }
    fn blocking_write_and_flush(
        &mut self,
        stream: Resource<PrintedLines>,
        contents: Vec<u8>,
    ) -> Streamed<()> {
        self.print(&stream, &contents)?;
        Ok(Ok(()))
    }
    fn flush(&mut self, _: Resource<PrintedLines>) -> Streamed<()> {
        Ok(Ok(()))
    }
    fn blocking_flush(&mut self, _: Resource<PrintedLines>) -> Streamed<()> {
        Ok(Ok(()))
    }
    fn subscribe(&mut self, _: Resource<PrintedLines>) -> wasmtime::Result<Resource<AlwaysReady>> {
        Ok(Resource::new_own(0))
    }
    fn write_zeroes(&mut self, stream: Resource<PrintedLines>, len: u64) -> Streamed<()> {
        let zeroes = usize::try_from(len).unwrap_or(usize::MAX).min(PRINTED_LINE_BYTES_MAX);
        self.print(&stream, &[0; PRINTED_LINE_BYTES_MAX][..zeroes])?;
        Ok(Ok(()))
    }
    fn blocking_write_zeroes_and_flush(&mut self, stream: Resource<PrintedLines>, len: u64) -> Streamed<()> {
        self.write_zeroes(stream, len)
    }
    fn splice(&mut self, _: Resource<PrintedLines>, _: Resource<EndOfInput>, _: u64) -> Streamed<u64> {
        Ok(Err(StreamError::Closed))
    }
    fn blocking_splice(
        &mut self,
        _: Resource<PrintedLines>,
        _: Resource<EndOfInput>,
        _: u64,
    ) -> Streamed<u64> {
        Ok(Err(StreamError::Closed))
    }
    fn drop(&mut self, _: Resource<PrintedLines>) -> wasmtime::Result<()> {
        Ok(())
    }
}

impl environment::Host for Sandbox {
    fn get_environment(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        Ok(Vec::new())
    }
    fn get_arguments(&mut self) -> wasmtime::Result<Vec<String>> {
        Ok(Vec::new())
    }
    fn initial_cwd(&mut self) -> wasmtime::Result<Option<String>> {
        Ok(None)
    }
}

impl exit::Host for Sandbox {
    fn exit(&mut self, _: Result<(), ()>) -> wasmtime::Result<()> {
        Err(Exited.into())
    }
}

impl stdin::Host for Sandbox {
    fn get_stdin(&mut self) -> wasmtime::Result<Resource<EndOfInput>> {
        Ok(Resource::new_own(0))
    }
}
impl stdout::Host for Sandbox {
    fn get_stdout(&mut self) -> wasmtime::Result<Resource<PrintedLines>> {
        Ok(Resource::new_own(STDOUT))
    }
}
impl stderr::Host for Sandbox {
    fn get_stderr(&mut self) -> wasmtime::Result<Resource<PrintedLines>> {
        Ok(Resource::new_own(STDERR))
    }
}

impl terminal_input::Host for Sandbox {}
impl terminal_input::HostTerminalInput for Sandbox {
    fn drop(&mut self, _: Resource<NoTerminalInput>) -> wasmtime::Result<()> {
        Ok(())
    }
}
impl terminal_output::Host for Sandbox {}
impl terminal_output::HostTerminalOutput for Sandbox {
    fn drop(&mut self, _: Resource<NoTerminalOutput>) -> wasmtime::Result<()> {
        Ok(())
    }
}
impl terminal_stdin::Host for Sandbox {
    fn get_terminal_stdin(&mut self) -> wasmtime::Result<Option<Resource<NoTerminalInput>>> {
        Ok(None)
    }
}
impl terminal_stdout::Host for Sandbox {
    fn get_terminal_stdout(&mut self) -> wasmtime::Result<Option<Resource<NoTerminalOutput>>> {
        Ok(None)
    }
}
impl terminal_stderr::Host for Sandbox {
    fn get_terminal_stderr(&mut self) -> wasmtime::Result<Option<Resource<NoTerminalOutput>>> {
        Ok(None)
    }
}

impl insecure_seed::Host for Sandbox {
    fn insecure_seed(&mut self) -> wasmtime::Result<(u64, u64)> {
        let digest = Sha256::digest(self.execution.idempotency_key.as_bytes());
        let half = |range: std::ops::Range<usize>| {
            digest[range].iter().fold(0_u64, |seed, byte| (seed << 8) | u64::from(*byte))
        };
        Ok((half(0..8), half(8..16)))
    }
}
