//! Compiles the example plugins, so that the crate can embed them.

use tessera_plugin_build::embed;

fn main() {
    embed("BENCHMARK", "benchmark".as_ref(), "benchmark");
    embed("HELLO_WORLD", "hello-world".as_ref(), "hello-world");
    embed("PING_PONG", "ping-pong".as_ref(), "ping-pong");
}
