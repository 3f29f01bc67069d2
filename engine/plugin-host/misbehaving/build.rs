//! Compiles the plugin that breaks every rule. A crate of its own, because only build scripts compile plugins and the
//! plugin host must not need one to be built.

use tessera_plugin_build::embed;

fn main() {
    embed("MISBEHAVING", "../../../tests/plugins/misbehaving".as_ref(), "misbehaving");
}
