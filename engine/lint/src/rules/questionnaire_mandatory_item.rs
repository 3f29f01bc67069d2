//! The items `business-key` and `user-task-id` of a Questionnaire are strings, and required.
//!
//! By them a site finds the process and the user task that an answer is for.
//!
//! **Bad**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [
//!   { "linkId": "user-task-id", "type": "string", "required": «false» } ] }
//! ```
//! **Good**:
//! ```json fhir/Questionnaire/release.json
//! { "resourceType": "Questionnaire", "version": "#{version}", "item": [
//!   { "linkId": "user-task-id", "type": "string", "required": true } ] }
//! ```
//! **Elsewhere.** dsf-linter: QUESTIONNAIRE_MANDATORY_ITEM_INVALID_TYPE, QUESTIONNAIRE_MANDATORY_ITEM_NOT_REQUIRED.

use serde_json::Value;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::items;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for questionnaire in package.of_plugin("Questionnaire") {
        let items = items(questionnaire.root());
        if !items.is_empty() && !items.iter().any(|item| item.text("linkId") == Some("user-task-id")) {
            let message = "no item has the linkId `user-task-id`: an answer finds no user task";
            found.on_member(questionnaire.file, questionnaire.root(), "item", message);
        }
        for item in items {
            let Some(id @ ("business-key" | "user-task-id")) = item.text("linkId") else { continue };
            if item.text("type").is_some_and(|kind| kind != "string") {
                found.on_member(questionnaire.file, item, "type", format!("the item `{id}` is a string"));
            }
            if item.value.get("required") != Some(&Value::Bool(true)) {
                found.on_member(questionnaire.file, item, "required", format!("the item `{id}` is required"));
            }
        }
    }
}
