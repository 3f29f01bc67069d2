//! What a site offers to its plugins beyond their own instance: the directory and the own mailbox. The node implements
//! this over its mailbox connection; simulators and tests over maps. Which plugin may ask for what is decided before
//! these functions are called.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::Value;
use tessera_core::message::Target;

/// An answer that may take a while. Dropping it gives the question up.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, ServiceError>> + Send + 'a>>;

/// The directory and the own mailbox.
pub trait Services: Send + Sync {
    /// The FHIR base URL of the own mailbox.
    fn mailbox_url(&self) -> String;
    /// A resource of the own mailbox.
    fn fhir_read(&self, reference: VersionReference) -> Answering<'_, Arc<Value>>;
    /// Resources of the own mailbox: matches first, then included ones, at most `max_entries`.
    fn fhir_search(&self, search: Search) -> Answering<'_, Vec<Arc<Value>>>;

    /// The own organization.
    fn local_organization(&self) -> Answering<'_, Organization>;
    /// The own endpoint.
    fn local_endpoint(&self) -> Answering<'_, Endpoint>;
    /// An active organization by its identifier value.
    fn find_organization(&self, identifier: String) -> Answering<'_, Option<Organization>>;
    /// All active organizations, or the members that the query asks for.
    fn organizations(&self, query: Option<MembershipQuery>) -> Answering<'_, Vec<Organization>>;
    /// All active organizations but the own.
    fn remote_organizations(&self) -> Answering<'_, Vec<Organization>>;
    /// Active organizations that others are members of.
    fn parent_organizations(&self) -> Answering<'_, Vec<Organization>>;
    /// An active endpoint by its identifier value.
    fn find_endpoint(&self, identifier: String) -> Answering<'_, Option<Endpoint>>;
    /// The endpoint that a member uses in a role for a parent organization.
    fn find_member_endpoint(
        &self,
        parent_organization: String,
        member: String,
        role: String,
    ) -> Answering<'_, Option<Endpoint>>;
    /// All active endpoints, or those of the members that the query asks for.
    fn endpoints(&self, query: Option<MembershipQuery>) -> Answering<'_, Vec<Endpoint>>;
    /// The members that the query asks for as targets, without correlation keys.
    fn targets(&self, query: MembershipQuery) -> Answering<'_, Vec<Target>>;
}

/// One resource, or one version of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VersionReference {
    /// E.g. `Endpoint`.
    pub resource_type: String,
    /// Logical id.
    pub id: String,
    /// `meta.versionId`; absent means the current one.
    pub version: Option<String>,
}

/// A search in the own mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// E.g. `Endpoint`.
    pub resource_type: String,
    /// Name and alternatives; several parameters narrow the result.
    pub parameters: Vec<(String, Vec<String>)>,
    /// What to do about unknown parameters.
    pub handling: SearchHandling,
    /// Pages are followed up to this many entries.
    pub max_entries: u32,
}

/// What a search does about parameters it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SearchHandling {
    /// Refuse the search.
    Strict,
    /// Ignore them.
    Lenient,
}

/// An organization of the allow list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Organization identifier value.
    pub identifier: String,
    /// For humans.
    pub name: Option<String>,
    /// Whether it takes part.
    pub active: bool,
    /// Reference in the own mailbox.
    pub reference: String,
}

/// An endpoint of the allow list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Endpoint identifier value.
    pub identifier: String,
    /// For humans.
    pub name: Option<String>,
    /// FHIR base URL.
    pub address: String,
    /// Whether it takes part.
    pub active: bool,
    /// Organization identifier value of its owner.
    pub organization: Option<String>,
}

/// Members of a parent organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipQuery {
    /// Organization identifier value.
    pub parent_organization: String,
    /// Organization-role code; absent means any.
    pub role: Option<String>,
    /// Organization identifier values; empty means all.
    pub members: Vec<String>,
}

/// Why a service did not answer. Plugins see it as `host-error` of the same kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// The site does not allow it.
    #[error("not allowed: {0}")]
    Denied(String),
    /// There is no such thing.
    #[error("not found")]
    NotFound,
    /// The plugin's mistake.
    #[error("invalid request: {0}")]
    Invalid(String),
    /// The mailbox answered with an error status.
    #[error("the mailbox answered with status {status}")]
    Status {
        /// HTTP status.
        status: u16,
        /// `OperationOutcome`, if it sent one.
        operation_outcome: Option<String>,
        /// `Retry-After`, if it sent one.
        retry_after_ms: Option<u64>,
    },
    /// The mailbox cannot be reached.
    #[error("the mailbox cannot be reached: {0}")]
    Unreachable(String),
    /// It did not answer in time.
    #[error("the mailbox did not answer in time")]
    Timeout,
    /// The site is shutting down.
    #[error("the site is shutting down")]
    Cancelled,
    /// The site's own fault.
    #[error("internal: {0}")]
    Internal(String),
}
