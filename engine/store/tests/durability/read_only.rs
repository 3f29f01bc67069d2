//! A disk that became read-only, as a kernel makes it after errors: the store refuses to open and says why, and all is there
//! when the disk can be written again.

use crate::image::{self, Mounted};
use crate::ledger::Acknowledged;
use crate::process::Role;
use crate::subject::Subject;

const IMAGE_BYTES: u64 = 64 * 1024 * 1024;

pub(crate) fn refuse(subject: Subject) {
    let dir = tempfile::tempdir().unwrap();
    let disk = image::formatted(dir.path(), IMAGE_BYTES).unwrap();
    let place = dir.path().join("disk");
    let store = place.join("store");
    let mut acknowledged = Acknowledged::default();
    {
        let _mounted = Mounted::at(&disk, &place).unwrap();
        let output = Role::Fill { subject, groups_max: 3, dir: store.clone() }.command(&[]).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines().filter_map(|line| line.parse().ok()).for_each(|commit| acknowledged.add(commit));
    }
    let verify = Role::Verify { subject, life: 0, acknowledged, dir: store };
    {
        let _mounted = Mounted::read_only_at(&disk, &place).unwrap();
        let output = verify.command(&[]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("Read-only file system"), "{said}");
    }
    let _mounted = Mounted::at(&disk, &place).unwrap();
    let output = verify.command(&[]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
