//! What plugins may import, one file per interface. A new interface is one file here and one line in [`link`].

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::tessera::process;
use crate::sandbox::Sandbox;

pub(crate) mod directory;
pub(crate) mod execution;
pub(crate) mod fhir;
pub(crate) mod log;
pub(crate) mod wasi;

/// Offers every interface.
pub(crate) fn link(linker: &mut Linker<Sandbox>) -> wasmtime::Result<()> {
    process::types::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    process::execution::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    process::log::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    process::fhir::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    process::directory::add_to_linker::<_, HasSelf<Sandbox>>(linker, |sandbox| sandbox)?;
    wasi::link(linker)
}
