//! What a Task profile fixes is what the ActivityDefinition authorises: the same process and the same message name.
//!
//! Otherwise no Task fits both, and every one is refused.
//!
//! **Bad**, the profile fixes another message:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-ask-count", "version": "#{version}",
//!   "differential": { "element": [ { "id": "Task.input:message-name.value[x]", "path": "Task.input.value[x]", "fixedString": "«countMe»" } ] } }
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "message-name", "valueString": "askCount" },
//!     { "url": "task-profile", "valueCanonical": "http://example.org/fhir/StructureDefinition/task-ask-count|#{version}" } ] } ] }
//! ```
//! **Good**:
//! ```json fhir/StructureDefinition/task-ask-count.json
//! { "resourceType": "StructureDefinition", "url": "http://example.org/fhir/StructureDefinition/task-ask-count", "version": "#{version}",
//!   "differential": { "element": [ { "id": "Task.input:message-name.value[x]", "path": "Task.input.value[x]", "fixedString": "askCount" } ] } }
//! ```
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition", "url": "http://example.org/bpe/Process/count", "extension": [
//!   { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "message-name", "valueString": "askCount" },
//!     { "url": "task-profile", "valueCanonical": "http://example.org/fhir/StructureDefinition/task-ask-count|#{version}" } ] } ] }
//! ```

use tessera_fhir::names;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{fixed_value, split};

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for definition in package.of_type("ActivityDefinition") {
        let Some(url) = definition.value.url() else { continue };
        for authorization in definition.value.root().extensions(names::PROCESS_AUTHORIZATION) {
            let text =
                |name, value| authorization.extensions(name).next().and_then(|entry| entry.text(value));
            let Some(profile) = text("task-profile", "valueCanonical") else { continue };
            let Some(profile) = package.by_url("StructureDefinition", split(profile).0) else { continue };
            let root = profile.value.root();
            let message = text("message-name", "valueString");
            if let (Some(message), Some(fixed)) =
                (message, fixed_value(root, "Task.input:message-name.value[x]"))
                && fixed.as_text().is_some_and(|fixed| fixed != message)
            {
                let text = format!(
                    "the profile fixes another message than `{message}`, which {url} authorises it for"
                );
                found.on(profile.file, fixed, text);
            }
            if let Some(fixed) = fixed_value(root, "Task.instantiatesCanonical")
                && fixed.as_text().is_some_and(|fixed| split(fixed).0 != url)
            {
                let text = format!("the profile fixes another process than {url}, which authorises it");
                found.on(profile.file, fixed, text);
            }
        }
    }
}
