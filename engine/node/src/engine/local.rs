//! The own mailbox in the same process: the same interactions as over the wire, without the wire.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tessera_exchange::inbox::REQUESTED;
use tessera_fhir::ResourceType;
use tessera_fhir::resource;
use tessera_fhir::search::Handling;
use tessera_mailbox::{Lost, Mailbox, ServeError, Settings, TlsSettings, audit};
use tessera_store::{Committer, Store};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};
use tracing::Instrument as _;

use crate::client::Answer;
use crate::config;
use crate::engine::link::{LinkError, News};

/// News that wait for the engine.
const NEWS_QUEUED_MAX: usize = 256;

/// The mailbox role of this process.
#[derive(Debug)]
pub struct LocalMailbox {
    mailbox: Arc<Mailbox>,
    committer: Arc<Committer>,
}

/// The mailbox does not start.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// Its store.
    #[error(transparent)]
    Open(#[from] tessera_mailbox::OpenError),
    /// A thread.
    #[error("starting the mailbox's committer: {0}")]
    Committer(std::io::Error),
    /// The allow list.
    #[error("allow list {}: {detail}", path.display())]
    AllowList {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
}

impl LocalMailbox {
    /// Opens the mailbox over its own store.
    pub async fn open(
        store: Arc<dyn Store>,
        base_url: &str,
        organization_identifier: &str,
    ) -> Result<Self, MailboxError> {
        let committer = Arc::new(Committer::start(Arc::clone(&store)).map_err(MailboxError::Committer)?);
        let settings = Settings::new(base_url, organization_identifier);
        let mailbox = Mailbox::open(store, Arc::clone(&committer), settings).await?;
        Ok(Self { mailbox, committer })
    }

    /// Applies the allow list.
    pub async fn load_allow_list(&self, path: &Path) -> Result<(), MailboxError> {
        let failed = |detail: String| MailboxError::AllowList { path: path.to_owned(), detail };
        let text = std::fs::read_to_string(path).map_err(|error| failed(error.to_string()))?;
        let bundle: Value =
            serde_json::from_str(&text).map_err(|error| failed(format!("not JSON: {error}")))?;
        let answer = convert(self.mailbox.load_allow_list(&bundle).await);
        if answer.status.is_success() { Ok(()) } else { Err(failed(answer.reason())) }
    }

    /// Serves peers until `stop` is true or its sender is gone.
    pub fn serve(
        &self,
        listener: TcpListener,
        settings: &config::Mailbox,
        stop: watch::Receiver<bool>,
    ) -> impl Future<Output = Result<(), ServeError>> + Send + use<> {
        let tls = TlsSettings {
            certificate_chain: settings.credentials.chain().to_vec(),
            key: settings.credentials.key().clone_key(),
            client_authorities: settings.client_authorities.clone(),
        };
        tessera_mailbox::serve(Arc::clone(&self.mailbox), listener, tls, stopped(stop))
    }

    /// Commits what is queued and closes the store.
    pub fn stop(&self) {
        self.committer.shutdown();
    }

    /// `PUT Type/id` against `version`.
    pub async fn update(&self, reference: &str, body: &Value, version: u64) -> Answer {
        let Some((resource_type, id, _)) = split(reference) else { return unknown(reference) };
        let tag = format!("W/\"{version}\"");
        let identity = self.mailbox.local_identity();
        let answer = self.mailbox.update(&identity, resource_type, id, body.clone(), Some(&tag)).await;
        audit::in_process(&identity, "update", Some(resource_type), Some(id), &answer);
        convert(answer)
    }

    /// `POST Type` with `If-None-Exist`.
    pub async fn create(&self, body: &Value, if_none_exist: Option<&str>) -> Answer {
        let Some(resource_type) = resource::resource_type(body) else {
            return unknown(resource::type_name(body).unwrap_or_default());
        };
        let identity = self.mailbox.local_identity();
        let answer = self.mailbox.create(&identity, resource_type, body.clone(), if_none_exist).await;
        audit::in_process(&identity, "create", Some(resource_type), None, &answer);
        convert(answer)
    }

    /// A batch or transaction.
    pub async fn bundle(&self, bundle: &Value) -> Answer {
        let identity = self.mailbox.local_identity();
        let answer = self.mailbox.process(&identity, bundle).await;
        audit::in_process(&identity, "process", Some(ResourceType::Bundle), None, &answer);
        convert(answer)
    }

    /// `Type/id`, `Type/id/_history/version` or `Type?query`.
    pub fn get(&self, path: &str) -> Answer {
        let identity = self.mailbox.local_identity();
        if let Some((resource_type, query)) = path.split_once('?') {
            return match ResourceType::parse(resource_type) {
                Some(resource_type) => {
                    let answer = self.mailbox.search(&identity, resource_type, query, Handling::Strict);
                    audit::in_process(&identity, "search", Some(resource_type), None, &answer);
                    convert(answer)
                }
                None => unknown(resource_type),
            };
        }
        let Some((resource_type, id, version)) = split(path) else { return unknown(path) };
        let answer = match version {
            None => self.mailbox.read(&identity, resource_type, id),
            Some(version) => self.mailbox.read_version(&identity, resource_type, id, version),
        };
        audit::in_process(&identity, "read", Some(resource_type), Some(id), &answer);
        convert(answer)
    }

    /// Everything after this call's return is news; the news end when some were lost.
    pub fn watch(&self) -> Result<News, LinkError> {
        let identity = self.mailbox.local_identity();
        let mut events = self
            .mailbox
            .subscribe(&identity, REQUESTED)
            .map_err(|answer| LinkError::Away(convert(answer).reason()))?;
        let (news, received) = mpsc::channel(NEWS_QUEUED_MAX);
        let forward = async move {
            loop {
                match events.next().await {
                    Ok(task) => {
                        if news.send(Arc::unwrap_or_clone(task)).await.is_err() {
                            return;
                        }
                    }
                    Err(lost @ Lost::Behind(_)) => {
                        tracing::warn!(%lost, "the engine fell behind its mailbox");
                        return;
                    }
                    Err(Lost::Ended) => return,
                }
            }
        };
        tokio::spawn(forward.in_current_span());
        Ok(received)
    }
}

async fn stopped(mut stop: watch::Receiver<bool>) {
    // An error means that the site has gone without a word: stop as well.
    let _ = stop.wait_for(|stop| *stop).await;
}

/// `Type/id` or `Type/id/_history/version`.
fn split(reference: &str) -> Option<(ResourceType, &str, Option<u64>)> {
    let mut parts = reference.split('/');
    let (resource_type, id) = (ResourceType::parse(parts.next()?)?, parts.next()?);
    match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => Some((resource_type, id, None)),
        (Some("_history"), Some(version), None) => Some((resource_type, id, Some(version.parse().ok()?))),
        _ => None,
    }
}

fn unknown(what: &str) -> Answer {
    Answer {
        status: reqwest::StatusCode::NOT_FOUND,
        location: None,
        version: None,
        body: tessera_fhir::outcome::error("not-found", format!("this mailbox has no {what}")),
    }
}

fn convert(answer: tessera_mailbox::Answer) -> Answer {
    Answer {
        status: answer.status,
        location: answer.location,
        version: answer.version,
        body: answer.body.unwrap_or(Value::Null),
    }
}
