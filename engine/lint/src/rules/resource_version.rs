//! The version of a plugin's resource is `#{version}`: the site puts in the version of the plugin.
//!
//! Processes, ActivityDefinitions and profiles of one plugin refer to each other by one version. A version of its own
//! makes a resource unreachable as soon as the plugin gets a new one.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "«1.0»", "date": "#{date}" }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "date": "#{date}" }
//! ```
//! **Elsewhere.** dsf-linter: STRUCTURE_DEFINITION_VERSION_NO_PLACEHOLDER, FHIR_VALUE_SET_VERSION_NO_PLACEHOLDER,
//! CODE_SYSTEM_VERSION_NO_PLACEHOLDER, QUESTIONNAIRE_VERSION_NO_PLACEHOLDER.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::VERSIONED;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.all_of_plugin().filter(|resource| VERSIONED.contains(&resource.kind())) {
        let built = package.plugin.as_ref().map(|plugin| plugin.resource_version.as_str());
        let message = match resource.root().text("version") {
            Some("#{version}") => continue,
            Some(version) if Some(version) == built => continue,
            Some(version) => format!("the version is `{version}`, not `#{{version}}`"),
            None => format!("the {} has no version", resource.kind()),
        };
        found
            .on_member(resource.file, resource.root(), "version", message)
            .help("write `#{version}`; the site puts in the version of the plugin");
    }
}
