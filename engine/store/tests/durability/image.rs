//! An ext4 file system in a file, on a loop device, where the machine permits it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Whether this machine lets us make and mount an image; the reason if not.
pub(crate) fn permitted() -> Result<(), String> {
    let dir = tempfile::tempdir().unwrap();
    let image = formatted(dir.path(), 8 * 1024 * 1024)?;
    Mounted::at(&image, &dir.path().join("mounted")).map(drop)
}

pub(crate) fn formatted(dir: &Path, bytes: u64) -> Result<PathBuf, String> {
    let image = dir.join("disk.img");
    File::create(&image).and_then(|file| file.set_len(bytes)).unwrap();
    run("mkfs.ext4", &["-q".as_ref(), "-F".as_ref(), image.as_path()])?;
    Ok(image)
}

/// A mounted image, unmounted with the value.
pub(crate) struct Mounted {
    pub(crate) path: PathBuf,
}

impl Mounted {
    pub(crate) fn at(image: &Path, path: &Path) -> Result<Self, String> {
        Self::with("loop", image, path)
    }

    pub(crate) fn read_only_at(image: &Path, path: &Path) -> Result<Self, String> {
        Self::with("loop,ro", image, path)
    }

    fn with(options: &str, image: &Path, path: &Path) -> Result<Self, String> {
        fs::create_dir_all(path).unwrap();
        run("mount", &["-o".as_ref(), options.as_ref(), image, path])?;
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

pub(crate) fn run(program: &str, arguments: &[&Path]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output();
    let output = output.map_err(|error| format!("{program} cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} failed: {}", String::from_utf8_lossy(&output.stderr).trim()))
}
