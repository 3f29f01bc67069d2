//! An ActivityDefinition says in `extension-process-authorization` which messages the process takes, once for each message.
//!
//! A message that is not listed is refused by every site, and an ActivityDefinition without the extension altogether.
//!
//! **Bad**, the message has no name:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition",
//!   "extension": [ «{» "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [] } ] }
//! ```
//! **Good**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition",
//!   "extension": [ { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization",
//!     "extension": [ { "url": "message-name", "valueString": "askCount" } ] } ] }
//! ```
//! **Elsewhere.** dsf-linter: NO_EXTENSION_PROCESS_AUTHORIZATION_FOUND.

use std::collections::BTreeSet;

use tessera_fhir::names;

use crate::package::Package;
use crate::report::Found;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("ActivityDefinition") {
        let mut seen = BTreeSet::new();
        let mut is_there = false;
        for authorization in resource.root().extensions(names::PROCESS_AUTHORIZATION) {
            is_there = true;
            let mut messages = authorization.extensions("message-name");
            let name = messages.next();
            match name.and_then(|name| name.text("valueString")).filter(|name| !name.trim().is_empty()) {
                None => {
                    found.on(resource.file, authorization, "the process-authorization has no message-name");
                }
                Some(message) if !seen.insert(message) => {
                    let place = name.unwrap_or(authorization);
                    let message = format!("the message `{message}` is authorised twice");
                    found.on_member(resource.file, place, "valueString", message);
                }
                Some(_) => {}
            }
            if let Some(second) = messages.next() {
                found.on(
                    resource.file,
                    second,
                    "a process-authorization is about one message; write another one",
                );
            }
        }
        if !is_there {
            found.on(
                resource.file,
                resource.root(),
                "there is no extension process-authorization: no message is taken",
            );
        }
    }
}
