//! The conformance resources that decisions look at: ActivityDefinitions, profiles, code systems, value sets, naming systems.
//!
//! A view like `directory`: rebuilt from stored resources, shared by all decisions, deciding nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use crate::names;
use crate::resource::{self, Canonical, ResourceType, list, text};

/// Stored conformance resources by type and id.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    resources: BTreeMap<(ResourceType, String), Arc<Value>>,
}

impl Definitions {
    /// Whether resources of this type are kept here.
    pub const fn keeps(resource_type: ResourceType) -> bool {
        matches!(
            resource_type,
            ResourceType::ActivityDefinition
                | ResourceType::CodeSystem
                | ResourceType::NamingSystem
                | ResourceType::StructureDefinition
                | ResourceType::ValueSet
        )
    }

    /// Takes over a new or changed resource; other types are ignored.
    pub fn put(&mut self, resource: &Value) {
        if let (Some(resource_type), Some(id)) = (resource::resource_type(resource), resource::id(resource))
            && Self::keeps(resource_type)
        {
            self.resources.insert((resource_type, id.to_owned()), Arc::new(resource.clone()));
        }
    }

    /// Forgets a deleted resource.
    pub fn remove(&mut self, resource_type: ResourceType, id: &str) {
        self.resources.remove(&(resource_type, id.to_owned()));
    }

    /// All resources of a type.
    pub fn of_type(&self, resource_type: ResourceType) -> impl Iterator<Item = &Arc<Value>> {
        self.resources
            .range((resource_type, String::new())..)
            .take_while(move |((kind, _), _)| *kind == resource_type)
            .map(|(_, resource)| resource)
    }

    /// All resources of a type with this url and, when the canonical has one, this version.
    pub fn by_canonical<'a, 'c>(
        &'a self,
        resource_type: ResourceType,
        canonical: &'c Canonical,
    ) -> impl Iterator<Item = &'a Value> + use<'a, 'c> {
        self.of_type(resource_type).map(Arc::as_ref).filter(move |resource| {
            text(resource, "url") == Some(canonical.url.as_str())
                && canonical
                    .version
                    .as_deref()
                    .is_none_or(|version| text(resource, "version") == Some(version))
        })
    }

    /// The resource that a canonical means; without a version, the one with the highest version.
    pub fn resolve(&self, resource_type: ResourceType, canonical: &Canonical) -> Option<&Value> {
        self.by_canonical(resource_type, canonical)
            .max_by_key(|resource| version_order(text(resource, "version").unwrap_or_default()))
    }

    /// Whether a CodeSystem with this url has this code. None when the code system is not known here.
    pub fn has_code(&self, system: &str, code: &str) -> Option<bool> {
        let canonical = Canonical { url: system.to_owned(), version: None };
        let mut known = None;
        for code_system in self.by_canonical(ResourceType::CodeSystem, &canonical) {
            let found = has_concept(list(code_system, "concept"), code);
            known = Some(known.unwrap_or(false) || found);
        }
        known
    }

    /// Whether a logical reference with this identifier system must resolve on this server.
    pub fn must_resolve(&self, system: &str) -> bool {
        self.of_type(ResourceType::NamingSystem).any(|naming_system| {
            matches!(text(naming_system, "status"), Some("active" | "draft"))
                && list(naming_system, "uniqueId").iter().any(|unique_id| {
                    text(unique_id, "value") == Some(system)
                        && list(unique_id, "modifierExtension").iter().any(|extension| {
                            text(extension, "url") == Some(names::CHECK_LOGICAL_REFERENCE)
                                && extension.get("valueBoolean") == Some(&Value::Bool(true))
                        })
                })
        })
    }
}

fn has_concept(concepts: &[Value], code: &str) -> bool {
    let mut open: Vec<&Value> = concepts.iter().collect();
    while let Some(concept) = open.pop() {
        if text(concept, "code") == Some(code) {
            return true;
        }
        open.extend(list(concept, "concept"));
    }
    false
}

/// Versions compare by their numbers (`1.10` after `1.9`), then as text.
fn version_order(version: &str) -> (Vec<u64>, String) {
    (version.split('.').map_while(|part| part.parse().ok()).collect(), version.to_owned())
}
