//! A Task names its requester and exactly one recipient as organizations, by identifier.
//!
//! A site looks both up in its allow list by the system `http://dsf.dev/sid/organization-identifier`. Literal references
//! are ids of one server, and mean nothing to another.
//!
//! **Bad**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft",
//!   "requester": { "type": "Organization", "identifier": { "system": "«http://example.org/organizations»", "value": "#{organization}" } },
//!   "restriction": { "recipient": [ { "type": "Organization",
//!     "identifier": { "system": "http://dsf.dev/sid/organization-identifier", "value": "#{organization}" } } ] } }
//! ```
//! **Good**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft",
//!   "requester": { "type": "Organization", "identifier": { "system": "http://dsf.dev/sid/organization-identifier", "value": "#{organization}" } },
//!   "restriction": { "recipient": [ { "type": "Organization",
//!     "identifier": { "system": "http://dsf.dev/sid/organization-identifier", "value": "#{organization}" } } ] } }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_MISSING_REQUESTER, FHIR_TASK_INVALID_REQUESTER, FHIR_TASK_REQUESTER_ID_NOT_EXIST,
//! FHIR_TASK_MISSING_RECIPIENT, FHIR_TASK_INVALID_RECIPIENT, FHIR_TASK_RECIPIENT_ID_NOT_EXIST.

use tessera_fhir::names;
use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.drafts() {
        let root = task.root();
        match root.member("requester") {
            None => {
                found.on(task.file, root, "the Task has no requester");
            }
            Some(requester) => organization(task.file, requester, "requester", found),
        }
        let restriction = root.member("restriction");
        let recipients: Vec<Node<'_>> =
            restriction.into_iter().flat_map(|restriction| restriction.items("recipient")).collect();
        match recipients.as_slice() {
            [] => {
                let place = restriction.unwrap_or(root);
                found.on(task.file, place, "the Task has no restriction.recipient");
            }
            [recipient] => organization(task.file, *recipient, "recipient", found),
            [_, second, ..] => {
                found.on(task.file, *second, "a Task has exactly one recipient");
            }
        }
    }
}

fn organization(file: usize, party: Node<'_>, name: &str, found: &mut Found<'_, '_>) {
    let identifier = party.member("identifier");
    let system = identifier.and_then(|identifier| identifier.text("system"));
    let value = identifier.and_then(|identifier| identifier.text("value")).unwrap_or_default();
    let place = identifier.unwrap_or(party);
    let is_practitioner = name == "requester" && system == Some(names::PRACTITIONER_IDENTIFIER);
    if system != Some(names::ORGANIZATION_IDENTIFIER) && !is_practitioner {
        let message = format!("the {name} is not named by the system {}", names::ORGANIZATION_IDENTIFIER);
        found.on_member(file, place, "system", message);
    } else if value.trim().is_empty() {
        found.on_member(file, place, "value", format!("the {name}'s identifier has no value"));
    }
    if party.member("reference").is_some() {
        let message = format!("the {name} is named by a literal reference; name it by identifier alone");
        found.on_member(file, party, "reference", message);
    }
}
