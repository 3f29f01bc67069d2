//! Repaired files are written whole and at once, or not at all.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use tessera_bpmn::lint::FileReport;

use crate::lint::LintError;

/// Writes a text over a file, in the encoding that it had, keeping its permissions.
pub fn replace(report: &FileReport, text: &str) -> Result<(), LintError> {
    let path = Path::new(&report.path);
    let unwritable = |error| LintError::Unwritable { path: report.path.clone(), error };
    let bytes = report.encoding.encode(text).ok_or_else(|| {
        unwritable(std::io::Error::other("a character of the repair does not exist in the file's encoding"))
    })?;
    let folder =
        path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(unwritable)?;
    file.write_all(&bytes).map_err(unwritable)?;
    let permissions = fs::metadata(path).map_err(unwritable)?.permissions();
    fs::set_permissions(file.path(), permissions).map_err(unwritable)?;
    file.persist(path).map_err(|error| unwritable(error.error))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use tessera_bpmn::lint::{Config, Source, lint_file};

    use super::*;

    #[test]
    fn a_file_is_replaced_whole_in_its_encoding() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bpmn");
        fs::write(&path, b"\xFF\xFE<\0a\0").unwrap();
        let shown = path.display().to_string();
        let bytes = fs::read(&path).unwrap();
        let report = lint_file(Source { path: &shown, bytes: &bytes }, &Config::default());
        replace(&report, "b").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"\xFF\xFEb\0");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
