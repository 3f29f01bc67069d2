//! `tessera:process/directory`: look-ups in the allow list, answered by the site.

use tessera_core::message;

use crate::bindings::tessera::process::directory::{Endpoint, Host, MembershipQuery, Organization};
use crate::bindings::tessera::process::types::{HostError, Target};
use crate::sandbox::Sandbox;
use crate::services;
use crate::values;

type Found<T> = wasmtime::Result<Result<T, HostError>>;

impl Host for Sandbox {
    async fn local_organization(&mut self) -> Found<Organization> {
        self.charge_host_call()?;
        let answer = self.services.local_organization().await;
        Ok(self.found(answer, organization))
    }

    async fn local_endpoint(&mut self) -> Found<Endpoint> {
        self.charge_host_call()?;
        let answer = self.services.local_endpoint().await;
        Ok(self.found(answer, endpoint))
    }

    async fn find_organization(&mut self, identifier: String) -> Found<Option<Organization>> {
        self.charge_host_call()?;
        let answer = self.services.find_organization(identifier).await;
        Ok(self.found(answer, |found| found.map(organization)))
    }

    async fn organizations(&mut self, query: Option<MembershipQuery>) -> Found<Vec<Organization>> {
        self.charge_host_call()?;
        let answer = self.services.organizations(query.map(membership)).await;
        Ok(self.found(answer, all_organizations))
    }

    async fn remote_organizations(&mut self) -> Found<Vec<Organization>> {
        self.charge_host_call()?;
        let answer = self.services.remote_organizations().await;
        Ok(self.found(answer, all_organizations))
    }

    async fn parent_organizations(&mut self) -> Found<Vec<Organization>> {
        self.charge_host_call()?;
        let answer = self.services.parent_organizations().await;
        Ok(self.found(answer, all_organizations))
    }

    async fn find_endpoint(&mut self, identifier: String) -> Found<Option<Endpoint>> {
        self.charge_host_call()?;
        let answer = self.services.find_endpoint(identifier).await;
        Ok(self.found(answer, |found| found.map(endpoint)))
    }

    async fn find_member_endpoint(
        &mut self,
        parent_organization: String,
        member: String,
        role: String,
    ) -> Found<Option<Endpoint>> {
        self.charge_host_call()?;
        let answer = self.services.find_member_endpoint(parent_organization, member, role).await;
        Ok(self.found(answer, |found| found.map(endpoint)))
    }

    async fn endpoints(&mut self, query: Option<MembershipQuery>) -> Found<Vec<Endpoint>> {
        self.charge_host_call()?;
        let answer = self.services.endpoints(query.map(membership)).await;
        Ok(self.found(answer, |endpoints| endpoints.into_iter().map(endpoint).collect()))
    }

    async fn targets(&mut self, query: MembershipQuery, correlation_keys: bool) -> Found<Vec<Target>> {
        self.charge_host_call()?;
        let answer = self.services.targets(membership(query)).await;
        let with_key = |mut target: message::Target| {
            target.correlation_key = correlation_keys.then(|| self.fresh_key());
            values::target_to_guest(target)
        };
        let answer = answer.map(|targets| targets.into_iter().map(with_key).collect());
        Ok(answer.map_err(|error| self.host_error(error)))
    }
}

fn all_organizations(organizations: Vec<services::Organization>) -> Vec<Organization> {
    organizations.into_iter().map(organization).collect()
}

fn organization(found: services::Organization) -> Organization {
    let services::Organization { identifier, name, active, reference } = found;
    Organization { identifier, name, active, reference }
}

fn endpoint(found: services::Endpoint) -> Endpoint {
    let services::Endpoint { identifier, name, address, active, organization } = found;
    Endpoint { identifier, name, address, active, organization }
}

fn membership(query: MembershipQuery) -> services::MembershipQuery {
    let MembershipQuery { parent_organization, role, members } = query;
    services::MembershipQuery { parent_organization, role, members }
}
