//! What flow elements refer to by id: messages, signals, errors and shared event definitions of the file.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Findings, Position, codes};
use crate::model::{Definitions, Error, Escalation, EventDefinition, Message, RootElement, Signal};

#[derive(Default)]
pub(super) struct References<'m> {
    pub(super) messages: BTreeMap<&'m str, &'m Message>,
    pub(super) signals: BTreeMap<&'m str, &'m Signal>,
    pub(super) errors: BTreeMap<&'m str, &'m Error>,
    pub(super) escalations: BTreeMap<&'m str, &'m Escalation>,
    pub(super) event_definitions: BTreeMap<&'m str, EventDefinition>,
    /// Tasks that stand beside the processes, to be called.
    pub(super) global_tasks: BTreeSet<&'m str>,
    signal_names: BTreeMap<&'m str, &'m str>,
    /// Every id that was seen, and where.
    ids: BTreeMap<&'m str, Position>,
}

impl<'m> References<'m> {
    pub(super) fn of(definitions: &'m Definitions, findings: &mut Findings) -> Self {
        let mut references = Self::default();
        for element in &definitions.root_elements {
            let Some(id) = element.base().id.as_deref() else {
                is_lost(element, findings);
                continue;
            };
            references.claim(id, element.base().position, findings);
            #[expect(clippy::wildcard_enum_match_arm, reason = "flow elements refer to nothing else by id")]
            match element {
                RootElement::Message(message) => drop(references.messages.insert(id, message)),
                RootElement::Signal(signal) => references.signal(id, signal, findings),
                RootElement::Error(error) => drop(references.errors.insert(id, error)),
                RootElement::Escalation(escalation) => drop(references.escalations.insert(id, escalation)),
                RootElement::GlobalTask(_)
                | RootElement::GlobalUserTask(_)
                | RootElement::GlobalManualTask(_)
                | RootElement::GlobalScriptTask(_)
                | RootElement::GlobalBusinessRuleTask(_) => drop(references.global_tasks.insert(id)),
                other => {
                    if let Some(definition) = other.event_definition() {
                        references.event_definitions.insert(id, definition);
                    }
                }
            }
        }
        references
    }

    /// A signal reaches whoever waits for its name: two of one name are one too many.
    fn signal(&mut self, id: &'m str, signal: &'m Signal, findings: &mut Findings) {
        let name = signal.name.as_deref().filter(|name| !name.trim().is_empty());
        if let Some(first) = name.and_then(|name| self.signal_names.insert(name, id)) {
            let message = format!("the signal `{first}` has the same name");
            let finding = Diagnostic::error(codes::SAME_SIGNAL_NAME, message, signal.position).about(id);
            findings.add(finding.help("refer to one of them, or rename it"));
        }
        self.signals.insert(id, signal);
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

/// What is referred to by its id and has none.
fn is_lost(element: &RootElement, findings: &mut Findings) {
    let (RootElement::Message(_)
    | RootElement::Signal(_)
    | RootElement::Error(_)
    | RootElement::Escalation(_)) = element
    else {
        return;
    };
    let message = format!("`{}` has no id", element.tag());
    let finding = Diagnostic::error(codes::MISSING_ID, message, element.base().position);
    findings.add(finding.help("nothing can refer to it; set `id`"));
}
