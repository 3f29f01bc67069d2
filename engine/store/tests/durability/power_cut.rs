//! A power cut without pulling a plug: the store lives on an ext4 image, the writer is stopped in the middle of its
//! work, and the image is copied. The copy holds what had reached the disk, not what the kernel still kept in memory.

use crate::image::{self, Mounted, run};
use crate::ledger::Acknowledged;
use crate::process::{Role, Writer, random_below};
use crate::subject::Subject;

const IMAGE_BYTES: u64 = 512 * 1024 * 1024;

/// One power cut. The error says what was lost.
pub(crate) fn round(subject: Subject) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    let disk = image::formatted(dir.path(), IMAGE_BYTES).unwrap();
    let mounted = Mounted::at(&disk, &dir.path().join("before")).unwrap();
    let mut acknowledged = Acknowledged::default();
    let mut writer = Writer::start(subject, &mounted.path.join("store"), 0);
    writer.read_acknowledgements(&mut acknowledged, 50 + random_below(400));
    writer.stop();
    let copy = dir.path().join("copy.img");
    run("cp", &["--sparse=always".as_ref(), disk.as_path(), copy.as_path()]).unwrap();
    writer.kill(&mut acknowledged);
    drop(writer);
    drop(mounted);

    let mounted = Mounted::at(&copy, &dir.path().join("after")).unwrap();
    let store = mounted.path.join("store");
    // In a process of its own, which leaves no file open on the image.
    let verify = Role::Verify { subject, life: 0, acknowledged: acknowledged.clone(), dir: store };
    let output = verify.command(&[]).output().unwrap();
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("after {acknowledged}: {}", String::from_utf8_lossy(&output.stderr)))
    }
}
