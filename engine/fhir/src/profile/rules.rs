//! Differentials of a profile and its base profiles, merged into one tree of rules.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::definitions::Definitions;
use crate::limits::PROFILE_CHAIN_MAX;
use crate::names;
use crate::resource::{Canonical, ResourceType, list, text};

/// Levels of one element id; FHIR's deepest have about ten.
const ELEMENT_DEPTH_MAX: usize = 24;

/// The merged rules of a profile.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) root: Node,
}

/// The rules of one element.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) min: Option<u64>,
    /// None: no rule or `*`.
    pub(super) max: Option<u64>,
    pub(super) fixed: Option<Value>,
    pub(super) pattern: Option<Value>,
    pub(super) types: Vec<String>,
    pub(super) type_profiles: Vec<String>,
    pub(super) required_value_set: Option<Canonical>,
    pub(super) discriminators: Vec<String>,
    pub(super) closed: bool,
    pub(super) children: BTreeMap<String, Self>,
    pub(super) slices: BTreeMap<String, Self>,
}

/// A profile cannot be applied.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Unknown {
    #[error(
        "profile {0} is not installed here; install the process plugin that brings it, or name an installed version"
    )]
    NotInstalled(String),
    #[error("profile {0} is not a profile of Task")]
    NotOfTask(String),
    #[error("profile {0} stacks more than {PROFILE_CHAIN_MAX} profiles, or refers to itself")]
    Chain(String),
    #[error("profile {0} has an element nested deeper than {ELEMENT_DEPTH_MAX} levels")]
    Deep(String),
}

impl Rules {
    pub(super) fn of(profile: &str, definitions: &Definitions) -> Result<Self, Unknown> {
        let mut chain = Vec::new();
        let mut next = Canonical::parse(profile);
        // HL7's own definitions end the chain: what they demand of a Task, the rules of access demand as well.
        while !next.url.starts_with("http://hl7.org/fhir/StructureDefinition/") {
            if chain.len() >= PROFILE_CHAIN_MAX {
                return Err(Unknown::Chain(profile.to_owned()));
            }
            let canonical = renamed(&next);
            let found = definitions
                .resolve(ResourceType::StructureDefinition, &canonical)
                .ok_or_else(|| Unknown::NotInstalled(canonical.to_string()))?;
            if text(found, "type") != Some("Task") {
                return Err(Unknown::NotOfTask(profile.to_owned()));
            }
            chain.push(found);
            next = Canonical::parse(text(found, "baseDefinition").unwrap_or_default());
        }
        let mut root = Node::default();
        for definition in chain.iter().rev() {
            for element in
                definition.get("differential").map_or(&[][..], |differential| list(differential, "element"))
            {
                root.add(element).map_err(|()| Unknown::Deep(profile.to_owned()))?;
            }
        }
        Ok(Self { root })
    }
}

/// Which element is meant: its path, with the names of slices, which only the id has. Published profiles have ids that
/// leave parts of the path out (`Task.input:a.system` for `Task.input.type.coding.system`); validators go by the path.
fn element_id(element: &Value) -> Option<String> {
    let (id, path) = (text(element, "id"), text(element, "path"));
    let (Some(id), Some(path)) = (id, path) else { return id.or(path).map(str::to_owned) };
    let plain = |segment: &'_ str| segment.split(':').next().unwrap_or_default().to_owned();
    let ids: Vec<&str> = id.split('.').collect();
    let paths: Vec<&str> = path.split('.').collect();
    let same = ids.iter().zip(&paths).take_while(|(id, path)| plain(id) == **path).count();
    let rest = paths.iter().skip(same);
    Some(ids.iter().take(same).chain(rest).copied().collect::<Vec<_>>().join("."))
}

/// DSF 1.x called its Task profile `task-base`; 2.x answers to both names.
fn renamed(canonical: &Canonical) -> Canonical {
    let old = canonical.url.strip_prefix(names::PROFILES) == Some("task-base");
    if old { Canonical { url: format!("{}task", names::PROFILES), version: None } } else { canonical.clone() }
}

impl Node {
    fn add(&mut self, element: &Value) -> Result<(), ()> {
        let Some(id) = element_id(element) else { return Ok(()) };
        let mut node = self;
        for (depth, segment) in id.split('.').skip(1).enumerate() {
            if depth >= ELEMENT_DEPTH_MAX {
                return Err(());
            }
            node = match segment.split_once(':') {
                // `value[x]:valueString` names a property of its own.
                Some((name, slice)) if name.ends_with("[x]") => {
                    node.children.entry(slice.to_owned()).or_default()
                }
                Some((name, slice)) => node
                    .children
                    .entry(name.to_owned())
                    .or_default()
                    .slices
                    .entry(slice.to_owned())
                    .or_default(),
                None => node.children.entry(segment.to_owned()).or_default(),
            };
        }
        node.merge(element);
        Ok(())
    }

    fn merge(&mut self, element: &Value) {
        if let Some(min) = element.get("min").and_then(Value::as_u64) {
            self.min = Some(min);
        }
        if let Some(max) = text(element, "max") {
            self.max = max.parse().ok();
        }
        for (name, value) in element.as_object().into_iter().flatten() {
            if name.starts_with("fixed") {
                self.fixed = Some(value.clone());
            } else if name.starts_with("pattern") {
                self.pattern = Some(value.clone());
            }
        }
        let types = list(element, "type");
        if !types.is_empty() {
            self.types = types.iter().filter_map(|kind| text(kind, "code")).map(str::to_owned).collect();
            self.type_profiles = types
                .iter()
                .flat_map(|kind| list(kind, "profile"))
                .filter_map(Value::as_str)
                .map(|profile| Canonical::parse(profile).url)
                .collect();
        }
        if let Some(binding) = element.get("binding")
            && text(binding, "strength") == Some("required")
        {
            self.required_value_set = text(binding, "valueSet").map(Canonical::parse);
        }
        if let Some(slicing) = element.get("slicing") {
            self.discriminators = list(slicing, "discriminator")
                .iter()
                .filter_map(|discriminator| text(discriminator, "path"))
                .map(str::to_owned)
                .collect();
            self.closed = text(slicing, "rules") == Some("closed");
        }
    }

    /// The node at a discriminator path, if the slice says anything about it.
    pub(super) fn at(&self, path: &str) -> Option<&Self> {
        if path == "$this" {
            return Some(self);
        }
        path.split('.').try_fold(self, |node, segment| node.children.get(segment))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn elements_are_told_by_path_and_slices_by_id() {
        let table = [
            ("Task.input", "Task.input", "Task.input"),
            ("Task.input:a.type.coding", "Task.input.type.coding", "Task.input:a.type.coding"),
            ("Task.input:a.system", "Task.input.type.coding.system", "Task.input:a.type.coding.system"),
            ("Task.output:a.extension:b", "Task.output.extension", "Task.output:a.extension:b"),
            ("Task.input:a.value[x]:valueString", "Task.input.value[x]", "Task.input:a.value[x]:valueString"),
        ];
        for (id, path, expected) in table {
            assert_eq!(element_id(&json!({ "id": id, "path": path })).as_deref(), Some(expected));
        }
        assert_eq!(element_id(&json!({ "path": "Task.status" })).as_deref(), Some("Task.status"));
    }
}
