//! A package becomes what a site can run: executable processes, and the FHIR resources that they bring to the mailbox. All
//! that is wrong with it is found at once; nothing of it is run.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tessera_bpmn::compile::{self, Kind, Program, Throw};
use tessera_bpmn::decision::{self, Decisions};
use tessera_bpmn::diagnostic::Diagnostic;
use tessera_bpmn::read::{self, Placeholders, Substituted};
use tessera_core::driver::Deployment;
use tessera_core::identity::DefinitionKey;
use tessera_fhir::process::{ProcessCanonical, authorizations};
use tessera_fhir::resource::text;
use tessera_plugin_host::{Package, manifest};

/// A package whose models compile and whose resources parse.
#[derive(Debug)]
pub struct Prepared {
    /// Executable processes.
    pub definitions: Vec<Deployment>,
    /// FHIR resources, placeholders replaced, in the order of the manifest.
    pub resources: Vec<Value>,
    /// What stops nothing and should be known.
    pub warnings: Vec<String>,
}

/// Reads models and resources for an organization. An error is everything that is wrong.
pub fn prepare(package: &Package, organization: &str) -> Result<Prepared, Vec<String>> {
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
                prepared.definitions.push(deployment);
            }
            Err(found) => problems.extend(found),
        }
        for path in &process.resources {
            if !seen.insert(path) {
                continue;
            }
            match text_file(package, path).and_then(|text| resource(path, text, &placeholders)) {
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
        digest: hex(&digest).into(),
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

/// A FHIR resource as a site publishes it, from the text of a file in JSON.
pub fn resource(path: &str, text: &str, placeholders: &Placeholders<'_>) -> Result<Value, String> {
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

/// In which place a resource is created: what others refer to comes first.
pub fn creation_order(resource: &Value) -> usize {
    const ORDER: [&str; 6] =
        ["NamingSystem", "CodeSystem", "ValueSet", "StructureDefinition", "ActivityDefinition", "Task"];
    let name = tessera_fhir::resource::type_name(resource).unwrap_or_default();
    ORDER.iter().position(|known| *known == name).unwrap_or(ORDER.len())
}

/// `url|version` of the process with this id that takes a message, as the resources say, and the profile of that message.
pub fn authorized(resources: &[Value], process: &str, message: &str) -> Option<(String, String)> {
    resources.iter().rev().find_map(|resource| {
        let canonical = canonical_of(resource, process)?;
        let authorizations = authorizations(resource).ok()?;
        let authorized = authorizations.iter().find(|known| known.message_name == message)?;
        Some((canonical, authorized.task_profile.to_string()))
    })
}

/// `url|version` of a process, if a resource defines it.
pub fn canonical_of(resource: &Value, process: &str) -> Option<String> {
    let canonical = format!("{}|{}", text(resource, "url")?, text(resource, "version")?);
    (ProcessCanonical::parse(&canonical)?.key() == process).then_some(canonical)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
