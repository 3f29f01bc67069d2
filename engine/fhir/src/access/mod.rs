//! Who may do what. Every rule denies unless it finds a reason to allow, and every refusal has a stable code and says why.
//!
//! The rules are pure functions over an [`Identity`] and a [`Context`]. Task is the heart of federation ([`task`]); all other
//! types share the rules of read-access tags ([`tags`]) and the checks of their content ([`content`]).

pub mod content;
mod identity;
mod refusal;
pub mod tags;
pub mod task;

use crate::definitions::Definitions;
use crate::directory::Directory;
use crate::resource::ResourceType;

pub use identity::{Actor, Identity, Practitioner, Standing};
pub use refusal::{Code, Refusal};

/// What a decision may look at besides the resource itself.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The network.
    pub directory: &'a Directory,
    /// Conformance resources.
    pub definitions: &'a Definitions,
}

/// What somebody wants to do with resources of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Store a new one.
    Create,
    /// Read one.
    Read,
    /// Change one.
    Update,
    /// Mark one as deleted.
    Delete,
    /// Find some.
    Search,
    /// See former versions.
    History,
    /// Be told about changes.
    WebSocket,
}

impl Operation {
    /// All of them.
    pub const ALL: &'static [Self] =
        &[Self::Create, Self::Read, Self::Update, Self::Delete, Self::Search, Self::History, Self::WebSocket];

    const fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Search => "search",
            Self::History => "history",
            Self::WebSocket => "websocket",
        }
    }
}

/// The first gate: what an identity may do with a type at all. The local organization has all rights; a remote one creates
/// Tasks, reads and searches.
pub fn permit(identity: &Identity, operation: Operation, resource_type: ResourceType) -> Result<(), Refusal> {
    let allowed = match (identity.standing, operation) {
        (Standing::Local, _) => true,
        (Standing::Remote, Operation::Create) => resource_type == ResourceType::Task,
        (Standing::Remote, Operation::Read | Operation::Search | Operation::History) => true,
        (Standing::Remote, Operation::Update | Operation::Delete | Operation::WebSocket) => false,
    };
    if allowed {
        Ok(())
    } else {
        Err(Refusal::new(
            Code::Right,
            format!(
                "Operation {} forbidden: {identity} has no such right on {resource_type}",
                operation.name()
            ),
        ))
    }
}
