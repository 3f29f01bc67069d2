//! The envelope around every stored record: a kind and a version, so that old bytes stay readable, and a
//! checksum, so that damaged bytes are never taken for a record.
//!
//! Layout: checksum (crc32, little endian, 4 bytes) of all that follows, kind (1), version (1), payload.
//! This layout is frozen by a test on golden bytes; a new one needs a new kind of store.

const CHECKSUM_BYTES: usize = 4;
const HEADER_BYTES: usize = CHECKSUM_BYTES + 2;

/// A record taken out of its envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'bytes> {
    /// What the payload is; the owner of the key space gives the numbers.
    pub kind: u8,
    /// Which of the payload's formats this is.
    pub version: u8,
    pub payload: &'bytes [u8],
}

/// These bytes are not a record as it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    #[error(
        "a stored record ends after {bytes} bytes, before its header does; restore the store from a backup"
    )]
    TooShort { bytes: usize },
    #[error(
        "a stored record is damaged: checksum {found:08x}, expected {expected:08x}; restore the store from a backup"
    )]
    Damaged { expected: u32, found: u32 },
}

/// Puts a payload into its envelope.
pub fn seal(kind: u8, version: u8, payload: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(HEADER_BYTES + payload.len());
    bytes.extend_from_slice(&[0; CHECKSUM_BYTES]);
    bytes.extend_from_slice(&[kind, version]);
    bytes.extend_from_slice(payload);
    let checksum = crc32fast::hash(&bytes[CHECKSUM_BYTES..]);
    bytes[..CHECKSUM_BYTES].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

/// Takes a payload out of its envelope, or says why these bytes are not to be trusted.
pub fn open(bytes: &[u8]) -> Result<Record<'_>, RecordError> {
    let too_short = RecordError::TooShort { bytes: bytes.len() };
    let (checksum, body) = bytes.split_first_chunk::<CHECKSUM_BYTES>().ok_or(too_short)?;
    let ([kind, version], payload) = body.split_first_chunk::<2>().ok_or(too_short)?;
    let expected = u32::from_le_bytes(*checksum);
    let found = crc32fast::hash(body);
    if expected != found {
        return Err(RecordError::Damaged { expected, found });
    }
    Ok(Record { kind: *kind, version: *version, payload })
}
