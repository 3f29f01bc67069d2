//! Opening a store: what an operator is told when the directory is not as expected.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use tessera_store::{Batch, Kind, OpenError, Options, Outcome, Store, open};

const EMBEDDED: [Kind; 2] = [Kind::Sled, Kind::Fjall];

fn opened(kind: Kind, dir: &Path) -> Result<Arc<dyn Store>, OpenError> {
    open(kind, dir, Options::default())
}

fn refusal(kind: Kind, dir: &Path) -> String {
    opened(kind, dir).err().expect("a refusal").to_string()
}

#[test]
fn kinds_are_configuration_words() {
    for kind in Kind::ALL {
        assert_eq!(kind.name().parse(), Ok(kind));
    }
    let unknown = "Sled".parse::<Kind>().unwrap_err().to_string();
    assert_eq!(unknown, "unknown store \"Sled\"; choose one of memory, sled, fjall");
}

#[test]
fn a_missing_directory_is_created() {
    let dir = tempfile::tempdir().unwrap();
    for kind in EMBEDDED {
        let nested = dir.path().join("sites").join(kind.name());
        let store = opened(kind, &nested).unwrap();
        assert_eq!(store.name(), kind.name());
        let marker = fs::read_to_string(nested.join("STORE")).unwrap();
        assert_eq!(marker, format!("tessera-store {kind} 1\n"));
    }
}

#[test]
fn a_store_in_use_names_its_user() {
    for kind in EMBEDDED {
        let dir = tempfile::tempdir().unwrap();
        let store = opened(kind, dir.path()).unwrap();
        let message = refusal(kind, dir.path());
        assert!(message.contains(&format!("in use by process {}", std::process::id())), "{message}");
        drop(store);
        assert!(opened(kind, dir.path()).is_ok(), "free again");
    }
}

#[test]
fn another_kind_of_store_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    drop(opened(Kind::Sled, dir.path()).unwrap());
    let message = refusal(Kind::Fjall, dir.path());
    assert!(message.contains("a sled store lives here, but the configuration asks for fjall"), "{message}");
    assert!(!dir.path().join("fjall").exists());
}

#[test]
fn a_marker_that_is_not_ours_is_refused() {
    let cases = [
        ("tessera-store sled 2\n", "names store layout 2, this program knows layout 1"),
        ("tessera-store sled\n", "is not readable as a store marker"),
        ("", "is not readable as a store marker"),
    ];
    for (marker, expected) in cases {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("STORE"), marker).unwrap();
        let message = refusal(Kind::Sled, dir.path());
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_database_without_its_marker_is_never_overwritten() {
    for kind in EMBEDDED {
        let dir = tempfile::tempdir().unwrap();
        let store = opened(kind, dir.path()).unwrap();
        assert_eq!(store.commit(&[Batch::new().put("a", "1")]), [Outcome::Committed]);
        drop(store);
        let (marker, aside) = (dir.path().join("STORE"), dir.path().join("aside"));
        fs::rename(&marker, &aside).unwrap();
        let message = refusal(kind, dir.path());
        assert!(message.contains("the file STORE beside it is missing"), "{message}");
        fs::rename(&aside, &marker).unwrap();
        assert_eq!(opened(kind, dir.path()).unwrap().get(b"a"), Ok(Some(b"1".to_vec())));
    }
}

#[test]
fn a_creation_cut_short_is_begun_again() {
    for kind in EMBEDDED {
        let dir = tempfile::tempdir().unwrap();
        let database = dir.path().join(kind.name());
        fs::create_dir(&database).unwrap();
        for torn in ["conf", "db", "0.jnl", "version"] {
            fs::write(database.join(torn), "torn").unwrap();
        }
        fs::write(dir.path().join("STORE.new"), "").unwrap();
        let store = opened(kind, dir.path()).unwrap();
        assert_eq!(store.commit(&[Batch::new().put("a", "1")]), [Outcome::Committed]);
        assert!(!dir.path().join("STORE.new").exists());
    }
}

#[test]
fn a_place_that_cannot_be_a_directory_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "").unwrap();
    let message = refusal(Kind::Sled, &file.join("store"));
    assert!(message.contains(&file.display().to_string()), "{message}");
}
