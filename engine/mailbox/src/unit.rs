//! A unit of work: everything that one accepted request changes, decided against the state before it, committed as one.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tessera_fhir::access::{Code, Refusal, content};
use tessera_fhir::resource::{self, Reference};
use tessera_fhir::search::index;
use tessera_fhir::{ResourceType, references};
use tessera_store::limits::{BATCH_BYTES_MAX, KEY_BYTES_MAX, VALUE_BYTES_MAX};
use tessera_store::{Batch, Precondition, Store};

use crate::answer::{Answer, Rejection};
use crate::catalog::Catalog;
use crate::fault::Fault;
use crate::key;
use crate::limits::STAMP_BYTES_MAX;
use crate::record::{self, Head, State};
use crate::settings::Settings;
use crate::view::{Changes, Pending, View};

/// Whether literal and logical references of a new version are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReferenceCheck {
    Required,
    Waived,
}

pub(crate) struct Unit<'m> {
    pub(crate) settings: &'m Settings,
    pub(crate) now: Timestamp,
    store: &'m dyn Store,
    pending: &'m Pending,
    changes: Changes,
    catalog: Arc<Catalog>,
    catalog_changed: bool,
    new_versions: Vec<Vec<u8>>,
    staged: Vec<Staged>,
    announced: Vec<(ResourceType, String)>,
    /// What subscribers are told after the commit.
    pub(crate) events: Vec<Value>,
}

struct Staged {
    resource_type: ResourceType,
    id: String,
    old: Option<Value>,
    new: Option<Value>,
    references: ReferenceCheck,
}

impl<'m> Unit<'m> {
    pub(crate) fn new(
        settings: &'m Settings,
        store: &'m dyn Store,
        pending: &'m Pending,
        catalog: Arc<Catalog>,
        now: Timestamp,
    ) -> Self {
        Self {
            settings,
            now,
            store,
            pending,
            changes: Changes::new(),
            catalog,
            catalog_changed: false,
            new_versions: Vec::new(),
            staged: Vec::new(),
            announced: Vec::new(),
            events: Vec::new(),
        }
    }

    pub(crate) fn view(&self) -> View<'_> {
        View { store: self.store, pending: Some(self.pending), changes: Some(&self.changes) }
    }

    pub(crate) fn catalog(&self) -> &Catalog {
        &self.catalog
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Lets later decisions of this unit see a resource before it is written: the entries of a transaction speak of each other.
    pub(crate) fn announce(&mut self, resource_type: ResourceType, id: &str, resource: &Value) {
        if Catalog::keeps(resource_type) {
            let mut resource = resource.clone();
            resource::stamp(&mut resource, id, 1, self.now);
            Arc::make_mut(&mut self.catalog).put(&resource);
            self.announced.push((resource_type, id.to_owned()));
        }
    }

    /// Writes a new version. Returns the resource as stored.
    pub(crate) fn put(
        &mut self,
        resource_type: ResourceType,
        id: &str,
        old: Option<(u64, Value)>,
        mut new: Value,
        references: ReferenceCheck,
    ) -> Result<(u64, Value), Rejection> {
        let version = old.as_ref().map_or(1, |(version, _)| version + 1);
        resource::stamp(&mut new, id, version, self.now);
        let old = old.map(|(_, resource)| resource);
        let record = record::seal_resource(&new);
        let bytes_max =
            if old.is_some() { self.settings.update_bytes_max } else { self.settings.body_bytes_max };
        bounded(resource_type.name(), record.len(), bytes_max.saturating_add(STAMP_BYTES_MAX))?;
        self.set(
            key::head(resource_type, id),
            Some(Head { state: State::Current, version, time: self.now }.seal()),
        );
        let version_key = key::version(resource_type, id, version);
        self.set(version_key.clone(), Some(record));
        self.new_versions.push(version_key);
        self.reindex(resource_type, id, old.as_ref(), Some(&new));
        if Catalog::keeps(resource_type) {
            self.catalog_changed = true;
            Arc::make_mut(&mut self.catalog).put(&new);
        }
        self.events.push(new.clone());
        self.staged.push(Staged {
            resource_type,
            id: id.to_owned(),
            old,
            new: Some(new.clone()),
            references,
        });
        Ok((version, new))
    }

    /// Marks a resource as deleted. Its versions stay readable.
    pub(crate) fn delete(&mut self, resource_type: ResourceType, id: &str, version: u64, old: Value) {
        self.set(
            key::head(resource_type, id),
            Some(Head { state: State::Deleted, version, time: self.now }.seal()),
        );
        self.reindex(resource_type, id, Some(&old), None);
        if Catalog::keeps(resource_type) {
            self.catalog_changed = true;
            Arc::make_mut(&mut self.catalog).remove(resource_type, id);
        }
        self.staged.push(Staged {
            resource_type,
            id: id.to_owned(),
            old: Some(old),
            new: None,
            references: ReferenceCheck::Waived,
        });
    }

    /// The checks that only make sense when everything is in place: unique keys and references.
    pub(crate) fn finish(&mut self, former: &Catalog) -> Result<(), Rejection> {
        let staged = std::mem::take(&mut self.staged);
        // What was announced and then not written, because it turned out to exist, must not stay in the catalog.
        for (resource_type, id) in std::mem::take(&mut self.announced) {
            if !staged.iter().any(|entry| entry.resource_type == resource_type && entry.id == id) {
                let truth = self.view().current(resource_type, &id)?;
                let catalog = Arc::make_mut(&mut self.catalog);
                catalog.remove(resource_type, &id);
                if let Some(resource) = truth {
                    catalog.put(&resource);
                }
            }
        }
        for entry in &staged {
            if let Some(old) = &entry.old {
                // The former directory, since a key may be made of resources that this unit changes.
                for unique in content::unique_keys(entry.resource_type, old, &former.directory) {
                    let unique = key::unique(entry.resource_type, &unique);
                    if self.view().get(&unique)?.as_deref() == Some(entry.id.as_bytes()) {
                        self.set(unique, None);
                    }
                }
            }
        }
        let mut last = BTreeMap::new();
        for entry in &staged {
            last.insert((entry.resource_type, entry.id.as_str()), entry);
        }
        for entry in last.values() {
            let Some(new) = &entry.new else { continue };
            for text in content::unique_keys(entry.resource_type, new, &self.catalog.directory) {
                let unique = key::unique(entry.resource_type, &text);
                match self.view().get(&unique)? {
                    Some(owner) if owner != entry.id.as_bytes() => {
                        return Err(Answer::refusal(&Refusal::new(
                            Code::Duplicate,
                            format!("Duplicate {} resources exist: {text}", entry.resource_type),
                        )));
                    }
                    Some(_) | None => self.set(unique, Some(entry.id.as_bytes().to_vec())),
                }
            }
            if entry.references == ReferenceCheck::Required {
                self.check_references(new)?;
            }
        }
        Ok(())
    }

    /// Whether the store can take what this unit changes. Asked before anything is queued: a commit that fails later would take
    /// the decisions that already rest on it along.
    pub(crate) fn within_bounds(&self) -> Result<(), Rejection> {
        let mut total = 0_usize;
        for (key, value) in &self.changes {
            let bytes = value.as_ref().map_or(0, Vec::len);
            bounded("a key of it", key.len(), KEY_BYTES_MAX)?;
            bounded("one version of it", bytes, VALUE_BYTES_MAX)?;
            total = total.saturating_add(key.len()).saturating_add(bytes);
        }
        bounded("it, together with its index,", total, BATCH_BYTES_MAX)
    }

    pub(crate) fn changes_catalog(&self) -> bool {
        self.catalog_changed
    }

    /// The batch to commit, and the new catalog when it changed.
    pub(crate) fn into_parts(self) -> (Batch, Changes, Option<Arc<Catalog>>, Vec<Value>) {
        let mut batch = Batch::new();
        for (key, value) in &self.changes {
            batch = match value {
                Some(value) => batch.put(key.clone(), value.clone()),
                None => batch.delete(key.clone()),
            };
        }
        for version in self.new_versions {
            // One writer decides, so this always holds; if it ever does not, nothing is overwritten.
            batch = batch.require(Precondition::Absent { key: version });
        }
        (batch, self.changes, self.catalog_changed.then_some(self.catalog), self.events)
    }

    pub(crate) fn remember_clock(&mut self) {
        self.set(key::CLOCK.to_vec(), Some(record::seal_number(self.now.as_millisecond())));
    }

    pub(crate) fn remember_format(&mut self, format: i64) {
        self.set(key::FORMAT.to_vec(), Some(record::seal_number(format)));
    }

    /// Writes down whose mailbox this is.
    pub(crate) fn remember_owner(&mut self) {
        let (organization, base_url) = (&self.settings.organization_identifier, &self.settings.base_url);
        let (organization, base_url) = (record::seal_text(organization), record::seal_text(base_url));
        self.set(key::ORGANIZATION.to_vec(), Some(organization));
        self.set(key::BASE_URL.to_vec(), Some(base_url));
    }

    fn set(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.changes.insert(key, value);
    }

    fn reindex(&mut self, resource_type: ResourceType, id: &str, old: Option<&Value>, new: Option<&Value>) {
        let before = old.map(|old| index::entries(resource_type, old)).unwrap_or_default();
        let after = new.map(|new| index::entries(resource_type, new)).unwrap_or_default();
        for (index, value) in before.difference(&after) {
            self.set(key::index(resource_type, index, value, id), None);
        }
        for (index, value) in after.difference(&before) {
            self.set(key::index(resource_type, index, value, id), Some(Vec::new()));
        }
    }

    fn check_references(&self, resource: &Value) -> Result<(), Rejection> {
        for found in references::of(resource, &self.settings.base_url) {
            let resolved = match &found.reference {
                Reference::Internal { resource_type, id, version } => {
                    match ResourceType::parse(resource_type) {
                        Some(resource_type) => match version {
                            Some(version) => match version.parse() {
                                Ok(version) => self.view().version(resource_type, id, version)?.is_some(),
                                Err(_) => false,
                            },
                            None => self.view().current(resource_type, id)?.is_some(),
                        },
                        None => false,
                    }
                }
                Reference::Logical { resource_type, identifier } => {
                    !self.catalog.definitions.must_resolve(&identifier.system)
                        || self.catalog.directory.id_of(resource_type, identifier).is_some()
                }
                // Somebody else's server; what it holds is asked when the reference is followed.
                Reference::External(_) => true,
                Reference::Temporary(_) | Reference::Conditional(_) | Reference::Unknown => false,
            };
            if !resolved {
                return Err(Answer::refusal(&Refusal::new(
                    Code::Reference,
                    format!(
                        "{} refers to something that does not exist here: {}",
                        found.path,
                        describe(&found.reference)
                    ),
                )));
            }
        }
        Ok(())
    }
}

fn describe(reference: &Reference) -> String {
    match reference {
        Reference::Temporary(text) | Reference::Conditional(text) | Reference::External(text) => text.clone(),
        Reference::Internal { resource_type, id, .. } => format!("{resource_type}/{id}"),
        Reference::Logical { resource_type, identifier } => format!("{resource_type} {identifier}"),
        Reference::Unknown => "neither a literal reference nor type with identifier".to_owned(),
    }
}

fn bounded(what: &str, bytes: usize, bytes_max: usize) -> Result<(), Rejection> {
    if bytes <= bytes_max {
        return Ok(());
    }
    Err(Answer::fault(
        Fault::TooLarge,
        format!(
            "what was sent is too large: {what} has {bytes} bytes, {bytes_max} are allowed; send large data by reference"
        ),
    ))
}

/// A shorthand for refusals by status.
pub(crate) fn precondition_failed(text: impl AsRef<str>) -> Rejection {
    Answer::fault(Fault::Version, text)
}
