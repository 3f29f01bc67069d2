//! The own mailbox as plugins reach it: two questions. Also how a page of a search is taken apart, which is the same over the
//! wire and in one process.

use std::fmt;

use serde_json::Value;
use tessera_fhir::resource;
use tessera_plugin_host::services::Answering;

/// The own mailbox, asked on behalf of plugins.
pub trait OwnMailbox: fmt::Debug + Send + Sync {
    /// `Type/id` or `Type/id/_history/version`; `None` if it is not there.
    fn read<'a>(&'a self, reference: &'a str) -> Answering<'a, Option<Value>>;

    /// What `Type?query` finds, page by page, matches and includes, at most so many.
    fn search<'a>(&'a self, query: &'a str, entries_max: usize) -> Answering<'a, Vec<Value>>;
}

/// The resources of a page, matches and includes, and `Type?query` of the next one, whatever base the server writes.
pub fn page(mut bundle: Value) -> (Vec<Value>, Option<String>) {
    let next = next_page(&bundle);
    let entries = match bundle.get_mut("entry").map(Value::take) {
        Some(Value::Array(entries)) => entries,
        _ => Vec::new(),
    };
    (entries.into_iter().filter_map(entry_resource).collect(), next)
}

/// Matches and includes, not the outcome entry that tells of ignored parameters.
fn entry_resource(mut entry: Value) -> Option<Value> {
    let mode = entry.get("search").and_then(|search| search.get("mode")).and_then(Value::as_str);
    if mode == Some("outcome") {
        return None;
    }
    entry.get_mut("resource").map(Value::take)
}

fn next_page(bundle: &Value) -> Option<String> {
    let next = resource::list(bundle, "link")
        .iter()
        .find(|link| resource::text(link, "relation") == Some("next"))?;
    let url = resource::text(next, "url")?;
    let (path, query) = url.split_once('?')?;
    let resource_type = path.rsplit('/').next()?;
    Some(format!("{resource_type}?{query}"))
}
