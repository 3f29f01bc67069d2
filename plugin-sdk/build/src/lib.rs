//! Compiles a plugin crate to a WebAssembly component from a build script, so that plugins need no command of their own:
//! `cargo test` and `cargo run` build them. The compiled bytes are then embedded with `include_bytes!`.
//!
//! ```text
//! // build.rs
//! fn main() {
//!     tessera_plugin_build::embed("PING_PONG", "ping-pong".as_ref(), "ping-pong");
//! }
//!
//! // src/lib.rs
//! pub static PING_PONG: &[u8] = include_bytes!(env!("PING_PONG"));
//! ```
#![warn(missing_docs)]

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

const TARGET: &str = "wasm32-wasip2";
const PROFILE: &str = "plugin";

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The toolchain cannot compile to WebAssembly yet.
    #[error(
        "the Rust target {TARGET} is not installed, and plugins are compiled for it; run: rustup target add {TARGET}"
    )]
    TargetMissing,
    /// The plugin does not compile; cargo has printed why.
    #[error(
        "plugin '{0}' does not compile to WebAssembly (see the messages above); try: cargo build --profile {PROFILE} --target {TARGET} -p {0}"
    )]
    Compile(String),
    /// Called by something that is no build script.
    #[error("{0} is not set: tessera-plugin-build works in build scripts only")]
    NoBuildScript(&'static str),
    /// A program or a file is not there.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
}

/// Compiles the plugin crate in `folder` (relative to the calling crate) and names the component in the environment
/// variable `variable` of the calling crate's compilation. A failure ends the build with a message.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "how a build script speaks to cargo")]
#[expect(
    clippy::exit,
    reason = "cargo shows what a build script printed, the inner cargo's messages included, only if it fails"
)]
pub fn embed(variable: &str, folder: &Path, package: &str) {
    match component(folder, package) {
        Ok(path) => println!("cargo::rustc-env={variable}={}", path.display()),
        Err(error) => {
            eprintln!("error: {error}");
            std::process::exit(1);
        }
    }
}

/// Compiles the plugin crate in `folder` (relative to the calling crate) and returns where the component is, inside
/// `OUT_DIR`. Tells cargo which files to watch.
pub fn component(folder: &Path, package: &str) -> Result<PathBuf, BuildError> {
    let folder = variable("CARGO_MANIFEST_DIR")?.join(folder);
    let out = variable("OUT_DIR")?;
    watch(&folder);
    require_target()?;

    // A target folder of its own: the cargo that runs this script holds the lock of the usual one. All scripts share it,
    // so that the SDK is compiled once. OUT_DIR is <target>/<profile>/build/<package>/out.
    let target = out.ancestors().nth(4).unwrap_or(&out).join("plugins");
    let mut cargo = Command::new(variable("CARGO")?);
    cargo.current_dir(&folder).args([
        "build",
        "--locked",
        "--profile",
        PROFILE,
        "--target",
        TARGET,
        "-p",
        package,
    ]);
    cargo.arg("--target-dir").arg(&target);
    clean(&mut cargo);
    let status = cargo.status().map_err(|source| BuildError::Io { what: format!("{cargo:?}"), source })?;
    if !status.success() {
        return Err(BuildError::Compile(package.to_owned()));
    }

    // A copy of our own: the next cargo may be replacing the shared file while this one's compiler still reads it.
    let name = format!("{}.wasm", package.replace('-', "_"));
    let built = target.join(TARGET).join(PROFILE).join(&name);
    let kept = out.join(&name);
    let copied = fs::copy(&built, &kept);
    copied.map_err(|source| BuildError::Io { what: format!("copying {}", built.display()), source })?;
    Ok(kept)
}

fn variable(name: &'static str) -> Result<PathBuf, BuildError> {
    env::var_os(name).map(PathBuf::from).ok_or(BuildError::NoBuildScript(name))
}

/// What was meant for the outer compilation must not reach the inner one: flags of the host, the driver of clippy,
/// settings of the package whose build script this is.
fn clean(cargo: &mut Command) {
    let kept = ["CARGO", "CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_INCREMENTAL"];
    for (name, _) in env::vars_os() {
        let Some(name) = name.to_str() else { continue };
        let of_outer =
            name.starts_with("CARGO_") && !kept.contains(&name) && !name.starts_with("CARGO_REGISTR");
        if of_outer
            || ["RUSTFLAGS", "RUSTC_WORKSPACE_WRAPPER", "TARGET", "OUT_DIR", "PROFILE", "OPT_LEVEL", "DEBUG"]
                .contains(&name)
        {
            cargo.env_remove(name);
        }
    }
}

fn require_target() -> Result<(), BuildError> {
    let mut rustc = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--print", "target-libdir", "--target", TARGET]);
    let output = rustc.output().map_err(|source| BuildError::Io { what: format!("{rustc:?}"), source })?;
    let libraries = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    if output.status.success() && libraries.is_dir() { Ok(()) } else { Err(BuildError::TargetMissing) }
}

#[expect(clippy::print_stdout, reason = "how a build script speaks to cargo")]
fn watch(folder: &Path) {
    let sdk = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let lock = folder.ancestors().map(|ancestor| ancestor.join("Cargo.lock")).find(|lock| lock.exists());
    let watched =
        [folder.to_owned(), sdk.join("src"), sdk.join("macros"), sdk.join("wit"), sdk.join("Cargo.toml")];
    for path in watched.into_iter().chain(lock) {
        println!("cargo::rerun-if-changed={}", path.display());
    }
}
