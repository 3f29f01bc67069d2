//! Who asks. An identity comes from the TLS session that this process terminated, never from a header or a body.

use std::collections::BTreeSet;
use std::fmt;

use crate::names;
use crate::resource::Coding;

/// Whether somebody belongs to this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The organization of this site, or one of its practitioners.
    Local,
    /// Another organization.
    Remote,
}

/// In which capacity somebody acts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The organization itself: a machine with the organization's certificate.
    Organization,
    /// A person of the local organization.
    Practitioner(Practitioner),
}

/// A person of the local organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practitioner {
    /// Value of the `practitioner-identifier`.
    pub identifier: String,
    /// Roles.
    pub roles: BTreeSet<Coding>,
}

impl Practitioner {
    /// Whether this person stands for the organization.
    pub fn is_admin(&self) -> bool {
        self.roles
            .iter()
            .any(|role| role.system == names::PRACTITIONER_ROLE_CODES && role.code == names::DSF_ADMIN)
    }
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Organization identifier.
    pub organization: String,
    /// Own site or another.
    pub standing: Standing,
    /// Identifier of the endpoint that is spoken from, when known.
    pub endpoint: Option<String>,
    /// Organization or person.
    pub actor: Actor,
}

impl Identity {
    /// The organization of this site.
    pub fn local(organization: impl Into<String>) -> Self {
        Self {
            organization: organization.into(),
            standing: Standing::Local,
            endpoint: None,
            actor: Actor::Organization,
        }
    }

    /// Another organization.
    pub fn remote(organization: impl Into<String>) -> Self {
        Self { standing: Standing::Remote, ..Self::local(organization) }
    }

    /// A person of this site.
    pub fn practitioner(
        organization: impl Into<String>,
        identifier: impl Into<String>,
        roles: impl IntoIterator<Item = Coding>,
    ) -> Self {
        let practitioner = Practitioner { identifier: identifier.into(), roles: roles.into_iter().collect() };
        Self { actor: Actor::Practitioner(practitioner), ..Self::local(organization) }
    }

    /// Whether this is somebody of this site.
    pub fn is_local(&self) -> bool {
        self.standing == Standing::Local
    }

    /// The local organization, or a person who stands for it.
    pub fn is_local_admin(&self) -> bool {
        self.is_local()
            && match &self.actor {
                Actor::Organization => true,
                Actor::Practitioner(practitioner) => practitioner.is_admin(),
            }
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.actor {
            Actor::Organization => formatter.write_str(&self.organization),
            Actor::Practitioner(practitioner) => {
                write!(formatter, "{}/{}", self.organization, practitioner.identifier)
            }
        }
    }
}
