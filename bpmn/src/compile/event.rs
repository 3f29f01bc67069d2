//! What events wait for and throw.

use std::collections::BTreeMap;

use super::extension::{self, Extensions};
use super::graph::Graph;
use super::{
    Changes, Condition, ErrorTrigger, EscalationTrigger, MessageTrigger, Send, Throw, Timer, TimerKind,
    Trigger, time,
};
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::dialect;
use crate::expression::{Template, is_computed};
use crate::model::{
    Base, CatchEvent, ConditionalEventDefinition, Content, ErrorEventDefinition, EscalationEventDefinition,
    EventDefinition, MessageEventDefinition, Reference, SignalEventDefinition, ThrowEvent,
    TimerEventDefinition,
};
use crate::xml::Attribute;

/// Where an event stands: what it may wait for or throw depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Start,
    SubProcessStart,
    EventSubProcessStart,
    Catch,
    Boundary,
    Throw,
    End,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Self::Start => "start event",
            Self::SubProcessStart => "start event of a subprocess",
            Self::EventSubProcessStart => "start event of an event subprocess",
            Self::Catch => "intermediate catch event",
            Self::Boundary => "boundary event",
            Self::Throw => "intermediate throw event",
            Self::End => "end event",
        }
    }

    /// Whether the engine executes it here.
    fn executes(self, definition: &EventDefinition) -> bool {
        use EventDefinition as Definition;
        match definition {
            Definition::MessageEventDefinition(_) => self != Self::SubProcessStart,
            Definition::SignalEventDefinition(_) => self != Self::SubProcessStart,
            Definition::TimerEventDefinition(_) => {
                matches!(self, Self::Start | Self::Catch | Self::Boundary | Self::EventSubProcessStart)
            }
            Definition::ErrorEventDefinition(_) => {
                matches!(self, Self::Boundary | Self::EventSubProcessStart | Self::End)
            }
            Definition::EscalationEventDefinition(_) => {
                matches!(self, Self::Boundary | Self::EventSubProcessStart | Self::Throw | Self::End)
            }
            Definition::TerminateEventDefinition(_) => self == Self::End,
            Definition::ConditionalEventDefinition(_) => {
                matches!(self, Self::Start | Self::Catch | Self::Boundary | Self::EventSubProcessStart)
            }
            Definition::CompensateEventDefinition(_) => {
                matches!(self, Self::Boundary | Self::EventSubProcessStart | Self::Throw | Self::End)
            }
            Definition::CancelEventDefinition(_) => matches!(self, Self::Boundary | Self::End),
            Definition::LinkEventDefinition(_) => false,
        }
    }

    /// Whether BPMN allows it here at all.
    fn allows(self, definition: &EventDefinition) -> bool {
        use EventDefinition as Definition;
        let throws = matches!(self, Self::Throw | Self::End);
        match definition {
            Definition::MessageEventDefinition(_) | Definition::SignalEventDefinition(_) => {
                self != Self::SubProcessStart
            }
            Definition::TimerEventDefinition(_) | Definition::ConditionalEventDefinition(_) => {
                !throws && self != Self::SubProcessStart
            }
            Definition::ErrorEventDefinition(_) => {
                matches!(self, Self::Boundary | Self::EventSubProcessStart | Self::End)
            }
            Definition::CancelEventDefinition(_) => matches!(self, Self::Boundary | Self::End),
            Definition::TerminateEventDefinition(_) => self == Self::End,
            Definition::EscalationEventDefinition(_) | Definition::CompensateEventDefinition(_) => {
                throws || matches!(self, Self::Boundary | Self::EventSubProcessStart)
            }
            Definition::LinkEventDefinition(_) => matches!(self, Self::Catch | Self::Throw),
        }
    }
}

/// The text of an expression without blanks around it, and where it starts.
pub(super) fn trim(content: &Content) -> (String, Position) {
    let text = content.text();
    let blank = text.len().saturating_sub(text.trim_start().len());
    let position = content.text_position().after(text.get(..blank).unwrap_or_default());
    (text.trim().to_owned(), position)
}

/// What an event refers to is not in the file, which was reported.
struct Dangling;

impl<'m> Graph<'m, '_> {
    /// What an event waits for; [`Trigger::None`] also stands in for what is refused.
    pub(super) fn trigger(&mut self, event: &'m CatchEvent, id: &'m str, place: Place) -> Trigger {
        let definitions = self.definitions(
            &event.event_definitions,
            &event.event_definition_references,
            event.base(),
            id,
            place,
        );
        if definitions.is_empty() {
            let missing = event.event_definitions.is_empty() && event.event_definition_references.is_empty();
            if missing && matches!(place, Place::Catch | Place::Boundary | Place::EventSubProcessStart) {
                let finding = Diagnostic::error(
                    codes::EVENT_WITHOUT_TRIGGER,
                    format!("this {} has nothing to wait for", place.name()),
                    event.position,
                );
                self.findings.add(finding.about(id).help("give it a message, timer or signal"));
            }
            return Trigger::None;
        }
        let triggers = definitions.iter().filter_map(|definition| self.one_trigger(definition, id, place));
        let mut triggers: Vec<Trigger> = triggers.collect();
        if definitions.len() > 1 {
            let all = event.parallel_multiple == Some(true);
            self.check_several(&triggers, all, event.base(), id, place);
            return Trigger::Several { triggers, all };
        }
        triggers.pop().unwrap_or(Trigger::None)
    }

    fn one_trigger(&mut self, definition: &EventDefinition, id: &'m str, place: Place) -> Option<Trigger> {
        match definition {
            EventDefinition::MessageEventDefinition(definition) => {
                let message = self.message_trigger_of_event(definition, id)?;
                let known = place != Place::Start || self.is_known(&message.name, codes::MESSAGE_NAME, id);
                known.then_some(Trigger::Message(message))
            }
            EventDefinition::TimerEventDefinition(definition) => {
                let timer = self.timer(definition, id)?;
                (place != Place::Start || self.is_due(&timer, id)).then_some(Trigger::Timer(timer))
            }
            EventDefinition::SignalEventDefinition(definition) => {
                let name = self.signal(definition, id)?;
                let known = place != Place::Start || self.is_known(&name, codes::SIGNAL_NAME, id);
                known.then_some(Trigger::Signal { name })
            }
            EventDefinition::ErrorEventDefinition(definition) => {
                Some(Trigger::Error(self.error_trigger(definition, id)))
            }
            EventDefinition::EscalationEventDefinition(definition) => {
                self.escalation_trigger(definition, id).map(Trigger::Escalation)
            }
            EventDefinition::ConditionalEventDefinition(definition) => {
                self.condition_trigger(definition, id).map(Trigger::Condition)
            }
            EventDefinition::CompensateEventDefinition(_) => Some(Trigger::Compensation),
            EventDefinition::CancelEventDefinition(_) => Some(Trigger::Cancel),
            EventDefinition::LinkEventDefinition(_) | EventDefinition::TerminateEventDefinition(_) => None,
        }
    }

    /// What can be waited for by one event together.
    fn check_several(&mut self, triggers: &[Trigger], all: bool, base: &Base, id: &str, place: Place) {
        if place == Place::Start && all {
            self.not_yet("a start event that needs all of several event definitions", base, id);
        }
        let thrown_at = |trigger: &&Trigger| match trigger {
            Trigger::Compensation | Trigger::Cancel => true,
            Trigger::Error(_) | Trigger::Escalation(_) => all,
            Trigger::None
            | Trigger::Message(_)
            | Trigger::Timer(_)
            | Trigger::Signal { .. }
            | Trigger::Condition(_)
            | Trigger::Several { .. } => false,
        };
        let conditions = triggers.iter().filter(|trigger| matches!(trigger, Trigger::Condition(_))).count();
        let message = if triggers.iter().any(|trigger| thrown_at(&trigger)) {
            "an event definition of this event cannot stand beside others"
        } else if all && conditions > 1 {
            "an event that waits for all its event definitions has one condition at most"
        } else {
            return;
        };
        let finding = Diagnostic::error(codes::EVENT_DEFINITION_PLACE, message, base.position);
        self.findings.add(finding.about(id).help("give it an event of its own"));
    }

    /// What an event throws; [`Throw::None`] also stands in for what is refused.
    pub(super) fn throw(&mut self, event: &'m ThrowEvent, id: &'m str, place: Place) -> Throw {
        let definitions = self.definitions(
            &event.event_definitions,
            &event.event_definition_references,
            event.base(),
            id,
            place,
        );
        let last = definitions.len().saturating_sub(1);
        let mut throws = Vec::new();
        for (number, definition) in definitions.iter().enumerate() {
            let Some(throw) = self.one_throw(definition, id, number) else { continue };
            if number != last && throw.ends_scope() {
                let position = definition.base().position;
                let message = "what stands behind this event definition would never be thrown";
                let finding = Diagnostic::error(codes::EVENT_DEFINITION_PLACE, message, position);
                self.findings.add(finding.about(id).help("let it be the last one of the event"));
            }
            throws.push(throw);
        }
        match throws.len() {
            0 | 1 => throws.pop().unwrap_or(Throw::None),
            // One that was refused leaves the places of the others wrong, which nobody executes.
            _ => Throw::Several(throws),
        }
    }

    /// `number` is its place among the definitions of its event.
    fn one_throw(&mut self, definition: &EventDefinition, id: &'m str, number: usize) -> Option<Throw> {
        match definition {
            EventDefinition::MessageEventDefinition(definition) => {
                self.send(&definition.base, definition.message.as_ref(), None, id).map(Throw::Message)
            }
            EventDefinition::SignalEventDefinition(definition) => self.thrown_signal(definition, id),
            EventDefinition::ErrorEventDefinition(definition) => self.thrown_error(definition, id),
            EventDefinition::TerminateEventDefinition(_) => Some(Throw::Terminate),
            EventDefinition::EscalationEventDefinition(definition) => self.thrown_escalation(definition, id),
            EventDefinition::CompensateEventDefinition(definition) => {
                if let Some(activity) = &definition.activity {
                    self.compensation.thrown.push((id, number, activity.clone(), definition.position));
                }
                Some(Throw::Compensation { activity: None })
            }
            EventDefinition::CancelEventDefinition(_) => Some(Throw::Cancel),
            EventDefinition::TimerEventDefinition(_)
            | EventDefinition::ConditionalEventDefinition(_)
            | EventDefinition::LinkEventDefinition(_) => None,
        }
    }

    /// The definitions of an event; none if one of them is not executed at its place.
    fn definitions(
        &mut self,
        own: &[EventDefinition],
        shared: &[Reference],
        event: &Base,
        id: &str,
        place: Place,
    ) -> Vec<EventDefinition> {
        let mut definitions: Vec<EventDefinition> = own.to_vec();
        for reference in shared {
            match self.references.event_definitions.get(reference.id()) {
                Some(definition) => definitions.push(definition.clone()),
                None => {
                    self.dangling(
                        codes::EVENT_DEFINITION_REFERENCE,
                        "event definition",
                        reference,
                        event,
                        id,
                    );
                }
            }
        }
        for definition in &definitions {
            self.idle_words(definition.base(), id);
        }
        let executed =
            definitions.iter().filter(|definition| self.is_executed(definition, id, place)).count();
        if executed == definitions.len() { definitions } else { Vec::new() }
    }

    fn is_executed(&mut self, definition: &EventDefinition, id: &str, place: Place) -> bool {
        if !place.allows(definition) {
            let message = format!("`{}` is not allowed on an {}", definition.tag(), place.name())
                .replace("an start", "a start")
                .replace("an boundary", "a boundary");
            let position = definition.base().position;
            self.findings.add(Diagnostic::error(codes::EVENT_DEFINITION_PLACE, message, position).about(id));
            return false;
        }
        if !place.executes(definition) {
            self.not_yet(&format!("`{}` on this {}", definition.tag(), place.name()), definition.base(), id);
            return false;
        }
        true
    }

    fn message_trigger_of_event(
        &mut self,
        definition: &MessageEventDefinition,
        id: &str,
    ) -> Option<MessageTrigger> {
        self.message_trigger(&definition.base, definition.message.as_ref(), id)
    }

    /// The message that an event or a receive task waits for.
    pub(super) fn message_trigger(
        &mut self,
        base: &Base,
        message: Option<&Reference>,
        id: &str,
    ) -> Option<MessageTrigger> {
        let Some(reference) = message else {
            let finding = Diagnostic::error(
                codes::MESSAGE_REFERENCE,
                "it waits for a message and does not say which",
                base.position,
            );
            self.findings
                .add(finding.about(id).help("set `messageRef` to the id of a `message` of this file"));
            return None;
        };
        let name = self.message_name(reference, base, id)?;
        let message = self.references.messages.get(reference.id()).copied();
        let subscription = message.and_then(|message| extension::zeebe(message.base(), "subscription"));
        let key = extension::tessera_attribute(base, "correlationKey")
            .or_else(|| {
                message.and_then(|message| extension::tessera_attribute(message.base(), "correlationKey"))
            })
            .or_else(|| subscription.and_then(|subscription| subscription.find_attribute("correlationKey")));
        let correlation_key = match key {
            Some(key) => Some(self.extensions(base, id).template(&key.value, key.position)?),
            None => None,
        };
        Some(MessageTrigger { name, correlation_key })
    }

    pub(super) fn message_name(&mut self, reference: &Reference, base: &Base, id: &str) -> Option<Template> {
        let Some(message) = self.references.messages.get(reference.id()).copied() else {
            self.dangling(codes::MESSAGE_REFERENCE, "message", reference, base, id);
            return None;
        };
        let Some(name) = message.name.as_deref().filter(|name| !name.trim().is_empty()) else {
            let finding = Diagnostic::error(
                codes::MESSAGE_NAME,
                format!("the message `{}` has no name", reference.id()),
                message.position,
            );
            self.findings.add(finding.about(id).help("messages are found by their name; set `name`"));
            return None;
        };
        self.extensions(base, id).template(name, message.position)
    }

    /// A message that an event or a send task sends.
    pub(super) fn send(
        &mut self,
        base: &Base,
        message: Option<&Reference>,
        implementation: Option<&str>,
        id: &str,
    ) -> Option<Send> {
        let message_name = match message {
            Some(reference) => Some(self.message_name(reference, base, id)?),
            None => None,
        };
        let mut extensions = self.extensions(base, id);
        extensions.refuse_built_in_work();
        let handler =
            extensions.handler().or_else(|| implementation.and_then(super::activity::named_implementation));
        let expression = extension::camunda_attribute(base, "expression").filter(|_| handler.is_none());
        if let Some(expression) = expression {
            let help = "set `tessera:handler` (or `camunda:class`) to a handler that shapes it";
            extensions.refuse(
                codes::HANDLER,
                "an expression cannot shape a message",
                expression.position,
                help,
            );
            return None;
        }
        let fields = extensions.fields();
        if message_name.is_none() && handler.is_none() {
            let finding = Diagnostic::error(
                codes::HANDLER,
                "it sends a message and says neither which nor who shapes it",
                base.position,
            );
            self.findings
                .add(finding.about(id).help("set `messageRef`, or `tessera:handler` (or `camunda:class`)"));
            return None;
        }
        Some(Send { message_name, handler, fields })
    }

    /// A signal, and what `in` mappings let travel with it.
    fn thrown_signal(&mut self, definition: &SignalEventDefinition, id: &str) -> Option<Throw> {
        let name = self.signal(definition, id)?;
        let payload = self.extensions(definition.base(), id).passings("in");
        Some(Throw::Signal { name, payload })
    }

    fn signal(&mut self, definition: &SignalEventDefinition, id: &str) -> Option<Template> {
        let Some(reference) = &definition.signal else {
            let finding = Diagnostic::error(
                codes::SIGNAL_REFERENCE,
                "it does not say which signal",
                definition.position,
            );
            self.findings.add(finding.about(id).help("set `signalRef` to the id of a `signal` of this file"));
            return None;
        };
        let Some(signal) = self.references.signals.get(reference.id()).copied() else {
            self.dangling(codes::SIGNAL_REFERENCE, "signal", reference, definition.base(), id);
            return None;
        };
        let Some(name) = signal.name.as_deref().filter(|name| !name.trim().is_empty()) else {
            let finding = Diagnostic::error(
                codes::SIGNAL_NAME,
                format!("the signal `{}` has no name", reference.id()),
                signal.position,
            );
            self.findings.add(finding.about(id).help("signals are found by their name; set `name`"));
            return None;
        };
        self.extensions(definition.base(), id).template(name, signal.position)
    }

    /// A reference to an error that the file does not declare is the code itself, as in Camunda.
    fn error_code(&mut self, reference: &Reference, base: &Base, id: &str) -> Option<String> {
        if let Some(error) = self.references.errors.get(reference.id()) {
            return error.error_code.clone().filter(|code| !code.is_empty());
        }
        let message =
            format!("the error `{}` is not declared; its id is taken for its code", reference.as_written());
        let finding = Diagnostic::warning(codes::ERROR_REFERENCE, message, base.position);
        self.findings.add(finding.about(id).help("add an `error` element with this id and an `errorCode`"));
        Some(reference.id().to_owned())
    }

    /// What is caught is decided when the process is read: a code that is computed would be matched by accident.
    fn caught_code(&mut self, code: Option<String>, base: &Base, id: &str) -> Option<String> {
        if let Some(code) = code.as_ref().filter(|code| is_computed(code)) {
            let message = format!("`{code}` is computed, and what is caught must be known");
            let finding = Diagnostic::error(codes::EXPRESSION, message, base.position);
            self.findings.add(finding.about(id).help("write the code itself, or leave it out to catch all"));
        }
        code
    }

    fn error_trigger(&mut self, definition: &ErrorEventDefinition, id: &str) -> ErrorTrigger {
        let code =
            definition.error.as_ref().and_then(|reference| self.error_code(reference, definition.base(), id));
        ErrorTrigger {
            code: self.caught_code(code, definition.base(), id),
            code_variable: extension::text(definition.base(), "errorCodeVariable"),
            message_variable: extension::text(definition.base(), "errorMessageVariable"),
        }
    }

    fn thrown_error(&mut self, definition: &ErrorEventDefinition, id: &str) -> Option<Throw> {
        let code =
            definition.error.as_ref().and_then(|reference| self.error_code(reference, definition.base(), id));
        let Some(code) = code else {
            let finding = Diagnostic::error(
                codes::ERROR_CODE,
                "it throws an error without a code",
                definition.position,
            );
            self.findings
                .add(finding.about(id).help("set `errorRef` to an `error` element that has an `errorCode`"));
            return None;
        };
        let declared =
            definition.error.as_ref().and_then(|reference| self.references.errors.get(reference.id()));
        let position = declared.map_or(definition.position, |error| error.position);
        let message = declared.and_then(|error| dialect::attribute(error.base(), "errorMessage"));
        let mut extensions = self.extensions(definition.base(), id);
        let code = extensions.template(&code, position)?;
        let message = match message {
            Some(message) => Some(extensions.template(&message.value, message.position)?),
            None => None,
        };
        Some(Throw::Error { code, message })
    }

    fn condition_trigger(&mut self, definition: &ConditionalEventDefinition, id: &str) -> Option<Condition> {
        let base = definition.base();
        let Some(content) = &definition.condition else {
            let message = "it waits for a condition and does not say which";
            let finding = Diagnostic::error(codes::EVENT_WITHOUT_TRIGGER, message, definition.position);
            self.findings.add(finding.about(id).help("add a `condition` with an expression"));
            return None;
        };
        let expression = self.condition(content, base, id)?;
        let filter = extension::zeebe(base, "conditionalFilter");
        let written = |local: &str, in_filter: &str| {
            let own = dialect::attribute(base, local);
            own.or_else(|| filter.and_then(|filter| filter.find_attribute(in_filter)))
        };
        let names = written("variableName", "variableNames").map(|attribute| attribute.value.split(','));
        let names = names.into_iter().flatten().map(|name| name.trim().to_owned());
        let variables = names.filter(|name| !name.is_empty()).collect();
        let changes = match written("variableEvents", "variableEvents") {
            None => Changes::ALL,
            Some(events) => self.changes(events, id)?,
        };
        Some(Condition { expression, variables, changes })
    }

    fn changes(&mut self, events: &Attribute, id: &str) -> Option<Changes> {
        let mut changes = Changes { created: false, updated: false, removed: false };
        for event in events.value.split(',').map(str::trim) {
            match event {
                "create" => changes.created = true,
                "update" => changes.updated = true,
                "delete" => changes.removed = true,
                _ => {
                    let message = format!("`{event}` is no change of a variable");
                    let finding = Diagnostic::error(codes::ATTRIBUTE_VALUE, message, events.position);
                    self.findings.add(finding.about(id).help("write create, update or delete"));
                    return None;
                }
            }
        }
        Some(changes)
    }

    /// The code of an escalation, if the model names one.
    fn escalation_code(
        &mut self,
        definition: &EscalationEventDefinition,
        id: &str,
    ) -> Result<Option<String>, Dangling> {
        let Some(reference) = &definition.escalation else { return Ok(None) };
        let Some(escalation) = self.references.escalations.get(reference.id()) else {
            self.dangling(codes::ESCALATION_REFERENCE, "escalation", reference, definition.base(), id);
            return Err(Dangling);
        };
        Ok(escalation.escalation_code.clone().filter(|code| !code.is_empty()))
    }

    fn escalation_trigger(
        &mut self,
        definition: &EscalationEventDefinition,
        id: &str,
    ) -> Option<EscalationTrigger> {
        let code = self.escalation_code(definition, id).ok()?;
        let code = self.caught_code(code, definition.base(), id);
        Some(EscalationTrigger {
            code,
            code_variable: extension::text(definition.base(), "escalationCodeVariable"),
        })
    }

    fn thrown_escalation(&mut self, definition: &EscalationEventDefinition, id: &str) -> Option<Throw> {
        if let Some(code) = self.escalation_code(definition, id).ok()? {
            let code = self.extensions(definition.base(), id).template(&code, definition.position)?;
            return Some(Throw::Escalation { code });
        }
        let message = "it throws an escalation without a code";
        let finding = Diagnostic::error(codes::ESCALATION_CODE, message, definition.position);
        let help = "set `escalationRef` to an `escalation` element that has an `escalationCode`";
        self.findings.add(finding.about(id).help(help));
        None
    }

    fn timer(&mut self, definition: &TimerEventDefinition, id: &str) -> Option<Timer> {
        let given = [
            (TimerKind::Date, &definition.time_date),
            (TimerKind::Duration, &definition.time_duration),
            (TimerKind::Cycle, &definition.time_cycle),
        ];
        let mut given =
            given.into_iter().filter_map(|(kind, content)| content.as_ref().map(|content| (kind, content)));
        let (Some((kind, content)), None) = (given.next(), given.next()) else {
            let finding = Diagnostic::error(
                codes::TIMER,
                "a timer has a date, a duration or a cycle, and one of them",
                definition.position,
            );
            self.findings.add(finding.about(id).help("for instance <timeDuration>PT20S</timeDuration>"));
            return None;
        };
        let (source, position) = trim(content);
        // A plain value is one, whatever the file's language.
        let value = if time::check(kind, &source).is_ok() {
            Template::text(&source, position)
        } else {
            self.content_template(content, definition.base(), id)?
        };
        if let Some(Err(wrong)) = value.literal().map(|literal| time::check(kind, literal)) {
            self.findings.add(Diagnostic::error(codes::TIMER, wrong, position).about(id));
            return None;
        }
        Some(Timer { kind, value })
    }

    /// Before there is an instance there are no variables: what starts one has a value without them.
    fn is_known(&mut self, value: &Template, code: &'static str, id: &str) -> bool {
        let known = evaluate_without_variables(value);
        let Err(wrong) = known else { return true };
        let finding = Diagnostic::error(code, wrong, value.position()).about(id);
        self.findings.add(finding.help("what starts a process sees no variables; write the name itself"));
        false
    }

    fn is_due(&mut self, timer: &Timer, id: &str) -> bool {
        let value = evaluate_without_variables(&timer.value);
        let Err(wrong) = value.and_then(|value| time::check(timer.kind, &value)) else { return true };
        let finding = Diagnostic::error(codes::TIMER, wrong, timer.value.position()).about(id);
        self.findings.add(finding.help("the timer of a start event sees no variables"));
        false
    }

    /// Reads the extensions of a part of the element `id`.
    pub(super) fn extensions<'a>(&'a mut self, base: &'a Base, id: &'a str) -> Extensions<'a, 'a> {
        Extensions { base, findings: self.findings, element: id }
    }

    fn dangling(&mut self, code: &'static str, what: &str, reference: &Reference, base: &Base, id: &str) {
        let message = format!("there is no {what} `{}` in this file", reference.as_written());
        self.findings.add(
            Diagnostic::error(code, message, base.position)
                .about(id)
                .help(format!("add the {what}, or correct the reference")),
        );
    }
}

fn evaluate_without_variables(value: &Template) -> Result<String, String> {
    let nothing = BTreeMap::<String, serde_json::Value>::new();
    value.evaluate_text(&nothing).map_err(|wrong| wrong.to_string())
}
