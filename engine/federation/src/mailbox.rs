//! A mailbox in memory as plugins ask it: the production mailbox, in the name of its own organisation.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;
use tessera_fhir::ResourceType;
use tessera_fhir::search::Handling;
use tessera_hosting::mailbox::{OwnMailbox, page};
use tessera_mailbox::Mailbox;
use tessera_plugin_host::ServiceError;
use tessera_plugin_host::services::Answering;

/// The own mailbox, or nothing while it is closed.
pub struct InMemory(pub Option<Arc<Mailbox>>);

impl fmt::Debug for InMemory {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(if self.0.is_some() { "InMemory" } else { "InMemory, closed" })
    }
}

impl InMemory {
    fn open(&self) -> Result<&Mailbox, ServiceError> {
        self.0.as_deref().ok_or_else(|| ServiceError::Unreachable("the mailbox is closed".to_owned()))
    }

    fn find(&self, reference: &str) -> Result<Option<Value>, ServiceError> {
        let mailbox = self.open()?;
        let mut parts = reference.split('/');
        let Some(resource_type) = parts.next().and_then(ResourceType::parse) else { return Ok(None) };
        let id = parts.next().unwrap_or_default();
        let identity = mailbox.local_identity();
        let answer = match (parts.next(), parts.next().map(str::parse)) {
            (Some("_history"), Some(Ok(version))) => {
                mailbox.read_version(&identity, resource_type, id, version)
            }
            (None, _) => mailbox.read(&identity, resource_type, id),
            (Some(_), _) => return Ok(None),
        };
        Ok(answer.body.filter(|_| answer.status.is_success()))
    }

    fn found(&self, query: &str, entries_max: usize) -> Result<Vec<Value>, ServiceError> {
        let mailbox = self.open()?;
        let mut found = Vec::new();
        let mut next = Some(query.to_owned());
        while let Some(query) = next.take() {
            let (resource_type, parameters) = query.split_once('?').unwrap_or((&query, ""));
            let resource_type = ResourceType::parse(resource_type)
                .ok_or_else(|| ServiceError::Invalid(format!("this mailbox has no {resource_type}")))?;
            let identity = mailbox.local_identity();
            let answer = mailbox.search(&identity, resource_type, parameters, Handling::Strict);
            let body = answer.body.unwrap_or(Value::Null);
            if !answer.status.is_success() {
                return Err(ServiceError::Status {
                    status: answer.status.as_u16(),
                    operation_outcome: Some(body.to_string()),
                    retry_after_ms: None,
                });
            }
            let (resources, more) = page(body);
            found.extend(resources);
            next = more.filter(|_| found.len() < entries_max);
        }
        found.truncate(entries_max);
        Ok(found)
    }
}

impl OwnMailbox for InMemory {
    fn read<'a>(&'a self, reference: &'a str) -> Answering<'a, Option<Value>> {
        Box::pin(std::future::ready(self.find(reference)))
    }

    fn search<'a>(&'a self, query: &'a str, entries_max: usize) -> Answering<'a, Vec<Value>> {
        Box::pin(std::future::ready(self.found(query, entries_max)))
    }
}
