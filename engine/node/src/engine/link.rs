//! The seam between an engine and its own mailbox: a function call in one process, the DSF wire protocol when split.
//! Both give the same guarantee: a Task that was answered 2xx is never lost, and each update is made once.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tessera_exchange::answering::Updated;
use tessera_exchange::delivery;
use tessera_fhir::resource;
use tessera_hosting::mailbox::{OwnMailbox, page};
use tessera_plugin_host::ServiceError;
use tessera_plugin_host::services::Answering;
use tokio::sync::mpsc;

use crate::backoff::Backoff;
use crate::client::{Answer, FhirClient, TlsIdentity, TransportError};
use crate::engine::local::LocalMailbox;
use crate::limits::{PAGE_ENTRIES, PAGES_MAX, RECONNECT_MS};
use crate::websocket;

/// The own mailbox, near or far.
#[derive(Debug, Clone)]
pub enum MailboxLink {
    /// In this process.
    Local(Arc<LocalMailbox>),
    /// Another process of this site.
    Remote(Arc<RemoteMailbox>),
}

/// A mailbox reached over REST and WebSocket.
#[derive(Debug)]
pub struct RemoteMailbox {
    /// Presents the site's own certificate: the local organization.
    pub client: FhirClient,
    /// For the WebSocket.
    pub identity: TlsIdentity,
    /// FHIR base URL.
    pub base: String,
}

/// The own mailbox did not answer as it should.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// Try again.
    #[error("{0}")]
    Away(String),
    /// Asking again gets the same answer.
    #[error("{reason}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Diagnostics.
        reason: String,
    },
    /// Ask for less.
    #[error("{0}")]
    TooLarge(String),
}

impl LinkError {
    /// Of an answer that is not what was asked for.
    fn of(answer: &Answer) -> Self {
        match answer.status.as_u16() {
            status if delivery::is_final(status) => Self::Refused { status, reason: answer.reason() },
            _ => Self::Away(answer.reason()),
        }
    }
}

impl From<TransportError> for LinkError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Broken(reason) => Self::Away(reason),
            TransportError::TooLarge { .. } => Self::TooLarge(error.to_string()),
        }
    }
}

/// What became of a create.
#[derive(Debug)]
pub enum Created {
    /// It is stored, now or before; `Type/id`.
    Done(Option<String>),
    /// The rules forbid it.
    Refused {
        /// HTTP status.
        status: u16,
        /// Diagnostics.
        reason: String,
    },
}

/// One connection's worth of news. It ends when the connection does; then reconcile and watch again.
pub type News = mpsc::Receiver<Value>;

impl MailboxLink {
    /// `Type/id`: the resource and its version, if it is there.
    pub async fn read(&self, reference: &str) -> Result<Option<(Value, u64)>, LinkError> {
        let answer = self.get(reference).await?;
        match answer.status.as_u16() {
            200 => {
                let version = answer.version.or_else(|| resource::version_id(&answer.body));
                Ok(Some((answer.body, version.unwrap_or(1))))
            }
            404 | 410 => Ok(None),
            _ => Err(LinkError::of(&answer)),
        }
    }

    /// `PUT Type/id` against `version`.
    pub async fn update(&self, reference: &str, body: &Value, version: u64) -> Result<Updated, LinkError> {
        let answer = match self {
            Self::Local(mailbox) => mailbox.update(reference, body, version).await,
            Self::Remote(mailbox) => mailbox.client.update(&mailbox.base, reference, body, version).await?,
        };
        Ok(Updated::of(answer.status.as_u16(), || answer.reason()))
    }

    /// `POST Type` with `If-None-Exist`.
    pub async fn create(&self, body: &Value, if_none_exist: Option<&str>) -> Result<Created, LinkError> {
        let resource_type = resource::type_name(body).unwrap_or_default();
        let answer = match self {
            Self::Local(mailbox) => mailbox.create(body, if_none_exist).await,
            Self::Remote(mailbox) => {
                mailbox.client.create(&mailbox.base, resource_type, body, if_none_exist).await?
            }
        };
        match answer.status.as_u16() {
            200 | 201 => Ok(Created::Done(answer.location)),
            status @ 400..=499 => Ok(Created::Refused { status, reason: answer.reason() }),
            _ => Err(LinkError::Away(answer.reason())),
        }
    }

    /// A batch or transaction Bundle; the response Bundle.
    pub async fn bundle(&self, bundle: &Value) -> Result<Answer, LinkError> {
        match self {
            Self::Local(mailbox) => Ok(mailbox.bundle(bundle).await),
            Self::Remote(mailbox) => Ok(mailbox.client.bundle(&mailbox.base, bundle).await?),
        }
    }

    /// All resources that `Type?query` finds, page by page, matches and includes.
    pub async fn search(&self, query: &str, entries_max: usize) -> Result<Vec<Value>, LinkError> {
        let mut found = Vec::new();
        let mut query = query.to_owned();
        for _ in 0..PAGES_MAX {
            let answer = self.get(&query).await?;
            if !answer.status.is_success() {
                return Err(LinkError::of(&answer));
            }
            let (resources, next) = page(answer.body);
            found.extend(resources);
            if found.len() >= entries_max {
                found.truncate(entries_max);
                break;
            }
            match next {
                Some(next) => query = next,
                None => break,
            }
        }
        Ok(found)
    }

    /// All that `Type?query` finds, oldest change first, one resource at a time; stops when `take` says so. Pages whose
    /// answer would be too large are cut in half; a resource that is too large alone is skipped and named in the log.
    pub async fn walk(
        &self,
        query: &str,
        mut take: impl FnMut(Value) -> ControlFlow<()>,
    ) -> Result<(), LinkError> {
        let (mut count, mut number) = (PAGE_ENTRIES, 1);
        loop {
            let answer = match self
                .get(&format!("{query}&_sort=_lastUpdated&_count={count}&_page={number}"))
                .await
            {
                Ok(answer) if answer.status.is_success() => answer,
                Ok(answer) => return Err(LinkError::of(&answer)),
                Err(LinkError::TooLarge(_)) if count > 1 => {
                    // The entries before this page stay before it: page 3 of 64 is page 5 of 32.
                    (count, number) = (count / 2, 2 * number - 1);
                    continue;
                }
                Err(LinkError::TooLarge(reason)) => {
                    tracing::error!(reason, "a resource of the own mailbox is too large to be read; skipped");
                    number += 1;
                    continue;
                }
                Err(error) => return Err(error),
            };
            let (resources, next) = page(answer.body);
            for resource in resources {
                if take(resource).is_break() {
                    return Ok(());
                }
            }
            if next.is_none() {
                return Ok(());
            }
            number += 1;
        }
    }

    /// Starts listening to Tasks in status `requested`: everything after this call's return is news.
    pub async fn watch(&self) -> Result<News, LinkError> {
        match self {
            Self::Local(mailbox) => mailbox.watch(),
            Self::Remote(mailbox) => {
                let subscription = self
                    .search(
                        "Subscription?criteria:exact=Task%3Fstatus%3Drequested&status=active&type=websocket\
                         &payload=application%2Ffhir%2Bjson",
                        2,
                    )
                    .await?;
                let [subscription] = subscription.as_slice() else {
                    return Err(LinkError::Away(format!(
                        "{} has {} active Subscriptions for Task?status=requested; exactly one is needed",
                        mailbox.base,
                        subscription.len()
                    )));
                };
                let id = resource::id(subscription).unwrap_or_default();
                websocket::bind(&mailbox.identity, &mailbox.base, id)
                    .await
                    .map_err(|error| LinkError::Away(error.to_string()))
            }
        }
    }

    /// Between attempts to reach a mailbox that is away.
    pub fn backoff() -> Backoff {
        Backoff { first: Duration::from_millis(RECONNECT_MS), longest: Duration::from_secs(30) }
    }

    async fn get(&self, path: &str) -> Result<Answer, LinkError> {
        match self {
            Self::Local(mailbox) => Ok(mailbox.get(path)),
            Self::Remote(mailbox) => Ok(mailbox.client.get(&mailbox.base, path).await?),
        }
    }
}

impl OwnMailbox for MailboxLink {
    fn read<'a>(&'a self, reference: &'a str) -> Answering<'a, Option<Value>> {
        Box::pin(async move {
            let found = self.read(reference).await.map_err(in_words_of_services)?;
            Ok(found.map(|(resource, _)| resource))
        })
    }

    fn search<'a>(&'a self, query: &'a str, entries_max: usize) -> Answering<'a, Vec<Value>> {
        Box::pin(async move { self.search(query, entries_max).await.map_err(in_words_of_services) })
    }
}

fn in_words_of_services(error: LinkError) -> ServiceError {
    match error {
        LinkError::Away(reason) => ServiceError::Unreachable(reason),
        LinkError::Refused { status, .. } => {
            ServiceError::Status { status, operation_outcome: None, retry_after_ms: None }
        }
        LinkError::TooLarge(reason) => ServiceError::Invalid(reason),
    }
}
