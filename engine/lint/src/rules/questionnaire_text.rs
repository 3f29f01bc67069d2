//! Each item of a Questionnaire has a text: it is what people read.
//!
//! **Bad**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [ «{» "linkId": "release", "type": "boolean", "required": true } ] }
//! ```
//! **Good**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [
//!   { "linkId": "release", "type": "boolean", "required": true, "text": "Release the data?" } ] }
//! ```
//! **Elsewhere.** dsf-linter: QUESTIONNAIRE_ITEM_MISSING_ATTRIBUTES_TEXT.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::items;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for questionnaire in package.of_plugin("Questionnaire") {
        for item in items(questionnaire.root()) {
            if item.text("text").is_none_or(|text| text.trim().is_empty()) {
                found.on_member(questionnaire.file, item, "text", "the item has no text: people see nothing");
            }
        }
    }
}
