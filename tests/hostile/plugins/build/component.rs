//! From a few lines of WebAssembly text to a component of the plugin contract. Used by the build script, so that what
//! makes components is no part of what runs them.

use std::path::Path;

use wit_component::{ComponentEncoder, StringEncoding, embed_component_metadata};
use wit_parser::Resolve;

/// What hostile components may import and export: the contract, and of WASI what a sandbox must not give away.
const WORLDS: &str = r"
package hostile:plugins;

world task {
  import tessera:process/execution@0.1.0;
  import tessera:process/log@0.1.0;
  import tessera:process/fhir@0.1.0;
  import tessera:process/directory@0.1.0;
  import wasi:clocks/monotonic-clock@0.2.6;
  import wasi:random/random@0.2.6;
  import wasi:sockets/instance-network@0.2.6;
  import wasi:filesystem/preopens@0.2.6;
  import wasi:cli/exit@0.2.6;
  import wasi:cli/stdout@0.2.6;
  import nobody:knows/this@1.0.0;
  import tessera:tomorrow/log@9.0.0;
  export tessera:process/service-task@0.1.0;
}

world idle {}

package wasi:clocks@0.2.6 { interface monotonic-clock { now: func() -> u64; } }
package wasi:random@0.2.6 { interface random { get-random-u64: func() -> u64; } }
package wasi:io@0.2.6 {
  interface error { resource error; }
  interface streams {
    use error.{error};
    variant stream-error { last-operation-failed(own<error>), closed }
    resource output-stream { blocking-write-and-flush: func(contents: list<u8>) -> result<_, stream-error>; }
  }
}
package wasi:cli@0.2.6 {
  interface exit { exit: func(status: result); }
  interface stdout { use wasi:io/streams@0.2.6.{output-stream}; get-stdout: func() -> output-stream; }
}
package wasi:sockets@0.2.6 { interface instance-network { resource network; instance-network: func() -> network; } }
package wasi:filesystem@0.2.6 {
  interface preopens { resource descriptor; get-directories: func() -> list<tuple<own<descriptor>, string>>; }
}
package nobody:knows@1.0.0 { interface this { secret: func() -> u64; } }
package tessera:tomorrow@9.0.0 { interface log { write: func(message: string); } }
";

/// At the end of every module: memory, the allocator that the contract wants, and two answers, `ok` at address 1024 and
/// a technical failure that is not worth a retry at 1152.
const MEMORY: &str = r#"
(memory (export "memory") 2)
(global $heap (mut i32) (i32.const 65536))
(data (i32.const 1152) "\01\00\00\00\00\00\00\00\01\00\00\00\00\00\00\00\00\05\00\00\10\00\00\00\00\00\00\00\00\00\00\00\01")
(data (i32.const 1280) "the host refused")
"#;
const ALLOCATOR: &str = r#"
(func (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
  (local $at i32)
  (local.set $at (i32.and (i32.add (global.get $heap) (i32.const 15)) (i32.const -16)))
  (global.set $heap (i32.add (local.get $at) (local.get $size)))
  (local.get $at))
"#;

/// A core module from its own part.
pub(crate) fn module(text: &str, own_allocator: bool) -> Vec<u8> {
    let allocator = if own_allocator { "" } else { ALLOCATOR };
    whole_module(&format!("(module\n{text}\n{MEMORY}\n{allocator})"))
}

/// A core module from its whole text.
pub(crate) fn whole_module(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The component around a core module that belongs to one of the worlds.
pub(crate) fn component(mut module: Vec<u8>, world: &str) -> Vec<u8> {
    let mut resolve = Resolve::default();
    let contract = Path::new("../plugin-sdk/wit/0.1");
    resolve.push_dir(contract).expect("the contract is valid");
    let package = resolve.push_str("hostile.wit", WORLDS).expect("the worlds are valid");
    let world = resolve.select_world(&[package], Some(world)).expect("it is one of the worlds");
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("it is a module");
    let mut encoder = ComponentEncoder::default();
    encoder.validate(true).module(&module).expect("it fits its world");
    encoder.encode().unwrap_or_else(|error| panic!("{error:#}"))
}
