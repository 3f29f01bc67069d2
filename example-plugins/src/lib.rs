//! The example plugins, compiled: each constant is a whole plugin, to be written to a plugin folder or loaded as it is.
//! `tessera demo` carries them, so that it needs no checkout.

/// What `tessera bench` measures with; see `benchmark/`.
pub static BENCHMARK: &[u8] = include_bytes!(env!("BENCHMARK"));

/// One process, one service task; see `hello-world/`.
pub static HELLO_WORLD: &[u8] = include_bytes!(env!("HELLO_WORLD"));

/// Ping, pong and ping autostart, wire-compatible with the DSF's; see `ping-pong/`.
pub static PING_PONG: &[u8] = include_bytes!(env!("PING_PONG"));

#[cfg(test)]
mod tests {
    #[test]
    fn are_components() {
        for plugin in [super::BENCHMARK, super::HELLO_WORLD, super::PING_PONG] {
            // Magic, version 0x0d, layer 1: a component, not a core module.
            assert_eq!(plugin[..8], *b"\0asm\x0d\0\x01\0");
        }
    }
}
