//! A ValueSet includes the code systems of its own plugin with the version `#{version}`.
//!
//! With a fixed version, or none, it takes whichever version of the code system a site happens to have.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}" }
//! ```
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "compose": { "include": [
//!   { "system": "http://example.org/fhir/CodeSystem/count", "version": "«1.0»" } ] } }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "url": "http://example.org/fhir/CodeSystem/count", "version": "#{version}" }
//! ```
//! ```json fhir/ValueSet/count.json
//! { "resourceType": "ValueSet", "version": "#{version}", "compose": { "include": [
//!   { "system": "http://example.org/fhir/CodeSystem/count", "version": "#{version}" } ] } }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_VALUE_SET_INCLUDE_VERSION_NO_PLACEHOLDER.

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for value_set in package.of_plugin("ValueSet") {
        let compose = value_set.root().member("compose");
        for include in compose.into_iter().flat_map(|compose| compose.items("include")) {
            let Some(system) = include.text("system") else { continue };
            if package.by_url("CodeSystem", system).is_none() {
                continue;
            }
            let built = package.plugin.as_ref().map(|plugin| plugin.resource_version.as_str());
            let message = match include.text("version") {
                Some("#{version}") => continue,
                Some(version) if Some(version) == built => continue,
                Some(version) => {
                    format!("the code system is included in version `{version}`, not `#{{version}}`")
                }
                None => "the code system of this package is included without version".to_owned(),
            };
            found.on_member(value_set.file, include, "version", message).help("write `#{version}`");
        }
    }
}
