//! Read-access tags: `meta.tag` says who may read a resource that is not a Task.

use serde_json::Value;

use super::{Code, Context, Identity, Operation, Refusal, permit};
use crate::directory::Directory;
use crate::names;
use crate::resource::{self, Coding, ResourceType, extensions, list, text};

/// One read-access tag.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Tag {
    All,
    Local,
    Organization(String),
    Role { parent: String, role: Coding },
}

/// May `identity` read this resource, by its tags?
pub fn read(identity: &Identity, resource: &Value, directory: &Directory) -> Result<(), Refusal> {
    let refused = || {
        Refusal::new(
            Code::NotReadable,
            format!("Operation read forbidden: no read-access tag of the resource covers {identity}"),
        )
    };
    let resource_type = resource::resource_type(resource).ok_or_else(refused)?;
    permit(identity, Operation::Read, resource_type)?;
    let covered = tags(resource).flatten().any(|tag| match tag {
        Tag::All => true,
        Tag::Local => identity.is_local(),
        Tag::Organization(organization) => {
            organization == identity.organization && directory.active_organization(&organization).is_some()
        }
        Tag::Role { parent, role } => directory.has_role(&parent, &identity.organization, &role, None),
    });
    if covered { Ok(()) } else { Err(refused()) }
}

/// Are the tags of a new or changed resource in order?
pub fn valid(resource: &Value, context: Context<'_>) -> Result<(), Refusal> {
    let mut read = Vec::new();
    for tag in tags(resource) {
        read.push(tag.ok_or_else(|| {
            Refusal::new(
                Code::Tags,
                "meta.tag holds a read-access tag that is malformed or has an unknown code",
            )
        })?);
    }
    let count = |wanted: &Tag| read.iter().filter(|tag| *tag == wanted).count();
    let shape_ok = match (count(&Tag::All), count(&Tag::Local)) {
        (1, 0) => read.len() == 1,
        (0, 1) => true,
        _ => false,
    };
    if !shape_ok {
        return Err(Refusal::new(
            Code::Tags,
            "meta.tag needs exactly one read-access tag ALL and no other, or exactly one LOCAL and any number of ORGANIZATION and ROLE",
        ));
    }
    for tag in &read {
        match tag {
            Tag::All | Tag::Local => {}
            Tag::Organization(identifier) => known(identifier, context.directory)?,
            Tag::Role { parent, role } => {
                known(parent, context.directory)?;
                if context.definitions.has_code(&role.system, &role.code) != Some(true) {
                    return Err(Refusal::new(
                        Code::Tags,
                        format!("read-access tag ROLE names the unknown role {}|{}", role.system, role.code),
                    ));
                }
            }
        }
    }
    Ok(())
}

/// Whether `identity` sees this resource in a search; the row filter.
pub fn visible(identity: &Identity, resource: &Value, directory: &Directory) -> bool {
    match resource::resource_type(resource) {
        Some(ResourceType::Task) => super::task::visible(identity, resource, directory),
        Some(_) => read(identity, resource, directory).is_ok(),
        None => false,
    }
}

fn known(identifier: &str, directory: &Directory) -> Result<(), Refusal> {
    match directory.known_organization(identifier) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(
            Code::Tags,
            format!("read-access tag names the unknown organization {identifier}"),
        )),
    }
}

/// The read-access tags; none for each that is malformed.
fn tags(resource: &Value) -> impl Iterator<Item = Option<Tag>> {
    resource
        .get("meta")
        .map_or(&[][..], |meta| list(meta, "tag"))
        .iter()
        .filter(|tag| text(tag, "system") == Some(names::READ_ACCESS_TAG))
        .map(tag)
}

fn tag(tag: &Value) -> Option<Tag> {
    match text(tag, "code")? {
        "ALL" => Some(Tag::All),
        "LOCAL" => Some(Tag::Local),
        "ORGANIZATION" => {
            organization(extensions(tag, names::READ_ACCESS_ORGANIZATION).next()?).map(Tag::Organization)
        }
        "ROLE" => {
            let details = extensions(tag, names::READ_ACCESS_PARENT_ORGANIZATION_ROLE).next()?;
            let parent = organization(extensions(details, names::PARENT_ORGANIZATION).next()?)?;
            let role = extensions(details, names::ORGANIZATION_ROLE)
                .next()?
                .get("valueCoding")
                .and_then(Coding::of)?;
            Some(Tag::Role { parent, role })
        }
        _ => None,
    }
}

fn organization(element: &Value) -> Option<String> {
    let identifier = element.get("valueIdentifier")?;
    (text(identifier, "system") == Some(names::ORGANIZATION_IDENTIFIER))
        .then(|| text(identifier, "value").map(str::to_owned))?
}
