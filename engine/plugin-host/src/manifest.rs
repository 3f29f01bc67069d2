//! What a plugin says about itself: section `tessera:manifest`, JSON, schema 1, generated from the author's `plugin.toml`
//! and code. Unknown keys are skipped, so that a newer SDK can say more; what is known is checked here, before
//! anything of the plugin is compiled.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use tessera_core::plugin::Hook;

use crate::limits::HANDLERS_MAX;

/// The manifest schema that this host reads.
pub const SCHEMA: u32 = 1;
/// The track of the plugin contract (`tessera:process`) that this host offers.
pub const API_TRACK: &str = "0.1";

/// The manifest of one plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Manifest {
    /// Version of the manifest's own format.
    pub schema: u32,
    /// Version of the contract that the plugin was built with.
    pub api: String,
    /// Unique at a site.
    pub name: String,
    /// Version of the plugin, e.g. `1.0.0.0`.
    pub version: String,
    /// `<major>.<minor>`: the version that its processes and FHIR resources carry.
    pub resource_version: String,
    /// `YYYY-MM-DD`, replaces `#{date}` in resources.
    #[serde(default)]
    pub release_date: Option<String>,
    /// For humans.
    #[serde(default)]
    pub title: Option<String>,
    /// Who made it.
    #[serde(default)]
    pub publisher: Option<Publisher>,
    /// SPDX expression.
    #[serde(default)]
    pub license: Option<String>,
    /// The processes it brings.
    #[serde(default)]
    pub processes: Vec<Process>,
    /// The handlers it implements.
    #[serde(default)]
    pub handlers: Vec<Handler>,
    /// What it asks for.
    #[serde(default)]
    pub capabilities: Vec<Capability>,
    /// What it says it needs at most.
    #[serde(default)]
    pub limits: RequestedLimits,
}

/// Who made a plugin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Publisher {
    /// Organization or person.
    pub name: String,
    /// Where to reach them.
    #[serde(default)]
    pub email: Option<String>,
}

/// One process that a plugin brings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// `process/@id`.
    pub id: String,
    /// Path of its model in the package.
    pub model: String,
    /// Paths of the FHIR resources it needs.
    #[serde(default)]
    pub resources: Vec<String>,
}

/// One handler that a plugin implements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handler {
    /// The name that the plugin's code is called with.
    pub name: String,
    /// Which export takes the call.
    pub kind: HandlerKind,
    /// Other names that models may use, e.g. Java class names of an older version.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// The export interface that a handler belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandlerKind {
    /// `service-task`
    ServiceTask,
    /// `execution-listener`
    ExecutionListener,
    /// `message-activity`
    MessageActivity,
}

impl HandlerKind {
    /// The kind of handler that a hook calls.
    pub fn of(hook: &Hook) -> Self {
        match hook {
            Hook::ServiceTask => Self::ServiceTask,
            Hook::Listener(_) => Self::ExecutionListener,
            Hook::Prepare(_) | Hook::Failed(..) => Self::MessageActivity,
        }
    }

    /// As written in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceTask => "service-task",
            Self::ExecutionListener => "execution-listener",
            Self::MessageActivity => "message-activity",
        }
    }
}

/// Something a plugin asks its operator for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capability {
    /// `<interface>.<verb>[:<scope>]`
    pub id: String,
    /// Why, for the operator.
    #[serde(default)]
    pub reason: Option<String>,
    /// Whether the plugin can do without.
    #[serde(default)]
    pub optional: bool,
}

/// Limits that a plugin sets for itself. They can only lower the operator's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct RequestedLimits {
    /// Memory of one call.
    #[serde(default)]
    pub memory_mib: Option<u64>,
    /// CPU time of one call.
    #[serde(default)]
    pub cpu_ms: Option<u64>,
    /// Wall-clock time of one call.
    #[serde(default)]
    pub wall_ms: Option<u64>,
}

impl Manifest {
    /// The handler that a model means by `name`, if it is of this kind. A plugin may use one name for handlers of
    /// different kinds.
    pub fn handler(&self, name: &str, kind: HandlerKind) -> Option<&Handler> {
        self.handlers.iter().find(|handler| handler.kind == kind && handler.is_called(name))
    }

    /// Whether a model may use this name.
    pub fn has_handler(&self, name: &str) -> bool {
        self.handlers.iter().any(|handler| handler.is_called(name))
    }

    /// The first rule that the manifest breaks, as a sentence.
    pub(crate) fn broken_rule(&self) -> Option<String> {
        if self.schema != SCHEMA {
            return Some(format!(
                "schema {} is not known to this host, it reads schema {SCHEMA}; update the host or build with an older SDK",
                self.schema
            ));
        }
        let track = self.api.strip_prefix(API_TRACK).is_some_and(|rest| rest.starts_with('.'));
        if !track {
            return Some(format!(
                "it is built for plugin contract {}, this host offers {API_TRACK}.x; build it with an SDK {API_TRACK}",
                self.api
            ));
        }
        for (what, text) in [("name", &self.name), ("version", &self.version)] {
            if !is_word(text) {
                return Some(format!("{what} {text:?} must be 1 to 100 characters of A-Z a-z 0-9 . _ -"));
            }
        }
        if !is_resource_version(&self.resource_version) {
            return Some(format!(
                "resource-version {:?} must be <major>.<minor>, e.g. 1.0",
                self.resource_version
            ));
        }
        if self.handlers.len() > HANDLERS_MAX {
            return Some(format!("{} handlers, at most {HANDLERS_MAX} are allowed", self.handlers.len()));
        }
        let mut names = BTreeSet::new();
        for handler in &self.handlers {
            if handler.aliases.len() > HANDLERS_MAX {
                return Some(format!("handler {:?} has more than {HANDLERS_MAX} aliases", handler.name));
            }
            for name in std::iter::once(&handler.name).chain(&handler.aliases) {
                if name.is_empty() {
                    return Some("a handler has an empty name or alias".into());
                }
                if !names.insert((handler.kind.as_str(), name)) {
                    return Some(format!("two {} handlers are called {name:?}", handler.kind.as_str()));
                }
            }
        }
        None
    }

    /// Every path the manifest names, with what names it.
    pub(crate) fn named_files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.processes.iter().flat_map(|process| {
            std::iter::once(&process.model)
                .chain(&process.resources)
                .map(|path| (process.id.as_str(), path.as_str()))
        })
    }
}

impl Handler {
    fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}

fn is_word(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

fn is_resource_version(text: &str) -> bool {
    let is_number =
        |part: &str| !part.is_empty() && part.len() <= 9 && part.bytes().all(|b| b.is_ascii_digit());
    text.split_once('.').is_some_and(|(major, minor)| is_number(major) && is_number(minor))
}
