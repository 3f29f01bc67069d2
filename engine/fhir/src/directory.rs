//! The members of the network as this site knows them: organizations, endpoints, affiliations and certificate thumbprints.
//!
//! A view over stored resources, rebuilt when one of them changes. All access rules ask it; it decides nothing itself.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::access::Identity;
use crate::names;
use crate::resource::{self, Coding, Identifier, Reference, ResourceType, extensions, list, text};

/// An Organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organization {
    /// Id at this mailbox.
    pub id: String,
    /// Value of its `organization-identifier`.
    pub identifier: String,
    /// Name, when it has one.
    pub name: Option<String>,
    /// `active`.
    pub active: bool,
    /// SHA-512 of its client certificates, lower-case hex.
    pub thumbprints: Vec<String>,
    endpoints: Vec<Target>,
}

/// An Endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// Id at this mailbox.
    pub id: String,
    /// Value of its `endpoint-identifier`.
    pub identifier: String,
    /// Base url of the mailbox there.
    pub address: String,
    /// `status` is `active`.
    pub active: bool,
    /// SHA-512 of the client certificates that are used from there.
    pub thumbprints: Vec<String>,
    managing_organization: Option<Target>,
}

/// An OrganizationAffiliation: a member's roles in a parent organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Affiliation {
    /// Id at this mailbox.
    pub id: String,
    /// `active`.
    pub active: bool,
    /// Roles of the member.
    pub roles: Vec<Coding>,
    parent: Option<Target>,
    member: Option<Target>,
    endpoints: Vec<Target>,
}

/// Where a reference inside the directory points: by id or by identifier value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    Id(String),
    Identifier(String),
}

/// The view.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    local_organization: String,
    base_url: String,
    organizations: BTreeMap<String, Organization>,
    endpoints: BTreeMap<String, Endpoint>,
    affiliations: BTreeMap<String, Affiliation>,
}

impl Directory {
    /// An empty directory of the site with this organization identifier and base url (without trailing slash).
    pub fn new(local_organization: impl Into<String>, base_url: impl Into<String>) -> Self {
        Self { local_organization: local_organization.into(), base_url: base_url.into(), ..Self::default() }
    }

    /// Organization identifier of this site.
    pub fn local_organization(&self) -> &str {
        &self.local_organization
    }

    /// Base url of this site's mailbox, without trailing slash.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// Takes over a new or changed resource; resources of other types are ignored.
    pub fn put(&mut self, resource: &Value) {
        let (Some(resource_type), Some(id)) = (resource::resource_type(resource), resource::id(resource))
        else {
            return;
        };
        self.remove(resource_type, id);
        match resource_type {
            ResourceType::Organization => {
                if let Some(organization) = self.organization(id, resource) {
                    self.organizations.insert(id.to_owned(), organization);
                }
            }
            ResourceType::Endpoint => {
                if let Some(endpoint) = self.endpoint(id, resource) {
                    self.endpoints.insert(id.to_owned(), endpoint);
                }
            }
            ResourceType::OrganizationAffiliation => {
                self.affiliations.insert(id.to_owned(), self.affiliation(id, resource));
            }
            ResourceType::ActivityDefinition
            | ResourceType::Bundle
            | ResourceType::CodeSystem
            | ResourceType::NamingSystem
            | ResourceType::StructureDefinition
            | ResourceType::Subscription
            | ResourceType::Task
            | ResourceType::ValueSet => {}
        }
    }

    /// Forgets a deleted resource.
    pub fn remove(&mut self, resource_type: ResourceType, id: &str) {
        if resource_type == ResourceType::Organization {
            self.organizations.remove(id);
        } else if resource_type == ResourceType::Endpoint {
            self.endpoints.remove(id);
        } else if resource_type == ResourceType::OrganizationAffiliation {
            self.affiliations.remove(id);
        }
    }

    /// All organizations, by id.
    pub fn organizations(&self) -> impl Iterator<Item = &Organization> {
        self.organizations.values()
    }

    /// All endpoints, by id.
    pub fn endpoints(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.values()
    }

    /// The organization with this identifier, active or not.
    pub fn known_organization(&self, identifier: &str) -> Option<&Organization> {
        self.organizations.values().find(|organization| organization.identifier == identifier)
    }

    /// The active organization with this identifier.
    pub fn active_organization(&self, identifier: &str) -> Option<&Organization> {
        self.known_organization(identifier).filter(|organization| organization.active)
    }

    /// Who presents a certificate with this thumbprint: an active organization on the list, or nobody.
    pub fn identify(&self, thumbprint: &str) -> Option<Identity> {
        let mut found = self.organizations.values().filter(|organization| {
            organization.active && organization.thumbprints.iter().any(|known| known == thumbprint)
        });
        let organization = found.next()?;
        if found.next().is_some() {
            // Uniqueness is enforced on write; two holders of one certificate are nobody.
            return None;
        }
        let endpoint = self.endpoint_of(organization, thumbprint).map(|endpoint| endpoint.identifier.clone());
        Some(if organization.identifier == self.local_organization {
            Identity { endpoint, ..Identity::local(&organization.identifier) }
        } else {
            Identity { endpoint, ..Identity::remote(&organization.identifier) }
        })
    }

    /// The identity of this site itself, as its own engine has it.
    pub fn local_identity(&self) -> Identity {
        let endpoint = self.endpoints.values().find(|endpoint| endpoint.address == self.base_url);
        Identity {
            endpoint: endpoint.map(|endpoint| endpoint.identifier.clone()),
            ..Identity::local(&self.local_organization)
        }
    }

    /// Whether `member` has `role` in `parent` by an active affiliation, both being active; when `endpoint` is given, by
    /// an affiliation through that endpoint.
    pub fn has_role(&self, parent: &str, member: &str, role: &Coding, endpoint: Option<&str>) -> bool {
        let is = |target: Option<&Target>, identifier: &str| {
            target
                .and_then(|target| self.resolve_organization(target))
                .is_some_and(|organization| organization.active && organization.identifier == identifier)
        };
        self.affiliations.values().any(|affiliation| {
            affiliation.active
                && affiliation.roles.contains(role)
                && is(affiliation.parent.as_ref(), parent)
                && is(affiliation.member.as_ref(), member)
                && endpoint.is_none_or(|wanted| {
                    affiliation.endpoints.iter().any(|target| {
                        self.resolve_endpoint(target).is_some_and(|endpoint| endpoint.identifier == wanted)
                    })
                })
        })
    }

    /// Identifiers of parent, member and endpoints, with the roles, of an affiliation resource: what must be unique.
    pub fn affiliation_parts(&self, resource: &Value) -> AffiliationParts {
        let read = self.affiliation("", resource);
        let organization = |target: Option<Target>| {
            target.and_then(|target| self.resolve_organization(&target)).map(|found| found.identifier.clone())
        };
        AffiliationParts {
            parent: organization(read.parent),
            member: organization(read.member),
            endpoints: read
                .endpoints
                .iter()
                .filter_map(|target| self.resolve_endpoint(target))
                .map(|endpoint| endpoint.identifier.clone())
                .collect(),
            roles: read.roles,
        }
    }

    /// The identifier of the Organization or Endpoint with this id.
    pub fn identifier_of(&self, type_name: &str, id: &str) -> Option<Identifier> {
        match type_name {
            "Organization" => self
                .organizations
                .get(id)
                .map(|found| Identifier::new(names::ORGANIZATION_IDENTIFIER, &found.identifier)),
            "Endpoint" => self
                .endpoints
                .get(id)
                .map(|found| Identifier::new(names::ENDPOINT_IDENTIFIER, &found.identifier)),
            _ => None,
        }
    }

    /// The id of the Organization or Endpoint with this identifier.
    pub fn id_of(&self, type_name: &str, identifier: &Identifier) -> Option<&str> {
        match (type_name, identifier.system.as_str()) {
            ("Organization", names::ORGANIZATION_IDENTIFIER) => {
                self.known_organization(&identifier.value).map(|found| found.id.as_str())
            }
            ("Endpoint", names::ENDPOINT_IDENTIFIER) => self
                .endpoints
                .values()
                .find(|endpoint| endpoint.identifier == identifier.value)
                .map(|found| found.id.as_str()),
            _ => None,
        }
    }

    fn endpoint_of(&self, organization: &Organization, thumbprint: &str) -> Option<&Endpoint> {
        if organization.identifier == self.local_organization {
            return self.endpoints.values().find(|endpoint| endpoint.address == self.base_url);
        }
        let own: Vec<&Endpoint> = self
            .endpoints
            .values()
            .filter(|endpoint| {
                organization.endpoints.iter().any(|target| self.resolve_endpoint(target) == Some(*endpoint))
                    || endpoint
                        .managing_organization
                        .as_ref()
                        .and_then(|target| self.resolve_organization(target))
                        .is_some_and(|managing| managing.id == organization.id)
            })
            .collect();
        own.iter().find(|endpoint| endpoint.thumbprints.iter().any(|known| known == thumbprint)).copied().or(
            match own.as_slice() {
                [sole] => Some(sole),
                _ => None,
            },
        )
    }

    fn resolve_organization(&self, target: &Target) -> Option<&Organization> {
        match target {
            Target::Id(id) => self.organizations.get(id),
            Target::Identifier(identifier) => self.known_organization(identifier),
        }
    }

    fn resolve_endpoint(&self, target: &Target) -> Option<&Endpoint> {
        match target {
            Target::Id(id) => self.endpoints.get(id),
            Target::Identifier(identifier) => {
                self.endpoints.values().find(|endpoint| endpoint.identifier == *identifier)
            }
        }
    }

    fn target(&self, reference: &Value) -> Option<Target> {
        match Reference::of(reference, &self.base_url) {
            Reference::Internal { id, .. } => Some(Target::Id(id)),
            Reference::Logical { identifier, .. } => Some(Target::Identifier(identifier.value)),
            Reference::Temporary(_)
            | Reference::Conditional(_)
            | Reference::External(_)
            | Reference::Unknown => reference
                .get("identifier")
                .and_then(Identifier::of)
                .map(|identifier| Target::Identifier(identifier.value)),
        }
    }

    fn organization(&self, id: &str, resource: &Value) -> Option<Organization> {
        Some(Organization {
            id: id.to_owned(),
            identifier: resource::sole_identifier(resource, names::ORGANIZATION_IDENTIFIER)?.to_owned(),
            name: text(resource, "name").map(str::to_owned),
            active: resource.get("active") == Some(&Value::Bool(true)),
            thumbprints: thumbprints(resource),
            endpoints: list(resource, "endpoint")
                .iter()
                .filter_map(|endpoint| self.target(endpoint))
                .collect(),
        })
    }

    fn endpoint(&self, id: &str, resource: &Value) -> Option<Endpoint> {
        Some(Endpoint {
            id: id.to_owned(),
            identifier: resource::sole_identifier(resource, names::ENDPOINT_IDENTIFIER)?.to_owned(),
            address: text(resource, "address")?.to_owned(),
            active: text(resource, "status") == Some("active"),
            thumbprints: thumbprints(resource),
            managing_organization: resource
                .get("managingOrganization")
                .and_then(|managing| self.target(managing)),
        })
    }

    fn affiliation(&self, id: &str, resource: &Value) -> Affiliation {
        Affiliation {
            id: id.to_owned(),
            active: resource.get("active") == Some(&Value::Bool(true)),
            roles: list(resource, "code")
                .iter()
                .flat_map(|code| list(code, "coding"))
                .filter_map(Coding::of)
                .collect(),
            parent: resource.get("organization").and_then(|parent| self.target(parent)),
            member: resource.get("participatingOrganization").and_then(|member| self.target(member)),
            endpoints: list(resource, "endpoint")
                .iter()
                .filter_map(|endpoint| self.target(endpoint))
                .collect(),
        }
    }
}

/// See [`Directory::affiliation_parts`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AffiliationParts {
    /// Identifier of the parent organization.
    pub parent: Option<String>,
    /// Identifier of the member organization.
    pub member: Option<String>,
    /// Identifiers of the endpoints.
    pub endpoints: Vec<String>,
    /// Roles of the member.
    pub roles: Vec<Coding>,
}

/// The certificate thumbprints of an Organization or Endpoint.
pub fn thumbprints(resource: &Value) -> Vec<String> {
    extensions(resource, names::CERTIFICATE_THUMBPRINT)
        .filter_map(|extension| text(extension, "valueString"))
        .map(str::to_owned)
        .collect()
}
