//! Where the configuration lies: it is looked for beside what is linted and above it, and its patterns start at its folder.

use std::fs;
use std::path::{Path, PathBuf};

use tessera_lint::settings::Settings;

use crate::limits::LINT_CONFIGURATION_BYTES_MAX;
use crate::lint::{LintError, gather};

/// What a configuration is called where it is looked for.
const FILE_NAME: &str = "tessera-lint.toml";

/// A configuration and where it lies.
#[derive(Debug, Clone, Default)]
pub struct Placed {
    /// The configuration.
    pub settings: Settings,
    /// Its folder.
    pub folder: PathBuf,
}

impl Placed {
    /// Reads a configuration and what it extends.
    pub fn load(path: &Path) -> Result<Self, LintError> {
        let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let settings = Settings::load(&name, &|file| text(&folder.join(file)))?;
        Ok(Self { settings, folder })
    }

    /// The configuration that lies nearest above a path, if there is one.
    pub fn find(path: &Path) -> Option<PathBuf> {
        let path = std::path::absolute(path).ok()?;
        path.ancestors().map(|folder| folder.join(FILE_NAME)).find(|file| file.is_file())
    }

    /// A path as the patterns of the configuration see it.
    pub fn relative(&self, path: &str) -> String {
        if !self.settings.has_patterns() {
            return path.to_owned();
        }
        relative(path, &self.folder)
    }
}

/// A path from a folder; as it is if it lies elsewhere.
pub fn relative(path: &str, folder: &Path) -> String {
    // `..` and links are resolved where the file is there; parts of a plugin are not.
    let resolved = |path: &Path| fs::canonicalize(path).or_else(|_| std::path::absolute(path));
    let (Ok(absolute), Ok(folder)) = (resolved(Path::new(path)), resolved(&folder.join("."))) else {
        return path.to_owned();
    };
    absolute.strip_prefix(folder).map_or_else(|_| path.to_owned(), gather::shown)
}

fn text(path: &Path) -> Result<String, String> {
    let failed = |error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = fs::metadata(path).map_err(failed)?.len();
    if bytes > LINT_CONFIGURATION_BYTES_MAX {
        return Err(format!(
            "{}: the file has {bytes} bytes, at most {LINT_CONFIGURATION_BYTES_MAX} are read",
            path.display()
        ));
    }
    fs::read_to_string(path).map_err(failed)
}
