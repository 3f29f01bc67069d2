//! What a mailbox must be told: who it is, and where time and randomness come from.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::limits;

/// Where the time comes from; tests give their own.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The clock of the machine.
    pub fn system() -> Self {
        Self::new(Timestamp::now)
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.0)()
    }
}

/// Where ids come from; tests give their own.
#[derive(Clone)]
pub struct Entropy(Arc<dyn Fn() -> [u8; 16] + Send + Sync>);

impl Entropy {
    /// Ids made of what `random` returns.
    pub fn new(random: impl Fn() -> [u8; 16] + Send + Sync + 'static) -> Self {
        Self(Arc::new(random))
    }

    /// The random number generator of the machine.
    pub fn system() -> Self {
        let random = rustls::crypto::ring::default_provider().secure_random;
        Self::new(move || {
            let mut bytes = [0; 16];
            random.fill(&mut bytes).expect("the operating system provides random numbers");
            bytes
        })
    }

    pub(crate) fn bytes(&self) -> [u8; 16] {
        (self.0)()
    }

    /// A UUID, version 4.
    pub(crate) fn uuid(&self) -> String {
        let mut bytes = self.bytes();
        bytes[6] = (bytes[6] & 0x0f) | 0x40;
        bytes[8] = (bytes[8] & 0x3f) | 0x80;
        let number = u128::from_be_bytes(bytes);
        let hex = format!("{number:032x}");
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Clock")
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Entropy")
    }
}

/// Who a mailbox is.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Base url as peers see it, `https://<host>[:<port>]/<path>`. Its path is the path under which the mailbox answers.
    pub base_url: String,
    /// Value of the organization-identifier of this site.
    pub organization_identifier: String,
    /// Zone of times in searches that name none. DSF uses the zone of the server.
    pub time_zone: TimeZone,
    /// Bytes of one request body, and of a new resource.
    pub body_bytes_max: usize,
    /// Bytes of the body of an update, and of a resource behind its first version.
    pub update_bytes_max: usize,
    /// Time from the start of a request to the end of its head.
    pub header_timeout: std::time::Duration,
    /// Time for a request body to arrive.
    pub body_timeout: std::time::Duration,
    /// Time for a TLS handshake.
    pub handshake_timeout: std::time::Duration,
    /// Where the time comes from.
    pub clock: Clock,
    /// Where ids come from.
    pub entropy: Entropy,
}

impl Settings {
    /// The usual settings of a site.
    pub fn new(base_url: impl Into<String>, organization_identifier: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into().trim_end_matches('/').to_owned(),
            organization_identifier: organization_identifier.into(),
            time_zone: TimeZone::UTC,
            body_bytes_max: limits::BODY_BYTES_MAX,
            update_bytes_max: limits::UPDATE_BYTES_MAX,
            header_timeout: limits::HEADER_TIMEOUT,
            body_timeout: limits::BODY_TIMEOUT,
            handshake_timeout: limits::HANDSHAKE_TIMEOUT,
            clock: Clock::system(),
            entropy: Entropy::system(),
        }
    }
}
