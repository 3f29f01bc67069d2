//! What happened to one instance, counted from its journal: which elements completed, which were cancelled, which are
//! active, and by which way.

use std::collections::BTreeMap;
use std::sync::Arc;

use tessera_core::driver::{JournalEntry, Move};
use tessera_core::identity::NodeKey;
use tessera_core::instance::Role;

/// How often something happened, by element id.
pub type Counts = BTreeMap<String, usize>;

/// One activation.
#[derive(Debug, Clone)]
struct Activation {
    parent: NodeKey,
    element: Arc<str>,
    role: Role,
}

/// The history of one instance, as far as it was read.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// The first step that was not read.
    pub next_step: u64,
    /// Completed activations.
    pub completed: Counts,
    /// Cancelled activations.
    pub cancelled: Counts,
    alive: BTreeMap<NodeKey, Activation>,
    /// The element whose completion was the last one directly in the process.
    pub last: Option<Arc<str>>,
    /// One line per thing that happened.
    pub lines: Vec<String>,
}

impl History {
    /// Reads on.
    pub fn read(&mut self, entries: &[JournalEntry]) {
        for entry in entries {
            self.next_step = entry.step.saturating_add(1);
            self.lines.push(format!("step {}: {}", entry.step, entry.cause));
            for change in &entry.moves {
                self.follow(change);
            }
        }
    }

    fn follow(&mut self, change: &Move) {
        match change {
            Move::Entered { node, parent, element, role, by } => {
                let by = by.as_ref().map(|flow| format!(" by {flow}")).unwrap_or_default();
                self.lines.push(format!("  entered {}{by}", named(element, *role)));
                let activation = Activation { parent: *parent, element: element.clone(), role: *role };
                self.alive.insert(*node, activation);
            }
            Move::Completed { node } => {
                let Some(activation) = self.alive.remove(node) else { return };
                self.lines.push(format!("  completed {}", named(&activation.element, activation.role)));
                if !is_element(activation.role) {
                    return;
                }
                if activation.parent == NodeKey::ROOT {
                    self.last = Some(activation.element.clone());
                }
                count(&mut self.completed, &activation);
            }
            Move::Withdrawn { node } => drop(self.alive.remove(node)),
            Move::Cancelled { node } => {
                let Some(activation) = self.alive.remove(node) else { return };
                self.lines.push(format!("  cancelled {}", named(&activation.element, activation.role)));
                if is_element(activation.role) {
                    count(&mut self.cancelled, &activation);
                }
            }
        }
    }

    /// Active elements.
    pub fn active(&self) -> Counts {
        let mut counts = Counts::new();
        for activation in self.alive.values().filter(|activation| is_element(activation.role)) {
            count(&mut counts, activation);
        }
        counts
    }
}

/// Whether it is something that stands in the model, and not a token on a flow or what is undone.
fn is_element(role: Role) -> bool {
    matches!(role, Role::Element | Role::Body | Role::Iteration(_))
}

fn count(counts: &mut Counts, activation: &Activation) {
    *counts.entry(named(&activation.element, activation.role)).or_default() += 1;
}

/// All iterations together have a name of their own.
pub(super) fn named(element: &str, role: Role) -> String {
    match role {
        Role::Body => format!("{element}#multiInstanceBody"),
        Role::Element | Role::Iteration(_) => element.to_owned(),
        Role::Flow => format!("flow {element}"),
        Role::Restored => format!("what {element} was"),
    }
}
