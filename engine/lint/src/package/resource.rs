//! A FHIR resource of a package.

use tessera_fhir::elements::is_placeholder;
use tessera_fhir::source::{Node, Problem, Source};

/// A resource, where its parts are written, and what could not be read of it.
#[derive(Debug)]
pub struct Resource {
    /// The resource and its places.
    pub source: Source,
    /// What FHIR R4 does not allow.
    pub problems: Vec<Problem>,
}

impl Resource {
    /// To walk from.
    pub fn root(&self) -> Node<'_> {
        self.source.root()
    }

    /// `resourceType`.
    pub fn kind(&self) -> &str {
        self.root().text("resourceType").unwrap_or_default()
    }

    /// `url`.
    pub fn url(&self) -> Option<&str> {
        self.root().text("url")
    }

    /// Whether it is made to be filled in at a site, as the resources of plugins are: its version or date is a placeholder,
    /// or it is a draft Task.
    pub fn is_template(&self) -> bool {
        let root = self.root();
        let open = |name: &str| root.text(name).is_some_and(is_placeholder);
        open("version")
            || open("date")
            || open("authoredOn")
            || open("instantiatesCanonical")
            || self.kind() == "ActivityDefinition"
            || (self.kind() == "Task" && root.text("status") == Some("draft"))
    }
}
