//! The real clock and the real entropy: the only place of the node where either enters.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rustls::crypto::SecureRandom;
use tessera_core::entropy::Entropy;
use tessera_core::identity::Timestamp;

/// Wall-clock time, UTC.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
}

/// The operating system's random numbers, by way of the TLS provider.
#[derive(Debug)]
pub struct SystemEntropy(&'static dyn SecureRandom);

impl Default for SystemEntropy {
    fn default() -> Self {
        Self(rustls::crypto::ring::default_provider().secure_random)
    }
}

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("a system without random numbers cannot do TLS either");
    }
}

/// An instant as jiff knows it.
pub fn instant(timestamp: Timestamp) -> jiff::Timestamp {
    i64::try_from(timestamp.0)
        .ok()
        .and_then(|milliseconds| jiff::Timestamp::from_millisecond(milliseconds).ok())
        .unwrap_or(jiff::Timestamp::MAX)
}

/// The time in UTC to the second, as build servers want it: `2026-01-31T12:00:00`.
pub fn moment() -> String {
    instant(now()).strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Shared by everything that needs entropy on its own thread.
pub fn entropy() -> Box<dyn Entropy + Send> {
    Box::new(SystemEntropy::default())
}

/// A fresh identity, e.g. of a store's incarnation.
pub fn uuid() -> Arc<str> {
    tessera_core::entropy::uuid(&mut SystemEntropy::default()).into()
}
