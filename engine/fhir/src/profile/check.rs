//! Walks a resource along the rules of a profile. Recursion is as deep as the rules, and those are bounded.

use serde_json::Value;

use super::rules::{Node, Rules};
use crate::definitions::Definitions;
use crate::limits::ISSUES_MAX;
use crate::outcome::Issue;
use crate::resource::{Canonical, ResourceType, list, text};

pub(super) fn run(rules: &Rules, resource: &Value, definitions: &Definitions) -> Vec<Issue> {
    let mut check = Check { definitions, issues: Vec::new() };
    check.children(&rules.root, resource, "Task");
    check.issues
}

struct Check<'a> {
    definitions: &'a Definitions,
    issues: Vec<Issue>,
}

/// A value of an element, with the type suffix of `value[x]`.
#[derive(Clone, Copy)]
struct Found<'a> {
    value: &'a Value,
    suffix: Option<&'a str>,
}

impl Check<'_> {
    fn children(&mut self, node: &Node, element: &Value, location: &str) {
        for (name, rule) in &node.children {
            if self.issues.len() >= ISSUES_MAX {
                return;
            }
            let place = format!("{location}.{name}");
            let values = values(element, name);
            self.cardinality(rule, values.len(), &place, "element");
            for found in &values {
                self.value(rule, *found, &place);
            }
            self.slices(rule, name, &values, &place);
        }
    }

    fn slices(&mut self, rule: &Node, name: &str, values: &[Found<'_>], place: &str) {
        if rule.slices.is_empty() {
            return;
        }
        let discriminators = discriminators(rule, name);
        let mut claimed = 0_usize;
        for (slice_name, slice) in &rule.slices {
            let members: Vec<Found<'_>> =
                values.iter().copied().filter(|found| belongs(slice, found.value, &discriminators)).collect();
            claimed = claimed.saturating_add(members.len());
            let place = format!("{place}:{slice_name}");
            self.cardinality(slice, members.len(), &place, "slice");
            for member in members {
                self.value(slice, member, &place);
            }
        }
        if rule.closed && claimed < values.len() {
            self.error(place, "holds a value that belongs to no slice, and the slicing is closed");
        }
    }

    fn cardinality(&mut self, rule: &Node, count: usize, place: &str, what: &str) {
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        if let Some(min) = rule.min.filter(|min| count < *min) {
            self.error(place, &format!("{what} is there {count} times; at least {min} needed"));
        }
        if let Some(max) = rule.max.filter(|max| count > *max) {
            self.error(place, &format!("{what} is there {count} times; at most {max} allowed"));
        }
    }

    fn value(&mut self, rule: &Node, found: Found<'_>, place: &str) {
        if let Some(fixed) = rule.fixed.as_ref().filter(|fixed| *fixed != found.value) {
            self.error(place, &format!("must be exactly {fixed}"));
        }
        if let Some(pattern) = rule.pattern.as_ref().filter(|pattern| !contains(found.value, pattern)) {
            self.error(place, &format!("must contain {pattern}"));
        }
        if let Some(suffix) = found.suffix
            && !rule.types.is_empty()
            && !rule.types.iter().any(|kind| kind.eq_ignore_ascii_case(suffix))
        {
            self.error(place, &format!("has type {suffix}; allowed: {}", rule.types.join(", ")));
        }
        if let Some(value_set) = &rule.required_value_set
            && in_value_set(found.value, value_set, self.definitions) == Some(false)
        {
            self.error(place, &format!("is not in the value set {value_set}"));
        }
        self.children(rule, found.value, place);
    }

    fn error(&mut self, place: &str, text: &str) {
        self.issues.push(Issue::error("invalid", format!("{place}: {text}")).at(place));
    }
}

/// The values of an element; for `value[x]` those of any `valueSomething`.
fn values<'a>(element: &'a Value, name: &str) -> Vec<Found<'a>> {
    let Some(prefix) = name.strip_suffix("[x]") else {
        return match element.get(name) {
            Some(Value::Array(items)) => items.iter().map(|value| Found { value, suffix: None }).collect(),
            Some(value) => vec![Found { value, suffix: None }],
            None => Vec::new(),
        };
    };
    let Some(members) = element.as_object() else { return Vec::new() };
    members
        .iter()
        .filter_map(|(key, value)| {
            let suffix = key.strip_prefix(prefix)?;
            suffix
                .starts_with(|first: char| first.is_ascii_uppercase())
                .then_some(Found { value, suffix: Some(suffix) })
        })
        .collect()
}

/// A differential may add slices without repeating by what they are told apart; these are FHIR's and DSF's defaults.
fn discriminators<'a>(rule: &'a Node, name: &str) -> Vec<&'a str> {
    if !rule.discriminators.is_empty() {
        return rule.discriminators.iter().map(String::as_str).collect();
    }
    match name {
        "extension" | "modifierExtension" => vec!["url"],
        "input" | "output" => vec!["type.coding"],
        _ => Vec::new(),
    }
}

/// Whether a value belongs to a slice: it has all values that the slice fixes at the discriminators.
fn belongs(slice: &Node, value: &Value, discriminators: &[&str]) -> bool {
    let mut decided = false;
    for path in discriminators {
        if *path == "url" && !slice.type_profiles.is_empty() {
            decided = true;
            if !text(value, "url").is_some_and(|url| slice.type_profiles.iter().any(|profile| profile == url))
            {
                return false;
            }
            continue;
        }
        let Some(node) = slice.at(path) else { continue };
        if !fixes_anything(node) {
            continue;
        }
        decided = true;
        if !at(value, path).into_iter().any(|found| agrees(node, found)) {
            return false;
        }
    }
    decided
}

fn fixes_anything(node: &Node) -> bool {
    node.fixed.is_some() || node.pattern.is_some() || node.children.values().any(fixes_anything)
}

fn agrees(node: &Node, value: &Value) -> bool {
    node.fixed.as_ref().is_none_or(|fixed| fixed == value)
        && node.pattern.as_ref().is_none_or(|pattern| contains(value, pattern))
        && node
            .children
            .iter()
            .filter(|(_, child)| fixes_anything(child))
            .all(|(name, child)| values(value, name).iter().any(|found| agrees(child, found.value)))
}

fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    if path == "$this" {
        return vec![value];
    }
    path.split('.').fold(vec![value], |found, segment| {
        found.into_iter().flat_map(|value| values(value, segment)).map(|found| found.value).collect()
    })
}

/// Whether `value` has everything that `pattern` has.
fn contains(value: &Value, pattern: &Value) -> bool {
    match (value, pattern) {
        (Value::Object(value), Value::Object(pattern)) => {
            pattern.iter().all(|(name, wanted)| value.get(name).is_some_and(|found| contains(found, wanted)))
        }
        (Value::Array(value), Value::Array(pattern)) => {
            pattern.iter().all(|wanted| value.iter().any(|found| contains(found, wanted)))
        }
        _ => value == pattern,
    }
}

/// Whether a code, Coding or CodeableConcept is in a value set. None when the value set cannot be enumerated here.
fn in_value_set(value: &Value, value_set: &Canonical, definitions: &Definitions) -> Option<bool> {
    let value_set = definitions.resolve(ResourceType::ValueSet, value_set)?;
    let includes = value_set.get("compose").map_or(&[][..], |compose| list(compose, "include"));
    let one = |system: Option<&str>, code: &str| -> Option<bool> {
        for include in includes {
            let included_system = text(include, "system")?;
            if system.is_some_and(|system| system != included_system) {
                continue;
            }
            let concepts = list(include, "concept");
            let found = if concepts.is_empty() {
                definitions.has_code(included_system, code)?
            } else {
                concepts.iter().any(|concept| text(concept, "code") == Some(code))
            };
            if found {
                return Some(true);
            }
        }
        Some(false)
    };
    if let Some(code) = value.as_str() {
        return one(None, code);
    }
    if let Some(code) = text(value, "code") {
        return one(text(value, "system"), code);
    }
    let codings = list(value, "coding");
    let mut known = Some(false);
    for coding in codings {
        match one(text(coding, "system"), text(coding, "code").unwrap_or_default()) {
            Some(true) => return Some(true),
            Some(false) => {}
            None => known = None,
        }
    }
    known
}
