//! Records of the mailbox's store, in the store's checksummed envelope.
//!
//! Head: state, version, time. Version: the resource as JSON. The numbers below are on disk; never give one another meaning.

use jiff::Timestamp;
use serde_json::Value;

const HEAD: u8 = 0x41;
const VERSION: u8 = 0x42;
const NUMBER: u8 = 0x43;
const TEXT: u8 = 0x44;
const FORMAT_1: u8 = 1;

/// Which version of a resource is current.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) state: State,
    /// Last version that was written.
    pub(crate) version: u64,
    /// When it was written or deleted.
    pub(crate) time: Timestamp,
}

/// Whether a resource is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Current,
    Deleted,
}

/// A record that this version of the program cannot read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a record of the mailbox's store cannot be read: {0}; restore the store from a backup")]
pub(crate) struct Unreadable(String);

impl Head {
    pub(crate) fn seal(self) -> Vec<u8> {
        let mut payload = vec![match self.state {
            State::Current => 0,
            State::Deleted => 1,
        }];
        payload.extend_from_slice(&self.version.to_be_bytes());
        payload.extend_from_slice(&self.time.as_millisecond().to_be_bytes());
        tessera_store::record::seal(HEAD, FORMAT_1, &payload)
    }

    pub(crate) fn open(bytes: &[u8]) -> Result<Self, Unreadable> {
        let payload = open(HEAD, bytes)?;
        let short = || Unreadable("a head has the wrong length".to_owned());
        let (state, rest) = payload.split_first().ok_or_else(short)?;
        let (version, rest) = rest.split_first_chunk::<8>().ok_or_else(short)?;
        let time = i64::from_be_bytes(rest.try_into().map_err(|_| short())?);
        Ok(Self {
            state: match state {
                0 => State::Current,
                1 => State::Deleted,
                other => return Err(Unreadable(format!("a head has the unknown state {other}"))),
            },
            version: u64::from_be_bytes(*version),
            time: Timestamp::from_millisecond(time).map_err(|error| Unreadable(error.to_string()))?,
        })
    }
}

pub(crate) fn seal_resource(resource: &Value) -> Vec<u8> {
    tessera_store::record::seal(VERSION, FORMAT_1, resource.to_string().as_bytes())
}

pub(crate) fn open_resource(bytes: &[u8]) -> Result<Value, Unreadable> {
    serde_json::from_slice(open(VERSION, bytes)?).map_err(|error| Unreadable(error.to_string()))
}

pub(crate) fn seal_number(number: i64) -> Vec<u8> {
    tessera_store::record::seal(NUMBER, FORMAT_1, &number.to_be_bytes())
}

pub(crate) fn open_number(bytes: &[u8]) -> Result<i64, Unreadable> {
    let payload = open(NUMBER, bytes)?;
    payload
        .try_into()
        .map(i64::from_be_bytes)
        .map_err(|_| Unreadable("a number has the wrong length".to_owned()))
}

pub(crate) fn seal_text(text: &str) -> Vec<u8> {
    tessera_store::record::seal(TEXT, FORMAT_1, text.as_bytes())
}

pub(crate) fn open_text(bytes: &[u8]) -> Result<String, Unreadable> {
    String::from_utf8(open(TEXT, bytes)?.to_vec()).map_err(|error| Unreadable(error.to_string()))
}

fn open(kind: u8, bytes: &[u8]) -> Result<&[u8], Unreadable> {
    let record = tessera_store::record::open(bytes).map_err(|error| Unreadable(error.to_string()))?;
    if record.kind == kind && record.version == FORMAT_1 {
        Ok(record.payload)
    } else {
        Err(Unreadable(format!("kind {} version {} is not known here", record.kind, record.version)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Stored by the first release; must stay readable for ever.
    #[test]
    fn golden_head() {
        let head = Head {
            state: State::Deleted,
            version: 7,
            time: Timestamp::from_millisecond(1_767_225_600_000).unwrap(),
        };
        let golden = [0x41, 1, 1, 0, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0x01, 0x9b, 0x76, 0xda, 0xa8, 0];
        assert_eq!(head.seal()[4..], golden);
        assert_eq!(Head::open(&head.seal()), Ok(head));
    }

    #[test]
    fn damage_is_noticed() {
        let mut bytes = seal_resource(&serde_json::json!({ "resourceType": "Task" }));
        assert!(open_number(&bytes).is_err());
        bytes[8] ^= 1;
        assert!(open_resource(&bytes).is_err());
    }
}
