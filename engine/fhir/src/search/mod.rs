//! Searches: parsed once into a [`Query`], then matched in memory. Subscriptions use the same matcher for their criteria.
//!
//! Which parameters a type has is the table in `parameters`; what an index must hold so that a store need not read
//! everything is in [`index`]. As in DSF, parameters that repeat mean AND, and a comma is part of the value.

mod criterion;
mod date;
pub mod index;
mod parameters;

use std::cmp::Ordering;
use std::fmt;

use jiff::tz::TimeZone;
use serde_json::Value;

use crate::directory::Directory;
use crate::limits::{SEARCH_COUNT_DEFAULT, SEARCH_COUNT_MAX, SEARCH_PARAMETERS_MAX};
use crate::resource::{Reference, ResourceType};
use criterion::Criterion;
pub use parameters::{INCLUDES, IncludeRow, names_of};

/// What to do about a parameter that is not understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Handling {
    /// Refuse the search.
    Strict,
    /// Ignore the parameter and say so in the answer.
    #[default]
    Lenient,
}

impl Handling {
    /// Reads one `Prefer` header; none when it says nothing about handling.
    pub fn of(prefer: &str) -> Option<Self> {
        prefer.split([',', ';']).map(str::trim).find_map(|part| match part {
            "handling=strict" => Some(Self::Strict),
            "handling=lenient" => Some(Self::Lenient),
            _ => None,
        })
    }
}

/// What is wrong with a parameter, in DSF's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// No such parameter or modifier.
    UnsupportedParameter,
    /// Given more often than it may be.
    UnsupportedNumberOfValues,
    /// The value makes no sense.
    UnparsableValue,
}

/// A parameter that was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Name as sent.
    pub parameter: String,
    /// What is wrong.
    pub kind: ProblemKind,
    /// Value as sent.
    pub value: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (error, message) = match self.kind {
            ProblemKind::UnsupportedParameter => {
                ("UNSUPPORTED_PARAMETER", "not known for this resource type")
            }
            ProblemKind::UnsupportedNumberOfValues => {
                ("UNSUPPORTED_NUMBER_OF_VALUES", "given more than once")
            }
            ProblemKind::UnparsableValue => ("UNPARSABLE_VALUE", "value not understood"),
        };
        write!(
            formatter,
            "parameter: {}, error: {error}, message: '{message}', value: {}",
            self.parameter, self.value
        )
    }
}

/// The text of several problems.
pub fn problems_text(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// What one parameter of `_sort` says about a resource. Dates sort as instants.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SortKey((Option<jiff::Timestamp>, String));

/// Ascending or descending.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

/// What a client wants to see beside the matches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Include {
    row: &'static IncludeRow,
    reverse: bool,
}

/// A parsed search.
#[derive(Debug, Clone)]
pub struct Query {
    resource_type: ResourceType,
    criteria: Vec<Criterion>,
    sort: Vec<(&'static parameters::Parameter, Direction)>,
    includes: Vec<Include>,
    page: u32,
    count: u32,
    count_only: bool,
    problems: Vec<Problem>,
    recognised: Vec<(String, String)>,
}

impl Query {
    /// Reads the part of a url behind `?`. `zone` is the zone of times that name none.
    pub fn parse(resource_type: ResourceType, query: &str, zone: &TimeZone) -> Self {
        let mut read = Self {
            resource_type,
            criteria: Vec::new(),
            sort: Vec::new(),
            includes: Vec::new(),
            page: 1,
            count: SEARCH_COUNT_DEFAULT,
            count_only: false,
            problems: Vec::new(),
            recognised: Vec::new(),
        };
        let mut seen_once: Vec<String> = Vec::new();
        for (position, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
            if value.trim().is_empty() {
                continue;
            }
            if position >= SEARCH_PARAMETERS_MAX {
                read.problem(&name, ProblemKind::UnsupportedNumberOfValues, &value);
                break;
            }
            let single = matches!(&*name, "_count" | "_format" | "_page" | "_pretty" | "_sort" | "_summary");
            if single && seen_once.iter().any(|seen| *seen == name) {
                read.problem(&name, ProblemKind::UnsupportedNumberOfValues, &value);
                continue;
            }
            if single {
                seen_once.push(name.clone().into_owned());
            }
            match read.parameter(&name, &value, zone) {
                Ok(()) => {
                    if !matches!(&*name, "_count" | "_page") {
                        read.recognised.push((name.into_owned(), value.into_owned()));
                    }
                }
                Err(kind) => read.problem(&name, kind, &value),
            }
        }
        read
    }

    /// Reads `Type?query`, as subscriptions and bundles write it.
    pub fn parse_with_type(text: &str, zone: &TimeZone) -> Option<Self> {
        let (type_name, query) = text.split_once('?').unwrap_or((text, ""));
        Some(Self::parse(ResourceType::parse(type_name)?, query, zone))
    }

    /// The type that is searched.
    pub fn resource_type(&self) -> ResourceType {
        self.resource_type
    }

    /// What was not understood.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Whether anything restricts the result.
    pub fn is_unrestricted(&self) -> bool {
        self.criteria.is_empty()
    }

    /// Page, from 1.
    pub fn page(&self) -> u32 {
        self.page
    }

    /// Entries of a page.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Whether only the total is wanted.
    pub fn is_count_only(&self) -> bool {
        self.count_only
    }

    /// The url of another page of this search, relative to the base: normalised, only what was understood.
    pub fn url(&self, page: u32, count: u32) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in &self.recognised {
            query.append_pair(name, value);
        }
        query.append_pair("_count", &count.to_string());
        if count > 0 {
            query.append_pair("_page", &page.to_string());
        }
        format!("{}?{}", self.resource_type, query.finish())
    }

    /// Whether a resource of the searched type is a match.
    pub fn matches(&self, resource: &Value, directory: &Directory) -> bool {
        crate::resource::resource_type(resource) == Some(self.resource_type)
            && self.criteria.iter().all(|criterion| criterion.matches(resource, directory))
    }

    /// What a store should look up instead of reading everything; none when only a full scan answers.
    pub fn lookup(&self) -> Option<index::Lookup> {
        self.criteria.iter().filter_map(Criterion::lookup).min_by_key(index::Lookup::rank)
    }

    /// By what a match is sorted; smaller to keep than the resource.
    pub fn sort_keys(&self, resource: &Value) -> Vec<SortKey> {
        self.sort.iter().map(|(parameter, _)| SortKey(parameter.sort_key(resource))).collect()
    }

    /// Order of two matches by their keys, as far as `_sort` says.
    pub fn order(&self, left: &[SortKey], right: &[SortKey]) -> Ordering {
        left.iter()
            .zip(right)
            .zip(&self.sort)
            .map(|((left, right), (_, direction))| match direction {
                Direction::Ascending => left.cmp(right),
                Direction::Descending => right.cmp(left),
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }

    /// The resources (type and id) that a match asks to include by its own references.
    pub fn included_by(&self, resource: &Value, directory: &Directory) -> Vec<(ResourceType, String)> {
        let mut found = Vec::new();
        for include in self.includes.iter().filter(|include| !include.reverse) {
            for reference in parameters::values(resource, include.row.path) {
                let target = match Reference::of(reference, directory.base_url()) {
                    Reference::Internal { resource_type, id, .. } => {
                        ResourceType::parse(&resource_type).map(|resource_type| (resource_type, id))
                    }
                    Reference::Logical { resource_type, identifier } => ResourceType::parse(&resource_type)
                        .zip(directory.id_of(&resource_type, &identifier).map(str::to_owned)),
                    Reference::Temporary(_)
                    | Reference::Conditional(_)
                    | Reference::External(_)
                    | Reference::Unknown => None,
                };
                found.extend(target.filter(|(resource_type, _)| *resource_type == include.row.target));
            }
        }
        found
    }

    /// Searches for resources that refer to one of the matches: the source type, and a test for each candidate.
    pub fn reverse_includes(&self) -> impl Iterator<Item = &'static IncludeRow> {
        self.includes.iter().filter(|include| include.reverse).map(|include| include.row)
    }

    fn problem(&mut self, parameter: &str, kind: ProblemKind, value: &str) {
        self.problems.push(Problem { parameter: parameter.to_owned(), kind, value: value.to_owned() });
    }

    fn parameter(&mut self, name: &str, value: &str, zone: &TimeZone) -> Result<(), ProblemKind> {
        match name {
            "_format" | "_pretty" => Ok(()),
            "_count" => {
                // As in DSF: what is no number is absent, what is negative is zero.
                if let Ok(count) = value.parse::<i64>() {
                    let count = u32::try_from(count.max(0)).unwrap_or(SEARCH_COUNT_MAX);
                    self.count = count.min(SEARCH_COUNT_MAX);
                    self.count_only |= count == 0;
                }
                Ok(())
            }
            "_page" => {
                if let Ok(page) = value.parse::<i64>() {
                    self.page = u32::try_from(page.max(0)).unwrap_or(u32::MAX);
                    self.count_only |= self.page == 0;
                }
                Ok(())
            }
            "_summary" => match value {
                "false" => Ok(()),
                "count" => {
                    self.count_only = true;
                    Ok(())
                }
                _ => Err(ProblemKind::UnparsableValue),
            },
            "_sort" => value.split(',').try_for_each(|key| self.sort_by(key)),
            "_include" => self.include(value, false),
            "_revinclude" => self.include(value, true),
            _ => {
                let criterion = Criterion::parse(self.resource_type, name, value, zone)?;
                self.criteria.push(criterion);
                Ok(())
            }
        }
    }

    fn sort_by(&mut self, key: &str) -> Result<(), ProblemKind> {
        let (name, direction) = match key.trim().strip_prefix('-') {
            Some(name) => (name, Direction::Descending),
            None => (key.trim(), Direction::Ascending),
        };
        let parameter = parameters::find(self.resource_type, name).ok_or(ProblemKind::UnparsableValue)?;
        self.sort.push((parameter, direction));
        Ok(())
    }

    fn include(&mut self, value: &str, reverse: bool) -> Result<(), ProblemKind> {
        let row = INCLUDES.iter().find(|row| row.is(value)).ok_or(ProblemKind::UnparsableValue)?;
        let fits = if reverse {
            row.reversible && row.target == self.resource_type
        } else {
            row.source == self.resource_type
        };
        if !fits {
            return Err(ProblemKind::UnparsableValue);
        }
        let include = Include { row, reverse };
        if self.includes.contains(&include) {
            return Err(ProblemKind::UnsupportedNumberOfValues);
        }
        self.includes.push(include);
        Ok(())
    }
}

/// Whether `source` refers, by the reference of `row`, to the resource with this type and id.
pub fn refers_to(
    row: &IncludeRow,
    source: &Value,
    target: (ResourceType, &str),
    directory: &Directory,
) -> bool {
    parameters::values(source, row.path).any(|reference| {
        match Reference::of(reference, directory.base_url()) {
            Reference::Internal { resource_type, id, .. } => {
                resource_type == target.0.name() && id == target.1
            }
            Reference::Logical { resource_type, identifier } => {
                resource_type == target.0.name()
                    && directory.id_of(&resource_type, &identifier) == Some(target.1)
            }
            Reference::Temporary(_)
            | Reference::Conditional(_)
            | Reference::External(_)
            | Reference::Unknown => false,
        }
    })
}
