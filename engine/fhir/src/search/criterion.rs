//! One parameter of a search with its value: parsed, matched, and told to the index.

use jiff::tz::TimeZone;
use serde_json::Value;

use super::ProblemKind;
use super::date::{Comparison, DateTest};
use super::index::{self, Lookup};
use super::parameters::{self, Kind, Parameter};
use crate::directory::Directory;
use crate::resource::{self, Canonical, Identifier, Reference, ResourceType, text};
use crate::task::Status;

#[derive(Debug, Clone)]
pub(super) struct Criterion {
    parameter: &'static Parameter,
    test: Test,
    negated: bool,
}

#[derive(Debug, Clone)]
enum Test {
    Exact(String),
    Prefix(String),
    Contains(String),
    Url(Canonical),
    UrlBelow(String),
    Token(Token),
    Date(DateTest),
    Boolean(bool),
    Reference(Target),
    ReferenceIdentifier(Token),
}

/// `code`, `system|code`, `|code` or `system|`.
#[derive(Debug, Clone)]
struct Token {
    /// None: any system. Empty: no system.
    system: Option<String>,
    /// None: any value.
    value: Option<String>,
}

#[derive(Debug, Clone)]
enum Target {
    Id(String),
    TypeAndId(String, String),
    Url(String),
}

impl Criterion {
    pub(super) fn parse(
        resource_type: ResourceType,
        name: &str,
        value: &str,
        zone: &TimeZone,
    ) -> Result<Self, ProblemKind> {
        let (name, modifier) = match name.split_once(':') {
            Some((name, modifier)) => (name, Some(modifier)),
            None => (name, None),
        };
        let parameter = parameters::find(resource_type, name).ok_or(ProblemKind::UnsupportedParameter)?;
        let negated = modifier == Some("not");
        let test = match (parameter.kind, modifier) {
            (Kind::Id, None) if resource::is_id(value) => Test::Exact(value.to_owned()),
            (Kind::Exact, None) => Test::Exact(value.to_owned()),
            (Kind::Code, None | Some("not")) => {
                // Every status code system in use is among Task's or has the publication codes.
                let known = Status::parse(value).is_some() || PUBLICATION_AND_ENDPOINT_CODES.contains(&value);
                if !known {
                    return Err(ProblemKind::UnparsableValue);
                }
                Test::Exact(value.to_owned())
            }
            (Kind::Text, None) => Test::Prefix(value.to_lowercase()),
            (Kind::Text, Some("exact")) => Test::Exact(value.to_owned()),
            (Kind::Text, Some("contains")) => Test::Contains(value.to_lowercase()),
            (Kind::Url | Kind::Profile, None) => Test::Url(Canonical::parse(value)),
            (Kind::Url | Kind::Profile, Some("below")) => Test::UrlBelow(value.to_owned()),
            (Kind::Identifier | Kind::Coding, None | Some("not")) => Test::Token(Token::parse(value)),
            (Kind::Date, None) => {
                Test::Date(DateTest::parse(value, zone).ok_or(ProblemKind::UnparsableValue)?)
            }
            (Kind::Boolean, None) => Test::Boolean(value.parse().map_err(|_| ProblemKind::UnparsableValue)?),
            (Kind::Reference, None) => {
                Test::Reference(Target::parse(value).ok_or(ProblemKind::UnparsableValue)?)
            }
            (Kind::Reference, Some("identifier")) => Test::ReferenceIdentifier(Token::parse(value)),
            (_, None) => return Err(ProblemKind::UnparsableValue),
            (_, Some(_)) => return Err(ProblemKind::UnsupportedParameter),
        };
        Ok(Self { parameter, test, negated })
    }

    pub(super) fn matches(&self, resource: &Value, directory: &Directory) -> bool {
        let url = match &self.test {
            Test::Url(wanted) if self.parameter.path == "url" => Some(wanted),
            Test::Url(_)
            | Test::Exact(_)
            | Test::Prefix(_)
            | Test::Contains(_)
            | Test::UrlBelow(_)
            | Test::Token(_)
            | Test::Date(_)
            | Test::Boolean(_)
            | Test::Reference(_)
            | Test::ReferenceIdentifier(_) => None,
        };
        let found = match url {
            // A canonical resource keeps url and version apart.
            Some(wanted) => {
                text(resource, "url") == Some(wanted.url.as_str())
                    && wanted
                        .version
                        .as_deref()
                        .is_none_or(|version| text(resource, "version") == Some(version))
            }
            None => self.parameter.values(resource).any(|value| self.test.passes(value, directory)),
        };
        found != self.negated
    }

    pub(super) fn lookup(&self) -> Option<Lookup> {
        if self.negated {
            return None;
        }
        match (self.parameter.kind, &self.test) {
            (Kind::Id, Test::Exact(id)) => Some(Lookup::Id(id.clone())),
            (Kind::Identifier, Test::Token(Token { system: Some(system), value: Some(value) }))
                if !system.is_empty() =>
            {
                Some(Lookup::Exact { index: index::IDENTIFIER, value: format!("{system}|{value}") })
            }
            (Kind::Url, Test::Url(canonical)) => {
                let value = canonical.url.clone();
                let index = if self.parameter.name == "address" { index::ADDRESS } else { index::URL };
                Some(Lookup::Exact { index, value })
            }
            (Kind::Code, Test::Exact(code)) => {
                Some(Lookup::Exact { index: index::STATUS, value: code.clone() })
            }
            (Kind::Date, Test::Date(date)) if self.parameter.name == "_lastUpdated" => {
                match date.comparison {
                    Comparison::Greater | Comparison::GreaterOrEqual => Some(Lookup::From {
                        index: index::LAST_UPDATED,
                        value: resource::instant(date.start),
                    }),
                    Comparison::Equal | Comparison::NotEqual | Comparison::Less | Comparison::LessOrEqual => {
                        None
                    }
                }
            }
            _ => None,
        }
    }
}

/// Codes of `status` besides those of Task.
const PUBLICATION_AND_ENDPOINT_CODES: &[&str] = &[
    "draft",
    "active",
    "retired",
    "unknown",
    "suspended",
    "error",
    "off",
    "requested",
    "entered-in-error",
    "test",
];

impl Test {
    fn passes(&self, value: &Value, directory: &Directory) -> bool {
        match self {
            Self::Exact(wanted) => value.as_str() == Some(wanted),
            Self::Prefix(wanted) => {
                value.as_str().is_some_and(|text| text.to_lowercase().starts_with(wanted))
            }
            Self::Contains(wanted) => value.as_str().is_some_and(|text| text.to_lowercase().contains(wanted)),
            // Without a version only a canonical without version matches, as in DSF.
            Self::Url(wanted) => value.as_str() == Some(&wanted.to_string()),
            Self::UrlBelow(prefix) => value.as_str().is_some_and(|text| text.starts_with(prefix)),
            Self::Token(token) => token.passes(value),
            Self::Date(date) => value.as_str().is_some_and(|text| date.passes(text)),
            Self::Boolean(wanted) => value.as_bool() == Some(*wanted),
            Self::Reference(target) => target.passes(value, directory),
            Self::ReferenceIdentifier(token) => {
                value.get("identifier").is_some_and(|identifier| token.passes(identifier))
                    || match Reference::of(value, directory.base_url()) {
                        Reference::Internal { resource_type, id, .. } => directory
                            .identifier_of(&resource_type, &id)
                            .is_some_and(|identifier| token.passes(&identifier.to_json())),
                        Reference::Temporary(_)
                        | Reference::Conditional(_)
                        | Reference::External(_)
                        | Reference::Logical { .. }
                        | Reference::Unknown => false,
                    }
            }
        }
    }
}

impl Token {
    fn parse(value: &str) -> Self {
        match value.split_once('|') {
            None => Self { system: None, value: Some(value.to_owned()) },
            Some((system, "")) => Self { system: Some(system.to_owned()), value: None },
            Some((system, value)) => Self { system: Some(system.to_owned()), value: Some(value.to_owned()) },
        }
    }

    fn passes(&self, element: &Value) -> bool {
        let system = text(element, "system").unwrap_or_default();
        let value = text(element, "value").or_else(|| text(element, "code"));
        self.system.as_deref().is_none_or(|wanted| wanted == system)
            && self.value.as_deref().is_none_or(|wanted| value == Some(wanted))
    }
}

impl Target {
    fn parse(value: &str) -> Option<Self> {
        match Reference::literal(value, "") {
            Reference::Internal { resource_type, id, version: None } => {
                Some(Self::TypeAndId(resource_type, id))
            }
            Reference::External(url) => Some(Self::Url(url)),
            Reference::Internal { .. }
            | Reference::Temporary(_)
            | Reference::Conditional(_)
            | Reference::Logical { .. }
            | Reference::Unknown => resource::is_id(value).then(|| Self::Id(value.to_owned())),
        }
    }

    fn passes(&self, reference: &Value, directory: &Directory) -> bool {
        let (found_type, found_id) = match Reference::of(reference, directory.base_url()) {
            Reference::Internal { resource_type, id, .. } => (resource_type, id),
            Reference::External(url) => return matches!(self, Self::Url(wanted) if *wanted == url),
            Reference::Logical { resource_type, identifier } => {
                match id_of(directory, &resource_type, &identifier) {
                    Some(id) => (resource_type, id),
                    None => return false,
                }
            }
            Reference::Temporary(_) | Reference::Conditional(_) | Reference::Unknown => return false,
        };
        match self {
            Self::Id(id) => *id == found_id,
            Self::TypeAndId(resource_type, id) => *resource_type == found_type && *id == found_id,
            Self::Url(url) => *url == format!("{}/{found_type}/{found_id}", directory.base_url()),
        }
    }
}

fn id_of(directory: &Directory, type_name: &str, identifier: &Identifier) -> Option<String> {
    directory.id_of(type_name, identifier).map(str::to_owned)
}
