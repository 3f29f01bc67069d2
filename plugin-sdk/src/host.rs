//! What a handler may ask of its host, one method per function of the contract. Plugins use [`crate::Context`] instead.

pub use crate::bindings::tessera::process::execution::{ActivityInfo, ProcessInfo, Scope};
pub use crate::bindings::tessera::process::fhir::{SearchParam, SearchRequest, Server, VersionRef};
pub use crate::bindings::tessera::process::log::{Field, FieldValue};
pub use crate::bindings::tessera::process::types::{HostError, HttpFailure, NamedValue, ResourceJson, Value};

use crate::{Endpoint, Level, MembershipQuery, Organization, Parameter, Target};

/// The host as the SDK sees it.
///
/// ```
/// use tessera_plugin_sdk::{host::Host, testing::MockHost};
///
/// assert_eq!(MockHost::new("dic1.example").local_organization().unwrap().identifier, "dic1.example");
/// ```
#[expect(missing_docs, reason = "each method is the function of the same name in wit/0.1, documented there")]
pub trait Host {
    fn instance_id(&self) -> String;
    fn business_key(&self) -> String;
    fn set_alternative_business_key(&self, key: &str) -> Result<(), HostError>;
    fn process(&self) -> ProcessInfo;
    fn activity(&self) -> ActivityInfo;
    fn idempotency_key(&self) -> String;
    fn fresh_key(&self) -> String;
    fn now_ms(&self) -> u64;

    fn variable(&self, name: &str) -> Option<Value>;
    fn local_variable(&self, name: &str) -> Option<Value>;
    fn set_variables(&self, scope: Scope, variables: &[NamedValue]) -> Result<(), HostError>;
    fn unset_variables(&self, scope: Scope, names: &[String]) -> Result<(), HostError>;
    fn target(&self) -> Option<Target>;
    fn set_target(&self, scope: Scope, target: Option<&Target>) -> Result<(), HostError>;
    fn targets(&self) -> Vec<Target>;
    fn set_targets(&self, scope: Scope, targets: &[Target]) -> Result<(), HostError>;

    fn start_task(&self) -> Option<ResourceJson>;
    fn latest_task(&self) -> Option<ResourceJson>;
    fn tasks(&self) -> Vec<ResourceJson>;
    fn add_output(&self, output: &Parameter) -> Result<(), HostError>;

    fn log_enabled(&self, level: Level) -> bool;
    fn log(&self, level: Level, target: &str, message: &str, fields: &[Field]);
    fn log_sensitive(&self, message: &str, payload_json: &str);

    fn fhir_base_url(&self, server: &Server) -> Result<String, HostError>;
    fn fhir_read(&self, server: &Server, reference: &VersionRef) -> Result<ResourceJson, HostError>;
    fn fhir_search(&self, server: &Server, request: &SearchRequest) -> Result<Vec<ResourceJson>, HostError>;

    fn local_organization(&self) -> Result<Organization, HostError>;
    fn local_endpoint(&self) -> Result<Endpoint, HostError>;
    fn find_organization(&self, identifier: &str) -> Result<Option<Organization>, HostError>;
    fn organizations(&self, query: Option<&MembershipQuery>) -> Result<Vec<Organization>, HostError>;
    fn remote_organizations(&self) -> Result<Vec<Organization>, HostError>;
    fn parent_organizations(&self) -> Result<Vec<Organization>, HostError>;
    fn find_endpoint(&self, identifier: &str) -> Result<Option<Endpoint>, HostError>;
    fn find_member_endpoint(
        &self,
        parent: &str,
        member: &str,
        role: &str,
    ) -> Result<Option<Endpoint>, HostError>;
    fn endpoints(&self, query: Option<&MembershipQuery>) -> Result<Vec<Endpoint>, HostError>;
    fn member_targets(
        &self,
        query: &MembershipQuery,
        correlation_keys: bool,
    ) -> Result<Vec<Target>, HostError>;
}

/// How the SDK holds its host. Inside a component the type is known, so that functions a plugin never calls are not
/// even imported: the component's import list is exactly what it can use. Natively it is any [`Host`].
#[cfg(target_arch = "wasm32")]
pub(crate) type HostRef<'a> = crate::guest::Imports<'a>;
#[cfg(not(target_arch = "wasm32"))]
pub(crate) type HostRef<'a> = &'a dyn Host;
