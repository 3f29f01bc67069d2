//! `tessera:process/fhir`: reading the own mailbox. Other servers are denied by name: no URL from a guest ever reaches
//! the network.
#![allow(unreachable_pub, reason = "the generated bindings re-export the handle types")]

use wasmtime::component::Resource;

use crate::bindings::tessera::process::fhir::{Host, HostClient, SearchRequest, Server, VersionRef};
use crate::bindings::tessera::process::types::{HostError, HttpFailure, ResourceJson};
use crate::limits::{ID_BYTES_MAX, RESOURCE_TYPE_BYTES_MAX, SEARCH_ENTRIES_MAX};
use crate::sandbox::Sandbox;
use crate::services::{Search, SearchHandling, ServiceError, VersionReference};
use crate::values;

/// A client of the own mailbox; there is nothing to tell two of them apart.
pub struct MailboxClient;

impl Host for Sandbox {}

impl HostClient for Sandbox {
    async fn open(&mut self, server: Server) -> wasmtime::Result<Result<Resource<MailboxClient>, HostError>> {
        let denied = match server {
            Server::Local => return Ok(Ok(Resource::new_own(0))),
            Server::Organization(identifier) => format!("org:{identifier}"),
            Server::Endpoint(identifier) => format!("endpoint:{identifier}"),
            Server::Connection(name) => format!("connection:{name}"),
        };
        Ok(Err(HostError::Denied(format!("fhir.read:{denied}"))))
    }

    async fn base_url(&mut self, _: Resource<MailboxClient>) -> wasmtime::Result<String> {
        Ok(self.services.mailbox_url())
    }

    async fn read(
        &mut self,
        _: Resource<MailboxClient>,
        reference: VersionRef,
    ) -> wasmtime::Result<Result<ResourceJson, HostError>> {
        self.charge_host_call()?;
        let VersionRef { resource_type, id, version } = reference;
        if !is_type(&resource_type) || !is_id(&id) || version.as_ref().is_some_and(|version| !is_id(version))
        {
            return Ok(Err(HostError::Invalid("a reference has a type, an id and perhaps a version".into())));
        }
        let answer = self.services.fhir_read(VersionReference { resource_type, id, version }).await;
        Ok(self.found(answer, |resource| values::resource(&resource)))
    }

    async fn search(
        &mut self,
        _: Resource<MailboxClient>,
        request: SearchRequest,
    ) -> wasmtime::Result<Result<Vec<ResourceJson>, HostError>> {
        self.charge_host_call()?;
        if !is_type(&request.resource_type) {
            return Ok(Err(HostError::Invalid("a search is for a type of resources".into())));
        }
        let search = Search {
            resource_type: request.resource_type,
            parameters: request.params.into_iter().map(|param| (param.name, param.values)).collect(),
            handling: if request.strict { SearchHandling::Strict } else { SearchHandling::Lenient },
            max_entries: request.max_entries.min(SEARCH_ENTRIES_MAX),
        };
        let answer = self.services.fhir_search(search).await;
        let found = match answer {
            Ok(found) => found,
            Err(error) => return Ok(Err(self.host_error(error))),
        };
        let (mut resources, mut bytes) = (Vec::new(), 0_usize);
        for resource in found {
            let resource = values::resource(&resource);
            bytes = bytes.saturating_add(resource.json.len());
            self.check_answer(bytes)?;
            resources.push(resource);
        }
        Ok(Ok(resources))
    }

    async fn drop(&mut self, _: Resource<MailboxClient>) -> wasmtime::Result<()> {
        Ok(())
    }
}

/// What a guest says becomes part of a path: it must not be one of its own.
fn is_type(name: &str) -> bool {
    !name.is_empty() && name.len() <= RESOURCE_TYPE_BYTES_MAX && name.bytes().all(|b| b.is_ascii_alphabetic())
}

/// FHIR's `id`.
fn is_id(id: &str) -> bool {
    let is_allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    !id.is_empty() && id.len() <= ID_BYTES_MAX && id.bytes().all(is_allowed)
}

impl Sandbox {
    /// What the site answered, in the plugin's words.
    pub(crate) fn found<T, U>(
        &mut self,
        answer: Result<T, ServiceError>,
        convert: impl FnOnce(T) -> U,
    ) -> Result<U, HostError> {
        answer.map(convert).map_err(|error| self.host_error(error))
    }

    /// The same kind, in the plugin's words.
    pub(crate) fn host_error(&mut self, error: ServiceError) -> HostError {
        self.mailbox_was_away |= matches!(error, ServiceError::Unreachable(_));
        match error {
            ServiceError::Denied(missing) => HostError::Denied(missing),
            ServiceError::NotFound => HostError::NotFound,
            ServiceError::Invalid(reason) => HostError::Invalid(reason),
            ServiceError::Status { status, operation_outcome, retry_after_ms } => {
                HostError::Status(HttpFailure { status, operation_outcome, retry_after: retry_after_ms })
            }
            ServiceError::Unreachable(reason) => HostError::Unreachable(reason),
            ServiceError::Timeout => HostError::Timeout,
            ServiceError::Cancelled => HostError::Cancelled,
            ServiceError::Internal(reason) => HostError::Internal(reason),
        }
    }
}
