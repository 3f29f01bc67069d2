//! A conformance resource needs an absolute `url`: it is how others refer to it.
//!
//! Without it a site can neither find the resource nor replace it by a newer version.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "«count»", "version": "#{version}" }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}" }
//! ```
//! **Elsewhere.** dsf-linter: INVALID_FHIR_URL, STRUCTURE_DEFINITION_URL_MISSING, FHIR_VALUE_SET_MISSING_URL,
//! CODE_SYSTEM_MISSING_ELEMENT.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::VERSIONED;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.all_of_plugin().filter(|resource| VERSIONED.contains(&resource.kind())) {
        let root = resource.root();
        match resource.url() {
            None => {
                found.on_member(resource.file, root, "url", format!("the {} has no url", resource.kind()));
            }
            Some(url) if !is_absolute(url) => {
                let message = format!("`{url}` is not an absolute url of the form http(s)://<domain>/<path>");
                found.on_member(resource.file, root, "url", message);
            }
            Some(_) => {}
        }
    }
}

fn is_absolute(url: &str) -> bool {
    if url.starts_with("urn:") {
        return true;
    }
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.and_then(|rest| rest.split_once('/'))
        .is_some_and(|(domain, path)| !domain.is_empty() && !path.is_empty())
        && !url.contains(char::is_whitespace)
}
