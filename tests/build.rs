//! Compiles the plugin that breaks every rule, and the components that do harm.

#![expect(clippy::panic, reason = "that is how a build script fails")]

#[path = "hostile/plugins/build/component.rs"]
mod component;
#[path = "hostile/plugins/build/refusable.rs"]
mod refusable;

use std::path::{Path, PathBuf};

use tessera_plugin_build::embed;

/// Each file of this folder is the core module of a component.
const SINS: &str = "hostile/plugins";

fn main() {
    embed("MISBEHAVING", "plugins/misbehaving".as_ref(), "misbehaving");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets it for build scripts"));
    sins(&out.join("sins"));
    let folder = out.join("refusable");
    write(&folder, refusable::files());
}

fn sins(folder: &Path) {
    println!("cargo::rerun-if-changed={SINS}");
    let entries = std::fs::read_dir(SINS).expect("the folder is there");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "wat"));
    let components = files.iter().map(|file| {
        let source = std::fs::read_to_string(file).expect("it is text");
        let own_allocator = source.lines().any(|line| line == ";; allocator: own");
        let component = component::component(component::module(&source, own_allocator), "task");
        (file.file_stem().expect("it has a name").to_string_lossy().into_owned(), component)
    });
    write(folder, components);
}

fn write(folder: &Path, files: impl IntoIterator<Item = (String, Vec<u8>)>) {
    std::fs::create_dir_all(folder).expect("the output folder can be written");
    for (name, bytes) in files {
        std::fs::write(folder.join(format!("{name}.wasm")), bytes).expect("the output folder can be written");
    }
}
