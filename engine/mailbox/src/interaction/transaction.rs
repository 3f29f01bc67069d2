//! Bundles to process. A transaction is one unit of work, in the order DELETE, POST, PUT, GET; a batch is a unit per entry, in
//! the order of the entries. `urn:uuid:` references between entries become literal ones.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Map, Value, json};
use tessera_fhir::access::Identity;
use tessera_fhir::bundle::{self, Entry, Method, Processing, Unprocessable};
use tessera_fhir::resource::{self, Reference};
use tessera_fhir::search::{Handling, Query};
use tessera_fhir::{ResourceType, references};

use super::{
    Found, Reading, create, delete, delete_by_query, find, find_same, read, read_version, search, update,
    update_by_query,
};
use crate::answer::{Answer, Rejection};
use crate::fault::Fault;
use crate::limits::REMOTE_ENTRIES_MAX;
use crate::mailbox::Mailbox;
use crate::unit::Unit;
use crate::writer::Writer;

pub(crate) async fn process(
    mailbox: &Mailbox,
    writer: &Writer,
    identity: &Identity,
    bundle: &Value,
) -> Result<Answer, Rejection> {
    let (processing, entries) = bundle::read(bundle).map_err(|error| {
        let fault = match error {
            Unprocessable::Type => Fault::BundleType,
            Unprocessable::Entry { .. } | Unprocessable::Large => Fault::Bundle,
        };
        Answer::fault(fault, error.to_string())
    })?;
    if !identity.is_local() && entries.len() > REMOTE_ENTRIES_MAX {
        return Err(bad(&format!("more than {REMOTE_ENTRIES_MAX} entries; split the Bundle")));
    }
    let settings = &mailbox.settings;
    let (kind, answers) = match processing {
        Processing::Transaction => {
            let answers = writer
                .write(settings, |unit| transaction(unit, identity, entries))
                .await
                .map_err(as_transaction_error)?;
            ("transaction-response", answers)
        }
        Processing::Batch => {
            let mut ids = BTreeMap::new();
            let mut answers = Vec::with_capacity(entries.len());
            for entry in entries {
                let answer =
                    writer.write(settings, |unit| batch_entry(unit, identity, entry, &mut ids)).await;
                answers.push(answer.unwrap_or_else(Rejection::into_answer));
            }
            ("batch-response", answers)
        }
    };
    let timestamp = resource::instant(settings.clock.now());
    // A batch is answered with 200 whatever became of its entries; the audit log hears of the first that was refused.
    let code = answers.iter().find_map(|answer| answer.code);
    let entries = answers.into_iter().map(|answer| response_entry(&settings.base_url, answer)).collect();
    Ok(Answer { code, ..Answer::ok(bundle::bundle(kind, &[], None, &timestamp, entries)) })
}

/// As in DSF: a refusal stays a refusal, any other reason becomes 400 with its own text. What is too large says so.
fn as_transaction_error(mut rejection: Rejection) -> Rejection {
    let kept = [StatusCode::FORBIDDEN, StatusCode::PAYLOAD_TOO_LARGE];
    if rejection.status.is_client_error() && !kept.contains(&rejection.status) {
        rejection.status = StatusCode::BAD_REQUEST;
    }
    rejection
}

fn transaction(
    unit: &mut Unit<'_>,
    identity: &Identity,
    entries: Vec<Entry>,
) -> Result<Vec<Answer>, Rejection> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|index| entries.get(*index).map(|entry| rank(entry.method)));
    let mut entries: Vec<Option<Entry>> = entries.into_iter().map(Some).collect();
    let mut answers: BTreeMap<usize, Answer> = BTreeMap::new();
    let mut ids = BTreeMap::new();
    // Deletions come first: "delete the old one and create the new one" is one transaction.
    for index in &order {
        let Some(entry) =
            entries.get_mut(*index).and_then(|slot| slot.take_if(|entry| entry.method == Method::Delete))
        else {
            continue;
        };
        answers.insert(*index, run(unit, identity, entry, None)?);
    }
    for entry in entries.iter().flatten() {
        allocate(unit, identity, entry, &mut ids)?;
    }
    let mut resolved = Vec::new();
    for slot in &mut entries {
        if let Some(entry) = slot {
            resolve(unit, identity, entry, &ids)?;
            announce(unit, entry, &ids);
        }
        resolved.push(slot.take());
    }
    for index in order {
        let Some(entry) = resolved.get_mut(index).and_then(Option::take) else { continue };
        let id = allocated(&entry, &ids);
        let is_read = matches!(entry.method, Method::Get | Method::Head);
        let answer = match run(unit, identity, entry, id) {
            // What is not there does not undo a transaction that only asked.
            Err(rejection) if is_read && rejection.status != StatusCode::FORBIDDEN => rejection.into_answer(),
            other => other?,
        };
        answers.insert(index, answer);
    }
    Ok(answers.into_values().collect())
}

fn batch_entry(
    unit: &mut Unit<'_>,
    identity: &Identity,
    mut entry: Entry,
    ids: &mut BTreeMap<String, (ResourceType, String)>,
) -> Result<Answer, Rejection> {
    allocate(unit, identity, &entry, ids)?;
    resolve(unit, identity, &mut entry, ids)?;
    let id = allocated(&entry, ids);
    run(unit, identity, entry, id)
}

const fn rank(method: Method) -> u8 {
    match method {
        Method::Delete => 1,
        Method::Post => 2,
        Method::Put => 3,
        Method::Get | Method::Head => 4,
    }
}

/// Decides which id a `urn:uuid:` entry has: that of what its condition finds, or a new one.
fn allocate(
    unit: &Unit<'_>,
    identity: &Identity,
    entry: &Entry,
    ids: &mut BTreeMap<String, (ResourceType, String)>,
) -> Result<(), Rejection> {
    let Some(resource) = &entry.resource else { return Ok(()) };
    let Some(temporary) = entry.full_url.as_deref().filter(|url| url.starts_with("urn:uuid:")) else {
        return Ok(());
    };
    let resource_type = resource_type(entry)?;
    if resource::id(resource)
        .is_some_and(|id| format!("urn:uuid:{}", id.trim_start_matches("urn:uuid:")) != temporary)
    {
        return Err(bad(&format!("entry {temporary}: resource.id differs from fullUrl")));
    }
    let condition = match entry.method {
        Method::Put => entry.url.split_once('?').map(|(_, query)| query),
        Method::Post => entry.if_none_exist.as_deref(),
        Method::Get | Method::Head | Method::Delete => None,
    };
    let existing = match condition {
        Some(condition) => {
            let query = super::deciding_query(resource_type, condition, unit.settings)?;
            let found = match entry.method {
                Method::Post => find_same(unit.view(), &query, unit.catalog(), identity, resource)?,
                Method::Put | Method::Get | Method::Head | Method::Delete => {
                    find(unit.view(), &query, unit.catalog(), identity)?
                }
            };
            match found {
                Found::One(existing) => resource::id(&existing).map(str::to_owned),
                Found::None => None,
                Found::Several => return Err(super::multiple_matches(resource_type, condition)),
            }
        }
        None => None,
    };
    let id = existing.unwrap_or_else(|| unit.settings.entropy.uuid());
    if ids.insert(temporary.to_owned(), (resource_type, id)).is_some() {
        return Err(bad(&format!("fullUrl {temporary} is there twice")));
    }
    Ok(())
}

fn allocated(entry: &Entry, ids: &BTreeMap<String, (ResourceType, String)>) -> Option<String> {
    entry.full_url.as_ref().and_then(|url| ids.get(url)).map(|(_, id)| id.clone())
}

/// Makes temporary and conditional references literal, and takes the temporary id off the resource.
fn resolve(
    unit: &Unit<'_>,
    identity: &Identity,
    entry: &mut Entry,
    ids: &BTreeMap<String, (ResourceType, String)>,
) -> Result<(), Rejection> {
    let is_temporary = entry.full_url.as_deref().is_some_and(|url| url.starts_with("urn:uuid:"));
    let Some(resource) = &mut entry.resource else { return Ok(()) };
    if is_temporary && let Some(members) = resource.as_object_mut() {
        members.remove("id");
    }
    let base = &unit.settings.base_url;
    let mut conditional = BTreeMap::new();
    for found in references::of(resource, base) {
        let Reference::Conditional(text) = &found.reference else { continue };
        let query = Query::parse_with_type(text, &unit.settings.time_zone)
            .filter(|query| query.problems().is_empty() && !query.is_unrestricted());
        let target = match query {
            Some(query) => match find(unit.view(), &query, unit.catalog(), identity)? {
                Found::One(existing) => {
                    resource::id(&existing).map(|id| format!("{}/{id}", query.resource_type()))
                }
                Found::None | Found::Several => None,
            },
            None => None,
        };
        let target = target.ok_or_else(|| {
            Answer::fault(
                Fault::ConditionalReference,
                format!("{}: conditional reference {text} does not match exactly one resource", found.path),
            )
        })?;
        conditional.insert(text.clone(), target);
    }
    references::rewrite(resource, &|literal| match ids.get(literal) {
        Some((resource_type, id)) => Some(format!("{resource_type}/{id}")),
        None => conditional.get(literal).cloned(),
    });
    Ok(())
}

fn announce(unit: &mut Unit<'_>, entry: &Entry, ids: &BTreeMap<String, (ResourceType, String)>) {
    if let (Some(resource), Some((resource_type, id))) =
        (&entry.resource, entry.full_url.as_ref().and_then(|url| ids.get(url)))
    {
        unit.announce(*resource_type, id, resource);
    }
}

fn run(
    unit: &mut Unit<'_>,
    identity: &Identity,
    entry: Entry,
    id: Option<String>,
) -> Result<Answer, Rejection> {
    let url = entry
        .url
        .strip_prefix(&unit.settings.base_url)
        .unwrap_or(&entry.url)
        .trim_start_matches('/')
        .to_owned();
    let (path, query) = match url.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (url.as_str(), None),
    };
    let parts: Vec<&str> = path.split('/').collect();
    let kind = resource_type(&entry)?;
    let if_match = entry.if_match.as_deref();
    match (entry.method, parts.as_slice(), query, entry.resource) {
        (Method::Post, [_], None, Some(resource)) => {
            create(unit, identity, kind, resource, entry.if_none_exist.as_deref(), id)
        }
        (Method::Put, [_], Some(query), Some(resource)) => {
            update_by_query(unit, identity, kind, query, resource, id)
        }
        (Method::Put, [_, id], None, Some(resource)) => {
            if entry.full_url.as_deref() != Some(&format!("{}/{kind}/{id}", unit.settings.base_url)) {
                return Err(bad(&format!("PUT {kind}/{id}: fullUrl must be {{base}}/{kind}/{id}")));
            }
            update(unit, identity, kind, id, resource, if_match)
        }
        (Method::Delete, [_, id], None, _) => delete(unit, identity, kind, id),
        (Method::Delete, [_], Some(query), _) => delete_by_query(unit, identity, kind, query),
        (Method::Get | Method::Head, parts, query, _) => {
            let reading = Reading {
                view: unit.view(),
                settings: unit.settings,
                catalog: std::sync::Arc::new(unit.catalog().clone()),
            };
            let mut answer = match (parts, query) {
                ([_, id], None) => read(&reading, identity, kind, id)?,
                ([_, id, "_history", version], None) => {
                    let version = version.parse().map_err(|_| Answer::not_found())?;
                    read_version(&reading, identity, kind, id, version)?
                }
                ([_], query) => {
                    let found =
                        search(&reading, identity, kind, query.unwrap_or_default(), Handling::Lenient)?;
                    single_hit(found)
                }
                _ => {
                    return Err(bad(&format!(
                        "url {url} is not one of Type/id, Type/id/_history/version, Type?query"
                    )));
                }
            };
            if entry.method == Method::Head {
                answer.body = None;
            }
            Ok(answer)
        }
        _ => Err(bad(&format!("url {url} does not fit the method"))),
    }
}

/// A search with exactly one hit answers with that resource, as in DSF; clients rely on it.
fn single_hit(mut answer: Answer) -> Answer {
    let sole = match answer.body.as_ref().map(|body| resource::list(body, "entry")) {
        Some([entry]) => {
            entry.get("search").and_then(|search| resource::text(search, "mode")) == Some("match")
        }
        _ => false,
    };
    if sole {
        answer.body = answer.body.as_ref().and_then(|body| body.pointer("/entry/0/resource")).cloned();
    }
    answer
}

/// The type that the url of an entry names.
fn resource_type(entry: &Entry) -> Result<ResourceType, Rejection> {
    let path = entry.url.split('?').next().unwrap_or_default();
    path.split('/')
        .find_map(ResourceType::parse)
        .ok_or_else(|| bad(&format!("url {} names no resource type of this mailbox", entry.url)))
}

fn bad(text: &str) -> Rejection {
    Answer::fault(Fault::Bundle, format!("Bad bundle request - {text}"))
}

fn response_entry(base: &str, answer: Answer) -> Value {
    let status = match answer.status.canonical_reason() {
        Some(reason) => format!("{} {reason}", answer.status.as_u16()),
        None => answer.status.as_u16().to_string(),
    };
    let mut response = json!({ "status": status });
    let mut entry = Map::new();
    if let Some(members) = response.as_object_mut() {
        members.extend(answer.etag().map(|etag| ("etag".to_owned(), json!(etag))));
        members.extend(answer.location.map(|location| ("location".to_owned(), json!(location))));
        members.extend(
            answer.last_modified.map(|time| ("lastModified".to_owned(), json!(resource::instant(time)))),
        );
    }
    if let Some(body) = answer.body {
        match resource::type_name(&body) {
            Some("OperationOutcome") => {
                if let Some(members) = response.as_object_mut() {
                    members.insert("outcome".to_owned(), body);
                }
            }
            Some(type_name) => {
                if let Some(id) = resource::id(&body) {
                    entry.insert("fullUrl".to_owned(), json!(format!("{base}/{type_name}/{id}")));
                }
                entry.insert("resource".to_owned(), body);
            }
            None => {}
        }
    }
    entry.insert("response".to_owned(), response);
    Value::Object(entry)
}
