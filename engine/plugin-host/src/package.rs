//! One `.wasm` file, read without compiling or running any of it: manifest, process models, FHIR resources, imports.
//!
//! The sections `tessera:manifest` and `tessera:file:<path>` may stand at the component's own level (any tool can append
//! them there) or in a core module directly inside (where the Rust SDK's linker puts them). Anywhere else, twice, or
//! under a path that could leave a directory, they are refused.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;
use std::sync::Arc;

use sha2::{Digest, Sha256};
use wasmparser::{Encoding, Parser, Payload};

use crate::limits::{
    FILES_MAX, FUNCTION_BODY_BYTES_MAX, FUNCTIONS_MAX, IMPORTS_MAX, MANIFEST_BYTES_MAX, NESTING_MAX,
    PACKAGE_BYTES_MAX, PATH_BYTES_MAX,
};
use crate::manifest::Manifest;

const MANIFEST_SECTION: &str = "tessera:manifest";
const FILE_SECTION_PREFIX: &str = "tessera:file:";

/// A plugin as a file: everything that can be known about it without trusting it.
#[derive(Debug, Clone)]
pub struct Package {
    bytes: Arc<[u8]>,
    sha256: String,
    manifest: Manifest,
    files: BTreeMap<String, Range<usize>>,
    imports: Vec<String>,
}

/// Why a file is not a plugin package.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// More than this host reads.
    #[error("the file has {bytes} bytes, at most {PACKAGE_BYTES_MAX} are allowed")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// No WebAssembly, or cut off.
    #[error("no valid WebAssembly at byte {offset}: {reason}; copy the file again or rebuild it")]
    Malformed {
        /// Where.
        offset: usize,
        /// What the parser says.
        reason: String,
    },
    /// A core module.
    #[error(
        "the file is a WebAssembly core module, not a component; build the plugin with `--target wasm32-wasip2`"
    )]
    NotAComponent,
    /// No manifest section.
    #[error(
        "the component has no section `tessera:manifest`; build it with the plugin SDK, and keep custom sections \
         (`wasm-tools strip` removes them)"
    )]
    NoManifest,
    /// Not JSON, or not this JSON.
    #[error("section `tessera:manifest`: {0}")]
    ManifestSyntax(String),
    /// JSON that breaks a rule.
    #[error("section `tessera:manifest`: {0}")]
    ManifestRule(String),
    /// A section that breaks a rule.
    #[error("section `{name}`: {rule}")]
    Section {
        /// Which.
        name: String,
        /// What is wrong and what to do.
        rule: String,
    },
    /// A function that would take a compiler too long.
    #[error(
        "the function at byte {offset} has {bytes} bytes, at most {FUNCTION_BODY_BYTES_MAX} are compiled; split it, or build with less inlining"
    )]
    FunctionTooLarge {
        /// Where.
        offset: usize,
        /// Its size.
        bytes: usize,
    },
    /// Too many of something.
    #[error("more than {limit} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        limit: usize,
    },
}

impl Package {
    /// Reads a package. Costs microseconds plus one SHA-256 over the file.
    pub fn read(bytes: impl Into<Arc<[u8]>>) -> Result<Self, PackageError> {
        let bytes = bytes.into();
        if bytes.len() > PACKAGE_BYTES_MAX {
            return Err(PackageError::TooLarge { bytes: bytes.len() });
        }
        let contents = Contents::read(&bytes)?;
        let manifest = contents.manifest.ok_or(PackageError::NoManifest)?;
        let manifest: Manifest = serde_json::from_slice(&bytes[manifest])
            .map_err(|error| PackageError::ManifestSyntax(error.to_string()))?;
        if let Some(rule) = manifest.broken_rule() {
            return Err(PackageError::ManifestRule(rule));
        }
        for (process, path) in manifest.named_files() {
            if !contents.files.contains_key(path) {
                return Err(PackageError::ManifestRule(format!(
                    "process {process:?} names the file {path:?}, which is not in the package"
                )));
            }
        }
        let sha256 = lowercase_hex(&Sha256::digest(&bytes));
        Ok(Self { sha256, manifest, files: contents.files, imports: contents.imports, bytes })
    }

    /// The whole file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the whole file, lowercase hex: what an operator pins.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// What the plugin says about itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// All files, by path.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, range)| (path.as_str(), &self.bytes[range.clone()]))
    }

    /// One file.
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        self.files.get(path).map(|range| &self.bytes[range.clone()])
    }

    /// The interfaces that the component imports, e.g. `tessera:process/log@0.1.0`. For Rust and C this is exactly what
    /// its code uses.
    pub fn imports(&self) -> &[String] {
        &self.imports
    }
}

/// What one pass over the file finds.
#[derive(Default)]
struct Contents {
    manifest: Option<Range<usize>>,
    files: BTreeMap<String, Range<usize>>,
    imports: Vec<String>,
    functions: usize,
}

impl Contents {
    fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let mut contents = Self::default();
        // The encodings of the modules and components that enclose the current payload, outermost first.
        let mut enclosing: Vec<Encoding> = Vec::new();
        for payload in Parser::new(0).parse_all(bytes) {
            let payload = payload?;
            if let Payload::Version { encoding, .. } = &payload {
                if enclosing.is_empty() && *encoding == Encoding::Module {
                    return Err(PackageError::NotAComponent);
                }
                enclosing.push(*encoding);
                if enclosing.len() > NESTING_MAX {
                    return Err(PackageError::TooMany { what: "levels of nesting", limit: NESTING_MAX });
                }
            } else if let Payload::End(_) = &payload {
                enclosing.pop();
            } else if let Payload::CodeSectionEntry(body) = &payload {
                contents.function(body.range())?;
            } else if let Payload::CustomSection(section) = &payload {
                let in_place = matches!(enclosing.as_slice(), [_] | [_, Encoding::Module]);
                contents.section(section.name(), section.data_offset(), section.data().len(), in_place)?;
            } else if let (Payload::ComponentImportSection(section), [_]) = (&payload, enclosing.as_slice()) {
                for import in section.clone() {
                    if contents.imports.len() == IMPORTS_MAX {
                        return Err(PackageError::TooMany { what: "imports", limit: IMPORTS_MAX });
                    }
                    contents.imports.push(import?.name.name.to_owned());
                }
            }
        }
        contents.imports.sort_unstable();
        contents.imports.dedup();
        Ok(contents)
    }

    fn function(&mut self, body: Range<usize>) -> Result<(), PackageError> {
        if body.len() > FUNCTION_BODY_BYTES_MAX {
            return Err(PackageError::FunctionTooLarge { offset: body.start, bytes: body.len() });
        }
        self.functions = self.functions.saturating_add(1);
        if self.functions > FUNCTIONS_MAX {
            return Err(PackageError::TooMany { what: "functions", limit: FUNCTIONS_MAX });
        }
        Ok(())
    }

    fn section(
        &mut self,
        name: &str,
        start: usize,
        length: usize,
        in_place: bool,
    ) -> Result<(), PackageError> {
        let refuse =
            |rule: String| Err(PackageError::Section { name: name.chars().take(300).collect(), rule });
        let path = name.strip_prefix(FILE_SECTION_PREFIX);
        if name != MANIFEST_SECTION && path.is_none() {
            return Ok(());
        }
        if !in_place {
            return refuse(
                "is nested too deep; it must stand at the component's own level or in a core module directly inside"
                    .into(),
            );
        }
        let range = start..start + length;
        let Some(path) = path else {
            if length > MANIFEST_BYTES_MAX {
                return refuse(format!("has {length} bytes, at most {MANIFEST_BYTES_MAX} are allowed"));
            }
            return match self.manifest.replace(range) {
                None => Ok(()),
                Some(_) => refuse("occurs twice; a package has one manifest".into()),
            };
        };
        if let Some(rule) = broken_path_rule(path) {
            return refuse(rule.into());
        }
        if self.files.len() == FILES_MAX {
            return Err(PackageError::TooMany { what: "files", limit: FILES_MAX });
        }
        match self.files.insert(path.to_owned(), range) {
            None => Ok(()),
            Some(_) => refuse("occurs twice; each file is stored once".into()),
        }
    }
}

impl From<wasmparser::BinaryReaderError> for PackageError {
    fn from(error: wasmparser::BinaryReaderError) -> Self {
        Self::Malformed { offset: error.offset(), reason: error.message().to_owned() }
    }
}

/// Paths are relative, portable, and cannot leave the package.
fn broken_path_rule(path: &str) -> Option<&'static str> {
    if path.is_empty() || path.len() > PATH_BYTES_MAX {
        return Some("the path must have 1 to 255 bytes");
    }
    if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'/' | b'-')) {
        return Some("a path may only have the characters A-Z a-z 0-9 . _ / -");
    }
    if path.split('/').any(|segment| segment.is_empty() || segment.starts_with("..") || segment == ".") {
        return Some("a path is relative, without empty segments, `.` or `..`");
    }
    None
}

fn lowercase_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
