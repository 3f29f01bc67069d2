//! The plugin folder becomes what the site can run: approved packages, compiled plugins, executable processes, and the
//! FHIR resources that they bring to the mailbox.
//!
//! A file runs only when its SHA-256 is pinned in the configuration. Every other file is listed with the line to add;
//! a broken one is listed with what is wrong. None of them stops the others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use tessera_core::driver::Deployment;
use tessera_core::identity::DefinitionKey;
use tessera_hosting::prepare::{creation_order, prepare};
use tessera_plugin_host::{Package, Plugin, PluginHost};

use crate::bounded;
use crate::config;
use crate::limits::PLUGIN_FILE_BYTES_MAX;

/// One file of the plugin folder, as an operator sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Listed {
    /// File name.
    pub file: String,
    /// SHA-256 of the file, lowercase hex.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// `name version`, when the manifest could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plugin: Option<String>,
    /// `active`, `not approved` or `refused`.
    pub state: &'static str,
    /// What is wrong and what to do; one line each.
    pub notes: Vec<String>,
}

/// What the folder holds.
#[derive(Debug, Default)]
pub struct Deployed {
    /// Every `.wasm` file, by name.
    pub listed: Vec<Listed>,
    /// Executable processes.
    pub definitions: Vec<Deployment>,
    /// Which plugin serves which definition.
    pub plugins: BTreeMap<DefinitionKey, Arc<Plugin>>,
    /// FHIR resources for the mailbox, placeholders replaced, in the order of their creation; each with the position in
    /// `listed` of the plugin that brings it.
    pub resources: Vec<(usize, Value)>,
}

impl Deployed {
    /// Whether a plugin brings this version of this process already.
    fn has(&self, wanted: &DefinitionKey) -> bool {
        let same = |key: &DefinitionKey| key.process_id == wanted.process_id && key.version == wanted.version;
        self.plugins.keys().any(same)
    }
}

/// The plugin folder cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the plugin folder {}: {source}; set plugins.folder", path.display())]
pub struct FolderError {
    path: PathBuf,
    source: std::io::Error,
}

/// Reads, checks, compiles. Slow (WebAssembly compilation): call it off the async threads.
pub fn deploy(
    settings: &config::Plugins,
    organization: &str,
    host: &PluginHost,
) -> Result<Deployed, FolderError> {
    let unreadable = |source| FolderError { path: settings.folder.clone(), source };
    let mut files = std::fs::read_dir(&settings.folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(unreadable)?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wasm"));
    files.sort();
    let mut deployed = Deployed::default();
    for path in files {
        let listed = deploy_file(&path, settings, organization, host, &mut deployed);
        match listed.state {
            "active" if listed.notes.is_empty() => {
                tracing::info!(file = listed.file, plugin = listed.plugin, "plugin active");
            }
            "active" => tracing::warn!(
                file = listed.file,
                plugin = listed.plugin,
                notes = listed.notes.join("; "),
                "plugin active, with warnings"
            ),
            state => tracing::warn!(
                file = listed.file,
                state,
                notes = listed.notes.join("; "),
                "plugin not running"
            ),
        }
        deployed.listed.push(listed);
    }
    deployed.resources.sort_by_key(|(_, resource)| creation_order(resource));
    Ok(deployed)
}

fn deploy_file(
    path: &Path,
    settings: &config::Plugins,
    organization: &str,
    host: &PluginHost,
    deployed: &mut Deployed,
) -> Listed {
    let mut listed = Listed {
        file: path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        sha256: None,
        plugin: None,
        state: "refused",
        notes: Vec::new(),
    };
    let package = match read_package(path) {
        Ok(package) => package,
        Err(problem) => {
            listed.notes.push(format!("{}: {problem}", path.display()));
            return listed;
        }
    };
    let manifest = package.manifest();
    listed.sha256 = Some(package.sha256().to_owned());
    listed.plugin = Some(format!("{} {}", manifest.name, manifest.version));
    if !settings.approved.contains(package.sha256()) {
        listed.state = "not approved";
        let line = config::approval_line(&manifest.name, &manifest.version, package.sha256());
        listed.notes.push(format!("to let it run, add to plugins.approved: {}", line.trim()));
        return listed;
    }
    match prepare(&package, organization) {
        Err(problems) => listed.notes = problems,
        Ok(prepared) if prepared.definitions.iter().any(|definition| deployed.has(&definition.key)) => {
            let known = prepared.definitions.iter().filter(|definition| deployed.has(&definition.key));
            let taken =
                |known: &Deployment| format!("process {} is already provided by another plugin", known.key);
            listed.notes = known.map(taken).collect();
        }
        Ok(prepared) => match host.load(&package) {
            Err(error) => listed.notes.push(format!("{}: {error}", path.display())),
            Ok(plugin) => {
                listed.state = "active";
                listed.notes = prepared.warnings;
                for definition in &prepared.definitions {
                    deployed.plugins.insert(definition.key.clone(), Arc::clone(&plugin));
                }
                deployed.definitions.extend(prepared.definitions);
                let position = deployed.listed.len();
                deployed
                    .resources
                    .extend(prepared.resources.into_iter().map(|resource| (position, resource)));
            }
        },
    }
    listed
}

fn read_package(path: &Path) -> Result<Package, String> {
    let bytes = bounded::read(path, PLUGIN_FILE_BYTES_MAX).map_err(|error| error.to_string())?;
    Package::read(bytes).map_err(|error| error.to_string())
}

/// A batch that creates each resource unless it is there.
pub fn batch(resources: &[(usize, Value)]) -> Value {
    let entries: Vec<Value> = resources
        .iter()
        .enumerate()
        .map(|(index, (_, resource))| {
            json!({
                "fullUrl": format!("urn:uuid:00000000-0000-4000-8000-{index:012}"),
                "resource": resource,
                "request": {
                    "method": "POST",
                    "url": tessera_fhir::resource::type_name(resource).unwrap_or_default(),
                    "ifNoneExist": identity(resource),
                },
            })
        })
        .collect();
    json!({ "resourceType": "Bundle", "type": "batch", "entry": entries })
}

/// The query that finds the resource again.
fn identity(resource: &Value) -> String {
    use tessera_fhir::resource::{text, type_name};
    match type_name(resource) {
        Some("NamingSystem") => format!("name={}", text(resource, "name").unwrap_or_default()),
        Some("Task") => {
            let identifier =
                tessera_fhir::resource::sole_identifier(resource, tessera_fhir::names::TASK_IDENTIFIER);
            format!(
                "identifier={}|{}&status=draft",
                tessera_fhir::names::TASK_IDENTIFIER,
                identifier.unwrap_or_default()
            )
        }
        _ => format!(
            "url={}&version={}",
            text(resource, "url").unwrap_or_default(),
            text(resource, "version").unwrap_or_default()
        ),
    }
}
