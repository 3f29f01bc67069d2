//! From a component to a plugin as an author would hand it in: with a manifest that names its one handler.

use std::path::Path;

use serde_json::json;

/// The name of the one handler.
pub(crate) const HANDLER: &str = "sin";

/// What the build script made of a file of this folder, or of `refusable.rs`.
pub(crate) fn component(folder: &str, name: &str) -> Vec<u8> {
    let file = Path::new(env!("OUT_DIR")).join(folder).join(format!("{name}.wasm"));
    std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The plugin's file: the component with its manifest and its model.
pub(crate) fn package(mut component: Vec<u8>, name: &str) -> Vec<u8> {
    let manifest = json!({
        "schema": 1, "api": "0.1.0", "name": name, "version": "1.0.0.0", "resource-version": "1.0",
        "handlers": [{"name": HANDLER, "kind": "service-task"}],
    });
    append_section(&mut component, "tessera:manifest", manifest.to_string().as_bytes());
    component
}

/// A custom section, as any tool can append one.
fn append_section(component: &mut Vec<u8>, name: &str, contents: &[u8]) {
    let mut section = Vec::new();
    append_length(&mut section, name.len());
    section.extend_from_slice(name.as_bytes());
    section.extend_from_slice(contents);
    component.push(0);
    append_length(component, section.len());
    component.extend_from_slice(&section);
}

/// LEB128.
fn append_length(bytes: &mut Vec<u8>, mut length: usize) {
    loop {
        let low = u8::try_from(length & 0x7f).expect("seven bits");
        length >>= 7;
        bytes.push(if length == 0 { low } else { low | 0x80 });
        if length == 0 {
            return;
        }
    }
}
