//! What lies beside the source: `plugin.toml`, the models in `bpe/` and the resources in `fhir/`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use crate::handlers::Handler;
use crate::models::{self, Model};
use crate::resources;

/// Version of the contract the SDK is built for.
const API: &str = "0.1.0";

/// Everything a component carries besides code.
pub(crate) struct Package {
    pub(crate) models: Vec<Model>,
    /// By path inside the plugin: where the file is. `plugin.toml` is not among them.
    pub(crate) files: BTreeMap<String, PathBuf>,
    /// Where `plugin.toml` is.
    pub(crate) settings_path: PathBuf,
    settings: Settings,
    resources: BTreeMap<String, Vec<String>>,
}

/// `plugin.toml`
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Settings {
    name: String,
    version: String,
    release_date: String,
    title: String,
    license: String,
    publisher: Publisher,
    #[serde(default)]
    capabilities: Vec<Capability>,
    limits: Option<Limits>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publisher {
    name: String,
    email: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Capability {
    id: String,
    reason: String,
    #[serde(default)]
    optional: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Limits {
    memory_mib: u32,
    cpu_ms: u32,
    wall_ms: u32,
}

/// Reads and cross-checks the files; all problems at once.
pub(crate) fn read(root: &Path) -> Result<Package, Vec<String>> {
    let settings_path = root.join("plugin.toml");
    let settings = settings(&settings_path).map_err(|problem| vec![problem])?;
    let mut files = BTreeMap::new();
    for folder in ["bpe", "fhir"] {
        collect(root, folder, &mut files).map_err(|problem| vec![problem])?;
    }
    let mut problems = Vec::new();
    let mut models = Vec::new();
    let mut fhir = Vec::new();
    for (path, file) in &files {
        let read = fs::read_to_string(file).map_err(|error| format!("{path}: {error}")).and_then(|text| {
            match path.rsplit_once('.') {
                Some((_, "bpmn")) if path.starts_with("bpe/") => models.push(models::read(path, &text)?),
                // Decisions are read when the plugin is deployed, as models are.
                Some((_, "dmn")) if path.starts_with("bpe/") => {}
                Some((_, "json")) if path.starts_with("fhir/") => fhir.push(resources::read(path, text)?),
                _ => return Err(format!("{path}: expected .bpmn or .dmn in bpe/ and .json in fhir/")),
            }
            Ok(())
        });
        problems.extend(read.err());
    }
    if models.is_empty() && problems.is_empty() {
        problems
            .push(format!("{}: a plugin needs at least one process model, bpe/<name>.bpmn", root.display()));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let process_ids: Vec<&str> = models.iter().map(|model| model.process_id.as_str()).collect();
    let resources = resources::assign(&process_ids, &fhir)?;
    Ok(Package { models, files, settings_path, settings, resources })
}

fn settings(path: &Path) -> Result<Settings, String> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let settings: Settings = toml::from_str(&text).map_err(|error| format!("plugin.toml: {error}"))?;
    let parts: Vec<&str> = settings.version.split('.').collect();
    if parts.len() != 4 || !parts.iter().all(|part| part.parse::<u32>().is_ok()) {
        return Err(format!(
            "plugin.toml: version '{}' must have four numbers, such as 1.0.0.0; the first two are the version of models and resources",
            settings.version
        ));
    }
    Ok(settings)
}

/// Collects the files of a folder, by path with `/`.
fn collect(root: &Path, folder: &str, files: &mut BTreeMap<String, PathBuf>) -> Result<(), String> {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let path = root.join(&folder);
        if !path.exists() {
            continue;
        }
        let at = |error: std::io::Error| format!("{}: {error}", path.display());
        for entry in fs::read_dir(&path).map_err(at)? {
            let entry = entry.map_err(at)?;
            let name = entry.file_name();
            let inside = format!("{folder}/{}", name.to_string_lossy());
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
            if !name.to_string_lossy().bytes().all(allowed) || name.to_string_lossy().starts_with('.') {
                return Err(format!(
                    "{inside}: a file in a plugin is named with letters, digits, '.', '_' and '-'"
                ));
            }
            if entry.file_type().map_err(at)?.is_dir() {
                open.push(inside);
            } else {
                files.insert(inside, entry.path());
            }
        }
    }
    Ok(())
}

impl Package {
    /// The text of section `tessera:manifest`.
    pub(crate) fn manifest(&self, handlers: &[Handler]) -> String {
        let settings = &self.settings;
        let resource_version: Vec<&str> = settings.version.split('.').take(2).collect();
        let processes: Vec<Value> = self
            .models
            .iter()
            .map(|model| json!({ "id": model.process_id, "model": model.path, "resources": self.resources.get(&model.process_id) }))
            .collect();
        let handlers: Vec<Value> = handlers
            .iter()
            .map(|handler| {
                json!({ "name": handler.name, "kind": handler.kind.code(), "aliases": handler.aliases, "doc": handler.documentation })
            })
            .collect();
        let capabilities: Vec<Value> = settings
            .capabilities
            .iter()
            .map(|capability| json!({ "id": capability.id, "reason": capability.reason, "optional": capability.optional }))
            .collect();
        let mut manifest = json!({
            "schema": 1,
            "api": API,
            "name": settings.name,
            "version": settings.version,
            "resource-version": resource_version.join("."),
            "release-date": settings.release_date,
            "title": settings.title,
            "publisher": { "name": settings.publisher.name, "email": settings.publisher.email },
            "license": settings.license,
            "processes": processes,
            "handlers": handlers,
            "capabilities": capabilities,
        });
        if let Some(limits) = &settings.limits {
            manifest["limits"] = json!({ "memory-mib": limits.memory_mib, "cpu-ms": limits.cpu_ms, "wall-ms": limits.wall_ms });
        }
        manifest.to_string()
    }
}
