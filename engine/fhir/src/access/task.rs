//! The rules of Task: the core of federation. A peer may leave a Task in its own name; from then on only this site moves it.

use serde_json::Value;
use tessera_canary::{Canary, is_planted};

use super::{Actor, Code, Context, Identity, Operation, Refusal, permit};
use crate::directory::Directory;
use crate::limits::ENVELOPE_BYTES_MAX;
use crate::names;
use crate::process::{self, Authorization, ProcessCanonical};
use crate::resource::{self, Canonical, Identifier, ResourceType, list, text};
use crate::task::transition::{self, Check, Transition};
use crate::task::{Malformed, Message, Status};

/// May `identity` create this Task?
pub fn create(identity: &Identity, task: &Value, context: Context<'_>) -> Result<(), Refusal> {
    permit(identity, Operation::Create, ResourceType::Task)?;
    match status(task)? {
        Status::Draft => draft(identity, task, context.directory),
        Status::Requested => requested(identity, task, context),
        status @ (Status::Received
        | Status::Accepted
        | Status::Rejected
        | Status::Ready
        | Status::Cancelled
        | Status::InProgress
        | Status::OnHold
        | Status::Failed
        | Status::Completed
        | Status::EnteredInError) => Err(Refusal::new(
            Code::Status,
            format!(
                "Operation create forbidden: Task.status is '{status}'; create it as requested (or draft)"
            ),
        )),
    }
}

/// May `identity` read this Task?
pub fn read(identity: &Identity, task: &Value, directory: &Directory) -> Result<(), Refusal> {
    permit(identity, Operation::Read, ResourceType::Task)?;
    let own_mailbox = identity.is_local() && recipient_is_local(task, directory);
    let requester =
        task.get("requester").and_then(|requester| requester.get("identifier")).and_then(Identifier::of);
    let asked = |system: &str, value: &str| {
        requester.as_ref().is_some_and(|requester| requester.system == system && requester.value == value)
    };
    let allowed = match &identity.actor {
        Actor::Organization => own_mailbox || asked(names::ORGANIZATION_IDENTIFIER, &identity.organization),
        Actor::Practitioner(practitioner) => {
            (practitioner.is_admin() && own_mailbox)
                || asked(names::PRACTITIONER_IDENTIFIER, &practitioner.identifier)
                || (text(task, "status") == Some(Status::Draft.code()) && own_mailbox)
        }
    };
    if allowed {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::NotReadable,
            format!("Operation read forbidden: {identity} is neither requester nor recipient of the Task"),
        ))
    }
}

/// May `identity` replace `old` by `new`? Both as clients see them, with references cleaned. Says which step it is.
pub fn update(
    identity: &Identity,
    old: &Value,
    new: &Value,
    context: Context<'_>,
) -> Result<Transition, Refusal> {
    permit(identity, Operation::Update, ResourceType::Task)?;
    admin(identity, "update")?;
    let (from, to) = (status(old)?, status(new)?);
    let transition = transition::find(from, to).ok_or_else(|| {
        Refusal::new(
            Code::StatusChange,
            format!("Operation update forbidden: a Task cannot go from '{from}' to '{to}'"),
        )
    })?;
    if to == Status::Draft {
        draft(identity, new, context.directory)?;
        let (before, after) = (task_identifiers(old), task_identifiers(new));
        if before != after {
            return Err(Refusal::new(
                Code::Changed,
                "Operation update forbidden: the task-identifier of a draft changed",
            ));
        }
        return Ok(transition);
    }
    if let Some(element) = transition::forbidden_change(transition, old, new) {
        let code = if element == "Task.output" { Code::Output } else { Code::Changed };
        return Err(Refusal::new(
            code,
            format!(
                "Operation update forbidden: {element} must not change when a Task goes from '{from}' to '{to}'"
            ),
        ));
    }
    if transition.recipient == Check::Required {
        let message = Message::parse(new).map_err(|error| malformed(&error))?;
        let authorization = authorization(&message, context)?;
        recipient_authorised(&authorization, &message, context.directory)?;
    }
    Ok(transition)
}

/// May `identity` delete this Task?
pub fn delete(identity: &Identity, task: &Value) -> Result<(), Refusal> {
    permit(identity, Operation::Delete, ResourceType::Task)?;
    admin(identity, "delete")?;
    if text(task, "status") == Some(Status::Draft.code()) {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::NotDraft,
            "Operation delete forbidden: the Task is not a draft; it is part of the record",
        ))
    }
}

fn admin(identity: &Identity, operation: &str) -> Result<(), Refusal> {
    if identity.is_local_admin() {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::NotAdmin,
            format!("Operation {operation} forbidden: {identity} does not stand for the local organization"),
        ))
    }
}

fn status(task: &Value) -> Result<Status, Refusal> {
    let code = text(task, "status").unwrap_or_default();
    Status::parse(code).ok_or_else(|| malformed(&Malformed::Status(code.to_owned())))
}

fn draft(identity: &Identity, task: &Value, directory: &Directory) -> Result<(), Refusal> {
    admin(identity, "create")?;
    if !matches!(task_identifiers(task).as_slice(), [Some(value)] if !value.trim().is_empty()) {
        return Err(Refusal::new(
            Code::TaskIdentifier,
            format!(
                "a draft Task needs exactly one identifier of system {}, with a value",
                names::TASK_IDENTIFIER
            ),
        ));
    }
    let message = Message::parse(task).map_err(|error| malformed(&error))?;
    envelope(&message)?;
    if message.requester != Identifier::new(names::ORGANIZATION_IDENTIFIER, directory.local_organization()) {
        return Err(Refusal::new(
            Code::Requester,
            format!("Task.requester of a draft must be the local organization, not {}", message.requester),
        ));
    }
    recipient(&message, directory)?;
    no_output(task)
}

fn requested(identity: &Identity, task: &Value, context: Context<'_>) -> Result<(), Refusal> {
    if !task_identifiers(task).is_empty() {
        return Err(Refusal::new(
            Code::TaskIdentifier,
            format!("a requested Task must not have an identifier of system {}", names::TASK_IDENTIFIER),
        ));
    }
    let message = Message::parse(task).map_err(|error| malformed(&error))?;
    envelope(&message)?;
    let caller = match &identity.actor {
        Actor::Organization => Identifier::new(names::ORGANIZATION_IDENTIFIER, &identity.organization),
        Actor::Practitioner(practitioner) => {
            Identifier::new(names::PRACTITIONER_IDENTIFIER, &practitioner.identifier)
        }
    };
    if message.requester != caller && !is_planted(Canary::RequesterUnchecked) {
        return Err(Refusal::new(
            Code::Requester,
            format!(
                "Operation create forbidden: Task.requester is {}, but the caller is {caller}",
                message.requester
            ),
        ));
    }
    recipient(&message, context.directory)?;
    no_output(task)?;
    let authorization = authorization(&message, context)?;
    recipient_authorised(&authorization, &message, context.directory)?;
    if authorization.requesters.iter().any(|party| party.covers(identity, context.directory)) {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::NotAuthorised,
            format!(
                "Operation create forbidden: {identity} may not send message '{}' to {}",
                message.message_name,
                message.instantiates_canonical()
            ),
        ))
    }
}

/// The authorization that speaks of this message: of the installed ActivityDefinition, by message-name and profile.
fn authorization(message: &Message, context: Context<'_>) -> Result<Authorization, Refusal> {
    let canonical =
        Canonical { url: message.process_url.clone(), version: Some(message.process_version.clone()) };
    let mut installed = context
        .definitions
        .by_canonical(ResourceType::ActivityDefinition, &canonical)
        .filter(|definition| matches!(text(definition, "status"), Some("active" | "draft")))
        .peekable();
    if installed.peek().is_none() {
        return Err(Refusal::new(
            Code::Process,
            format!("process {canonical} is not installed and active here"),
        ));
    }
    installed
        .filter_map(|definition| process::authorizations(definition).ok())
        .flatten()
        .find(|authorization| {
            authorization.message_name == message.message_name
                && authorization.fits(message.profiles.iter().map(String::as_str))
        })
        .ok_or_else(|| {
            Refusal::new(
                Code::Profile,
                format!(
                    "process {canonical} has no message '{}' with profile {}",
                    message.message_name,
                    message.profiles.join(", ")
                ),
            )
        })
}

/// Short and printable, so that whoever sends cannot fill our keys or play tricks on our terminals.
fn envelope(message: &Message) -> Result<(), Refusal> {
    let texts = [
        (names::MESSAGE_NAME, Some(&message.message_name)),
        (names::BUSINESS_KEY, message.business_key.as_ref()),
        (names::CORRELATION_KEY, message.correlation_key.as_ref()),
    ];
    for (name, text) in texts {
        let Some(text) = text else { continue };
        if text.len() > ENVELOPE_BYTES_MAX {
            return Err(Refusal::new(
                Code::Envelope,
                format!("the {name} of the Task has {} bytes, {ENVELOPE_BYTES_MAX} are allowed", text.len()),
            ));
        }
        if text.chars().any(char::is_control) {
            return Err(Refusal::new(
                Code::Envelope,
                format!("the {name} of the Task holds a control character; send printable text"),
            ));
        }
    }
    Ok(())
}

fn recipient_authorised(
    authorization: &Authorization,
    message: &Message,
    directory: &Directory,
) -> Result<(), Refusal> {
    let local = directory.local_identity();
    if authorization.recipients.iter().any(|party| party.covers(&local, directory)) {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::NotAuthorised,
            format!(
                "{local} may not receive message '{}' of {}",
                message.message_name,
                message.instantiates_canonical()
            ),
        ))
    }
}

fn recipient(message: &Message, directory: &Directory) -> Result<(), Refusal> {
    if message.recipient == directory.local_organization()
        && directory.known_organization(&message.recipient).is_some()
    {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::Recipient,
            format!("Task.restriction.recipient is {}, not the organization of this site", message.recipient),
        ))
    }
}

fn recipient_is_local(task: &Value, directory: &Directory) -> bool {
    let recipients = task.get("restriction").map_or(&[][..], |restriction| list(restriction, "recipient"));
    let [recipient] = recipients else { return false };
    recipient.get("identifier").and_then(Identifier::of)
        == Some(Identifier::new(names::ORGANIZATION_IDENTIFIER, directory.local_organization()))
}

fn no_output(task: &Value) -> Result<(), Refusal> {
    if list(task, "output").is_empty() {
        Ok(())
    } else {
        Err(Refusal::new(Code::Output, "Task.output must be empty until the recipient has taken the Task"))
    }
}

fn task_identifiers(task: &Value) -> Vec<Option<&str>> {
    list(task, "identifier")
        .iter()
        .filter(|identifier| text(identifier, "system") == Some(names::TASK_IDENTIFIER))
        .map(|identifier| text(identifier, "value"))
        .collect()
}

fn malformed(malformed: &Malformed) -> Refusal {
    let code = match malformed {
        Malformed::NotATask(_) | Malformed::Key(_) => Code::Content,
        Malformed::Status(_) => Code::Status,
        Malformed::Process(_) => Code::Process,
        Malformed::MessageName => Code::MessageName,
        Malformed::Requester => Code::Requester,
        Malformed::Recipient => Code::Recipient,
    };
    Refusal::new(code, malformed.to_string())
}

/// Whether exactly one ActivityDefinition has the Task's canonical; DSF asks this of drafts, too.
pub fn process_exists(task: &Value, context: Context<'_>) -> Result<(), Refusal> {
    let canonical = text(task, "instantiatesCanonical").unwrap_or_default();
    let parsed = ProcessCanonical::parse(canonical)
        .ok_or_else(|| malformed(&Malformed::Process(canonical.to_owned())))?;
    let canonical = Canonical { url: parsed.url, version: Some(parsed.version) };
    match context.definitions.by_canonical(ResourceType::ActivityDefinition, &canonical).count() {
        1 => Ok(()),
        count => Err(Refusal::new(
            Code::Process,
            format!(
                "Task.instantiatesCanonical {canonical} names {count} ActivityDefinitions here, not exactly one"
            ),
        )),
    }
}

/// Whether a stored resource is a Task that `identity` may see; the row filter of searches.
pub fn visible(identity: &Identity, task: &Value, directory: &Directory) -> bool {
    resource::resource_type(task) == Some(ResourceType::Task) && read(identity, task, directory).is_ok()
}
