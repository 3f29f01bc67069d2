//! `tessera:process/directory`: look-ups in the allow list, answered by the site.

use tessera_core::message;

use crate::bindings::tessera::process::directory::{Endpoint, Host, MembershipQuery, Organization};
use crate::bindings::tessera::process::types::{HostError, Target};
use crate::interfaces::fhir::host_error;
use crate::sandbox::Sandbox;
use crate::services::{self, ServiceError};
use crate::values;

type Found<T> = wasmtime::Result<Result<T, HostError>>;

impl Host for Sandbox {
    async fn local_organization(&mut self) -> Found<Organization> {
        self.charge_host_call()?;
        Ok(found(self.services.local_organization().await, organization))
    }

    async fn local_endpoint(&mut self) -> Found<Endpoint> {
        self.charge_host_call()?;
        Ok(found(self.services.local_endpoint().await, endpoint))
    }

    async fn find_organization(&mut self, identifier: String) -> Found<Option<Organization>> {
        self.charge_host_call()?;
        Ok(found(self.services.find_organization(identifier).await, |found| found.map(organization)))
    }

    async fn organizations(&mut self, query: Option<MembershipQuery>) -> Found<Vec<Organization>> {
        self.charge_host_call()?;
        Ok(found(self.services.organizations(query.map(membership)).await, all_organizations))
    }

    async fn remote_organizations(&mut self) -> Found<Vec<Organization>> {
        self.charge_host_call()?;
        Ok(found(self.services.remote_organizations().await, all_organizations))
    }

    async fn parent_organizations(&mut self) -> Found<Vec<Organization>> {
        self.charge_host_call()?;
        Ok(found(self.services.parent_organizations().await, all_organizations))
    }

    async fn find_endpoint(&mut self, identifier: String) -> Found<Option<Endpoint>> {
        self.charge_host_call()?;
        Ok(found(self.services.find_endpoint(identifier).await, |found| found.map(endpoint)))
    }

    async fn find_member_endpoint(
        &mut self,
        parent_organization: String,
        member: String,
        role: String,
    ) -> Found<Option<Endpoint>> {
        self.charge_host_call()?;
        let answer = self.services.find_member_endpoint(parent_organization, member, role).await;
        Ok(found(answer, |found| found.map(endpoint)))
    }

    async fn endpoints(&mut self, query: Option<MembershipQuery>) -> Found<Vec<Endpoint>> {
        self.charge_host_call()?;
        let answer = self.services.endpoints(query.map(membership)).await;
        Ok(found(answer, |endpoints| endpoints.into_iter().map(endpoint).collect()))
    }

    async fn targets(&mut self, query: MembershipQuery, correlation_keys: bool) -> Found<Vec<Target>> {
        self.charge_host_call()?;
        let answer = self.services.targets(membership(query)).await;
        Ok(found(answer, |targets| {
            let with_key = |mut target: message::Target| {
                target.correlation_key = correlation_keys.then(|| self.fresh_key());
                values::target_to_guest(target)
            };
            targets.into_iter().map(with_key).collect()
        }))
    }
}

fn found<T, U>(answer: Result<T, ServiceError>, convert: impl FnOnce(T) -> U) -> Result<U, HostError> {
    answer.map(convert).map_err(host_error)
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
