//! Thin views on a resource kept as JSON: its type, id, meta, identifiers, references and canonicals.
//!
//! Resources stay `serde_json::Value` so that what we do not understand survives unchanged. Adding a resource type is one
//! line in the table below, its search parameters one line each in `search::parameters`.

use std::fmt;

use serde_json::{Map, Value, json};

macro_rules! resource_types {
    ($($name:ident => $profile:literal),+ $(,)?) => {
        /// The resource types that this mailbox stores.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ResourceType {
            $(#[doc = concat!("FHIR R4 ", stringify!($name), ".")] $name),+
        }

        impl ResourceType {
            /// All of them, in the order of the capability statement.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The name on the wire.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name)),+ }
            }

            /// The DSF profile that a resource of this type gets when it names none of its own.
            pub const fn default_profile(self) -> &'static str {
                match self { $(Self::$name => concat!("http://dsf.dev/fhir/StructureDefinition/", $profile)),+ }
            }

            /// The type called `name`, if this mailbox knows it.
            pub fn parse(name: &str) -> Option<Self> {
                match name { $(stringify!($name) => Some(Self::$name),)+ _ => None }
            }
        }
    };
}

resource_types! {
    ActivityDefinition => "activity-definition",
    Bundle => "bundle",
    CodeSystem => "code-system",
    Endpoint => "endpoint",
    NamingSystem => "naming-system",
    Organization => "organization",
    OrganizationAffiliation => "organization-affiliation",
    StructureDefinition => "structure-definition",
    Subscription => "subscription",
    Task => "task",
    ValueSet => "value-set",
}

impl fmt::Display for ResourceType {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// `system|value`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Identifier {
    /// Who issued the value.
    pub system: String,
    /// The value.
    pub value: String,
}

impl Identifier {
    /// An identifier from its two parts.
    pub fn new(system: impl Into<String>, value: impl Into<String>) -> Self {
        Self { system: system.into(), value: value.into() }
    }

    /// The identifier in a FHIR `Identifier` object, if it has system and value.
    pub fn of(value: &Value) -> Option<Self> {
        Some(Self::new(text(value, "system")?, text(value, "value")?))
    }

    /// As FHIR writes it.
    pub fn to_json(&self) -> Value {
        json!({ "system": self.system, "value": self.value })
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}|{}", self.system, self.value)
    }
}

/// `url` or `url|version`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Canonical {
    /// The part before `|`.
    pub url: String,
    /// The part after `|`.
    pub version: Option<String>,
}

impl Canonical {
    /// Splits at the first `|`.
    pub fn parse(text: &str) -> Self {
        match text.split_once('|') {
            Some((url, version)) => Self { url: url.to_owned(), version: Some(version.to_owned()) },
            None => Self { url: text.to_owned(), version: None },
        }
    }
}

impl fmt::Display for Canonical {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.url)?;
        match &self.version {
            Some(version) => write!(formatter, "|{version}"),
            None => Ok(()),
        }
    }
}

/// `system` and `code` of a FHIR Coding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Coding {
    /// The code system.
    pub system: String,
    /// The code.
    pub code: String,
}

impl Coding {
    /// A coding from its two parts.
    pub fn new(system: impl Into<String>, code: impl Into<String>) -> Self {
        Self { system: system.into(), code: code.into() }
    }

    /// The coding in a FHIR `Coding` object, if it has system and code.
    pub fn of(value: &Value) -> Option<Self> {
        Some(Self::new(text(value, "system")?, text(value, "code")?))
    }
}

/// What a FHIR Reference points at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reference {
    /// `urn:uuid:…`, only meaningful inside a Bundle.
    Temporary(String),
    /// `Type?query`, only meaningful inside a Bundle.
    Conditional(String),
    /// `Type/id` or `Type/id/_history/version` on this server.
    Internal {
        /// Type name as written; perhaps unknown to this mailbox.
        resource_type: String,
        /// Id part.
        id: String,
        /// Version, when the reference is specific.
        version: Option<String>,
    },
    /// An absolute url of another server.
    External(String),
    /// No `reference`, but type and identifier.
    Logical {
        /// Type name as written.
        resource_type: String,
        /// The identifier of the target.
        identifier: Identifier,
    },
    /// Anything else; refused.
    Unknown,
}

impl Reference {
    /// Reads a FHIR Reference object. `base` is this server's base url without trailing slash.
    pub fn of(value: &Value, base: &str) -> Self {
        if let Some(literal) = text(value, "reference") {
            return Self::literal(literal, base);
        }
        match (text(value, "type"), value.get("identifier").and_then(Identifier::of)) {
            (Some(resource_type), Some(identifier)) => {
                Self::Logical { resource_type: resource_type.to_owned(), identifier }
            }
            _ => Self::Unknown,
        }
    }

    /// Reads the text of a literal reference.
    pub fn literal(text: &str, base: &str) -> Self {
        if text.starts_with("urn:uuid:") {
            return Self::Temporary(text.to_owned());
        }
        let own = text.strip_prefix(base).and_then(|rest| rest.strip_prefix('/'));
        let path = match own {
            Some(path) => path,
            None if text.starts_with("http://") || text.starts_with("https://") => {
                return Self::External(text.to_owned());
            }
            None => text,
        };
        if let Some((resource_type, _)) = path.split_once('?') {
            return if is_type_name(resource_type) {
                Self::Conditional(path.to_owned())
            } else {
                Self::Unknown
            };
        }
        let parts: Vec<&str> = path.split('/').collect();
        match parts.as_slice() {
            [resource_type, id] if is_type_name(resource_type) && is_id(id) => Self::Internal {
                resource_type: (*resource_type).to_owned(),
                id: (*id).to_owned(),
                version: None,
            },
            [resource_type, id, "_history", version]
                if is_type_name(resource_type) && is_id(id) && is_id(version) =>
            {
                Self::Internal {
                    resource_type: (*resource_type).to_owned(),
                    id: (*id).to_owned(),
                    version: Some((*version).to_owned()),
                }
            }
            _ => Self::Unknown,
        }
    }
}

fn is_type_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_uppercase())
        && text.chars().all(|c| c.is_ascii_alphabetic())
}

/// Whether `text` is a FHIR id: 1 to 64 letters, digits, `-` and `.`.
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

/// The string at `key`, if there is one.
pub fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// The array at `key`; empty when absent or something else.
pub fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The name in `resourceType`.
pub fn type_name(resource: &Value) -> Option<&str> {
    text(resource, "resourceType")
}

/// The type in `resourceType`, if this mailbox knows it.
pub fn resource_type(resource: &Value) -> Option<ResourceType> {
    type_name(resource).and_then(ResourceType::parse)
}

/// `id`.
pub fn id(resource: &Value) -> Option<&str> {
    text(resource, "id")
}

/// `meta.versionId` as a number.
pub fn version_id(resource: &Value) -> Option<u64> {
    resource.get("meta").and_then(|meta| text(meta, "versionId")).and_then(|version| version.parse().ok())
}

/// `meta.lastUpdated`.
pub fn last_updated(resource: &Value) -> Option<jiff::Timestamp> {
    resource.get("meta").and_then(|meta| text(meta, "lastUpdated")).and_then(|instant| instant.parse().ok())
}

/// `meta.profile`.
pub fn profiles(resource: &Value) -> impl Iterator<Item = &str> {
    resource.get("meta").map_or(&[][..], |meta| list(meta, "profile")).iter().filter_map(Value::as_str)
}

/// `identifier` as a list, whether the type has one or many.
pub fn identifiers(resource: &Value) -> Vec<Identifier> {
    match resource.get("identifier") {
        Some(Value::Array(identifiers)) => identifiers.iter().filter_map(Identifier::of).collect(),
        Some(identifier) => Identifier::of(identifier).into_iter().collect(),
        None => Vec::new(),
    }
}

/// The only identifier with `system`; none when there are several.
pub fn sole_identifier<'a>(resource: &'a Value, system: &str) -> Option<&'a str> {
    let mut found =
        list(resource, "identifier").iter().filter(|identifier| text(identifier, "system") == Some(system));
    let value = text(found.next()?, "value")?;
    found.next().is_none().then_some(value)
}

/// The extensions of `element` with `url`.
pub fn extensions<'a>(element: &'a Value, url: &'a str) -> impl Iterator<Item = &'a Value> {
    list(element, "extension").iter().filter(move |extension| text(extension, "url") == Some(url))
}

/// The member `key` as an object, created when absent or not an object.
pub fn object_mut<'a>(parent: &'a mut Map<String, Value>, key: &str) -> &'a mut Map<String, Value> {
    let slot = parent.entry(key).or_insert_with(|| Value::Object(Map::new()));
    if !slot.is_object() {
        *slot = Value::Object(Map::new());
    }
    slot.as_object_mut().expect("the line above made it an object")
}

/// Writes id, version and time into a resource, as the server does on each write.
pub fn stamp(resource: &mut Value, id: &str, version: u64, now: jiff::Timestamp) {
    let Some(members) = resource.as_object_mut() else { return };
    members.insert("id".to_owned(), Value::String(id.to_owned()));
    let meta = object_mut(members, "meta");
    meta.insert("versionId".to_owned(), Value::String(version.to_string()));
    meta.insert("lastUpdated".to_owned(), Value::String(instant(now)));
}

/// A FHIR instant with milliseconds, in UTC.
pub fn instant(time: jiff::Timestamp) -> String {
    format!("{time:.3}")
}

/// Removes the literal part of each Reference that carries an identifier: peers see identifiers, never our ids.
pub fn clean_references(resource: &mut Value) {
    let mut open = vec![resource];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let is_reference = members.get("identifier").is_some_and(Value::is_object)
                    && members.get("reference").is_some_and(Value::is_string)
                    && !members.contains_key("resourceType");
                if is_reference {
                    members.remove("reference");
                }
                open.extend(members.values_mut());
            }
            Value::Array(items) => open.extend(items.iter_mut()),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literal_references_are_told_apart() {
        let base = "https://a.example/fhir";
        let kind = |text: &str| format!("{:?}", Reference::literal(text, base));
        let table = [
            ("urn:uuid:1", "Temporary"),
            ("Group?identifier=a|b", "Conditional"),
            ("Task/1", "Internal"),
            ("https://a.example/fhir/Task/1/_history/2", "Internal"),
            ("https://a.example/fhirTask/1", "External"),
            ("https://b.example/fhir/Task/1", "External"),
            ("../Task/1", "Unknown"),
            ("task/1", "Unknown"),
            ("#contained", "Unknown"),
        ];
        for (text, expected) in table {
            assert!(kind(text).starts_with(expected), "{text}: {}", kind(text));
        }
    }

    #[test]
    fn cleaning_keeps_literals_without_identifier() {
        let mut resource = json!({
            "resourceType": "Endpoint", "id": "1",
            "managingOrganization": { "reference": "Organization/1", "identifier": { "value": "x" } },
            "other": [{ "reference": "Task/1" }]
        });
        clean_references(&mut resource);
        assert_eq!(resource["managingOrganization"], json!({ "identifier": { "value": "x" } }));
        assert_eq!(resource["other"][0]["reference"], "Task/1");
    }
}
