//! The one seam between resources and their bytes. JSON today; XML joins as a second variant of [`Format`].

use serde_json::Value;

use crate::limits::{JSON_DEPTH_MAX, JSON_VALUES_MAX};
use crate::names;

/// A wire format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// `application/fhir+json`.
    Json,
}

/// Why bytes are not a resource.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The syntax is wrong.
    #[error("Unable to parse resource: {0}")]
    Syntax(String),
    /// Correct, but not a resource.
    #[error("Unable to parse resource: the document is not an object with a resourceType")]
    NotAResource,
    /// Nested deeper than any FHIR resource.
    #[error("Unable to parse resource: nested deeper than {JSON_DEPTH_MAX} levels")]
    Deep,
    /// More values than any FHIR resource of this network.
    #[error("Unable to parse resource: more than {JSON_VALUES_MAX} values")]
    Many,
}

/// What a media type asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requested {
    /// A format that we speak.
    Format(Format),
    /// FHIR in XML, which this version does not speak yet.
    Xml,
    /// Nothing that FHIR is written in.
    Other,
}

/// Media types as DSF knows them, in the order in which it looks for them in an `Accept` header. The old names
/// `json+fhir` and `xml+fhir` are still sent by some clients. `*/*` means XML in DSF; here it means JSON.
const MEDIA_TYPES: &[(&str, Requested)] = &[
    ("application/fhir+json", Requested::Format(Format::Json)),
    ("application/json+fhir", Requested::Format(Format::Json)),
    ("application/json", Requested::Format(Format::Json)),
    ("application/fhir+xml", Requested::Xml),
    ("application/xml+fhir", Requested::Xml),
    ("application/xml", Requested::Xml),
    ("text/xml", Requested::Xml),
    ("*/*", Requested::Format(Format::Json)),
    ("application/*", Requested::Format(Format::Json)),
];

impl Format {
    /// The content type of an answer.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json;charset=UTF-8",
        }
    }

    /// Reads one resource.
    pub fn read(self, bytes: &[u8]) -> Result<Value, Unreadable> {
        match self {
            Self::Json => read_json(bytes),
        }
    }

    /// Writes one resource.
    pub fn write(self, resource: &Value) -> Vec<u8> {
        match self {
            Self::Json => resource.to_string().into_bytes(),
        }
    }
}

impl Requested {
    /// What an `Accept` header asks for. As in DSF the first name of the list that occurs anywhere wins; weights do not count.
    pub fn by_accept(accept: &str) -> Self {
        let accept = accept.to_ascii_lowercase();
        MEDIA_TYPES
            .iter()
            .find(|(name, _)| accept.contains(name))
            .map_or(Self::Other, |(_, requested)| *requested)
    }

    /// What a `_format` parameter asks for.
    pub fn by_parameter(format: &str) -> Self {
        match format {
            "json" => Self::Format(Format::Json),
            "xml" => Self::Xml,
            other => Self::by_media_type(other),
        }
    }

    /// What a `Content-Type` header says.
    pub fn by_media_type(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        MEDIA_TYPES
            .iter()
            .find(|(name, _)| *name == essence && !name.contains('*'))
            .map_or(Self::Other, |(_, requested)| *requested)
    }
}

/// The text that tells a client to ask for JSON.
pub fn xml_comes_later() -> String {
    format!(
        "{} is not spoken by this version; ask for {}. XML comes later",
        names::FHIR_XML,
        names::FHIR_JSON
    )
}

fn read_json(bytes: &[u8]) -> Result<Value, Unreadable> {
    let value = crate::json::read(bytes)?;
    if crate::resource::type_name(&value).is_none() {
        return Err(Unreadable::NotAResource);
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_is_read_like_dsf_does() {
        let json = Requested::Format(Format::Json);
        let table = [
            ("application/fhir+json", json),
            ("application/fhir+xml, application/fhir+json;q=0.1", json),
            ("application/fhir+xml", Requested::Xml),
            ("*/*", json),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Requested::Xml),
            ("text/plain", Requested::Other),
        ];
        for (accept, expected) in table {
            assert_eq!(Requested::by_accept(accept), expected, "{accept}");
        }
    }

    #[test]
    fn deep_documents_are_refused() {
        let deep = format!("{{\"resourceType\":\"Task\",\"a\":{}{}}}", "[".repeat(90), "]".repeat(90));
        assert_eq!(Format::Json.read(deep.as_bytes()), Err(Unreadable::Deep));
        let absurd = "[".repeat(100_000);
        assert_eq!(Format::Json.read(absurd.as_bytes()), Err(Unreadable::Deep));
    }
}
