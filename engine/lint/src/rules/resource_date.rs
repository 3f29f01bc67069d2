//! The date of a plugin's resource is `#{date}`: the site puts in the release date of the plugin.
//!
//! A fixed date is forgotten at the next release.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "date": "«2022-06-07»" }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}", "date": "#{date}" }
//! ```
//! **Elsewhere.** dsf-linter: STRUCTURE_DEFINITION_DATE_NO_PLACEHOLDER, FHIR_VALUE_SET_DATE_NO_PLACEHOLDER,
//! CODE_SYSTEM_DATE_NO_PLACEHOLDER, QUESTIONNAIRE_DATE_NO_PLACEHOLDER.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::VERSIONED;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.all_of_plugin().filter(|resource| VERSIONED.contains(&resource.kind())) {
        if resource.root().member("date").is_none() {
            found.on(resource.file, resource.root(), "there is no date").help("write `#{date}`");
        }
        if let Some(date) = resource.root().text("date").filter(|date| *date != "#{date}") {
            found
                .on_member(
                    resource.file,
                    resource.root(),
                    "date",
                    format!("the date is `{date}`, not `#{{date}}`"),
                )
                .help("write `#{date}`; the site puts in the release date of the plugin");
        }
    }
}
