//! Bundles: searchsets that we answer, transactions and batches that we read, and their responses.

use serde_json::{Map, Value, json};

use crate::limits::BUNDLE_ENTRIES_MAX;
use crate::resource::{self, list, text};

/// Why an entry is in a searchset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It matches.
    Match,
    /// A match refers to it.
    Include,
    /// It tells what was ignored.
    Outcome,
}

/// One searchset entry. `base` is the server's base url without trailing slash.
pub fn searchset_entry(base: &str, mode: Mode, resource: Value) -> Value {
    let mode_code = match mode {
        Mode::Match => "match",
        Mode::Include => "include",
        Mode::Outcome => "outcome",
    };
    let full_url = match (resource::type_name(&resource), resource::id(&resource)) {
        (Some(type_name), Some(id)) => Some(format!("{base}/{type_name}/{id}")),
        _ => None,
    };
    let mut members = Map::new();
    members.extend(full_url.map(|url| ("fullUrl".to_owned(), Value::String(url))));
    members.insert("resource".to_owned(), resource);
    members.insert("search".to_owned(), json!({ "mode": mode_code }));
    Value::Object(members)
}

/// A Bundle of `kind` with these members; empty arrays are left out, as FHIR demands.
pub fn bundle(
    kind: &str,
    links: &[(&str, String)],
    total: Option<usize>,
    timestamp: &str,
    entries: Vec<Value>,
) -> Value {
    let links: Vec<Value> =
        links.iter().map(|(relation, url)| json!({ "relation": relation, "url": url })).collect();
    let mut bundle = json!({ "resourceType": "Bundle", "type": kind, "timestamp": timestamp });
    if let Some(members) = bundle.as_object_mut() {
        if let Some(total) = total {
            members.insert("total".to_owned(), json!(total));
        }
        if !links.is_empty() {
            members.insert("link".to_owned(), Value::Array(links));
        }
        if !entries.is_empty() {
            members.insert("entry".to_owned(), Value::Array(entries));
        }
    }
    bundle
}

/// The resources of a searchset with mode `match`.
pub fn matches(searchset: &Value) -> impl Iterator<Item = &Value> {
    with_mode(searchset, "match")
}

/// The resources of a searchset with mode `include`.
pub fn includes(searchset: &Value) -> impl Iterator<Item = &Value> {
    with_mode(searchset, "include")
}

fn with_mode<'a>(searchset: &'a Value, mode: &'static str) -> impl Iterator<Item = &'a Value> {
    list(searchset, "entry")
        .iter()
        .filter(move |entry| entry.get("search").and_then(|search| text(search, "mode")) == Some(mode))
        .filter_map(|entry| entry.get("resource"))
}

/// The url of a link of a Bundle, for example `next`.
pub fn link<'a>(bundle: &'a Value, relation: &str) -> Option<&'a str> {
    list(bundle, "link")
        .iter()
        .find(|link| text(link, "relation") == Some(relation))
        .and_then(|link| text(link, "url"))
}

/// All or nothing, or each for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Processing {
    /// One commit; the first refusal undoes everything.
    Transaction,
    /// Each entry its own commit, in order.
    Batch,
}

/// HTTP verb of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Read or search.
    Get,
    /// Read or search, without the body.
    Head,
    /// Create.
    Post,
    /// Update.
    Put,
    /// Delete.
    Delete,
}

/// One entry of a transaction or batch.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `fullUrl`.
    pub full_url: Option<String>,
    /// `request.method`.
    pub method: Method,
    /// `request.url`.
    pub url: String,
    /// `request.ifNoneExist`.
    pub if_none_exist: Option<String>,
    /// `request.ifMatch`.
    pub if_match: Option<String>,
    /// `resource`.
    pub resource: Option<Value>,
}

/// Why a Bundle cannot be processed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unprocessable {
    /// The type is neither transaction nor batch.
    #[error("Operation bundle forbidden: Bundle.type is neither transaction nor batch")]
    Type,
    /// An entry is malformed.
    #[error("Bad bundle request - entry {index}: {problem}")]
    Entry {
        /// Index from 0.
        index: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// Too many entries.
    #[error("Bad bundle request - more than {BUNDLE_ENTRIES_MAX} entries; split the Bundle")]
    Large,
}

/// Reads a Bundle to be processed.
pub fn read(bundle: &Value) -> Result<(Processing, Vec<Entry>), Unprocessable> {
    let processing = match (resource::type_name(bundle), text(bundle, "type")) {
        (Some("Bundle"), Some("transaction")) => Processing::Transaction,
        (Some("Bundle"), Some("batch")) => Processing::Batch,
        _ => return Err(Unprocessable::Type),
    };
    let entries = list(bundle, "entry");
    if entries.len() > BUNDLE_ENTRIES_MAX {
        return Err(Unprocessable::Large);
    }
    let entries = entries
        .iter()
        .enumerate()
        .map(|(index, entry)| read_entry(entry).map_err(|problem| Unprocessable::Entry { index, problem }))
        .collect::<Result<_, _>>()?;
    Ok((processing, entries))
}

fn read_entry(entry: &Value) -> Result<Entry, &'static str> {
    let request = entry.get("request").ok_or("request is missing")?;
    let method = match text(request, "method") {
        Some("GET") => Method::Get,
        Some("HEAD") => Method::Head,
        Some("POST") => Method::Post,
        Some("PUT") => Method::Put,
        Some("DELETE") => Method::Delete,
        _ => return Err("request.method is missing or not one of GET, HEAD, POST, PUT, DELETE"),
    };
    let url = text(request, "url").ok_or("request.url is missing")?;
    let resource = entry.get("resource").filter(|resource| resource.is_object());
    match (method, resource) {
        (Method::Get | Method::Head | Method::Delete, Some(_)) => {
            return Err("GET, HEAD and DELETE take no resource");
        }
        (Method::Post | Method::Put, None) => return Err("POST and PUT need a resource"),
        _ => {}
    }
    let mut resource = resource.cloned();
    if let Some(members) = resource.as_mut().and_then(Value::as_object_mut) {
        // DSF drops contained resources of entries, too.
        members.remove("contained");
    }
    Ok(Entry {
        full_url: text(entry, "fullUrl").map(str::to_owned),
        method,
        url: url.to_owned(),
        if_none_exist: text(request, "ifNoneExist").map(str::to_owned),
        if_match: text(request, "ifMatch").map(str::to_owned),
        resource,
    })
}
