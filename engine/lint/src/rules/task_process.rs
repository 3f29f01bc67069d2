//! A Task says in `instantiatesCanonical` which process it is for: `<process url>|#{version}`, with an ActivityDefinition
//! of the package.
//!
//! A site refuses a Task for a process that it does not have.
//!
//! **Bad**, there is no process `cuont`:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "version": "#{version}" }
//! ```
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "instantiatesCanonical": "«http://example.org/bpe/Process/cuont|#{version}»" }
//! ```
//! **Good**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "version": "#{version}" }
//! ```
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft", "instantiatesCanonical": "http://example.org/bpe/Process/count|#{version}" }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_MISSING_INSTANTIATES_CANONICAL, FHIR_TASK_UNKNOWN_INSTANTIATES_CANONICAL.

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{process_url, split};

const MEMBER: &str = "instantiatesCanonical";

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for task in package.drafts() {
        let root = task.root();
        let Some(canonical) = root.text(MEMBER) else {
            found.on(task.file, root, "the Task has no instantiatesCanonical: it is for no process");
            continue;
        };
        if process_url(canonical).is_none() {
            let message = format!(
                "`{canonical}` does not have the form http[s]://<domain>/bpe/Process/<name>|#{{version}}"
            );
            found.on_member(task.file, root, MEMBER, message);
            continue;
        }
        let (url, _) = split(canonical);
        // A file alone cannot say which processes there are.
        let is_known = package.of_type("ActivityDefinition").next().is_none()
            || package.by_url("ActivityDefinition", url).is_some();
        if !is_known {
            let message = format!("no ActivityDefinition of this package has the url `{url}`");
            found.on_member(task.file, root, MEMBER, message);
        }
    }
}
