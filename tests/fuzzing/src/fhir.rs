//! Resources and searches as a mailbox takes them: JSON to a decision, never to a panic.

use std::sync::OnceLock;

use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tessera_fhir::access::{self, Context, Identity, content, tags};
use tessera_fhir::definitions::Definitions;
use tessera_fhir::directory::Directory;
use tessera_fhir::format::Format;
use tessera_fhir::search::{Query, index};
use tessera_fhir::task::Message;
use tessera_fhir::{ResourceType, builtin, bundle, profile, references, resource};

const LOCAL: &str = "a.example";
const BASE: &str = "https://a.example/fhir";

fn world() -> &'static (Directory, Definitions) {
    static WORLD: OnceLock<(Directory, Definitions)> = OnceLock::new();
    WORLD.get_or_init(|| {
        let mut directory = Directory::new(LOCAL, BASE);
        for (id, name) in [("a", LOCAL), ("b", "b.example")] {
            directory.put(&json!({
                "resourceType": "Organization", "id": id, "active": true,
                "identifier": [{ "system": "http://dsf.dev/sid/organization-identifier", "value": name }],
            }));
        }
        let mut definitions = Definitions::default();
        for (number, mut resource) in builtin::resources().into_iter().enumerate() {
            resource["id"] = json!(format!("builtin-{number}"));
            definitions.put(&resource);
        }
        (directory, definitions)
    })
}

fn identities() -> [Identity; 2] {
    [Identity::local(LOCAL), Identity::remote("b.example")]
}

/// What may be created also has a message, an index and a form that reads as the same.
pub fn fhir_task(bytes: &[u8]) {
    let Ok(resource) = Format::Json.read(bytes) else { return };
    let (directory, definitions) = world();
    let context = Context { directory, definitions };
    for identity in identities() {
        let allowed = access::task::create(&identity, &resource, context);
        if allowed.is_ok() && resource::text(&resource, "status") == Some("requested") {
            Message::parse(&resource).expect("what may be created is a message");
        }
        let _ = access::task::read(&identity, &resource, directory);
        let _ = access::task::update(&identity, &resource, &resource, context);
        let _ = content::create(&identity, &resource, context);
        let _ = tags::visible(&identity, &resource, directory);
    }
    let _ = profile::validate(&resource, definitions);
    let _ = access::task::process_exists(&resource, context);
    let _ = references::of(&resource, BASE);
    for resource_type in ResourceType::ALL.iter().copied() {
        let _ = index::entries(resource_type, &resource);
        let _ = content::unique_keys(resource_type, &resource, directory);
    }
    let written = Format::Json.write(&resource);
    assert_eq!(Format::Json.read(&written).as_ref(), Ok(&resource), "written back it is another");
}

/// A line of a query, and behind it a Bundle or any resource to be searched.
pub fn fhir_bundle_search_params(bytes: &[u8]) {
    let (line, rest) = match bytes.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&bytes[..end], &bytes[end + 1..]),
        None => (bytes, &[][..]),
    };
    let text = String::from_utf8_lossy(line);
    let (directory, _) = world();
    let document = Format::Json.read(rest).unwrap_or(Value::Null);
    let mut queries = vec![Query::parse_with_type(&text, &TimeZone::UTC)];
    queries.extend(ResourceType::ALL.iter().map(|kind| Some(Query::parse(*kind, &text, &TimeZone::UTC))));
    if let Ok((_, entries)) = bundle::read(&document) {
        for entry in entries {
            queries.push(Query::parse_with_type(&entry.url, &TimeZone::UTC));
        }
    }
    for query in queries.into_iter().flatten() {
        let _ = query.matches(&document, directory);
        let _ = query.lookup();
        let keys = query.sort_keys(&document);
        assert_eq!(query.order(&keys, &keys), std::cmp::Ordering::Equal);
        let _ = query.included_by(&document, directory);
        // The url of a page is a search again, and finds the same.
        let url = query.url(query.page(), query.count());
        let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
        let again = Query::parse(query.resource_type(), parameters, &TimeZone::UTC);
        assert_eq!(
            again.matches(&document, directory),
            query.matches(&document, directory),
            "{text} and {url}"
        );
    }
}
