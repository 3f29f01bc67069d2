//! What an instance waits for, since when, and what would move it, in plain words.

use tessera_bpmn::compile::Program;

use super::state::Instance;
use crate::identity::Timestamp;

/// Plain words about one instance.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Explanation {
    /// One sentence per line: status first, then each thing that it waits for.
    pub lines: Vec<String>,
}

/// Explains `instance`. `program` is `None` when its definition is not deployed any more.
pub fn explain(instance: &Instance, program: Option<&Program>, now: Timestamp) -> Explanation {
    let _ = (instance, program, now);
    Explanation::default()
}
