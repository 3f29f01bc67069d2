//! What people do about an instance that waits for them. The name of the element says what, so that the walker and the
//! world do the same, and the oracle need not know.

use std::sync::Arc;

use serde_json::Value;
use tessera_core::driver::{Command, Correlation};
use tessera_core::identity::{InstanceId, NodeKey, WaitKey};
use tessera_core::instance::{Input, Modification, Wait, WaitKind};

use crate::block::Id;
use crate::model::{self, NOTE};

/// What somebody does about a wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Says that work is done.
    Complete,
    /// Says that it went wrong.
    Throw,
    /// Sets the variable that a condition beside it looks at.
    SetVariables,
    /// Moves the token elsewhere.
    Modify,
    /// Gives a message to this one.
    Deliver,
    /// Gives a message to whoever waits for it.
    Correlate,
    /// Broadcasts what is waited for.
    Signal,
}

/// By the names of elements, without the number of their block.
const BY_NAME: &[(&str, Deed)] = &[
    ("human", Deed::Complete),
    ("refused", Deed::Throw),
    ("flagged", Deed::SetVariables),
    ("moved", Deed::Modify),
    ("told", Deed::Deliver),
    ("correlated", Deed::Correlate),
    ("announced", Deed::Signal),
];

impl Deed {
    /// What somebody is meant to do about a wait; about all others nobody does anything.
    pub(crate) fn about(wait: &Wait) -> Option<Self> {
        let name = wait.element.trim_end_matches(|digit: char| digit.is_ascii_digit());
        let (_, deed) = BY_NAME.iter().find(|(known, _)| *known == name)?;
        let is_meant = match deed {
            Self::Complete | Self::Throw | Self::SetVariables | Self::Modify => {
                wait.kind == WaitKind::Completion
            }
            Self::Deliver | Self::Correlate => matches!(wait.kind, WaitKind::Message { .. }),
            Self::Signal => matches!(wait.kind, WaitKind::Signal { .. }),
        };
        is_meant.then_some(*deed)
    }

    /// As a command to the site of the instance.
    pub(crate) fn command(
        self,
        instance: InstanceId,
        key: WaitKey,
        wait: &Wait,
        conversation: &Arc<str>,
    ) -> Command {
        let variables = model::said(conversation);
        match self {
            Self::Complete => Command::Complete { instance, wait: key, variables },
            Self::Throw => {
                let (code, message) = ("red".to_owned(), String::new());
                Command::Throw { instance, wait: key, code, message, variables }
            }
            Self::SetVariables => Command::SetVariables { instance, variables: flag(wait) },
            Self::Modify => Command::Modify { instance, changes: moves(wait) },
            Self::Deliver => Command::Deliver { instance, wait: key, name: NOTE.into(), variables },
            Self::Correlate => Command::Correlate(Box::new(Correlation {
                name: NOTE.into(),
                process_id: None,
                business_key: Some(conversation.clone()),
                correlation_key: correlation_key(wait),
                keys: Vec::new(),
                variables,
                all: false,
                ttl_ms: None,
            })),
            Self::Signal => Command::Signal { name: signal(wait), variables },
        }
    }

    /// As an input of the instance.
    pub(crate) fn input(self, key: WaitKey, wait: &Wait, conversation: &str) -> Input {
        let variables = model::said(conversation);
        match self {
            Self::Complete => Input::Complete { wait: key, variables },
            Self::Throw => {
                Input::Throw { wait: key, code: "red".to_owned(), message: String::new(), variables }
            }
            Self::SetVariables => Input::SetVariables { node: NodeKey::ROOT, variables: flag(wait) },
            Self::Modify => Input::Modify(moves(wait)),
            Self::Deliver | Self::Correlate => Input::Delivery { wait: key, name: NOTE.into(), variables },
            Self::Signal => Input::Signal { wait: key, name: signal(wait), variables },
        }
    }
}

fn flag(wait: &Wait) -> Vec<(Arc<str>, Arc<Value>)> {
    vec![(format!("flag{}", block(wait)).into(), Arc::new(1.into()))]
}

/// The new token first: a scope without any would end.
fn moves(wait: &Wait) -> Vec<Modification> {
    let there = format!("there{}", block(wait));
    vec![Modification::StartBefore(there.into()), Modification::Cancel(wait.element.clone())]
}

fn correlation_key(wait: &Wait) -> Option<Arc<str>> {
    if let WaitKind::Message { correlation_key, .. } = &wait.kind { correlation_key.clone() } else { None }
}

fn signal(wait: &Wait) -> Arc<str> {
    if let WaitKind::Signal { name } = &wait.kind { name.clone() } else { "".into() }
}

fn block(wait: &Wait) -> Id {
    let digits = wait.element.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    digits.parse().unwrap_or_default()
}
