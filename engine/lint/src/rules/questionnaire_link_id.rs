//! The linkIds of a Questionnaire are short names of letters, digits, `-`, `_` and `.`.
//!
//! Others are legal, but hard to refer to from a process.
//!
//! **Bad**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [ { "linkId": "«Release it?»", "type": "boolean", "required": true } ] }
//! ```
//! **Good**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [ { "linkId": "release", "type": "boolean", "required": true } ] }
//! ```
//! **Elsewhere.** dsf-linter: QUESTIONNAIRE_UNUSUAL_LINK_ID.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::items;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for questionnaire in package.of_plugin("Questionnaire") {
        for item in items(questionnaire.root()) {
            let Some(id) = item.text("linkId").filter(|id| !id.trim().is_empty()) else { continue };
            if !id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')) {
                let message = format!("`{id}` is an unusual linkId; use letters, digits, `-`, `_` and `.`");
                found.on_member(questionnaire.file, item, "linkId", message);
            }
        }
    }
}
