//! A draft Task has one identifier of the system `http://dsf.dev/sid/task-identifier`, with the value
//! `<process url>/<version>/<name>`.
//!
//! By it a site finds the draft again when the plugin is updated or removed. A draft without it is stored anew each time.
//!
//! **Bad**, the version is missing:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "identifier": [ { "system": "http://dsf.dev/sid/task-identifier",
//!   "value": "«http://example.org/bpe/Process/count/start»" } ] }
//! ```
//! **Good**:
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "identifier": [ { "system": "http://dsf.dev/sid/task-identifier",
//!   "value": "http://example.org/bpe/Process/count/#{version}/start" } ] }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_IDENTIFIER_INVALID_FORMAT, FHIR_TASK_IDENTIFIER_INVALID_SYSTEM,
//! FHIR_TASK_IDENTIFIER_MISSING_SYSTEM.

use tessera_fhir::names;
use tessera_fhir::process::ProcessCanonical;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.drafts().filter(|task| task.root().text("status") == Some("draft")) {
        let mut is_there = false;
        for identifier in task.root().items("identifier") {
            match identifier.text("system") {
                None => {
                    found.on(task.file, identifier, "the identifier has no system");
                }
                Some(names::TASK_IDENTIFIER) => {
                    is_there = true;
                    let value = identifier.text("value").unwrap_or_default();
                    if !is_well_formed(value) {
                        let message =
                            format!("`{value}` does not have the form <process url>/<version>/<name>");
                        found.on_member(task.file, identifier, "value", message);
                    }
                }
                Some(system) if system.starts_with("http://dsf.dev/sid/") => {
                    is_there = true;
                    let message = format!("the system is `{system}`, not `{}`", names::TASK_IDENTIFIER);
                    found.on_member(task.file, identifier, "system", message);
                }
                Some(_) => {}
            }
        }
        if !is_there {
            let message = format!("the draft has no identifier of the system {}", names::TASK_IDENTIFIER);
            found.on_member(task.file, task.root(), "identifier", message);
        }
    }
}

fn is_well_formed(value: &str) -> bool {
    let Some((rest, name)) = value.rsplit_once('/') else { return false };
    let Some((url, version)) = rest.rsplit_once('/') else { return false };
    let version = if version == "#{version}" { "0.0" } else { version };
    !name.is_empty() && !value.contains('|') && ProcessCanonical::parse(&format!("{url}|{version}")).is_some()
}
