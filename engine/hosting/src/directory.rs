//! The allow list as plugins see it: organizations, endpoints and memberships, asked from the own mailbox.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tessera_core::message::Target;
use tessera_fhir::names::{ENDPOINT_IDENTIFIER, ORGANIZATION_IDENTIFIER, PROFILES};
use tessera_fhir::resource::{self, list, sole_identifier, text, type_name};
use tessera_plugin_host::services::{
    Answering, Endpoint, MembershipQuery, Organization, Search, SearchHandling, ServiceError, Services,
    VersionReference,
};

use crate::limits::DIRECTORY_ENTRIES_MAX;
use crate::mailbox::OwnMailbox;

/// What a site's plugins may ask.
#[derive(Debug, Clone)]
pub struct Directory {
    mailbox: Arc<dyn OwnMailbox>,
    mailbox_url: String,
    organization: String,
}

/// A member of a parent organization, in one role.
struct Member {
    organization: Organization,
    endpoint: Option<Endpoint>,
}

impl Directory {
    /// `organization` is the identifier of this site.
    pub fn new(mailbox: Arc<dyn OwnMailbox>, mailbox_url: String, organization: String) -> Self {
        Self { mailbox, mailbox_url, organization }
    }

    /// The identifier of this site.
    pub fn organization(&self) -> &str {
        &self.organization
    }

    /// An active endpoint by its identifier value.
    pub async fn endpoint(&self, identifier: &str) -> Result<Option<Endpoint>, ServiceError> {
        let identifier = format!("{ENDPOINT_IDENTIFIER}|{identifier}");
        Ok(self.find_endpoints(&[("identifier", &identifier)]).await?.into_iter().next())
    }

    async fn search(
        &self,
        resource_type: &str,
        parameters: &[(&str, &str)],
    ) -> Result<Vec<Value>, ServiceError> {
        let query = query(parameters.iter().copied());
        self.mailbox.search(&format!("{resource_type}?{query}"), DIRECTORY_ENTRIES_MAX).await
    }

    async fn find_organizations(
        &self,
        parameters: &[(&str, &str)],
    ) -> Result<Vec<Organization>, ServiceError> {
        let all: Vec<_> = [("active", "true")].into_iter().chain(parameters.iter().copied()).collect();
        let found = self.search("Organization", &all).await?;
        Ok(found.iter().filter_map(organization).collect())
    }

    async fn find_endpoints(&self, parameters: &[(&str, &str)]) -> Result<Vec<Endpoint>, ServiceError> {
        let fixed = [("status", "active"), ("_include", "Endpoint:organization")];
        let all: Vec<_> = fixed.into_iter().chain(parameters.iter().copied()).collect();
        let found = self.search("Endpoint", &all).await?;
        let organizations = by_reference(&found);
        Ok(found.iter().filter_map(|resource| endpoint(resource, &organizations)).collect())
    }

    async fn members(&self, wanted: &MembershipQuery) -> Result<Vec<Member>, ServiceError> {
        let parent = format!("{ORGANIZATION_IDENTIFIER}|{}", wanted.parent_organization);
        let role = wanted
            .role
            .as_ref()
            .map(|role| format!("http://dsf.dev/fhir/CodeSystem/organization-role|{role}"));
        let mut parameters = vec![
            ("active", "true"),
            ("primary-organization:identifier", parent.as_str()),
            ("_include", "OrganizationAffiliation:endpoint"),
            ("_include", "OrganizationAffiliation:participating-organization"),
        ];
        parameters.extend(role.as_deref().map(|role| ("role", role)));
        let found = self.search("OrganizationAffiliation", &parameters).await?;
        let included = by_reference(&found);
        let follow = |reference: &Value| included.get(text(reference, "reference")?).copied();
        let mut members = Vec::new();
        for affiliation in found.iter().filter(|found| type_name(found) == Some("OrganizationAffiliation")) {
            let member = affiliation.get("participatingOrganization").and_then(follow).and_then(organization);
            let Some(organization) = member.filter(|member| member.active) else { continue };
            if !wanted.members.is_empty() && !wanted.members.contains(&organization.identifier) {
                continue;
            }
            let endpoint = list(affiliation, "endpoint").first().and_then(follow);
            let endpoint =
                endpoint.and_then(|found| endpoint_of(found, Some(organization.identifier.clone())));
            members.push(Member { organization, endpoint: endpoint.filter(|endpoint| endpoint.active) });
        }
        Ok(members)
    }
}

impl Services for Directory {
    fn mailbox_url(&self) -> String {
        self.mailbox_url.clone()
    }

    fn fhir_read(&self, reference: VersionReference) -> Answering<'_, Arc<Value>> {
        Box::pin(async move {
            let VersionReference { resource_type, id, version } = reference;
            if !resource::is_id(&id) || !resource_type.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return Err(ServiceError::Invalid(format!("{resource_type}/{id} is no reference")));
            }
            let path = match version.filter(|version| resource::is_id(version)) {
                Some(version) => format!("{resource_type}/{id}/_history/{version}"),
                None => format!("{resource_type}/{id}"),
            };
            self.mailbox.read(&path).await?.map(Arc::new).ok_or(ServiceError::NotFound)
        })
    }

    fn fhir_search(&self, search: Search) -> Answering<'_, Vec<Arc<Value>>> {
        Box::pin(async move {
            let Search { resource_type, parameters, handling, max_entries } = search;
            if !resource_type.bytes().all(|byte| byte.is_ascii_alphabetic()) {
                return Err(ServiceError::Invalid(format!("{resource_type:?} is no resource type")));
            }
            let pairs = parameters
                .iter()
                .flat_map(|(name, values)| values.iter().map(move |value| (name.as_str(), value.as_str())));
            let path = format!("{resource_type}?{}", query(pairs));
            let entries_max = usize::try_from(max_entries).unwrap_or(usize::MAX).min(DIRECTORY_ENTRIES_MAX);
            match self.mailbox.search(&path, entries_max).await {
                Ok(found) => Ok(found.into_iter().map(Arc::new).collect()),
                // The mailbox is asked strictly; a lenient caller learns of unknown parameters as "nothing found".
                Err(ServiceError::Unreachable(reason)) if handling == SearchHandling::Strict => {
                    Err(ServiceError::Invalid(reason))
                }
                Err(error) => Err(error),
            }
        })
    }

    fn local_organization(&self) -> Answering<'_, Organization> {
        let missing = || {
            ServiceError::Internal(format!(
                "this site's organization {} is not in its own allow list",
                self.organization
            ))
        };
        Box::pin(async move { self.find_organization(self.organization.clone()).await?.ok_or_else(missing) })
    }

    fn local_endpoint(&self) -> Answering<'_, Endpoint> {
        Box::pin(async move {
            let own = self.find_endpoints(&[("address", &self.mailbox_url)]).await?.into_iter().next();
            own.ok_or_else(|| {
                ServiceError::Internal(format!(
                    "no active Endpoint with address {} in the allow list",
                    self.mailbox_url
                ))
            })
        })
    }

    fn find_organization(&self, identifier: String) -> Answering<'_, Option<Organization>> {
        Box::pin(async move {
            let identifier = format!("{ORGANIZATION_IDENTIFIER}|{identifier}");
            Ok(self.find_organizations(&[("identifier", &identifier)]).await?.into_iter().next())
        })
    }

    fn organizations(&self, query: Option<MembershipQuery>) -> Answering<'_, Vec<Organization>> {
        Box::pin(async move {
            match query {
                None => self.find_organizations(&[]).await,
                Some(query) => {
                    Ok(self.members(&query).await?.into_iter().map(|member| member.organization).collect())
                }
            }
        })
    }

    fn remote_organizations(&self) -> Answering<'_, Vec<Organization>> {
        Box::pin(async move {
            let profile = format!("{PROFILES}organization");
            let mut found = self.find_organizations(&[("_profile", &profile)]).await?;
            found.retain(|organization| organization.identifier != self.organization);
            Ok(found)
        })
    }

    fn parent_organizations(&self) -> Answering<'_, Vec<Organization>> {
        Box::pin(async move {
            let profile = format!("{PROFILES}organization-parent");
            self.find_organizations(&[("_profile", &profile)]).await
        })
    }

    fn find_endpoint(&self, identifier: String) -> Answering<'_, Option<Endpoint>> {
        Box::pin(async move { self.endpoint(&identifier).await })
    }

    fn find_member_endpoint(
        &self,
        parent_organization: String,
        member: String,
        role: String,
    ) -> Answering<'_, Option<Endpoint>> {
        Box::pin(async move {
            let wanted = MembershipQuery { parent_organization, role: Some(role), members: vec![member] };
            Ok(self.members(&wanted).await?.into_iter().find_map(|member| member.endpoint))
        })
    }

    fn endpoints(&self, query: Option<MembershipQuery>) -> Answering<'_, Vec<Endpoint>> {
        Box::pin(async move {
            match query {
                None => self.find_endpoints(&[]).await,
                Some(query) => {
                    Ok(self.members(&query).await?.into_iter().filter_map(|member| member.endpoint).collect())
                }
            }
        })
    }

    fn targets(&self, query: MembershipQuery) -> Answering<'_, Vec<Target>> {
        Box::pin(async move {
            let target = |member: Member| {
                let endpoint = member.endpoint?;
                Some(Target {
                    organization: member.organization.identifier,
                    endpoint: endpoint.identifier,
                    address: endpoint.address,
                    correlation_key: None,
                })
            };
            Ok(self.members(&query).await?.into_iter().filter_map(target).collect())
        })
    }
}

/// `name=value&…` of the pairs, encoded.
fn query<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish()
}

fn by_reference(found: &[Value]) -> BTreeMap<String, &Value> {
    let reference = |resource| Some(format!("{}/{}", type_name(resource)?, resource::id(resource)?));
    found.iter().filter_map(|resource| Some((reference(resource)?, resource))).collect()
}

fn organization(found: &Value) -> Option<Organization> {
    if type_name(found) != Some("Organization") {
        return None;
    }
    Some(Organization {
        identifier: sole_identifier(found, ORGANIZATION_IDENTIFIER)?.to_owned(),
        name: text(found, "name").map(str::to_owned),
        active: found.get("active").and_then(Value::as_bool).unwrap_or(false),
        reference: format!("Organization/{}", resource::id(found)?),
    })
}

fn endpoint(found: &Value, organizations: &BTreeMap<String, &Value>) -> Option<Endpoint> {
    let owner = found
        .get("managingOrganization")
        .and_then(|managing| text(managing, "reference"))
        .and_then(|reference| organizations.get(reference))
        .and_then(|owner| sole_identifier(owner, ORGANIZATION_IDENTIFIER))
        .map(str::to_owned);
    endpoint_of(found, owner)
}

fn endpoint_of(found: &Value, organization: Option<String>) -> Option<Endpoint> {
    if type_name(found) != Some("Endpoint") {
        return None;
    }
    Some(Endpoint {
        identifier: sole_identifier(found, ENDPOINT_IDENTIFIER)?.to_owned(),
        name: text(found, "name").map(str::to_owned),
        address: text(found, "address")?.to_owned(),
        active: text(found, "status") == Some("active"),
        organization,
    })
}
