//! A power cut without pulling a plug: the store lives on an ext4 image, the writer is stopped in the middle of its
//! work, and the image is copied. The copy holds what had reached the disk, not what the kernel still kept in memory.

use crate::ledger::Acknowledged;
use crate::process::{Role, Writer, random_below};
use crate::subject::Subject;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

const IMAGE_BYTES: u64 = 512 * 1024 * 1024;

/// Whether this machine lets us make and mount an image; the reason if not.
pub(crate) fn permitted() -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    let image = formatted_image(dir.path(), 8 * 1024 * 1024)?;
    Mounted::at(&image, &dir.path().join("mounted")).map(drop)
}

/// One power cut. The error says what was lost.
pub(crate) fn round(subject: Subject) -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    let image = formatted_image(dir.path(), IMAGE_BYTES).unwrap();
    let mounted = Mounted::at(&image, &dir.path().join("before")).unwrap();
    let mut acknowledged = Acknowledged::default();
    let mut writer = Writer::start(subject, &mounted.path.join("store"), 0);
    writer.read_acknowledgements(&mut acknowledged, 50 + random_below(400));
    writer.stop();
    let copy = dir.path().join("copy.img");
    run("cp", &["--sparse=always".as_ref(), image.as_path(), copy.as_path()]).unwrap();
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

fn formatted_image(dir: &Path, bytes: u64) -> Result<PathBuf, String> {
    let image = dir.join("disk.img");
    File::create(&image).and_then(|file| file.set_len(bytes)).unwrap();
    run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), image.as_path()])?;
    Ok(image)
}

/// A mounted image, unmounted with the value.
struct Mounted {
    path: PathBuf,
}

impl Mounted {
    fn at(image: &Path, path: &Path) -> Result<Self, String> {
        fs::create_dir(path).unwrap();
        run("mount", &["-o".as_ref(), "loop".as_ref(), image, path])?;
        Ok(Self { path: path.to_owned() })
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        if let Err(reason) = run("umount", &[&self.path]) {
            crate::announce(&reason);
        }
    }
}

fn run(program: &str, arguments: &[&Path]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("{program} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
