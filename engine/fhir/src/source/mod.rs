//! A resource file as written: JSON or XML to the same JSON value, with the place of every part, so that a tool can point
//! at it. Reading never panics, goes on behind a problem where it can, and is bounded by this crate's `limits`.
//!
//! A mailbox reads with `format`, which keeps no places. Start with [`read`]; walk with [`Node`].

mod convert;
mod json;
mod node;
mod position;
mod text;
mod xml;

use serde_json::Value;

pub use node::Node;
pub use position::{Position, Spot};
pub use text::decode;

use crate::limits::PROBLEMS_MAX;

/// What a file is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// FHIR in JSON.
    Json,
    /// FHIR in XML.
    Xml,
}

/// A resource and where its parts are written.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    /// The resource, as FHIR's JSON.
    pub resource: Value,
    /// Where it is written.
    pub spot: Spot,
    /// In which syntax.
    pub syntax: Syntax,
}

/// What kind of problem a file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// It is neither JSON nor XML, or refused: document types, foreign entities, foreign encodings.
    Syntax,
    /// It exceeds a bound.
    Limit,
    /// It has an element that FHIR R4 does not know at this place, or knows once and finds twice.
    Element,
    /// A value is not of the element's type.
    Value,
}

/// One thing that is wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What kind.
    pub kind: ProblemKind,
    /// What, in words.
    pub message: String,
    /// Where.
    pub position: Position,
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A resource of FHIR R4; with problems, if parts of it could not be read.
    Resource(Box<Source>, Vec<Problem>),
    /// In order as far as it goes, but no FHIR: another namespace, or no `resourceType`.
    Foreign,
    /// Neither JSON nor XML, or more than is read.
    Unreadable(Vec<Problem>),
}

impl Source {
    /// The resource with its place, to walk from.
    pub fn root(&self) -> Node<'_> {
        Node::new(&self.resource, &self.spot)
    }
}

/// Reads a file in the syntax that its first character shows.
///
/// ```
/// use tessera_fhir::source::{Reading, read};
///
/// let xml = b"<Task xmlns='http://hl7.org/fhir'>\n  <status value='draft'/>\n</Task>";
/// let Reading::Resource(source, problems) = read(xml) else { panic!("a Task") };
/// assert!(problems.is_empty());
/// assert_eq!(source.resource, serde_json::json!({ "resourceType": "Task", "status": "draft" }));
/// let status = source.root().member("status").unwrap();
/// assert_eq!((status.position().line, status.position().column), (2, 18));
/// assert_eq!(read(b"<html/>"), Reading::Foreign);
/// ```
pub fn read(bytes: &[u8]) -> Reading {
    let text = match decode(bytes) {
        Ok(text) => text,
        Err(problem) => return Reading::Unreadable(vec![problem]),
    };
    if text.trim_start().starts_with('<') { xml::read(&text) } else { json::read(&text) }
}

/// Collects problems up to [`PROBLEMS_MAX`].
#[derive(Debug, Default)]
struct Problems(Vec<Problem>);

impl Problems {
    fn add(&mut self, kind: ProblemKind, message: impl Into<String>, position: Position) {
        if self.0.len() < PROBLEMS_MAX {
            self.0.push(Problem { kind, message: message.into(), position });
        }
    }

    fn into_sorted(mut self) -> Vec<Problem> {
        self.0.sort_by_key(|problem| (problem.position, problem.kind));
        self.0
    }
}

#[cfg(test)]
mod tests;
