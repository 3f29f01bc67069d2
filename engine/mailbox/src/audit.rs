//! The audit log: one line per request, accepted or refused, and one per connection that was refused before it made a request.
//!
//! Lines are `tracing` events of target [`TARGET`], level INFO. Fields: `outcome` (`accepted`, `refused`), `operation`,
//! `organization`, `thumbprint` (first 16 digits), `peer` (address), `resource`, `id`, `version`, `status`, `code`.
//! What is not known is `-`. There is never a body, a query, a header or any other text that a caller chose freely, and each
//! field has at most [`AUDIT_FIELD_BYTES_MAX`] bytes.

use http::StatusCode;
use tessera_fhir::access::Identity;
use tessera_fhir::{ResourceType, resource};

use crate::answer::Answer;
use crate::fault::Fault;
use crate::limits::AUDIT_FIELD_BYTES_MAX;

/// The target of all audit lines, for filters: `audit=info`.
pub const TARGET: &str = "audit";

const UNKNOWN: &str = "-";
const THUMBPRINT_DIGITS: usize = 16;

/// One line on its way.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    peer: String,
    thumbprint: String,
    organization: String,
    operation: &'static str,
    resource: &'static str,
    id: String,
    version: Option<u64>,
}

impl Line {
    /// About a caller whose connection says no more than this.
    pub(crate) fn new(operation: &'static str, peer: Option<&str>, thumbprint: Option<&str>) -> Self {
        let thumbprint = thumbprint.and_then(|text| text.get(..THUMBPRINT_DIGITS).or(Some(text)));
        Self {
            peer: bounded(peer.unwrap_or(UNKNOWN)),
            thumbprint: bounded(thumbprint.unwrap_or(UNKNOWN)),
            organization: UNKNOWN.to_owned(),
            operation,
            resource: UNKNOWN,
            id: UNKNOWN.to_owned(),
            version: None,
        }
    }

    pub(crate) fn of(mut self, identity: &Identity) -> Self {
        self.organization = bounded(&identity.to_string());
        self
    }

    pub(crate) fn about(mut self, resource_type: Option<ResourceType>, id: Option<&str>) -> Self {
        self.resource = resource_type.map_or(UNKNOWN, ResourceType::name);
        // What is no id is a text of the caller's choice.
        id.filter(|id| resource::is_id(id)).unwrap_or(UNKNOWN).clone_into(&mut self.id);
        self
    }

    /// What was written, from the url of its version.
    pub(crate) fn written(&mut self, location: Option<&str>, version: Option<u64>) {
        self.version = version;
        let id = location
            .and_then(|location| location.split("/_history/").next())
            .and_then(|location| location.rsplit('/').next())
            .filter(|id| resource::is_id(id));
        if let Some(id) = id {
            id.clone_into(&mut self.id);
        }
    }

    pub(crate) fn decided(&self, status: StatusCode, code: Option<&str>) {
        let outcome =
            if status.is_client_error() || status.is_server_error() { "refused" } else { "accepted" };
        self.write(outcome, status, code);
    }

    pub(crate) fn refused(&self, fault: Fault) {
        self.write("refused", fault.status(), Some(fault.id()));
    }

    fn write(&self, outcome: &str, status: StatusCode, code: Option<&str>) {
        let Self { peer, thumbprint, organization, operation, resource, id, version } = self;
        tracing::info!(
            target: TARGET,
            outcome,
            operation,
            organization,
            thumbprint,
            peer,
            resource,
            id,
            version,
            status = status.as_u16(),
            code = code.unwrap_or(UNKNOWN),
            "decided"
        );
    }
}

/// The line of a request that reached the mailbox without the wire: the engine of the same process, or the allow list.
pub fn in_process(
    identity: &Identity,
    operation: &'static str,
    resource_type: Option<ResourceType>,
    id: Option<&str>,
    answer: &Answer,
) {
    let mut line = Line::new(operation, Some("in-process"), None).of(identity).about(resource_type, id);
    line.written(answer.location.as_deref(), answer.version);
    line.decided(answer.status, answer.code);
}

/// Printable, and not longer than a field may be.
fn bounded(text: &str) -> String {
    let printable = text.chars().map(|letter| if letter.is_control() { '?' } else { letter });
    let mut bounded = String::new();
    for letter in printable {
        if bounded.len() + letter.len_utf8() > AUDIT_FIELD_BYTES_MAX {
            break;
        }
        bounded.push(letter);
    }
    bounded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_bounded_and_printable() {
        let table = [
            ("b.example".to_owned(), "b.example".to_owned()),
            ("a\nb\u{7f}".to_owned(), "a?b?".to_owned()),
            ("ü".repeat(AUDIT_FIELD_BYTES_MAX), "ü".repeat(AUDIT_FIELD_BYTES_MAX / 2)),
        ];
        for (text, expected) in table {
            assert_eq!(bounded(&text), expected);
        }
        let line = Line::new("read", None, Some("0123456789abcdef01")).about(None, Some("../x"));
        assert_eq!((line.thumbprint.as_str(), line.id.as_str()), ("0123456789abcdef", "-"));
    }
}
