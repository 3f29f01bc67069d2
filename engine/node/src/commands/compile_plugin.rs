//! The process that compiles one plugin within limits. A site starts it; people have no use for it.

use std::path::PathBuf;
use std::process::ExitCode;

use tessera_plugin_host::{CompilationLimits, Compiler, CompilerProcess, compile_for_parent};

/// What it is called by.
pub const NAME: &str = "compile-plugin";

/// Compiles what comes on standard input.
pub fn run() -> ExitCode {
    compile_for_parent(std::io::stdin().lock(), std::io::stdout().lock(), std::io::stderr().lock())
}

/// A compiler that is this program, started with this command.
pub fn compiler(limits: CompilationLimits) -> std::io::Result<Compiler> {
    // The running program itself, even if its file was replaced by another version in the meantime.
    let program = PathBuf::from("/proc/self/exe");
    let program = if program.exists() { program } else { std::env::current_exe()? };
    Ok(Compiler::Child(CompilerProcess { program, arguments: vec![NAME.into()], limits }))
}
