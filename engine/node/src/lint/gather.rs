//! What is to be linted: files, folders searched with all folders in them, standard input. Nothing is left out in silence:
//! what cannot be looked at is an error, and the rest is still checked.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use crate::limits::{LINT_FILE_BYTES_MAX, LINT_FILES_MAX, LINT_FOLDER_DEPTH_MAX};
use crate::lint::LintError;

/// Endings of files that a folder is searched for.
pub const ENDINGS: &[&str] = &[".bpmn", ".bpmn2", ".xml", ".json", ".wasm"];

/// Something to be read and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A file that was found in a folder.
    Path(PathBuf),
    /// A file that was named: whoever names it wants it to be checked.
    Named(PathBuf),
    /// What came in by standard input, under the name that it is given in findings.
    Text {
        /// The name.
        name: String,
        /// What came in.
        bytes: Vec<u8>,
    },
}

impl Input {
    /// How findings name it: separators are `/` everywhere, so that outputs of all systems compare.
    pub fn shown(&self) -> String {
        match self {
            Self::Path(path) | Self::Named(path) => shown(path),
            Self::Text { name, .. } => name.clone(),
        }
    }

    /// Its bytes.
    pub fn read(self) -> Result<Vec<u8>, LintError> {
        match self {
            Self::Path(path) | Self::Named(path) => read(&path),
            Self::Text { bytes, .. } => Ok(bytes),
        }
    }
}

/// The files of all paths, each once, in the order of the paths and then of their names; and what could not be looked at.
/// `-` is standard input; `is_ignored` leaves out files and folders that were found by searching.
pub fn gather(
    paths: &[PathBuf],
    stdin_name: &str,
    is_ignored: impl Fn(&Path) -> bool,
) -> (Vec<Input>, Vec<LintError>) {
    let mut inputs = Vec::new();
    let mut errors = Vec::new();
    let mut known = BTreeSet::new();
    for path in paths {
        if path.as_os_str() == "-" {
            match bounded(io::stdin().lock()) {
                Ok(bytes) => inputs.push(Input::Text { name: stdin_name.to_owned(), bytes }),
                Err(error) => errors.push(LintError::Unreadable { path: "standard input".to_owned(), error }),
            }
            continue;
        }
        if !path.is_dir() {
            if known.insert(path.clone()) {
                inputs.push(Input::Named(path.clone()));
            }
            continue;
        }
        for file in found(path, &is_ignored, &mut errors) {
            if known.insert(file.clone()) {
                inputs.push(Input::Path(file));
            }
        }
    }
    (inputs, errors)
}

/// All of something, unless it is too large; a device says nothing about its size beforehand.
fn bounded(from: impl io::Read) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    from.take(LINT_FILE_BYTES_MAX.saturating_add(1)).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len()).unwrap_or(u64::MAX) > LINT_FILE_BYTES_MAX {
        return Err(io::Error::other(format!("more than {LINT_FILE_BYTES_MAX} bytes")));
    }
    Ok(bytes)
}

fn read(path: &Path) -> Result<Vec<u8>, LintError> {
    let unreadable = |error| LintError::Unreadable { path: shown(path), error };
    let bytes = fs::metadata(path).map_err(unreadable)?.len();
    if bytes > LINT_FILE_BYTES_MAX {
        let limit = format!("the file has {bytes} bytes, at most {LINT_FILE_BYTES_MAX} are read");
        return Err(LintError::Limit { path: shown(path), limit });
    }
    fs::File::open(path).and_then(bounded).map_err(unreadable)
}

/// The files of a folder, in order; hidden folders are not entered and links not followed.
fn found(path: &Path, is_ignored: &impl Fn(&Path) -> bool, errors: &mut Vec<LintError>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut open = vec![(path.to_owned(), 0_usize)];
    while let Some((folder, depth)) = open.pop() {
        if depth > LINT_FOLDER_DEPTH_MAX || files.len() > LINT_FILES_MAX {
            let limit =
                format!("more than {LINT_FOLDER_DEPTH_MAX} levels of folders, or {LINT_FILES_MAX} files");
            errors.push(LintError::Limit { path: shown(&folder), limit });
            break;
        }
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                errors.push(LintError::Unreadable { path: shown(&folder), error });
                continue;
            }
        };
        for entry in entries {
            let kind = entry.and_then(|entry| Ok((entry.file_type()?, entry)));
            let (kind, entry) = match kind {
                Ok(entry) => entry,
                Err(error) => {
                    errors.push(LintError::Unreadable { path: shown(&folder), error });
                    continue;
                }
            };
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if is_ignored(&path) {
                continue;
            }
            if kind.is_dir() && !name.starts_with('.') {
                open.push((path, depth + 1));
            } else if kind.is_file() && has_ending(&name, ENDINGS) {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Whether a path ends so, in whatever case.
pub fn has_ending(path: &str, endings: &[&str]) -> bool {
    let path = path.to_ascii_lowercase();
    endings.iter().any(|ending| path.ends_with(ending))
}

/// A path with `/` between its parts, without `./` before it.
pub fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").unwrap_or(path);
    let shown = path.display().to_string();
    if std::path::MAIN_SEPARATOR == '/' { shown } else { shown.replace(std::path::MAIN_SEPARATOR, "/") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_searched_in_order_and_each_file_is_taken_once() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, "").unwrap();
            path
        };
        let (b, a) = (make("b.bpmn"), make("a/z.JSON"));
        make("a/readme.md");
        make(".git/x.xml");
        let ignored = make("target/y.xml");
        let named = make(".git/named.xml");
        let paths = [folder.path().to_owned(), b.clone(), named.clone()];
        let (inputs, errors) = gather(&paths, "-", |path| ignored.starts_with(path) && path != folder.path());
        assert_eq!(inputs, [Input::Path(a), Input::Path(b), Input::Named(named)]);
        assert!(errors.is_empty());
    }

    #[test]
    fn what_cannot_be_read_is_said_and_hides_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("missing.bpmn");
        let error = Input::Path(missing).read().unwrap_err().to_string();
        assert!(error.contains("missing.bpmn"), "{error}");
    }
}
