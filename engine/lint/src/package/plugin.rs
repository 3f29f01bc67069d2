//! What a built plugin says about itself, as far as rules look at it. Who reads the `.wasm` file hands over its manifest:
//! this crate does not know how plugins are packed or run.

use serde_json::Value;
use tessera_fhir::resource::{list, text};

use crate::limits::CAPABILITY_SCOPES_MAX;

/// A built plugin.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plugin {
    /// Its name.
    pub name: String,
    /// `<major>.<minor>`: what `#{version}` stands for.
    pub resource_version: String,
    /// The processes it brings.
    pub processes: Vec<PluginProcess>,
    /// The handlers it implements.
    pub handlers: Vec<PluginHandler>,
    /// What it asks its operator for.
    pub capabilities: Vec<Capability>,
    /// The interfaces that its code imports, such as `tessera:process/log@0.1.0`.
    pub imports: Vec<String>,
}

/// A process that a plugin brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginProcess {
    /// Its id.
    pub id: String,
    /// The path of its model in the package.
    pub model: String,
    /// The paths of its resources.
    pub resources: Vec<String>,
}

/// A handler that a plugin implements.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginHandler {
    /// Its name.
    pub name: String,
    /// `service-task`, `message-activity` or `execution-listener`.
    pub kind: String,
    /// Other names that models may use.
    pub aliases: Vec<String>,
}

/// Something that a plugin asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Capability {
    /// `<interface>.<verb>[:<scope>]`
    pub id: String,
}

impl Capability {
    /// `<interface>.<verb>`
    pub fn name(&self) -> &str {
        self.id.split(':').next().unwrap_or_default()
    }

    /// The names in the scope; none when it is not limited.
    pub fn scope(&self) -> Option<Vec<&str>> {
        let (_, scope) = self.id.split_once(':')?;
        Some(scope.split(',').map(str::trim).take(CAPABILITY_SCOPES_MAX).collect())
    }
}

impl Plugin {
    /// From the manifest of a plugin, as JSON, and the interfaces that its code imports.
    pub fn of(manifest: &Value, imports: &[String]) -> Self {
        let owned = |value: &Value, key: &str| text(value, key).unwrap_or_default().to_owned();
        let texts = |value: &Value, key: &str| {
            list(value, key).iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Self {
            name: owned(manifest, "name"),
            resource_version: owned(manifest, "resource-version"),
            processes: list(manifest, "processes")
                .iter()
                .map(|process| PluginProcess {
                    id: owned(process, "id"),
                    model: owned(process, "model"),
                    resources: texts(process, "resources"),
                })
                .collect(),
            handlers: list(manifest, "handlers")
                .iter()
                .map(|handler| PluginHandler {
                    name: owned(handler, "name"),
                    kind: owned(handler, "kind"),
                    aliases: texts(handler, "aliases"),
                })
                .collect(),
            capabilities: list(manifest, "capabilities")
                .iter()
                .map(|entry| Capability { id: owned(entry, "id") })
                .collect(),
            imports: imports.to_vec(),
        }
    }

    /// Whether its code imports an interface, such as `directory`.
    pub fn imports(&self, interface: &str) -> bool {
        let name = |import: &str| {
            import.strip_prefix("tessera:process/").and_then(|rest| rest.split('@').next().map(str::to_owned))
        };
        self.imports.iter().any(|import| name(import).as_deref() == Some(interface))
    }

    /// The handler of this kind that models call `name`.
    pub fn handler(&self, name: &str, kind: &str) -> Option<&PluginHandler> {
        self.handlers.iter().find(|handler| handler.kind == kind && handler.is_called(name))
    }
}

impl PluginHandler {
    /// Whether models may call it so.
    pub fn is_called(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }
}
