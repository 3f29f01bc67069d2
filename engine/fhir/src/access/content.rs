//! The rules of all types except Task: only this site writes, tags in order, the elements that identify a resource present,
//! unique and never changed.

use serde_json::Value;

use super::{Code, Context, Identity, Operation, Refusal, permit, tags};
use crate::directory::{self, Directory};
use crate::names;
use crate::process;
use crate::resource::{self, ResourceType, list, text};
use crate::search::{self, Query};

/// May `identity` create this resource, which is not a Task? Uniqueness is decided by [`unique_keys`].
pub fn create(identity: &Identity, resource: &Value, context: Context<'_>) -> Result<(), Refusal> {
    let resource_type = known_type(resource)?;
    permit(identity, Operation::Create, resource_type)?;
    local(identity, "create")?;
    tags::valid(resource, context)?;
    elements(resource_type, resource)
}

/// May `identity` replace `old` by `new`?
pub fn update(identity: &Identity, old: &Value, new: &Value, context: Context<'_>) -> Result<(), Refusal> {
    let resource_type = known_type(new)?;
    permit(identity, Operation::Update, resource_type)?;
    local(identity, "update")?;
    tags::valid(new, context)?;
    elements(resource_type, new)?;
    for element in immutable(resource_type) {
        let (before, after) = (element.of(old, context.directory), element.of(new, context.directory));
        if before != after {
            return Err(Refusal::new(
                Code::Immutable,
                format!("Operation update forbidden: {resource_type}.{} must not change", element.name()),
            ));
        }
    }
    Ok(())
}

/// May `identity` delete resources of this type?
pub fn delete(identity: &Identity, resource_type: ResourceType) -> Result<(), Refusal> {
    permit(identity, Operation::Delete, resource_type)?;
    local(identity, "delete")
}

/// What no other current resource of the type may share.
pub fn unique_keys(resource_type: ResourceType, resource: &Value, directory: &Directory) -> Vec<String> {
    let of = |name: &str| text(resource, name).unwrap_or_default().to_owned();
    match resource_type {
        ResourceType::ActivityDefinition
        | ResourceType::CodeSystem
        | ResourceType::StructureDefinition
        | ResourceType::ValueSet => vec![format!("canonical {}|{}", of("url"), of("version"))],
        ResourceType::NamingSystem => {
            let unique_ids =
                list(resource, "uniqueId").iter().filter_map(|unique_id| text(unique_id, "value"));
            let mut keys = vec![format!("name {}", of("name"))];
            keys.extend(unique_ids.map(|value| format!("uniqueId {value}")));
            keys
        }
        ResourceType::Endpoint => {
            let mut keys = vec![format!("address {}", of("address"))];
            keys.extend(
                resource::sole_identifier(resource, names::ENDPOINT_IDENTIFIER)
                    .map(|identifier| format!("identifier {identifier}")),
            );
            keys
        }
        ResourceType::Organization => {
            let identifier = resource::sole_identifier(resource, names::ORGANIZATION_IDENTIFIER);
            let mut keys: Vec<String> =
                identifier.map(|identifier| format!("identifier {identifier}")).into_iter().collect();
            keys.extend(
                directory::thumbprints(resource).iter().map(|thumbprint| format!("thumbprint {thumbprint}")),
            );
            keys
        }
        ResourceType::OrganizationAffiliation => {
            let parts = directory.affiliation_parts(resource);
            let (parent, member) = (parts.parent.unwrap_or_default(), parts.member.unwrap_or_default());
            let mut keys: Vec<String> = parts
                .endpoints
                .iter()
                .map(|endpoint| format!("endpoint {parent} {member} {endpoint}"))
                .collect();
            keys.extend(
                parts
                    .roles
                    .iter()
                    .map(|role| format!("role {parent} {member} {}|{}", role.system, role.code)),
            );
            keys
        }
        ResourceType::Subscription => {
            let channel = |name: &str| {
                resource.get("channel").and_then(|channel| text(channel, name)).unwrap_or_default()
            };
            vec![format!("criteria {} {} {}", of("criteria"), channel("type"), channel("payload"))]
        }
        // Only drafts carry this identifier.
        ResourceType::Task => resource::identifiers(resource)
            .into_iter()
            .filter(|identifier| identifier.system == names::TASK_IDENTIFIER)
            .map(|identifier| format!("task-identifier {}", identifier.value))
            .collect(),
        ResourceType::Bundle => Vec::new(),
    }
}

fn known_type(resource: &Value) -> Result<ResourceType, Refusal> {
    resource::resource_type(resource)
        .ok_or_else(|| Refusal::new(Code::Content, "resourceType is missing or not stored by this mailbox"))
}

fn local(identity: &Identity, operation: &str) -> Result<(), Refusal> {
    if identity.is_local() {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::NotAdmin,
            format!("Operation {operation} forbidden: {identity} is not of this site"),
        ))
    }
}

/// Elements that identify a resource.
#[derive(Clone, Copy)]
enum Identifying {
    Member(&'static str),
    Channel(&'static str),
    Identifier(&'static str),
    Affiliation,
}

impl Identifying {
    const fn name(self) -> &'static str {
        match self {
            Self::Member(name) | Self::Channel(name) => name,
            Self::Identifier(_) => "identifier",
            Self::Affiliation => "organization, participatingOrganization or endpoint",
        }
    }

    fn of(self, resource: &Value, directory: &Directory) -> Vec<String> {
        match self {
            Self::Member(name) => text(resource, name).map(str::to_owned).into_iter().collect(),
            Self::Channel(name) => resource
                .get("channel")
                .and_then(|channel| text(channel, name))
                .map(str::to_owned)
                .into_iter()
                .collect(),
            Self::Identifier(system) => {
                resource::sole_identifier(resource, system).map(str::to_owned).into_iter().collect()
            }
            Self::Affiliation => {
                let parts = directory.affiliation_parts(resource);
                parts.parent.into_iter().chain(parts.member).chain(parts.endpoints).collect()
            }
        }
    }
}

const fn immutable(resource_type: ResourceType) -> &'static [Identifying] {
    match resource_type {
        ResourceType::ActivityDefinition
        | ResourceType::CodeSystem
        | ResourceType::StructureDefinition
        | ResourceType::ValueSet => &[Identifying::Member("url"), Identifying::Member("version")],
        ResourceType::NamingSystem => &[Identifying::Member("name")],
        ResourceType::Endpoint => {
            &[Identifying::Member("address"), Identifying::Identifier(names::ENDPOINT_IDENTIFIER)]
        }
        ResourceType::Organization => &[Identifying::Identifier(names::ORGANIZATION_IDENTIFIER)],
        ResourceType::OrganizationAffiliation => &[Identifying::Affiliation],
        ResourceType::Subscription => {
            &[Identifying::Member("criteria"), Identifying::Channel("type"), Identifying::Channel("payload")]
        }
        ResourceType::Bundle | ResourceType::Task => &[],
    }
}

/// The elements without which the mailbox could not use a resource of this type.
fn elements(resource_type: ResourceType, resource: &Value) -> Result<(), Refusal> {
    let need = |present: bool, what: &str| {
        if present { Ok(()) } else { Err(Refusal::new(Code::Content, format!("{resource_type}: {what}"))) }
    };
    let has = |name: &str| text(resource, name).is_some_and(|text| !text.trim().is_empty());
    match resource_type {
        ResourceType::ActivityDefinition => {
            publication(resource_type, resource)?;
            process::authorizations(resource)
                .map(|_| ())
                .map_err(|problem| Refusal::new(Code::Content, format!("{resource_type}: {problem}")))
        }
        ResourceType::CodeSystem | ResourceType::ValueSet => publication(resource_type, resource),
        ResourceType::StructureDefinition => {
            publication(resource_type, resource)?;
            need(has("baseDefinition"), "baseDefinition is missing")
        }
        ResourceType::NamingSystem => {
            need(has("status"), "status is missing")?;
            need(has("name"), "name is missing")?;
            let mut values: Vec<&str> =
                list(resource, "uniqueId").iter().filter_map(|unique_id| text(unique_id, "value")).collect();
            let count = values.len();
            values.sort_unstable();
            values.dedup();
            need(values.len() == count, "a uniqueId is there twice")
        }
        ResourceType::Endpoint => {
            need(
                resource::sole_identifier(resource, names::ENDPOINT_IDENTIFIER).is_some(),
                "there must be exactly one identifier of system http://dsf.dev/sid/endpoint-identifier",
            )?;
            need(
                text(resource, "address").is_some_and(is_address),
                "address must be https://<host>[:<port>][/<path>] without query",
            )
        }
        ResourceType::Organization => {
            need(
                resource::sole_identifier(resource, names::ORGANIZATION_IDENTIFIER).is_some(),
                "there must be exactly one identifier of system http://dsf.dev/sid/organization-identifier",
            )?;
            need(
                resource::extensions(resource, names::CERTIFICATE_THUMBPRINT)
                    .all(|extension| text(extension, "valueString").is_some_and(is_thumbprint)),
                "each certificate thumbprint must be 128 lower-case hex digits (SHA-512)",
            )
        }
        ResourceType::OrganizationAffiliation => {
            need(refers(resource.get("organization")), "organization must be a reference")?;
            need(
                refers(resource.get("participatingOrganization")),
                "participatingOrganization must be a reference",
            )?;
            need(
                matches!(list(resource, "endpoint"), [endpoint] if refers(Some(endpoint))),
                "there must be exactly one endpoint",
            )?;
            let codings = list(resource, "code").iter().flat_map(|code| list(code, "coding"));
            need(codings.filter_map(resource::Coding::of).count() > 0, "code must hold at least one role")
        }
        ResourceType::Subscription => {
            let channel = resource.get("channel").unwrap_or(&Value::Null);
            need(has("status"), "status is missing")?;
            need(text(channel, "type") == Some("websocket"), "channel.type must be websocket")?;
            need(
                matches!(text(channel, "payload"), None | Some(names::FHIR_JSON | names::FHIR_XML)),
                "channel.payload must be application/fhir+json, application/fhir+xml or absent",
            )?;
            let criteria = text(resource, "criteria").unwrap_or_default();
            let query = Query::parse_with_type(criteria, &jiff::tz::TimeZone::UTC).ok_or_else(|| {
                Refusal::new(
                    Code::Content,
                    format!("{resource_type}: criteria '{criteria}' is not Type?query of a stored type"),
                )
            })?;
            need(
                query.problems().is_empty(),
                &format!("criteria: {}", search::problems_text(query.problems())),
            )
        }
        ResourceType::Bundle => need(has("type"), "type is missing"),
        ResourceType::Task => Err(Refusal::new(Code::Content, "Task has its own rules")),
    }
}

fn publication(resource_type: ResourceType, resource: &Value) -> Result<(), Refusal> {
    for element in ["url", "version", "status"] {
        if text(resource, element).is_none_or(|text| text.trim().is_empty()) {
            return Err(Refusal::new(Code::Content, format!("{resource_type}: {element} is missing")));
        }
    }
    if matches!(text(resource, "status"), Some("draft" | "active" | "retired" | "unknown")) {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::Content,
            format!("{resource_type}: status must be draft, active, retired or unknown"),
        ))
    }
}

fn refers(reference: Option<&Value>) -> bool {
    reference.is_some_and(|reference| {
        text(reference, "reference").is_some() || reference.get("identifier").is_some_and(Value::is_object)
    })
}

/// Whether `text` is a SHA-512 as DSF writes it.
pub fn is_thumbprint(text: &str) -> bool {
    text.len() == 128 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

/// `https://<host>[:<port>][/<path>]`. DSF allows four digits for the port; that was a mistake.
fn is_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else { return false };
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let (host, port) = authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port)));
    !host.is_empty()
        && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
        && port
            .is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'/'))
}
