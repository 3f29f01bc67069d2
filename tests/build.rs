//! Compiles the plugin that breaks every rule.

use tessera_plugin_build::embed;

fn main() {
    embed("MISBEHAVING", "plugins/misbehaving".as_ref(), "misbehaving");
}
