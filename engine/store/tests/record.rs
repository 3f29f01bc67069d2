//! The envelope of records: frozen bytes, and no bytes that it takes for what they are not.

use proptest::prelude::*;
use tessera_store::record::{self, Record, RecordError};

/// Stores in the field hold these bytes. If this fails, the change is wrong, not the test.
#[test]
fn golden_bytes() {
    let cases: &[(u8, u8, &[u8], &str)] = &[
        (1, 1, b"", "2813c52f 0101"),
        (2, 1, b"tessera", "7b8013ea 0201 74657373657261"),
        (255, 254, &[0, 0xff], "ba68196d fffe 00ff"),
    ];
    for (kind, version, payload, golden) in cases {
        let sealed = record::seal(*kind, *version, payload);
        let hex: Vec<String> = sealed.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.concat(), golden.replace(' ', ""));
        let opened = Record { kind: *kind, version: *version, payload };
        assert_eq!(record::open(&sealed), Ok(opened));
    }
}

#[test]
fn short_bytes_are_told_apart_from_damaged_ones() {
    assert_eq!(record::open(b""), Err(RecordError::TooShort { bytes: 0 }));
    assert_eq!(record::open(b"12345"), Err(RecordError::TooShort { bytes: 5 }));
    assert!(matches!(record::open(b"123456"), Err(RecordError::Damaged { .. })));
    assert!(matches!(record::open(&[0; 64]), Err(RecordError::Damaged { .. })), "a hole in a file");
}

proptest! {
    #[test]
    fn any_bytes_are_a_sealed_record_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        if let Ok(found) = record::open(&bytes) {
            prop_assert_eq!(record::seal(found.kind, found.version, found.payload), bytes);
        }
    }

    #[test]
    fn one_flipped_bit_is_noticed(
        payload in prop::collection::vec(any::<u8>(), 0..64),
        position in any::<prop::sample::Index>(),
        bit in 0_u8..8,
    ) {
        let mut bytes = record::seal(3, 1, &payload);
        let position = position.index(bytes.len());
        bytes[position] ^= 1 << bit;
        let noticed = matches!(record::open(&bytes), Err(RecordError::Damaged { .. }));
        prop_assert!(noticed);
    }
}
