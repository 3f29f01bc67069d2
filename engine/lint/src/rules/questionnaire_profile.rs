//! A Questionnaire names DSF's profile `http://dsf.dev/fhir/StructureDefinition/questionnaire` in `meta.profile`.
//!
//! **Bad**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "meta": { "profile": [ "«http://example.org/fhir/StructureDefinition/questionnaire»" ] } }
//! ```
//! **Good**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "meta": { "profile": [ "http://dsf.dev/fhir/StructureDefinition/questionnaire|2.0.0" ] } }
//! ```
//! **Elsewhere.** dsf-linter: QUESTIONNAIRE_MISSING_META_PROFILE, QUESTIONNAIRE_INVALID_META_PROFILE.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::split;

const PROFILE: &str = "http://dsf.dev/fhir/StructureDefinition/questionnaire";

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for questionnaire in package.of_plugin("Questionnaire") {
        let meta = questionnaire.root().member("meta");
        let profiles: Vec<_> = meta.into_iter().flat_map(|meta| meta.items("profile")).collect();
        if profiles.iter().any(|profile| profile.as_text().is_some_and(|text| split(text).0 == PROFILE)) {
            continue;
        }
        if let Some(profile) = profiles.first() {
            let text = profile.as_text().unwrap_or_default();
            found.on(questionnaire.file, *profile, format!("the profile is `{text}`, not `{PROFILE}`"));
        } else {
            let place = meta.unwrap_or_else(|| questionnaire.root());
            found.on(questionnaire.file, place, format!("meta.profile does not name `{PROFILE}`"));
        }
    }
}
