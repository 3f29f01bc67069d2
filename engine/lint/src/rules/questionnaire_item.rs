//! A Questionnaire has items; each has a linkId of its own and a type, and says whether it is required unless it only
//! displays something.
//!
//! Answers are found by linkId: of two items with the same one, one answer is lost.
//!
//! **Bad**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [
//!   { "linkId": "release", "type": "boolean", "required": true }, { "linkId": "«release»", "type": "string", "required": false } ] }
//! ```
//! **Good**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [
//!   { "linkId": "release", "type": "boolean", "required": true }, { "linkId": "reason", "type": "string", "required": false } ] }
//! ```
//! **Elsewhere.** dsf-linter: QUESTIONNAIRE_MISSING_ITEM, QUESTIONNAIRE_ITEM_MISSING_ATTRIBUTES_LINK_ID,
//! QUESTIONNAIRE_DUPLICATE_LINK_ID, QUESTIONNAIRE_ITEM_MISSING_ATTRIBUTES_TYPE.

use std::collections::BTreeSet;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::items;

/// What can be answered, by FHIR R4.
const TYPES: &[&str] = &[
    "question",
    "boolean",
    "decimal",
    "integer",
    "date",
    "dateTime",
    "time",
    "string",
    "text",
    "url",
    "choice",
    "open-choice",
    "attachment",
    "reference",
    "quantity",
];

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for questionnaire in package.of_plugin("Questionnaire") {
        let mut seen = BTreeSet::new();
        let items = items(questionnaire.root());
        if items.is_empty() {
            let root = questionnaire.root();
            found.on_member(questionnaire.file, root, "item", "the Questionnaire has no item");
        }
        for item in items {
            match item.text("linkId").filter(|id| !id.trim().is_empty()) {
                None => {
                    found.on_member(questionnaire.file, item, "linkId", "the item has no linkId");
                }
                Some(id) if !seen.insert(id) => {
                    let message = format!("two items have the linkId `{id}`");
                    found.on_member(questionnaire.file, item, "linkId", message);
                }
                Some(_) => {}
            }
            match item.text("type") {
                None => {
                    found.on(questionnaire.file, item, "the item has no type");
                }
                Some("display" | "group") => {}
                Some(kind) if !TYPES.contains(&kind) => {
                    let message = format!("`{kind}` is no type of an item");
                    found.on_member(questionnaire.file, item, "type", message);
                }
                Some(_) if item.member("required").is_none() => {
                    found.on(questionnaire.file, item, "the item does not say whether it is required");
                }
                Some(_) => {}
            }
        }
    }
}
