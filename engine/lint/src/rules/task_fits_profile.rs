//! A Task fits its profile: cardinalities, slices, fixed values, types and required codes.
//!
//! A site checks each Task against its profile when it is created. A draft that does not fit cannot be installed, and
//! what is started from it is refused.
//!
//! **Bad**, the profile fixes another message name:
//! ```json fhir/StructureDefinition/task-start-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-start-count",
//!   "version": "#{version}", "type": "Task", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Task",
//!   "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "slicing": { "discriminator": [ { "type": "value", "path": "type.coding.code" } ], "rules": "open" } },
//!     { "id": "Task.input:message-name", "path": "Task.input", "sliceName": "message-name", "min": 1 },
//!     { "id": "Task.input:message-name.type.coding.code", "path": "Task.input.type.coding.code", "fixedCode": "message-name" },
//!     { "id": "Task.input:message-name.value[x]", "path": "Task.input.value[x]", "fixedString": "startCount" } ] } }
//! ```
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft",
//!   "meta": { "profile": [ "http://example.org/fhir/StructureDefinition/task-start-count|#{version}" ] },
//!   "identifier": [ { "system": "http://dsf.dev/sid/task-identifier", "value": "http://example.org/bpe/Process/count/#{version}/start" } ],
//!   "input": [ { "type": { "coding": [ { "code": "message-name" } ] }, "valueString": "«beginCount»" } ] }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-start-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-start-count",
//!   "version": "#{version}", "type": "Task", "baseDefinition": "http://hl7.org/fhir/StructureDefinition/Task",
//!   "differential": { "element": [
//!     { "id": "Task.input", "path": "Task.input", "slicing": { "discriminator": [ { "type": "value", "path": "type.coding.code" } ], "rules": "open" } },
//!     { "id": "Task.input:message-name", "path": "Task.input", "sliceName": "message-name", "min": 1 },
//!     { "id": "Task.input:message-name.type.coding.code", "path": "Task.input.type.coding.code", "fixedCode": "message-name" },
//!     { "id": "Task.input:message-name.value[x]", "path": "Task.input.value[x]", "fixedString": "startCount" } ] } }
//! ```
//! ```json fhir/Task/start.json
//! { "resourceType": "Task", "status": "draft",
//!   "meta": { "profile": [ "http://example.org/fhir/StructureDefinition/task-start-count|#{version}" ] },
//!   "identifier": [ { "system": "http://dsf.dev/sid/task-identifier", "value": "http://example.org/bpe/Process/count/#{version}/start" } ],
//!   "input": [ { "type": { "coding": [ { "code": "message-name" } ] }, "valueString": "startCount" } ] }
//! ```
//! **Elsewhere.** dsf-linter: FHIR_TASK_CORRELATION_MISSING_BUT_REQUIRED, FHIR_TASK_INPUT_INSTANCE_COUNT_BELOW_MIN,
//! FHIR_TASK_INPUT_INSTANCE_COUNT_EXCEEDS_MAX, FHIR_TASK_INPUT_SLICE_COUNT_BELOW_SLICE_MIN,
//! FHIR_TASK_INPUT_SLICE_COUNT_EXCEEDS_SLICE_MAX.

use tessera_fhir::profile;
use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{code_of, definitions};

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    let mut tasks = package.drafts().peekable();
    if tasks.peek().is_none() {
        return;
    }
    let definitions = definitions(package);
    for task in tasks {
        for issue in profile::validate(&task.source.resource, &definitions) {
            // What cannot be found, and what is missing altogether, other rules say.
            let location = issue.location.as_deref().unwrap_or_default();
            if issue.code == "not-found" || matches!(location, "Task.meta.profile" | "Task.identifier") {
                continue;
            }
            found.on(task.file, place(task.root(), location), issue.diagnostics.clone());
        }
    }
}

/// The part of a Task that a location such as `Task.input:message-name.value[x]` means, or what is nearest to it.
fn place<'n>(task: Node<'n>, location: &str) -> Node<'n> {
    let mut node = task;
    for segment in location.split('.').skip(1) {
        let (name, slice) =
            segment.split_once(':').map_or((segment, None), |(name, slice)| (name, Some(slice)));
        let next = match name.strip_suffix("[x]") {
            Some(stem) => node.choice(stem).map(|(_, value)| value),
            None => node.member(name),
        };
        let Some(next) = next else { return node };
        let items = next.each();
        let meant = items.iter().copied().find(|item| {
            slice.is_some_and(|slice| {
                code_of(*item).is_some_and(|(_, code)| code == slice)
                    || coding_code(*item) == Some(slice)
                    || item.text("url").is_some_and(|url| url.ends_with(slice))
            })
        });
        node = match (meant, slice, items.as_slice()) {
            (Some(meant), _, _) => meant,
            (None, None, [only]) => *only,
            (None, _, _) => return next,
        };
    }
    node
}

fn coding_code(input: Node<'_>) -> Option<&str> {
    input.member("type")?.items("coding").next()?.text("code")
}
