//! Process urls and the process-authorization extension of ActivityDefinition: who may send which message to whom.
//!
//! A rule that cannot be read matches nobody, and makes the ActivityDefinition invalid on create.

use serde_json::Value;

use crate::access::{Actor, Identity};
use crate::directory::Directory;
use crate::names;
use crate::resource::{Canonical, Coding, extensions, text};

/// `http[s]://<domain>/bpe/Process/<name>|<major>.<minor>`, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProcessCanonical {
    /// The url without version.
    pub url: String,
    /// `<major>.<minor>`.
    pub version: String,
    domain: String,
    name: String,
}

impl ProcessCanonical {
    /// Reads `url|version`; none when it does not have DSF's form.
    pub fn parse(canonical: &str) -> Option<Self> {
        let (url, version) = canonical.split_once('|')?;
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
        let (domain, name) = rest.split_once("/bpe/Process/")?;
        let labels_ok = domain.split('.').all(|label| {
            !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
        let name_ok =
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        let (major, minor) = version.split_once('.')?;
        let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        (domain.contains('.') && labels_ok && name_ok && number(major) && number(minor)).then(|| Self {
            url: url.to_owned(),
            version: version.to_owned(),
            domain: domain.to_owned(),
            name: name.to_owned(),
        })
    }

    /// The key of the BPMN process: domain without dots, underscore, name.
    pub fn key(&self) -> String {
        format!("{}_{}", self.domain.replace('.', ""), self.name)
    }
}

/// One process-authorization extension: a message, the profile of its Task, who may ask and who may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorization {
    /// Name of the message.
    pub message_name: String,
    /// Profile of the Task.
    pub task_profile: Canonical,
    /// Who may send it; any one suffices.
    pub requesters: Vec<Party>,
    /// Who may receive it; any one suffices.
    pub recipients: Vec<Party>,
}

/// Which side of the border a [`Party`] speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The own organization.
    Local,
    /// All others.
    Remote,
}

/// Which organizations a [`Party`] covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every organization.
    All,
    /// The organization with this identifier.
    Organization(String),
    /// The organizations that have this role in the parent organization.
    Role {
        /// Identifier of the parent organization.
        parent: String,
        /// Role in it.
        role: Coding,
    },
}

/// One `requester` or `recipient` coding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// LOCAL_… or REMOTE_….
    pub side: Side,
    /// …_ALL, …_ORGANIZATION or …_ROLE.
    pub scope: Scope,
    /// …_PRACTITIONER: only practitioners with this role.
    pub practitioner_role: Option<Coding>,
}

/// Whether a party is read as a requester or as a recipient; recipients are always the local organization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Who asks.
    Requester,
    /// Who is asked.
    Recipient,
}

/// All authorizations of an ActivityDefinition, or the first thing that is wrong with them.
pub fn authorizations(activity_definition: &Value) -> Result<Vec<Authorization>, String> {
    let mut read = Vec::new();
    for extension in extensions(activity_definition, names::PROCESS_AUTHORIZATION) {
        let authorization = authorization(extension)?;
        if read.iter().any(|other: &Authorization| other.message_name == authorization.message_name) {
            return Err(format!("message-name '{}' is authorised twice", authorization.message_name));
        }
        read.push(authorization);
    }
    if read.is_empty() { Err("there is no process-authorization extension".to_owned()) } else { Ok(read) }
}

fn authorization(extension: &Value) -> Result<Authorization, String> {
    let sole = |name: &'static str, value: &str| -> Result<String, String> {
        let mut found = extensions(extension, name);
        let text =
            found.next().and_then(|extension| text(extension, value)).filter(|text| !text.trim().is_empty());
        match (text, found.next()) {
            (Some(text), None) => Ok(text.to_owned()),
            _ => Err(format!("process-authorization needs exactly one {name} with a {value}")),
        }
    };
    let message_name = sole("message-name", "valueString")?;
    let task_profile = Canonical::parse(&sole("task-profile", "valueCanonical")?);
    let parties = |name: &'static str, position: Position| -> Result<Vec<Party>, String> {
        let parties: Vec<Party> = extensions(extension, name)
            .map(|entry| {
                entry.get("valueCoding").and_then(|coding| Party::of(coding, position)).ok_or_else(|| {
                    format!("a {name} of message '{message_name}' is not a process-authorization coding that may stand there")
                })
            })
            .collect::<Result<_, _>>()?;
        if parties.is_empty() { Err(format!("message '{message_name}' has no {name}")) } else { Ok(parties) }
    };
    let requesters = parties("requester", Position::Requester)?;
    let recipients = parties("recipient", Position::Recipient)?;
    Ok(Authorization { message_name, task_profile, requesters, recipients })
}

/// What the code says about scope and practitioners; where the details are is the fourth column.
#[rustfmt::skip]
const CODES: &[(&str, Side, Shape, bool, Option<&str>)] = &[
    // code                            side          scope                practitioner  nested extension
    ("LOCAL_ALL",                      Side::Local,  Shape::All,          false, None),
    ("LOCAL_ALL_PRACTITIONER",         Side::Local,  Shape::All,          true,  Some(names::AUTHORIZATION_PRACTITIONER)),
    ("LOCAL_ORGANIZATION",             Side::Local,  Shape::Organization, false, Some(names::AUTHORIZATION_ORGANIZATION)),
    ("LOCAL_ORGANIZATION_PRACTITIONER", Side::Local, Shape::Organization, true,  Some(names::AUTHORIZATION_ORGANIZATION_PRACTITIONER)),
    ("LOCAL_ROLE",                     Side::Local,  Shape::Role,         false, Some(names::AUTHORIZATION_PARENT_ORGANIZATION_ROLE)),
    ("LOCAL_ROLE_PRACTITIONER",        Side::Local,  Shape::Role,         true,  Some(names::AUTHORIZATION_PARENT_ORGANIZATION_ROLE_PRACTITIONER)),
    ("REMOTE_ALL",                     Side::Remote, Shape::All,          false, None),
    ("REMOTE_ORGANIZATION",            Side::Remote, Shape::Organization, false, Some(names::AUTHORIZATION_ORGANIZATION)),
    ("REMOTE_ROLE",                    Side::Remote, Shape::Role,         false, Some(names::AUTHORIZATION_PARENT_ORGANIZATION_ROLE)),
];

#[derive(Clone, Copy)]
enum Shape {
    All,
    Organization,
    Role,
}

impl Party {
    /// Reads one coding; none when it is malformed or may not stand at `position`.
    pub fn of(coding: &Value, position: Position) -> Option<Self> {
        if text(coding, "system")? != names::PROCESS_AUTHORIZATION_CODES {
            return None;
        }
        let code = text(coding, "code")?;
        let (_, side, shape, practitioner, nested_url) = CODES.iter().copied().find(|row| row.0 == code)?;
        if position == Position::Recipient && (side == Side::Remote || practitioner) {
            return None;
        }
        let nested = match nested_url {
            Some(url) => Some(extensions(coding, url).next()?),
            None => None,
        };
        let scope = match shape {
            Shape::All => Scope::All,
            // Without a practitioner role the identifier is the extension's own value, else a sub-extension's.
            Shape::Organization if practitioner => {
                Scope::Organization(organization(nested?, names::ORGANIZATION)?)
            }
            Shape::Organization => Scope::Organization(organization_identifier(nested?)?),
            Shape::Role => Scope::Role {
                parent: organization(nested?, names::PARENT_ORGANIZATION)?,
                role: sub_coding(nested?, names::ORGANIZATION_ROLE)?,
            },
        };
        let practitioner_role = match (practitioner, shape) {
            (false, _) => None,
            (true, Shape::All) => Some(nested?.get("valueCoding").and_then(Coding::of)?),
            (true, Shape::Organization | Shape::Role) => Some(sub_coding(nested?, names::PRACTITIONER_ROLE)?),
        };
        Some(Self { side, scope, practitioner_role })
    }

    /// Whether `identity` is one of this party.
    pub fn covers(&self, identity: &Identity, directory: &Directory) -> bool {
        let Some(organization) = directory.active_organization(&identity.organization) else { return false };
        let side = if identity.is_local() { Side::Local } else { Side::Remote };
        if side != self.side {
            return false;
        }
        let kind_fits = match (&identity.actor, &self.practitioner_role) {
            (Actor::Organization, None) => true,
            (Actor::Organization, Some(_)) => false,
            (Actor::Practitioner(practitioner), role) => {
                practitioner.is_admin() || role.as_ref().is_some_and(|role| practitioner.roles.contains(role))
            }
        };
        kind_fits
            && match &self.scope {
                Scope::All => true,
                Scope::Organization(identifier) => *identifier == organization.identifier,
                Scope::Role { parent, role } => {
                    directory.has_role(parent, &organization.identifier, role, identity.endpoint.as_deref())
                }
            }
    }
}

impl Authorization {
    /// Whether a Task that names `profiles` is of the kind this authorization speaks of.
    pub fn fits<'a>(&self, mut profiles: impl Iterator<Item = &'a str>) -> bool {
        profiles.any(|profile| {
            let profile = Canonical::parse(profile);
            profile.url == self.task_profile.url
                && (profile.version.is_none() || profile.version == self.task_profile.version)
        })
    }
}

fn organization_identifier(element: &Value) -> Option<String> {
    let identifier = element.get("valueIdentifier")?;
    (text(identifier, "system") == Some(names::ORGANIZATION_IDENTIFIER))
        .then(|| text(identifier, "value").map(str::to_owned))?
}

fn organization(parent: &Value, name: &str) -> Option<String> {
    organization_identifier(extensions(parent, name).next()?)
}

fn sub_coding(parent: &Value, name: &str) -> Option<Coding> {
    extensions(parent, name).next()?.get("valueCoding").and_then(Coding::of)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn process_canonicals() {
        let table = [
            ("http://dsf.dev/bpe/Process/ping|1.0", Some("dsfdev_ping")),
            ("https://a.b.example.org/bpe/Process/countExecute|12.34", Some("abexampleorg_countExecute")),
            ("http://dsf.dev/bpe/Process/ping", None),
            ("http://dsf.dev/bpe/Process/ping|1", None),
            ("http://dsf.dev/bpe/Process/ping|1.0.0", None),
            ("http://localhost/bpe/Process/ping|1.0", None),
            ("http://dsf.dev/bpe/Process/|1.0", None),
            ("http://dsf.dev/bpe/Process/pi ng|1.0", None),
            ("http://dsf..dev/bpe/Process/ping|1.0", None),
            ("ftp://dsf.dev/bpe/Process/ping|1.0", None),
            ("not-a-valid-pattern", None),
        ];
        for (canonical, key) in table {
            assert_eq!(
                ProcessCanonical::parse(canonical).map(|read| read.key()).as_deref(),
                key,
                "{canonical}"
            );
        }
    }
}
