//! Files that somebody else puts there are read up to a limit, and only if they are files: a pipe would never end and a
//! device never be full.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// The bytes of a regular file of at most `bytes_max`.
pub(crate) fn read(path: &Path, bytes_max: u64) -> io::Result<Vec<u8>> {
    let known = std::fs::metadata(path)?;
    if !known.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    if known.len() <= bytes_max {
        File::open(path)?.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    }
    if known.len() > bytes_max || u64::try_from(bytes.len()).unwrap_or(u64::MAX) > bytes_max {
        let problem = format!("it has more than {bytes_max} bytes, which is the most that is read");
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_file_or_too_large_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let file = folder.path().join("file");
        std::fs::write(&file, [7; 10]).unwrap();
        let kind = |path: &Path, bytes_max| read(path, bytes_max).map_err(|error| error.kind());
        assert_eq!(kind(&pipe, 10), Err(io::ErrorKind::InvalidInput));
        assert_eq!(kind(Path::new("/dev/zero"), 10), Err(io::ErrorKind::InvalidInput));
        assert_eq!(kind(folder.path(), 10), Err(io::ErrorKind::InvalidInput));
        assert_eq!(kind(&file, 9), Err(io::ErrorKind::FileTooLarge));
        assert_eq!(kind(&file, 10), Ok(vec![7; 10]));
    }
}
