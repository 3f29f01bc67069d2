//! A draft Task leaves open what each site fills in: `#{organization}` for requester and recipient, `#{date}` for
//! `authoredOn`, `#{version}` in `instantiatesCanonical` and profile.
//!
//! With fixed values the draft fits one site and one version.
//!
//! **Bad**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "authoredOn": "«2024-01-01»" }
//! ```
//! **Good**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "authoredOn": "#{date}" }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_DATE_NO_PLACEHOLDER, FHIR_TASK_REQUESTER_ORGANIZATION_NO_PLACEHOLDER,
//! FHIR_TASK_RECIPIENT_ORGANIZATION_NO_PLACEHOLDER, FHIR_TASK_REQUESTER_ID_NO_PLACEHOLDER,
//! FHIR_TASK_RECIPIENT_ID_NO_PLACEHOLDER, FHIR_TASK_INSTANTIATES_CANONICAL_PLACEHOLDER.

use tessera_fhir::names;
use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::is_current;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.drafts().filter(|task| task.root().text("status") == Some("draft")) {
        let root = task.root();
        if let Some(date) = root.text("authoredOn").filter(|date| *date != "#{date}") {
            found.on_member(task.file, root, "authoredOn", format!("the date is `{date}`, not `#{{date}}`"));
        }
        let canonicals = root.member("instantiatesCanonical").into_iter();
        let profiles = root.member("meta").into_iter().flat_map(|meta| meta.items("profile"));
        for canonical in canonicals.chain(profiles) {
            if let Some(text) = canonical.as_text().filter(|text| !is_current(package, text)) {
                found.on(task.file, canonical, format!("`{text}` does not end in `|#{{version}}`"));
            }
        }
        let recipients =
            root.member("restriction").into_iter().flat_map(|restriction| restriction.items("recipient"));
        for party in root.member("requester").into_iter().chain(recipients) {
            organization(task.file, party, found);
        }
    }
}

fn organization(file: usize, party: Node<'_>, found: &mut Found<'_, '_>) {
    let Some(identifier) = party.member("identifier") else { return };
    let value = identifier.text("value").unwrap_or_default();
    if identifier.text("system") == Some(names::ORGANIZATION_IDENTIFIER)
        && !value.is_empty()
        && value != "#{organization}"
    {
        let message = format!("the organization is `{value}`, not `#{{organization}}`");
        found.on_member(file, identifier, "value", message);
    }
}
