//! The plugin folder becomes what the site can run: approved packages, compiled plugins, executable processes, and the
//! FHIR resources that they bring to the mailbox.
//!
//! A file runs only when its SHA-256 is pinned in the configuration. Every other file is listed with the line to add;
//! a broken one is listed with what is wrong. None of them stops the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tessera_bpmn::compile::{self, Kind, Program, Throw};
use tessera_bpmn::decision::{self, Decisions};
use tessera_bpmn::diagnostic::Diagnostic;
use tessera_bpmn::read::{self, Placeholders, Substituted};
use tessera_core::driver::Deployment;
use tessera_core::identity::DefinitionKey;
use tessera_plugin_host::manifest;
use tessera_plugin_host::{Package, Plugin, PluginHost};

use crate::config;
use crate::hex;
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
    match prepare(&package, organization, &deployed.plugins) {
        Err(problems) => listed.notes = problems,
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
    let size = std::fs::metadata(path).map_err(|error| error.to_string())?.len();
    if size > PLUGIN_FILE_BYTES_MAX {
        return Err(format!("{size} bytes; at most {PLUGIN_FILE_BYTES_MAX} are read"));
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    Package::read(bytes).map_err(|error| error.to_string())
}

/// A package whose models compile and whose resources parse.
#[derive(Debug)]
struct Prepared {
    definitions: Vec<Deployment>,
    resources: Vec<Value>,
    warnings: Vec<String>,
}

fn prepare(
    package: &Package,
    organization: &str,
    others: &BTreeMap<DefinitionKey, Arc<Plugin>>,
) -> Result<Prepared, Vec<String>> {
    let manifest = package.manifest();
    let placeholders = Placeholders {
        version: &manifest.resource_version,
        date: manifest.release_date.as_deref().unwrap_or_default(),
        organization,
    };
    let mut prepared = Prepared { definitions: Vec::new(), resources: Vec::new(), warnings: Vec::new() };
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    let decisions = decisions(package).unwrap_or_else(|found| {
        problems.extend(found);
        Decisions::default()
    });
    for process in &manifest.processes {
        match definition(package, process, &placeholders, &decisions) {
            Ok((deployment, warnings)) => {
                prepared.warnings.extend(warnings);
                let taken = |key: &&DefinitionKey| {
                    key.process_id == deployment.key.process_id && key.version == deployment.key.version
                };
                if others.keys().any(|key| taken(&key)) {
                    problems
                        .push(format!("process {} is already provided by another plugin", deployment.key));
                }
                prepared.definitions.push(deployment);
            }
            Err(found) => problems.extend(found),
        }
        for path in &process.resources {
            if !seen.insert(path) {
                continue;
            }
            match fhir_resource(package, path, &placeholders) {
                Ok(resource) => prepared.resources.push(resource),
                Err(problem) => problems.push(problem),
            }
        }
    }
    if manifest.processes.is_empty() {
        prepared.warnings.push("brings no process".to_owned());
    }
    if problems.is_empty() { Ok(prepared) } else { Err(problems) }
}

/// The executable processes of a package.
pub fn definitions(package: &Package, organization: &str) -> Result<Vec<Deployment>, Vec<String>> {
    Ok(prepare(package, organization, &BTreeMap::new())?.definitions)
}

/// The decisions that a package brings beside its models.
fn decisions(package: &Package) -> Result<Decisions, Vec<String>> {
    let mut decisions = Decisions::default();
    let mut problems = Vec::new();
    for (path, bytes) in package.files().filter(|(path, _)| decision::is_file_name(path)) {
        match Decisions::read(bytes) {
            Ok(read) => decisions.extend(read),
            Err(found) => problems.extend(found.iter().map(|finding| format!("{path}: {finding}"))),
        }
    }
    if problems.is_empty() { Ok(decisions) } else { Err(problems) }
}

fn definition(
    package: &Package,
    process: &manifest::Process,
    placeholders: &Placeholders<'_>,
    decisions: &Decisions,
) -> Result<(Deployment, Vec<String>), Vec<String>> {
    let text = text_file(package, &process.model).map_err(|problem| vec![problem])?;
    let in_file = |diagnostics: &[Diagnostic]| -> Vec<String> {
        diagnostics.iter().map(|diagnostic| format!("{}: {diagnostic}", process.model)).collect()
    };
    let Substituted { text, diagnostics } = read::substitute(text, placeholders);
    if !diagnostics.is_empty() {
        return Err(in_file(&diagnostics));
    }
    let reading = read::read(text.as_bytes());
    let mut warnings = in_file(&reading.diagnostics);
    let definitions = reading.into_result().map_err(|diagnostics| in_file(&diagnostics))?;
    let examined = compile::examine_with(&definitions, &process.id, decisions);
    let Some(program) = examined.program else { return Err(in_file(&examined.diagnostics)) };
    warnings.extend(in_file(&examined.diagnostics));
    let missing: Vec<String> = handlers(&program)
        .into_iter()
        .filter(|(handler, _)| !package.manifest().has_handler(handler))
        .map(|(handler, element)| {
            format!(
                "{}: element {element} names handler {handler:?}, which the plugin does not have",
                process.model
            )
        })
        .collect();
    if !missing.is_empty() {
        return Err(missing);
    }
    let digest = Sha256::new().chain_update(text.as_bytes()).chain_update(package.sha256()).finalize();
    let key = DefinitionKey {
        process_id: program.process_id.as_str().into(),
        version: program.version_tag.as_deref().unwrap_or(placeholders.version).into(),
        digest: hex::lowercase(&digest).into(),
    };
    Ok((Deployment { key, program: Arc::new(program) }, warnings))
}

/// Every handler that the program calls, with the element that does.
fn handlers(program: &Program) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for (_, element) in program.elements() {
        let own: Vec<&str> = match &element.kind {
            Kind::ServiceTask(work) => work.handler.as_deref().into_iter().collect(),
            Kind::SendTask(send) => send.handler.as_deref().into_iter().collect(),
            Kind::ThrowEvent(throw) | Kind::EndEvent(throw) => {
                throw.each().iter().filter_map(shaper).collect()
            }
            Kind::Process(_)
            | Kind::SubProcess(_)
            | Kind::Transaction(_)
            | Kind::AdHocSubProcess { .. }
            | Kind::EventSubProcess { .. }
            | Kind::StartEvent(_)
            | Kind::CatchEvent(_)
            | Kind::BoundaryEvent { .. }
            | Kind::Task
            | Kind::ReceiveTask(_)
            | Kind::UserTask
            | Kind::CallActivity(_)
            | Kind::ExclusiveGateway
            | Kind::ParallelGateway
            | Kind::InclusiveGateway
            | Kind::ComplexGateway { .. }
            | Kind::Link
            | Kind::EventBasedGateway
            | Kind::InstantiatingGateway { .. } => Vec::new(),
        };
        let listeners = element.listeners.iter().filter_map(|listener| listener.handler.as_deref());
        found.extend(own.into_iter().chain(listeners).map(|handler| (handler, &*element.id)));
    }
    found
}

/// The handler that shapes what an event sends.
fn shaper(throw: &Throw) -> Option<&str> {
    if let Throw::Message(send) = throw { send.handler.as_deref() } else { None }
}

fn fhir_resource(package: &Package, path: &str, placeholders: &Placeholders<'_>) -> Result<Value, String> {
    let text = text_file(package, path)?;
    let mut resource: Value = serde_json::from_str(text).map_err(|error| format!("{path}: {error}"))?;
    substitute(&mut resource, placeholders).map_err(|unknown| {
        format!(
            "{path}: unknown placeholder {unknown}; known are #{{version}}, #{{date}} and #{{organization}}"
        )
    })?;
    if tessera_fhir::resource::resource_type(&resource).is_none() {
        let found = tessera_fhir::resource::type_name(&resource).unwrap_or("nothing");
        return Err(format!("{path}: resourceType is {found}, which this mailbox does not know"));
    }
    if resource.get("url").is_some() {
        // The site, not the author, decides that a process is in use.
        resource["status"] = json!("active");
    }
    Ok(resource)
}

/// Replaces placeholders in all strings; `Err` names one that nobody knows.
fn substitute(resource: &mut Value, placeholders: &Placeholders<'_>) -> Result<(), String> {
    let mut open = vec![resource];
    while let Some(value) = open.pop() {
        match value {
            Value::String(text) if text.contains("#{") => {
                let replaced = text
                    .replace("#{version}", placeholders.version)
                    .replace("#{date}", placeholders.date)
                    .replace("#{organization}", placeholders.organization);
                if let Some(start) = replaced.find("#{") {
                    let end = replaced[start..].find('}').map_or(replaced.len(), |end| start + end + 1);
                    return Err(replaced[start..end].to_owned());
                }
                *text = replaced;
            }
            Value::Array(items) => open.extend(items.iter_mut()),
            Value::Object(members) => open.extend(members.values_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    Ok(())
}

fn text_file<'a>(package: &'a Package, path: &str) -> Result<&'a str, String> {
    let bytes =
        package.file(path).ok_or_else(|| format!("{path}: the manifest names it, the package lacks it"))?;
    std::str::from_utf8(bytes).map_err(|error| format!("{path}: not UTF-8: {error}"))
}

/// What others refer to comes first.
fn creation_order(resource: &Value) -> usize {
    const ORDER: [&str; 6] =
        ["NamingSystem", "CodeSystem", "ValueSet", "StructureDefinition", "ActivityDefinition", "Task"];
    let name = tessera_fhir::resource::type_name(resource).unwrap_or_default();
    ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len())
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
