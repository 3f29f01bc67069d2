//! Which FHIR resources belong to which process. Nobody lists them: a process owns its ActivityDefinition and the draft
//! Tasks that instantiate it, and everything those mention by canonical URL, directly or through each other.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// One file of `fhir/`.
pub(crate) struct Resource {
    /// Path inside the plugin.
    path: String,
    /// The whole text: canonicals are found by looking for them.
    text: String,
    kind: String,
    url: Option<String>,
    instantiates: Option<String>,
}

/// Reads one resource.
pub(crate) fn read(path: &str, text: String) -> Result<Resource, String> {
    let json: Value =
        serde_json::from_str(&text).map_err(|error| format!("{path}:{}: {error}", error.line()))?;
    let member = |name: &str| json.get(name).and_then(Value::as_str).map(str::to_owned);
    let kind = member("resourceType").ok_or_else(|| format!("{path}: resourceType is missing"))?;
    let instantiates =
        member("instantiatesCanonical").map(|canonical| without_version(&canonical).to_owned());
    Ok(Resource { path: path.to_owned(), kind, url: member("url"), instantiates, text })
}

/// Paths of the resources of each process, by process id.
pub(crate) fn assign(
    process_ids: &[&str],
    resources: &[Resource],
) -> Result<BTreeMap<String, Vec<String>>, Vec<String>> {
    let mut problems = Vec::new();
    let mut assigned = BTreeMap::new();
    for &process_id in process_ids {
        let definition = resources.iter().find(|resource| {
            resource.kind == "ActivityDefinition"
                && resource.url.as_deref().and_then(process_of_url).as_deref() == Some(process_id)
        });
        let Some(definition) = definition else {
            problems.push(format!(
                "process '{process_id}' has no ActivityDefinition in fhir/: one with a url such as http://<domain>/bpe/Process/<name>, where <domain without dots>_<name> is '{process_id}'"
            ));
            continue;
        };
        let drafts = resources
            .iter()
            .filter(|resource| resource.kind == "Task" && resource.instantiates == definition.url);
        let paths = reachable(std::iter::once(definition).chain(drafts).collect(), resources);
        assigned.insert(process_id.to_owned(), paths.into_iter().map(str::to_owned).collect());
    }
    let mut owned: BTreeSet<&String> = assigned.values().flatten().collect();
    for resource in resources.iter().filter(|resource| !owned.remove(&resource.path)) {
        problems.push(format!("{}: no process of this plugin mentions this resource", resource.path));
    }
    if problems.is_empty() { Ok(assigned) } else { Err(problems) }
}

fn reachable<'a>(mut open: Vec<&'a Resource>, resources: &'a [Resource]) -> BTreeSet<&'a str> {
    let mut paths = BTreeSet::new();
    while let Some(resource) = open.pop() {
        if !paths.insert(resource.path.as_str()) {
            continue;
        }
        // Processes mention each other's messages; that does not make them one.
        open.extend(resources.iter().filter(|other| {
            let shared = !matches!(other.kind.as_str(), "ActivityDefinition" | "Task");
            shared && other.url.as_deref().is_some_and(|url| mentions(&resource.text, url))
        }));
    }
    paths
}

/// Whether a text holds a string that is this canonical, with or without version.
fn mentions(text: &str, url: &str) -> bool {
    text.match_indices(url).any(|(start, _)| {
        let end = text.as_bytes().get(start + url.len());
        text[..start].ends_with('"') && matches!(end, Some(b'"' | b'|'))
    })
}

/// `http://dsf.dev/bpe/Process/ping` -> `dsfdev_ping`
fn process_of_url(url: &str) -> Option<String> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let (domain, name) = rest.split_once("/bpe/Process/")?;
    Some(format!("{}_{name}", domain.replace('.', "")))
}

fn without_version(canonical: &str) -> &str {
    canonical.split_once('|').map_or(canonical, |(url, _)| url)
}
