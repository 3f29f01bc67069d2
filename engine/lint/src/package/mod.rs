//! A package: the process models, FHIR resources and (where it is built) the plugin that belong together. Everything
//! is read once here, without running any of it; rules only look.

mod exchange;
mod group;
mod model;
mod plugin;
mod resource;

use std::sync::Arc;

use tessera_bpmn::lint::{Document, Level, Source, Space, Span};

pub use exchange::{Circle, Exchange, Missing, Partner};
pub use group::groups;
pub use model::{
    Address, Call, Field, Handler, Model, Process, Receive, Send, UserTask, Value, Work, WorkKind,
};
pub use plugin::{Capability, Plugin, PluginHandler, PluginProcess};
pub use resource::Resource;

use crate::limits::XML_START_BYTES;
use crate::place;

/// What the file with the manifest of a built plugin is called.
pub const MANIFEST: &str = "manifest.json";

/// What belongs together.
#[derive(Debug)]
pub struct Package {
    /// Its files, in the order in which they were given.
    pub files: Vec<File>,
    /// What a built plugin says about itself; absent for a folder of sources.
    pub plugin: Option<Plugin>,
    /// What the processes of all packages of the run say to each other.
    pub exchange: Arc<Exchange>,
}

/// A file of a package.
#[derive(Debug)]
pub struct File {
    /// How findings name it.
    pub path: String,
    /// What is in it.
    pub content: Content,
    /// The text of what is no model, decoded; empty if it cannot be.
    text: String,
}

/// What is in a file.
#[derive(Debug)]
pub enum Content {
    /// A BPMN model.
    Model(Box<Model>),
    /// A FHIR resource.
    Resource(Box<Resource>),
    /// Claims to be a resource, and cannot be read.
    Unreadable(Vec<tessera_fhir::source::Problem>),
    /// A built plugin that could not be opened, and why.
    Unopened(String),
    /// Something else.
    Other,
}

/// A value with the file that it is in.
#[derive(Debug)]
pub struct In<'p, T> {
    /// Index into [`Package::files`].
    pub file: usize,
    /// The value.
    pub value: &'p T,
}

impl<T> Clone for In<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for In<'_, T> {}

impl<T> std::ops::Deref for In<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.value
    }
}

impl Package {
    /// Reads files. What cannot be read is kept as such.
    pub fn read(files: &[Source<'_>], plugin: Option<Plugin>) -> Self {
        let files: Vec<File> = files.iter().map(|file| File::read(*file)).collect();
        let exchange = Arc::new(exchange(&files));
        Self { files, plugin, exchange }
    }

    /// All models.
    pub fn models(&self) -> impl Iterator<Item = In<'_, Model>> {
        let files = self.files.iter().enumerate();
        files.filter_map(|(file, entry)| Some(In { file, value: entry.model()? }))
    }

    /// All processes of all models.
    pub fn processes(&self) -> impl Iterator<Item = In<'_, Process>> {
        self.models()
            .flat_map(|model| model.value.processes.iter().map(move |value| In { file: model.file, value }))
    }

    /// The processes that are to be executed, in packages that bring FHIR resources: the subject of rules about both.
    pub fn executable(&self) -> impl Iterator<Item = In<'_, Process>> {
        let is_distributed = self.is_distributed() && self.resources().next().is_some();
        self.processes().filter(move |process| is_distributed && process.is_executable)
    }

    /// All resources.
    pub fn resources(&self) -> impl Iterator<Item = In<'_, Resource>> {
        self.files.iter().enumerate().filter_map(|(file, entry)| match &entry.content {
            Content::Resource(resource) => Some(In { file, value: &**resource }),
            Content::Model(_) | Content::Unreadable(_) | Content::Unopened(_) | Content::Other => None,
        })
    }

    /// All resources of a type.
    pub fn of_type<'p>(&'p self, kind: &'p str) -> impl Iterator<Item = In<'p, Resource>> {
        self.resources().filter(move |resource| resource.kind() == kind)
    }

    /// The resources of a type that plugins bring: those of other files are somebody else's, or data.
    pub fn of_plugin<'p>(&'p self, kind: &'p str) -> impl Iterator<Item = In<'p, Resource>> {
        let is_plugin = self.is_plugin();
        self.of_type(kind).filter(move |resource| is_plugin || resource.is_template())
    }

    /// The resources that plugins bring to be installed, of whatever type.
    pub fn all_of_plugin(&self) -> impl Iterator<Item = In<'_, Resource>> {
        let is_plugin = self.is_plugin();
        let is_brought = move |resource: &In<'_, Resource>| is_plugin || resource.is_template();
        self.resources().filter(move |resource| is_brought(resource) && !self.is_example(resource))
    }

    /// The Tasks that plugins bring to be installed.
    pub fn drafts(&self) -> impl Iterator<Item = In<'_, Resource>> {
        self.of_plugin("Task").filter(|task| !self.is_example(task))
    }

    /// Whether a resource is not made to be installed, see [`Resource::is_example`]. A built plugin brings nothing else.
    pub fn is_example(&self, resource: &Resource) -> bool {
        self.plugin.is_none() && resource.is_example()
    }

    /// How grave it is at most that a part of it does not fit another, where a class may mend that when the plugin is loaded: of
    /// sources that is not known.
    pub fn gravest_misfit(&self) -> Level {
        if self.plugin.is_some() { Level::Error } else { Level::Warning }
    }

    /// Whether this is a process plugin: it brings an ActivityDefinition, or models and resources.
    pub fn is_plugin(&self) -> bool {
        let brings = || {
            self.of_type("ActivityDefinition").next().is_some()
                || (self.resources().next().is_some() && self.processes().next().is_some())
        };
        self.plugin.is_some() || (self.is_distributed() && brings())
    }

    /// Whether anything shows that the processes run between sites: models beside FHIR resources alone do not.
    fn is_distributed(&self) -> bool {
        self.plugin.is_some()
            || self.models().any(|model| model.is_distributed)
            || self.resources().any(|resource| resource.is_of_process())
    }

    /// The resource of this type with this url, whatever its version.
    pub fn by_url<'p>(&'p self, kind: &'p str, url: &str) -> Option<In<'p, Resource>> {
        self.of_type(kind).find(|resource| resource.url() == Some(url))
    }

    /// Where a quoted text stands in the manifest of a built plugin: its file, and the text without quotes.
    pub fn in_manifest(&self, quoted: &str) -> (usize, Span) {
        let file = self.files.iter().position(|file| file.path.ends_with(MANIFEST)).unwrap_or(0);
        let found = self.files.get(file).and_then(|file| file.text().find(&format!("\"{quoted}\"")));
        let start = found.and_then(|at| u32::try_from(at.saturating_add(1)).ok());
        let bytes = u32::try_from(quoted.len()).unwrap_or(0);
        (file, start.map(|start| Span::new(start, start.saturating_add(bytes))).unwrap_or_default())
    }

    /// The executable process that an ActivityDefinition with this url means.
    pub fn process_of(&self, url: &str) -> Option<In<'_, Process>> {
        let id = process_id(url)?;
        self.processes().find(|process| process.id.as_deref() == Some(&*id))
    }

    /// The ActivityDefinition of a process.
    pub fn activity_definition_of(&self, process: &str) -> Option<In<'_, Resource>> {
        self.of_type("ActivityDefinition")
            .find(|definition| definition.url().and_then(process_id).is_some_and(|id| id == process))
    }
}

/// What the processes of files say to each other.
pub fn exchange<'f>(files: impl IntoIterator<Item = &'f File, IntoIter: Clone>) -> Exchange {
    Exchange::of(files.into_iter().filter_map(|file| Some((file.path.as_str(), file.model()?))))
}

impl File {
    /// Reads a file.
    pub fn read(source: Source<'_>) -> Self {
        let path = source.path.to_owned();
        if is_model(source) {
            let model = Model::of(Document::read(source.bytes));
            return Self { path, content: Content::Model(Box::new(model)), text: String::new() };
        }
        if has_ending(source.path, &[".wasm"]) {
            return Self::unopened(source.path, "it is no plugin".to_owned());
        }
        let text =
            tessera_fhir::source::decode(source.bytes).map(std::borrow::Cow::into_owned).unwrap_or_default();
        let content = if has_ending(source.path, &[".json", ".xml"]) {
            match tessera_fhir::source::read(source.bytes) {
                tessera_fhir::source::Reading::Resource(source, problems) => {
                    Content::Resource(Box::new(Resource { source: *source, problems }))
                }
                tessera_fhir::source::Reading::Foreign => Content::Other,
                tessera_fhir::source::Reading::Unreadable(problems) => Content::Unreadable(problems),
            }
        } else {
            Content::Other
        };
        Self { path, content, text }
    }

    /// A built plugin that could not be opened.
    pub fn unopened(path: &str, reason: String) -> Self {
        Self { path: path.to_owned(), content: Content::Unopened(reason), text: String::new() }
    }

    /// Whether it is written for a version of the Data Sharing Framework before 1.0.
    pub fn is_outdated(&self) -> bool {
        match &self.content {
            Content::Model(model) => model.outdated.is_some(),
            Content::Resource(resource) => resource.is_outdated(),
            Content::Unreadable(_) | Content::Unopened(_) | Content::Other => false,
        }
    }

    /// The model in it, if it is one.
    pub fn model(&self) -> Option<&Model> {
        match &self.content {
            Content::Model(model) => Some(model),
            Content::Resource(_) | Content::Unreadable(_) | Content::Unopened(_) | Content::Other => None,
        }
    }

    /// Its text, decoded; empty if it cannot be.
    pub fn text(&self) -> &str {
        match &self.content {
            Content::Model(model) => model.document.text(),
            Content::Resource(_) | Content::Unreadable(_) | Content::Unopened(_) | Content::Other => {
                &self.text
            }
        }
    }

    pub(crate) fn into_parts(self) -> (String, Content, String) {
        (self.path, self.content, self.text)
    }

    /// The span that a finding about something at `start` shows.
    pub fn span(&self, start: u32, bytes: u32) -> Span {
        place::span(self.text(), start, bytes)
    }
}

/// Whether a file is called like a BPMN model, readable or not, or is XML that begins like one, whatever it is called.
fn is_model(source: Source<'_>) -> bool {
    let start = || source.bytes.get(..source.bytes.len().min(XML_START_BYTES)).unwrap_or_default();
    has_ending(source.path, &[".bpmn", ".bpmn2", ".bpmn20.xml"])
        || (!has_ending(source.path, &[".json", ".wasm"])
            && Document::read(start()).root().is_some_and(|root| root.space() == Space::Bpmn))
}

fn has_ending(path: &str, endings: &[&str]) -> bool {
    let path = path.to_ascii_lowercase();
    endings.iter().any(|ending| path.ends_with(ending))
}

/// The id of the process that an ActivityDefinition's url means: `http://a.b/bpe/Process/name` is `ab_name`.
pub fn process_id(url: &str) -> Option<String> {
    tessera_fhir::process::ProcessCanonical::parse(&format!("{url}|0.0")).map(|canonical| canonical.key())
}
