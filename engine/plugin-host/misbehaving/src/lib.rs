//! A plugin with one handler per sin; see `tests/plugins/misbehaving`.

/// The component.
pub static MISBEHAVING: &[u8] = include_bytes!(env!("MISBEHAVING"));
