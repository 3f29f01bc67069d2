//! A FHIR resource of a package.

use tessera_fhir::elements::is_placeholder;
use tessera_fhir::names;
use tessera_fhir::source::{Node, Problem, Source};

/// What stands before the name of a process in its url.
const PROCESS_PATH: &str = "/bpe/Process/";

/// What urls of the Data Sharing Framework began with before 1.0.
const OUTDATED_NAMES: &str = "http://highmed.org/fhir/";

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
        let is_draft = || self.kind() == "Task" && self.root().text("status") == Some("draft");
        self.has_placeholder() || self.kind() == "ActivityDefinition" || is_draft()
    }

    /// Whether it is written for a version of the Data Sharing Framework before 1.0, which had names of its own.
    pub fn is_outdated(&self) -> bool {
        let root = self.root();
        let is_old = |url: &str| url.starts_with(OUTDATED_NAMES);
        let meta = root.member("meta");
        let mut tags = meta.into_iter().flat_map(|meta| meta.items("tag"));
        let mut profiles = meta.into_iter().flat_map(|meta| meta.items("profile"));
        tags.any(|tag| tag.text("system").is_some_and(is_old))
            || profiles.any(|profile| profile.as_text().is_some_and(is_old))
            || root.items("extension").any(|extension| extension.text("url").is_some_and(is_old))
            || root.text("baseDefinition").is_some_and(is_old)
    }

    /// Whether it is a Task that is certainly not made to be installed: no draft, and without the identifier by which a site finds
    /// drafts again. Such are examples, and texts that a handler fills in.
    pub fn is_example(&self) -> bool {
        let root = self.root();
        let is_task_identifier = |identifier: Node<'_>| {
            identifier.text("system").is_some_and(|system| system.starts_with("http://dsf.dev/sid/"))
        };
        self.kind() == "Task"
            && root.text("status") != Some("draft")
            && !root.items("identifier").any(is_task_identifier)
    }

    /// Whether it is certainly a part of distributed processes, and not data of patients or something else in FHIR: it has
    /// placeholders, says which sites may read it, or names a process.
    pub fn is_of_process(&self) -> bool {
        let root = self.root();
        let is_tagged = || {
            let tags = root.member("meta").into_iter().flat_map(|meta| meta.items("tag"));
            tags.into_iter().any(|tag| tag.text("system") == Some(names::READ_ACCESS_TAG))
        };
        let names_process = |name: &str| root.text(name).is_some_and(|url| url.contains(PROCESS_PATH));
        self.has_placeholder()
            || is_tagged()
            || names_process("url")
            || names_process("instantiatesCanonical")
            || root.extensions(names::PROCESS_AUTHORIZATION).next().is_some()
    }

    fn has_placeholder(&self) -> bool {
        let names = ["version", "date", "authoredOn", "instantiatesCanonical"];
        names.iter().any(|name| self.root().text(name).is_some_and(is_placeholder))
    }
}
