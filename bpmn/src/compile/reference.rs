//! What flow elements refer to by id: messages, signals, errors and shared event definitions of the file.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Findings, Position, codes};
use crate::model::{Definitions, Error, Escalation, EventDefinition, Message, RootElement, Signal};

#[derive(Default)]
pub(super) struct References<'m> {
    pub(super) messages: BTreeMap<&'m str, &'m Message>,
    pub(super) signals: BTreeMap<&'m str, &'m Signal>,
    pub(super) errors: BTreeMap<&'m str, &'m Error>,
    pub(super) escalations: BTreeMap<&'m str, &'m Escalation>,
    pub(super) event_definitions: BTreeMap<&'m str, EventDefinition>,
    /// Every id that was seen, and where.
    ids: BTreeMap<&'m str, Position>,
}

impl<'m> References<'m> {
    pub(super) fn of(definitions: &'m Definitions, findings: &mut Findings) -> Self {
        let mut references = Self::default();
        for element in &definitions.root_elements {
            let Some(id) = element.base().id.as_deref() else { continue };
            references.claim(id, element.base().position, findings);
            #[expect(clippy::wildcard_enum_match_arm, reason = "flow elements refer to nothing else by id")]
            match element {
                RootElement::Message(message) => drop(references.messages.insert(id, message)),
                RootElement::Signal(signal) => drop(references.signals.insert(id, signal)),
                RootElement::Error(error) => drop(references.errors.insert(id, error)),
                RootElement::Escalation(escalation) => drop(references.escalations.insert(id, escalation)),
                other => {
                    if let Some(definition) = other.event_definition() {
                        references.event_definitions.insert(id, definition);
                    }
                }
            }
        }
        references
    }

    /// Notes an id as taken.
    pub(super) fn claim(&mut self, id: &'m str, position: Position, findings: &mut Findings) {
        if let Some(first) = self.ids.insert(id, position) {
            let message = format!("`{id}` is also the id of the element at {first}");
            findings.add(
                Diagnostic::error(codes::DUPLICATE_ID, message, position)
                    .about(id)
                    .help("rename one of them"),
            );
        }
    }
}
