//! Runs plugins: WebAssembly components in a sandbox. Each call of a handler gets a fresh instance, sees only its own
//! process instance and what the site offers by [`Services`], and ends within its [`Limits`].
//!
//! Start reading at [`Package`] (a file, not trusted), then [`PluginHost`] (compiles it), then [`Plugin::call`]. Host
//! interfaces are in `interfaces/`, one file each. Whether a package may be loaded at all is decided elsewhere.
#![warn(missing_docs)]

mod backtrace;
mod bindings;
mod compiler;
mod failure;
mod host;
mod interfaces;
mod lane;
pub mod limits;
pub mod manifest;
mod meter;
mod package;
mod plugin;
mod sandbox;
pub mod services;
mod ticker;
mod values;

pub use compiler::{Compiler, CompilerProcess, compile_for_parent};
pub use host::{HostError, PluginHost, Settings};
pub use limits::{CompilationLimits, Limits};
pub use manifest::{HandlerKind, Manifest};
pub use package::{Package, PackageError};
pub use plugin::{Answer, LoadError, MessagePlan, Plugin};
pub use services::{ServiceError, Services};
