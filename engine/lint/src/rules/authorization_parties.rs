//! Each process-authorization names at least one requester and one recipient, with a code that may stand there.
//!
//! Recipients are always the local organization: `LOCAL_ALL`, `LOCAL_ORGANIZATION` or `LOCAL_ROLE`. Requesters may also be
//! `REMOTE_...` or local practitioners. Codes with a role or an organization need the extension that names it. A coding
//! that cannot be read matches nobody.
//!
//! **Bad**, a recipient cannot be remote:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition",
//!   "extension": [ { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "requester", "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/process-authorization", "code": "REMOTE_ALL" } },
//!     { "url": "recipient", "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/process-authorization", "code": "«REMOTE_ALL»" } }
//!   ] } ] }
//! ```
//! **Good**:
//! ```json fhir/ActivityDefinition/count.json
//! { "resourceType": "ActivityDefinition",
//!   "extension": [ { "url": "http://dsf.dev/fhir/StructureDefinition/extension-process-authorization", "extension": [
//!     { "url": "requester", "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/process-authorization", "code": "REMOTE_ALL" } },
//!     { "url": "recipient", "valueCoding": { "system": "http://dsf.dev/fhir/CodeSystem/process-authorization", "code": "LOCAL_ALL" } }
//!   ] } ] }
//! ```
//! **Elsewhere.** dsf-linter: ACTIVITY_DEFINITION_ENTRY_MISSING_REQUESTER, ACTIVITY_DEFINITION_ENTRY_INVALID_REQUESTER,
//! ACTIVITY_DEFINITION_ENTRY_MISSING_RECIPIENT, ACTIVITY_DEFINITION_ENTRY_INVALID_RECIPIENT.

use tessera_fhir::names;
use tessera_fhir::process::{Party, Position, Scope};
use tessera_fhir::resource::Coding;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::known_code;

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.of_plugin("ActivityDefinition") {
        for authorization in resource.root().extensions(names::PROCESS_AUTHORIZATION) {
            for (name, position) in [("requester", Position::Requester), ("recipient", Position::Recipient)] {
                let mut parties = authorization.extensions(name).peekable();
                if parties.peek().is_none() {
                    let message = format!("the process-authorization has no {name}: nobody fits");
                    found.on(resource.file, authorization, message);
                }
                for entry in parties {
                    let coding = entry.member("valueCoding").unwrap_or(entry);
                    match Party::of(coding.value, position) {
                        None => {
                            let code = coding.text("code").unwrap_or_default();
                            let message = format!(
                                "`{code}` is no {name}: the code may not stand here, or what it needs (system, organization, role) is missing"
                            );
                            found.on_member(resource.file, coding, "code", message);
                        }
                        Some(party) => {
                            for role in unknown_roles(package, &party) {
                                let message = format!("there is no role `{}` in {}", role.code, role.system);
                                found.on_member(resource.file, coding, "code", message);
                            }
                        }
                    }
                }
            }
        }
    }
}

fn unknown_roles(package: &Package, party: &Party) -> Vec<Coding> {
    let scope = match &party.scope {
        Scope::Role { role, .. } => Some(role),
        Scope::All | Scope::Organization(_) => None,
    };
    scope
        .into_iter()
        .chain(&party.practitioner_role)
        .filter(|role| known_code(package, &role.system, &role.code) == Some(false))
        .cloned()
        .collect()
}
