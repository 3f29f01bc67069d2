//! The mailbox itself: opened over a store, asked by identities, heard by subscribers.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;
use tessera_fhir::access::{self, Identity, Operation};
use tessera_fhir::directory::Directory;
use tessera_fhir::search::{Handling, Query, problems_text};
use tessera_fhir::{ResourceType, builtin};
use tessera_store::{Committer, Store};

use crate::answer::{Answer, Rejection};
use crate::audit;
use crate::catalog::Catalog;
use crate::event::{Events, Hub};
use crate::fault::Fault;
use crate::interaction::{self, capability_statement, transaction};
use crate::key;
use crate::record::{self, Unreadable};
use crate::settings::Settings;
use crate::unit::Unit;
use crate::view::{View, ViewError};
use crate::writer::Writer;

/// On disk; a mailbox opens only stores of this format.
const FORMAT: i64 = 1;

/// A FHIR endpoint over a store.
pub struct Mailbox {
    pub(crate) settings: Settings,
    writer: Writer,
    pub(crate) hub: Arc<Hub>,
}

/// A mailbox cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The base url cannot be the address of a mailbox.
    #[error("base_url '{0}' is not an https url; write https://<host>[:<port>]/<path>")]
    BaseUrl(String),
    /// The store cannot be read.
    #[error("the mailbox's store cannot be read: {0}")]
    Store(String),
    /// The store belongs to another version of this program.
    #[error(
        "the mailbox's store has format {0}, this program reads format {FORMAT}; use the program that wrote it, or migrate"
    )]
    Format(i64),
    /// The store is that of another mailbox.
    #[error(
        "the mailbox's store was written as {what} '{stored}', the configuration says '{configured}'; references and Tasks in it hold the former: configure that one, or begin with an empty data directory"
    )]
    Owner {
        /// What differs.
        what: &'static str,
        /// As the store has it.
        stored: String,
        /// As the settings have it.
        configured: String,
    },
    /// A built-in resource was refused; the disk, most likely.
    #[error("the built-in resources could not be stored: {0}")]
    BuiltIn(String),
}

impl From<ViewError> for OpenError {
    fn from(error: ViewError) -> Self {
        Self::Store(error.to_string())
    }
}

impl From<Unreadable> for OpenError {
    fn from(error: Unreadable) -> Self {
        Self::Store(error.to_string())
    }
}

impl fmt::Debug for Mailbox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Mailbox").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Mailbox {
    /// Opens a mailbox over its own store, and brings the built-in resources in if they are not there yet.
    pub async fn open(
        store: Arc<dyn Store>,
        committer: Arc<Committer>,
        settings: Settings,
    ) -> Result<Arc<Self>, OpenError> {
        if !settings.base_url.starts_with("https://") {
            return Err(OpenError::BaseUrl(settings.base_url));
        }
        let view = View { store: &*store, pending: None, changes: None };
        let is_new = match view.get(key::FORMAT)? {
            Some(bytes) => match record::open_number(&bytes)? {
                FORMAT => false,
                other => return Err(OpenError::Format(other)),
            },
            None => true,
        };
        let organization_identifier = &settings.organization_identifier;
        let knows_organization =
            owned(view, key::ORGANIZATION, "organization_identifier", organization_identifier)?;
        let knows_base_url = owned(view, key::BASE_URL, "base_url", &settings.base_url)?;
        let last_updated = match view.get(key::CLOCK)? {
            Some(bytes) => Some(
                Timestamp::from_millisecond(record::open_number(&bytes)?)
                    .map_err(|error| OpenError::Store(error.to_string()))?,
            ),
            None => None,
        };
        let catalog = load_catalog(view, &settings)?;
        let hub = Arc::new(Hub::new());
        let writer = Writer::new(Arc::clone(&store), committer, catalog, last_updated, Arc::clone(&hub));
        let mailbox = Arc::new(Self { settings, writer, hub });
        mailbox
            .bring_built_in(is_new, knows_organization && knows_base_url)
            .await
            .map_err(|rejection| OpenError::BuiltIn(format!("{:?}", rejection.body)))?;
        Ok(mailbox)
    }

    /// Stores a new resource; with `if_none_exist`, only if nothing matches that query.
    pub async fn create(
        &self,
        identity: &Identity,
        resource_type: ResourceType,
        resource: Value,
        if_none_exist: Option<&str>,
    ) -> Answer {
        let answer = self
            .writer
            .write(&self.settings, |unit| {
                interaction::create(unit, identity, resource_type, resource, if_none_exist, None)
            })
            .await;
        unboxed(answer)
    }

    /// The current version of a resource.
    pub fn read(&self, identity: &Identity, resource_type: ResourceType, id: &str) -> Answer {
        let answer = interaction::read(&self.reading(), identity, resource_type, id);
        unboxed(answer)
    }

    /// One version of a resource.
    pub fn read_version(
        &self,
        identity: &Identity,
        resource_type: ResourceType,
        id: &str,
        version: u64,
    ) -> Answer {
        let answer = interaction::read_version(&self.reading(), identity, resource_type, id, version);
        unboxed(answer)
    }

    /// Stores a new version; with `if_match`, only if that is the current one (`W/"<version>"`).
    pub async fn update(
        &self,
        identity: &Identity,
        resource_type: ResourceType,
        id: &str,
        resource: Value,
        if_match: Option<&str>,
    ) -> Answer {
        let answer = self
            .writer
            .write(&self.settings, |unit| {
                interaction::update(unit, identity, resource_type, id, resource, if_match)
            })
            .await;
        unboxed(answer)
    }

    /// Stores a new version of the only resource that matches, or a new resource if none does.
    pub async fn update_by_query(
        &self,
        identity: &Identity,
        resource_type: ResourceType,
        query: &str,
        resource: Value,
    ) -> Answer {
        let answer = self
            .writer
            .write(&self.settings, |unit| {
                interaction::update_by_query(unit, identity, resource_type, query, resource, None)
            })
            .await;
        unboxed(answer)
    }

    /// Marks a resource as deleted.
    pub async fn delete(&self, identity: &Identity, resource_type: ResourceType, id: &str) -> Answer {
        let answer = self
            .writer
            .write(&self.settings, |unit| interaction::delete(unit, identity, resource_type, id))
            .await;
        unboxed(answer)
    }

    /// Marks the only resource that matches as deleted.
    pub async fn delete_by_query(
        &self,
        identity: &Identity,
        resource_type: ResourceType,
        query: &str,
    ) -> Answer {
        let answer = self
            .writer
            .write(&self.settings, |unit| interaction::delete_by_query(unit, identity, resource_type, query))
            .await;
        unboxed(answer)
    }

    /// The resources that match; `query` is the part of the url behind `?`.
    pub fn search(
        &self,
        identity: &Identity,
        resource_type: ResourceType,
        query: &str,
        handling: Handling,
    ) -> Answer {
        let answer = interaction::search(&self.reading(), identity, resource_type, query, handling);
        unboxed(answer)
    }

    /// Processes a Bundle of type transaction or batch.
    pub async fn process(&self, identity: &Identity, bundle: &Value) -> Answer {
        let answer = transaction::process(self, &self.writer, identity, bundle).await;
        unboxed(answer)
    }

    /// What this mailbox can do.
    pub fn capability_statement(&self) -> Value {
        capability_statement(&self.settings, &self.catalog())
    }

    /// Loads an allow list, a transaction Bundle with the members of the network, in the name of this site.
    pub async fn load_allow_list(&self, bundle: &Value) -> Answer {
        let identity = Identity::local(&self.settings.organization_identifier);
        let answer = self.process(&identity, bundle).await;
        audit::in_process(&identity, "allow-list", Some(ResourceType::Bundle), None, &answer);
        answer
    }

    /// Who presents a client certificate with this thumbprint. Looked up anew each time, so that a removal counts at once.
    pub fn identify(&self, thumbprint: &str) -> Option<Identity> {
        self.catalog().directory.identify(thumbprint)
    }

    /// The identity of this site itself, for the engine in the same process.
    pub fn local_identity(&self) -> Identity {
        self.catalog().directory.local_identity()
    }

    /// The members of the network as of now.
    pub fn directory(&self) -> Directory {
        self.catalog().directory.clone()
    }

    /// Who this mailbox is.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The resources that match `criteria` (`Type?query`) as they are stored from now on, as far as `identity` may read them.
    pub fn subscribe(self: &Arc<Self>, identity: &Identity, criteria: &str) -> Result<Events, Answer> {
        let query = Query::parse_with_type(criteria, &self.settings.time_zone).ok_or_else(|| {
            Answer::fault(Fault::Query, format!("'{criteria}' is not Type?query")).into_answer()
        })?;
        if !query.problems().is_empty() {
            return Err(Answer::fault(Fault::Query, problems_text(query.problems())).into_answer());
        }
        access::permit(identity, Operation::WebSocket, query.resource_type())
            .map_err(|refusal| Answer::refusal(&refusal).into_answer())?;
        Ok(Events {
            receiver: self.hub.listen(),
            query,
            identity: identity.clone(),
            mailbox: Arc::clone(self),
        })
    }

    pub(crate) fn catalog(&self) -> Arc<Catalog> {
        self.writer.catalog()
    }

    fn reading(&self) -> interaction::Reading<'_> {
        interaction::Reading {
            view: View { store: &*self.writer.store, pending: None, changes: None },
            settings: &self.settings,
            catalog: self.catalog(),
        }
    }

    async fn bring_built_in(&self, is_new: bool, is_owned: bool) -> Result<(), Rejection> {
        self.writer
            .write(&self.settings, |unit: &mut Unit<'_>| {
                for resource in builtin::resources() {
                    interaction::create_built_in(unit, resource)?;
                }
                if is_new {
                    unit.remember_format(FORMAT);
                }
                if !is_owned {
                    unit.remember_owner();
                }
                Ok(())
            })
            .await
    }
}

/// Whether the store says what is configured; false when it says nothing yet.
fn owned(view: View<'_>, key: &[u8], what: &'static str, configured: &str) -> Result<bool, OpenError> {
    let Some(bytes) = view.get(key)? else { return Ok(false) };
    let stored = record::open_text(&bytes)?;
    if stored == configured {
        Ok(true)
    } else {
        Err(OpenError::Owner { what, stored, configured: configured.to_owned() })
    }
}

fn load_catalog(view: View<'_>, settings: &Settings) -> Result<Catalog, OpenError> {
    let mut catalog = Catalog {
        directory: Directory::new(&settings.organization_identifier, &settings.base_url),
        ..Catalog::default()
    };
    for resource_type in ResourceType::ALL.iter().copied().filter(|kind| Catalog::keeps(*kind)) {
        let all = Query::parse(resource_type, "", &settings.time_zone);
        view.candidates(&all, &mut |resource| {
            catalog.put(&resource);
            std::ops::ControlFlow::Continue(())
        })?;
    }
    Ok(catalog)
}

fn unboxed(answer: Result<Answer, Rejection>) -> Answer {
    answer.unwrap_or_else(Rejection::into_answer)
}
