//! A file that ends in `.wasm` is a plugin: a WebAssembly component with a manifest of this platform.
//!
//! **Why it is bad.** A site refuses the file when it is put into its plugin folder. Often it was built for another
//! target, cut short on its way, or packed by another tool.
//!
//! **Bad**
//! ```text plugin.wasm
//! «»not WebAssembly
//! ```
//! **Good**
//! ```json manifest.json
//! { "name": "example", "resource-version": "1.0" }
//! ```
//! **How to fix.** Build the plugin with `cargo build --profile plugin --target wasm32-wasip2` and take the file from
//! there.

use tessera_bpmn::lint::Span;

use crate::package::{Content, Package};
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for (place, file) in package.files.iter().enumerate() {
        if let Content::Unopened(reason) = &file.content {
            found.at(place, Span::default(), format!("the plugin cannot be opened: {reason}"));
        }
    }
}
