//! A plugin's resource says in `meta.tag` who may read it: exactly one tag `ALL` and no other, or exactly one tag `LOCAL`
//! and any number of `ORGANIZATION` and `ROLE`.
//!
//! A site refuses a resource without a legal read-access tag. Peers read profiles, code systems and value sets of a
//! process, so `ALL` is right for nearly all of them.
//!
//! **Bad**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}",
//!   "meta": { "tag": [ { "system": "http://dsf.dev/fhir/CodeSystem/read-access-tag", "code": "«EVERYONE»" } ] } }
//! ```
//! **Good**:
//! ```json fhir/CodeSystem/count.json
//! { "resourceType": "CodeSystem", "version": "#{version}",
//!   "meta": { "tag": [ { "system": "http://dsf.dev/fhir/CodeSystem/read-access-tag", "code": "ALL" } ] } }
//! ```
//! **Elsewhere.** dsf-linter: MISSING_FHIR_ACCESS_TAG, INVALID_FHIR_ACCESS_TAG, MISSING_READ_ACCESS_TAG,
//! STRUCTURE_DEFINITION_READ_ACCESS_TAG_MISSING, FHIR_VALUE_SET_MISSING_READ_ACCESS_TAG_ALL_OR_LOCAL,
//! FHIR_VALUE_SET_ORGANIZATION_ROLE_MISSING_VALID_CODE_VALUE, QUESTIONNAIRE_MISSING_READ_ACCESS_TAG.

use tessera_fhir::names;
use tessera_fhir::source::Node;

use crate::package::Package;
use crate::report::Found;
use crate::vocabulary::{TAGGED, known_code};

const HELP: &str =
    "add to meta.tag: system http://dsf.dev/fhir/CodeSystem/read-access-tag, code ALL (or LOCAL)";

pub(super) fn check(package: &Package, found: &mut Found<'_, '_>) {
    for resource in package.all_of_plugin().filter(|resource| TAGGED.contains(&resource.kind())) {
        let root = resource.root();
        let meta = root.member("meta");
        let tags: Vec<Node<'_>> = meta
            .into_iter()
            .flat_map(|meta| meta.items("tag"))
            .filter(|tag| tag.text("system") == Some(names::READ_ACCESS_TAG))
            .collect();
        if tags.is_empty() {
            let place = meta.unwrap_or(root);
            found.on(resource.file, place, "there is no read-access tag: nobody may read it").help(HELP);
            continue;
        }
        for tag in &tags {
            if let Some(message) = problem(package, *tag) {
                found.on_member(resource.file, *tag, "code", message).help(HELP);
            }
        }
        let count = |code| tags.iter().filter(|tag| tag.text("code") == Some(code)).count();
        let is_legal = match (count("ALL"), count("LOCAL")) {
            (1, 0) => tags.len() == 1,
            (0, 1) => true,
            _ => false,
        };
        let codes_are_known = tags.iter().all(|tag| problem(package, *tag).is_none());
        if !is_legal && codes_are_known {
            let message =
                "read-access tags are either one ALL alone, or one LOCAL with any ORGANIZATION and ROLE";
            if let Some(last) = tags.last() {
                found.on_member(resource.file, *last, "code", message).help(HELP);
            }
        }
    }
}

fn problem(package: &Package, tag: Node<'_>) -> Option<String> {
    match tag.text("code") {
        Some("ALL" | "LOCAL") => None,
        Some("ORGANIZATION") => {
            let organization = tag.extensions(names::READ_ACCESS_ORGANIZATION).next();
            let identifier = organization.and_then(|extension| extension.member("valueIdentifier"));
            let is_named = identifier.is_some_and(|identifier| {
                identifier.text("system") == Some(names::ORGANIZATION_IDENTIFIER)
                    && identifier.text("value").is_some()
            });
            (!is_named)
                .then(|| "the tag ORGANIZATION does not name an organization by its identifier".to_owned())
        }
        Some("ROLE") => {
            let Some(extension) = tag.extensions(names::READ_ACCESS_PARENT_ORGANIZATION_ROLE).next() else {
                return Some("the tag ROLE names no parent organization and role".to_owned());
            };
            let parent = extension.extensions(names::PARENT_ORGANIZATION).next();
            let role = extension.extensions(names::ORGANIZATION_ROLE).next();
            let role = role.and_then(|role| role.member("valueCoding"));
            let code = role.and_then(|role| role.text("code"));
            let system = role.and_then(|role| role.text("system"));
            match (parent, system, code) {
                (Some(_), Some(system), Some(code)) => (known_code(package, system, code) == Some(false))
                    .then(|| format!("the tag ROLE names the unknown role `{code}` of {system}")),
                _ => Some("the tag ROLE names no parent organization and role".to_owned()),
            }
        }
        Some(code) => {
            Some(format!("`{code}` is no read-access tag; there are ALL, LOCAL, ORGANIZATION and ROLE"))
        }
        None => Some("the read-access tag has no code".to_owned()),
    }
}
