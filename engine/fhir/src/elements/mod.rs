//! Which elements FHIR R4 has: what repeats, what is a number, whose name carries its type. XML says none of that, JSON
//! needs all of it. The table `r4.txt` is generated from HL7's definitions (`examples/element_table.rs`) and explains its form.

mod shape;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

pub use shape::{check, is_placeholder};

/// The one table.
static R4: LazyLock<Table> = LazyLock::new(|| Table::parse(include_str!("r4.txt")));

/// Types of one type name extend each other at most this often (Task extends DomainResource extends Resource).
const INHERITANCE_MAX: usize = 8;

/// What an element holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// A primitive that is a string in JSON.
    Text,
    /// A primitive that is a number in JSON.
    Number,
    /// A primitive that is a boolean in JSON.
    Boolean,
    /// The text of a narrative, XHTML.
    Xhtml,
    /// Elements of this type.
    Complex(&'static str),
    /// A whole resource.
    Resource,
}

/// One element of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Element {
    /// Whether JSON writes it as an array.
    pub repeats: bool,
    /// Whether XML writes it as an attribute.
    pub is_attribute: bool,
    /// What it holds.
    pub content: Content,
}

/// What `r4.txt` says.
struct Table {
    primitives: BTreeSet<&'static str>,
    types: BTreeMap<&'static str, Type>,
}

struct Type {
    base: &'static str,
    elements: BTreeMap<&'static str, Declared>,
    /// Elements `name[x]`, without `[x]`.
    choices: Vec<(&'static str, Declared)>,
}

#[derive(Clone, Copy)]
struct Declared {
    repeats: bool,
    is_attribute: bool,
    kinds: &'static str,
}

/// Whether `name` is a resource type of FHIR R4.
pub fn is_resource(name: &str) -> bool {
    let table = &*R4;
    name != "Resource"
        && name != "DomainResource"
        && table.types.get(name).is_some_and(|kind| matches!(kind.base, "Resource" | "DomainResource"))
}

/// The element `name` of the type `owner`; a choice such as `value[x]` is found by the name with its type (`valueString`).
///
/// ```
/// use tessera_fhir::elements::{Content, element};
///
/// let input = element("Task", "input").unwrap();
/// assert!(input.repeats);
/// assert_eq!(input.content, Content::Complex("Task.input"));
/// assert_eq!(element("Task.input", "valuePositiveInt").unwrap().content, Content::Number);
/// assert_eq!(element("Task", "inputs"), None);
/// ```
pub fn element(owner: &str, name: &str) -> Option<Element> {
    R4.element(owner, name)
}

impl Table {
    fn parse(text: &'static str) -> Self {
        let mut table = Self { primitives: BTreeSet::new(), types: BTreeMap::new() };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut words = line.split(' ');
            let (Some(name), Some(sign)) = (words.next(), words.next()) else { continue };
            if name == "!" {
                table.primitives.insert(sign);
                table.primitives.extend(words);
                continue;
            }
            let base = words.next().unwrap_or("-");
            let mut kind = Type { base, elements: BTreeMap::new(), choices: Vec::new() };
            for word in words {
                let Some((written, kinds)) = word.split_once(':') else { continue };
                let local = written.trim_start_matches('@').trim_end_matches('*');
                let declared = Declared {
                    repeats: written.ends_with('*'),
                    is_attribute: written.starts_with('@'),
                    kinds,
                };
                match local.strip_suffix("[x]") {
                    Some(stem) => kind.choices.push((stem, declared)),
                    None => {
                        kind.elements.insert(local, declared);
                    }
                }
            }
            table.types.insert(name, kind);
        }
        table
    }

    fn element(&self, owner: &str, name: &str) -> Option<Element> {
        let mut next = owner;
        for _ in 0..INHERITANCE_MAX {
            let kind = self.types.get(next)?;
            if let Some(declared) = kind.elements.get(name) {
                return Some(declared.holding(self.content(declared.kinds)));
            }
            for (stem, declared) in &kind.choices {
                if let Some(content) =
                    name.strip_prefix(stem).and_then(|suffix| self.choice(declared, suffix))
                {
                    return Some(declared.holding(content));
                }
            }
            next = kind.base;
        }
        None
    }

    /// What `name[x]` holds when its type is written `suffix`, with a capital.
    fn choice(&self, declared: &Declared, suffix: &str) -> Option<Content> {
        let is_meant = |kind: &str| {
            let mut letters = kind.chars();
            let capital = letters.next().map(|first| first.to_ascii_uppercase());
            capital.is_some() && suffix.chars().next() == capital && suffix.get(1..) == Some(letters.as_str())
        };
        if declared.kinds != "*" {
            return declared.kinds.split('|').find(|kind| is_meant(kind)).map(|kind| self.content(kind));
        }
        let primitive = self.primitives.iter().find(|kind| is_meant(kind));
        let complex = || {
            let (name, kind) = self.types.get_key_value(suffix)?;
            let is_data_type = matches!(kind.base, "Element" | "BackboneElement" | "Quantity");
            (is_data_type && !name.contains('.') && suffix != "BackboneElement").then_some(name)
        };
        primitive.or_else(complex).map(|kind| self.content(kind))
    }

    fn content(&self, kind: &'static str) -> Content {
        if let Some(other) = kind.strip_prefix('=') {
            return Content::Complex(other);
        }
        match kind {
            "xhtml" => Content::Xhtml,
            "boolean" => Content::Boolean,
            "integer" | "positiveInt" | "unsignedInt" | "decimal" => Content::Number,
            "Resource" => Content::Resource,
            _ if self.primitives.contains(kind) => Content::Text,
            _ => Content::Complex(kind),
        }
    }
}

impl Declared {
    fn holding(self, content: Content) -> Element {
        Element { repeats: self.repeats, is_attribute: self.is_attribute, content }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_closed() {
        let mut unknown = Vec::new();
        for (name, kind) in &R4.types {
            if kind.base != "-" && !R4.types.contains_key(kind.base) {
                unknown.push(format!("{name} extends {}", kind.base));
            }
            let declared = kind.elements.iter().map(|(local, declared)| (*local, *declared));
            for (local, declared) in declared.chain(kind.choices.iter().copied()) {
                for used in declared.kinds.split('|').filter(|used| *used != "*") {
                    let used = used.trim_start_matches('=');
                    if !R4.primitives.contains(used) && !R4.types.contains_key(used) {
                        unknown.push(format!("{name}.{local} is a {used}"));
                    }
                }
            }
        }
        assert!(unknown.is_empty(), "{unknown:#?}");
        assert!(R4.types.keys().filter(|name| is_resource(name)).count() >= 145);
    }

    #[test]
    fn elements_are_found_where_they_are_declared() {
        let table = [
            ("Task", "id", Some((false, Content::Text))),
            ("Task", "contained", Some((true, Content::Resource))),
            ("Task", "meta", Some((false, Content::Complex("Meta")))),
            ("Meta", "tag", Some((true, Content::Complex("Coding")))),
            ("Meta", "project", None),
            ("Task.input", "valueUri", Some((false, Content::Text))),
            ("Task.input", "valueUrl", Some((false, Content::Text))),
            ("Task.input", "valueCodeableConcept", Some((false, Content::Complex("CodeableConcept")))),
            ("Task.input", "valueTask", None),
            ("Task.input", "valueElement", None),
            ("Task.input", "value", None),
            ("Task.input", "valuestring", None),
            ("Questionnaire.item", "item", Some((true, Content::Complex("Questionnaire.item")))),
            ("Extension", "url", Some((false, Content::Text))),
            ("Bundle.entry.response", "outcome", Some((false, Content::Resource))),
            ("ElementDefinition", "min", Some((false, Content::Number))),
            ("ElementDefinition", "fixedBoolean", Some((false, Content::Boolean))),
            ("Narrative", "div", Some((false, Content::Xhtml))),
        ];
        for (owner, name, expected) in table {
            let found = element(owner, name).map(|found| (found.repeats, found.content));
            assert_eq!(found, expected, "{owner}.{name}");
        }
        assert!(element("Extension", "url").unwrap().is_attribute);
        assert!(element("Coding", "id").unwrap().is_attribute);
        assert!(!element("Task", "id").unwrap().is_attribute);
    }
}
