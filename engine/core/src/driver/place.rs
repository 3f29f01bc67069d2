//! Where an instance stands and which way it came, as data: for tools that compare or draw it. Plain words about the
//! same are in [`Explanation`](crate::driver::Explanation).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::NodeKey;
use crate::instance::{Role, State};

/// One activation that is alive; the process itself is [`NodeKey::ROOT`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Its key within the instance.
    pub node: NodeKey,
    /// The activation around it; the root is its own.
    pub parent: NodeKey,
    /// BPMN id of its element, or of its flow.
    pub element: Arc<str>,
    /// What part it plays.
    pub role: Role,
    /// How far it has come.
    pub state: State,
    /// The variables that it holds itself, counters of iterations included.
    pub variables: BTreeMap<Arc<str>, Arc<Value>>,
}

/// One change of where an instance stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Move {
    /// An activation began.
    Entered {
        /// Its key within the instance.
        node: NodeKey,
        /// The activation around it.
        parent: NodeKey,
        /// BPMN id of its element, or of its flow.
        element: Arc<str>,
        /// What part it plays.
        role: Role,
        /// BPMN id of the flow by which the token came.
        by: Option<Arc<str>>,
    },
    /// An activation ended by itself.
    Completed {
        /// Its key within the instance.
        node: NodeKey,
    },
    /// An activation was ended by something else before it began.
    Withdrawn {
        /// Its key within the instance.
        node: NodeKey,
    },
    /// An activation was ended by something else.
    Cancelled {
        /// Its key within the instance.
        node: NodeKey,
    },
}
