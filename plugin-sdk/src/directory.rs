//! Who takes part: look-ups in the site's allow list. Active organizations and endpoints only.

#[cfg(target_arch = "wasm32")]
use crate::host::Host;
use crate::host::{HostError, HostRef};
use crate::{Context, Target};

pub use crate::bindings::tessera::process::directory::{Endpoint, MembershipQuery, Organization};

/// The allow list, from [`Context::directory`].
#[derive(Clone, Copy)]
pub struct Directory<'a> {
    host: HostRef<'a>,
}

impl<'a> Context<'a> {
    /// Look-ups in the allow list.
    ///
    /// ```
    /// # fn handler(ctx: &tessera_plugin_sdk::Context<'_>) -> tessera_plugin_sdk::Outcome {
    /// for organization in ctx.directory().remote_organizations()? {
    ///     tessera_plugin_sdk::info!(ctx, "partner", identifier = organization.identifier);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn directory(&self) -> Directory<'a> {
        Directory { host: self.host }
    }
}

impl Directory<'_> {
    /// This site's organization.
    pub fn local_organization(&self) -> Result<Organization, HostError> {
        self.host.local_organization()
    }

    /// This site's endpoint.
    pub fn local_endpoint(&self) -> Result<Endpoint, HostError> {
        self.host.local_endpoint()
    }

    /// By organization identifier.
    pub fn find_organization(&self, identifier: &str) -> Result<Option<Organization>, HostError> {
        self.host.find_organization(identifier)
    }

    /// All organizations, this site's included.
    pub fn organizations(&self) -> Result<Vec<Organization>, HostError> {
        self.host.organizations(None)
    }

    /// Members of a parent organization.
    pub fn members(&self, query: &MembershipQuery) -> Result<Vec<Organization>, HostError> {
        self.host.organizations(Some(query))
    }

    /// All organizations but this site's.
    pub fn remote_organizations(&self) -> Result<Vec<Organization>, HostError> {
        self.host.remote_organizations()
    }

    /// Organizations that have members.
    pub fn parent_organizations(&self) -> Result<Vec<Organization>, HostError> {
        self.host.parent_organizations()
    }

    /// By endpoint identifier.
    pub fn find_endpoint(&self, identifier: &str) -> Result<Option<Endpoint>, HostError> {
        self.host.find_endpoint(identifier)
    }

    /// The endpoint that a member uses in a role.
    pub fn find_member_endpoint(
        &self,
        parent: &str,
        member: &str,
        role: &str,
    ) -> Result<Option<Endpoint>, HostError> {
        self.host.find_member_endpoint(parent, member, role)
    }

    /// All endpoints, this site's included.
    pub fn endpoints(&self) -> Result<Vec<Endpoint>, HostError> {
        self.host.endpoints(None)
    }

    /// Endpoints of the members of a parent organization.
    pub fn member_endpoints(&self, query: &MembershipQuery) -> Result<Vec<Endpoint>, HostError> {
        self.host.endpoints(Some(query))
    }

    /// Members as targets, each with a correlation key of its own.
    pub fn targets(&self, query: &MembershipQuery) -> Result<Vec<Target>, HostError> {
        self.host.member_targets(query, true)
    }

    /// Members as targets without correlation keys: for messages that nobody answers.
    pub fn targets_without_keys(&self, query: &MembershipQuery) -> Result<Vec<Target>, HostError> {
        self.host.member_targets(query, false)
    }
}

impl MembershipQuery {
    /// All members of a parent organization, by its identifier.
    pub fn of(parent: impl Into<String>) -> Self {
        Self { parent_organization: parent.into(), role: None, members: Vec::new() }
    }

    /// Only members with this role (a code of `organization-role`).
    #[must_use]
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = Some(role.into());
        self
    }
}
