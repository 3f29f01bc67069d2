//! A package has one resource of a type with a url, or one draft Task with an identifier.
//!
//! A site keeps whichever is installed last.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}" }
//! ```
//! ```json fhir/CodeSystem/other.json
//! { "resourceType": "CodeSystem", "url": "«http://example.org/fhir/CodeSystem/count»", "version": "#{version}" }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}" }
//! ```
//! ```json fhir/CodeSystem/other.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/other", "version": "#{version}" }
//! ```

use std::collections::BTreeMap;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::VERSIONED;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let mut seen: BTreeMap<(&str, &str, &str), usize> = BTreeMap::new();
    for resource in package.all_of_plugin() {
        let root = resource.value.root();
        let kind = resource.value.kind();
        let (url, place) = match resource.value.url() {
            Some(url) if VERSIONED.contains(&kind) => (url, root.member("url").unwrap_or(root)),
            _ if kind == "Task" => {
                let Some(identifier) = root.items("identifier").next() else { continue };
                let Some(value) = identifier.text("value") else { continue };
                (value, identifier.member("value").unwrap_or(identifier))
            }
            _ => continue,
        };
        let version = root.text("version").unwrap_or_default();
        if let Some(first) = seen.insert((kind, url, version), resource.file) {
            let path = package.files.get(first).map(|file| file.path.as_str()).unwrap_or_default();
            found.on(resource.file, place, format!("the {kind} `{url}` is already in {path}"));
        }
    }
}
