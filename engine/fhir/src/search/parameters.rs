//! Which search parameters and includes exist. Adding one is one line here.

use serde_json::Value;

use crate::resource::ResourceType;

/// How values of a parameter are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// The logical id.
    Id,
    /// A list of canonicals, compared as DSF compares `_profile`.
    Profile,
    /// `system|value` of identifiers.
    Identifier,
    /// Text: prefix, `:exact`, `:contains`; case does not count.
    Text,
    /// A url, perhaps with `|version`; `:below`.
    Url,
    /// Exactly this string.
    Exact,
    /// A code of a status; `:not`.
    Code,
    /// `system|code` of codings.
    Coding,
    /// A date, dateTime or instant.
    Date,
    /// A reference; `:identifier`.
    Reference,
    /// `true` or `false`.
    Boolean,
}

/// One search parameter.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    /// Elements to walk, with arrays flattened. `|` separates alternatives.
    pub(super) path: &'static str,
}

const fn row(name: &'static str, kind: Kind, path: &'static str) -> Parameter {
    Parameter { name, kind, path }
}

#[rustfmt::skip]
const COMMON: &[Parameter] = &[
    row("_id",          Kind::Id,      "id"),
    row("_lastUpdated", Kind::Date,    "meta.lastUpdated"),
    row("_profile",     Kind::Profile, "meta.profile"),
];

#[rustfmt::skip]
const CANONICAL: &[Parameter] = &[
    row("date",       Kind::Date,       "date"),
    row("identifier", Kind::Identifier, "identifier"),
    row("name",       Kind::Text,       "name"),
    row("status",     Kind::Code,       "status"),
    row("url",        Kind::Url,        "url"),
    row("version",    Kind::Exact,      "version"),
];

#[rustfmt::skip]
const BUNDLE: &[Parameter] = &[
    row("identifier", Kind::Identifier, "identifier"),
];

#[rustfmt::skip]
const ENDPOINT: &[Parameter] = &[
    row("address",      Kind::Url,        "address"),
    row("identifier",   Kind::Identifier, "identifier"),
    row("name",         Kind::Text,       "name"),
    row("organization", Kind::Reference,  "managingOrganization"),
    row("status",       Kind::Code,       "status"),
];

#[rustfmt::skip]
const NAMING_SYSTEM: &[Parameter] = &[
    row("date",   Kind::Date, "date"),
    row("name",   Kind::Text, "name"),
    row("status", Kind::Code, "status"),
];

#[rustfmt::skip]
const ORGANIZATION: &[Parameter] = &[
    row("active",     Kind::Boolean,    "active"),
    row("endpoint",   Kind::Reference,  "endpoint"),
    row("identifier", Kind::Identifier, "identifier"),
    row("name",       Kind::Text,       "name|alias"),
    row("type",       Kind::Coding,     "type.coding"),
];

#[rustfmt::skip]
const ORGANIZATION_AFFILIATION: &[Parameter] = &[
    row("active",                     Kind::Boolean,    "active"),
    row("endpoint",                   Kind::Reference,  "endpoint"),
    row("identifier",                 Kind::Identifier, "identifier"),
    row("participating-organization", Kind::Reference,  "participatingOrganization"),
    row("primary-organization",       Kind::Reference,  "organization"),
    row("role",                       Kind::Coding,     "code.coding"),
];

#[rustfmt::skip]
const SUBSCRIPTION: &[Parameter] = &[
    row("criteria", Kind::Text,  "criteria"),
    row("payload",  Kind::Exact, "channel.payload"),
    row("status",   Kind::Code,  "status"),
    row("type",     Kind::Exact, "channel.type"),
];

#[rustfmt::skip]
const TASK: &[Parameter] = &[
    row("authored-on", Kind::Date,       "authoredOn"),
    row("identifier",  Kind::Identifier, "identifier"),
    row("modified",    Kind::Date,       "lastModified"),
    row("requester",   Kind::Reference,  "requester"),
    row("status",      Kind::Code,       "status"),
];

pub(super) const fn of_type(resource_type: ResourceType) -> &'static [Parameter] {
    match resource_type {
        ResourceType::ActivityDefinition
        | ResourceType::CodeSystem
        | ResourceType::StructureDefinition
        | ResourceType::ValueSet => CANONICAL,
        ResourceType::Bundle => BUNDLE,
        ResourceType::Endpoint => ENDPOINT,
        ResourceType::NamingSystem => NAMING_SYSTEM,
        ResourceType::Organization => ORGANIZATION,
        ResourceType::OrganizationAffiliation => ORGANIZATION_AFFILIATION,
        ResourceType::Subscription => SUBSCRIPTION,
        ResourceType::Task => TASK,
    }
}

pub(super) fn find(resource_type: ResourceType, name: &str) -> Option<&'static Parameter> {
    COMMON.iter().chain(of_type(resource_type)).find(|parameter| parameter.name == name)
}

/// Name and FHIR type of each search parameter of a type, for the capability statement.
pub fn names_of(resource_type: ResourceType) -> impl Iterator<Item = (&'static str, &'static str)> {
    COMMON.iter().chain(of_type(resource_type)).map(|parameter| {
        let kind = match parameter.kind {
            Kind::Id | Kind::Identifier | Kind::Code | Kind::Coding | Kind::Boolean | Kind::Exact => "token",
            Kind::Profile | Kind::Url => "uri",
            Kind::Text => "string",
            Kind::Date => "date",
            Kind::Reference => "reference",
        };
        (parameter.name, kind)
    })
}

/// `_include=Source:parameter[:Target]`, or the other way round with `_revinclude`.
#[derive(Debug, PartialEq, Eq)]
pub struct IncludeRow {
    /// Type that holds the reference.
    pub source: ResourceType,
    /// Name of the search parameter.
    pub parameter: &'static str,
    /// Where the reference is.
    pub(super) path: &'static str,
    /// Type that is referred to.
    pub target: ResourceType,
    /// Whether `_revinclude` is offered, too.
    pub reversible: bool,
}

#[rustfmt::skip]
/// All includes.
pub const INCLUDES: &[IncludeRow] = &[
    include(ResourceType::Endpoint,                "organization",               "managingOrganization",      ResourceType::Organization, true),
    include(ResourceType::Organization,            "endpoint",                   "endpoint",                  ResourceType::Endpoint,     true),
    include(ResourceType::OrganizationAffiliation, "endpoint",                   "endpoint",                  ResourceType::Endpoint,     false),
    include(ResourceType::OrganizationAffiliation, "participating-organization", "participatingOrganization", ResourceType::Organization, true),
    include(ResourceType::OrganizationAffiliation, "primary-organization",       "organization",              ResourceType::Organization, true),
    include(ResourceType::Task,                    "requester",                  "requester",                 ResourceType::Organization, false),
];

const fn include(
    source: ResourceType,
    parameter: &'static str,
    path: &'static str,
    target: ResourceType,
    reversible: bool,
) -> IncludeRow {
    IncludeRow { source, parameter, path, target, reversible }
}

impl IncludeRow {
    pub(super) fn is(&self, value: &str) -> bool {
        let mut parts = value.split(':');
        parts.next() == Some(self.source.name())
            && parts.next() == Some(self.parameter)
            && parts.next().is_none_or(|target| target == self.target.name())
            && parts.next().is_none()
    }
}

impl Parameter {
    /// The values of this parameter in a resource.
    pub(super) fn values<'a>(&self, resource: &'a Value) -> impl Iterator<Item = &'a Value> + use<'a> {
        values(resource, self.path)
    }

    /// What a resource is sorted by: the first value as text. Dates are sorted as instants.
    pub(super) fn sort_key(&self, resource: &Value) -> (Option<jiff::Timestamp>, String) {
        let Some(value) = self.values(resource).next() else { return (None, String::new()) };
        let text = match self.kind {
            Kind::Identifier => {
                crate::resource::Identifier::of(value).map(|identifier| identifier.to_string())
            }
            Kind::Coding => crate::resource::text(value, "code").map(str::to_owned),
            Kind::Reference => crate::resource::text(value, "reference").map(str::to_owned).or_else(|| {
                value.get("identifier").and_then(crate::resource::Identifier::of).map(|id| id.to_string())
            }),
            Kind::Boolean => Some(value.to_string()),
            Kind::Date | Kind::Id | Kind::Profile | Kind::Text | Kind::Url | Kind::Exact | Kind::Code => {
                value.as_str().map(str::to_owned)
            }
        };
        let text = text.unwrap_or_default();
        let instant = if self.kind == Kind::Date { super::date::start_of(&text) } else { None };
        (instant, text)
    }
}

/// The values at a path, arrays flattened; alternatives one after the other.
pub(super) fn values<'a>(
    resource: &'a Value,
    path: &'static str,
) -> impl Iterator<Item = &'a Value> + use<'a> {
    path.split('|').flat_map(move |path| {
        path.split('.').fold(vec![resource], |values, element| {
            values
                .into_iter()
                .filter_map(|value| value.get(element))
                .flat_map(|value| match value {
                    Value::Array(items) => items.iter().collect(),
                    Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => {
                        vec![value]
                    }
                })
                .collect()
        })
    })
}
