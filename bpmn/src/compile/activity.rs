//! What activities do, and how often.

use super::graph::Graph;
use super::{Kind, MultiInstance, Work, extension};
use crate::diagnostic::{Diagnostic, Position, codes};
use crate::dialect;
use crate::expression::{Expression, Template};
use crate::model::{
    Activity, Base, BusinessRuleTask, Content, LoopCharacteristics, MultiInstanceLoopCharacteristics,
    ReceiveTask, SendTask, ServiceTask, UserTask,
};

/// `implementation` names a handler unless it is one of the standard's placeholders.
pub(super) fn named_implementation(implementation: &str) -> Option<String> {
    (!implementation.starts_with("##") && !implementation.trim().is_empty())
        .then(|| implementation.to_owned())
}

impl<'m> Graph<'m, '_> {
    pub(super) fn service_task(&mut self, task: &'m ServiceTask, id: &'m str) -> Kind {
        Kind::ServiceTask(self.work(task.base(), task.implementation.as_deref(), id))
    }

    /// Work whose handler is named, or bears the task's id.
    fn work(&mut self, base: &'m Base, implementation: Option<&str>, id: &'m str) -> Work {
        let mut extensions = self.extensions(base, id);
        let expression = extension::camunda_attribute(base, "expression");
        let expression = expression.and_then(|source| extensions.expression(&source.value, source.position));
        let handler = extensions.handler().or_else(|| implementation.and_then(named_implementation));
        Work {
            fields: extensions.fields(),
            headers: extensions.headers(),
            result_variable: extension::text(base, "resultVariable"),
            handler,
            expression,
        }
    }

    /// A task that says neither which message it sends nor who shapes it is work that somebody does.
    fn is_plain_work(&mut self, task: &'m SendTask, id: &'m str) -> bool {
        let implementation = task.implementation.as_deref().and_then(named_implementation);
        task.message.is_none()
            && implementation.is_none()
            && self.extensions(task.base(), id).handler().is_none()
    }

    pub(super) fn user_task(&mut self, task: &'m UserTask, id: &'m str) -> Kind {
        if extension::has_task_listener(task.base()) {
            self.ignored("a task listener", task.base(), id);
        }
        Kind::UserTask
    }

    /// Rules that a handler knows; a decision table is no such thing.
    pub(super) fn business_rule_task(&mut self, task: &'m BusinessRuleTask, id: &'m str) -> Kind {
        let base = task.base();
        if dialect::attribute(base, "decisionRef").is_some()
            || extension::zeebe(base, "calledDecision").is_some()
        {
            self.not_yet("a decision table", base, id);
        }
        Kind::ServiceTask(self.work(base, task.implementation.as_deref(), id))
    }

    pub(super) fn send_task(&mut self, task: &'m SendTask, id: &'m str) -> Kind {
        if self.is_plain_work(task, id) {
            return Kind::ServiceTask(self.work(task.base(), None, id));
        }
        let send = self.send(task.base(), task.message.as_ref(), task.implementation.as_deref(), id);
        send.map_or(Kind::Task, Kind::SendTask)
    }

    pub(super) fn receive_task(&mut self, task: &'m ReceiveTask, id: &'m str) -> Kind {
        if task.instantiate == Some(true) {
            self.not_yet("a receive task that starts a process", task.base(), id);
        }
        if task.message.is_none() {
            return Kind::UserTask;
        }
        let trigger = self.message_trigger(task.base(), task.message.as_ref(), id);
        trigger.map_or(Kind::Task, Kind::ReceiveTask)
    }

    /// How often an activity runs; refuses what no activity may ask for yet.
    pub(super) fn repetition(&mut self, activity: &'m Activity, id: &'m str) -> Option<MultiInstance> {
        let base = activity.base();
        if activity.is_for_compensation == Some(true) {
            self.not_yet("compensation", base, id);
        }
        let quantities = [activity.start_quantity, activity.completion_quantity];
        if quantities.iter().flatten().any(|quantity| *quantity != 1) {
            self.not_yet("a start or completion quantity other than 1", base, id);
        }
        if activity.io_specification.is_some() {
            self.ignored("the input and output specification", base, id);
        }
        if !activity.data_input_associations.is_empty() || !activity.data_output_associations.is_empty() {
            self.ignored("a data association", base, id);
        }
        match activity.loop_characteristics.as_ref()? {
            LoopCharacteristics::Standard(standard) => {
                self.not_yet("a standard loop", standard.base(), id);
                None
            }
            LoopCharacteristics::MultiInstance(characteristics) => self.multi_instance(characteristics, id),
        }
    }

    fn multi_instance(
        &mut self,
        characteristics: &'m MultiInstanceLoopCharacteristics,
        id: &'m str,
    ) -> Option<MultiInstance> {
        let base = characteristics.base();
        if characteristics.behavior.as_deref().is_some_and(|behavior| behavior != "All")
            || !characteristics.complex_behavior_definitions.is_empty()
        {
            self.not_yet("a multi-instance activity that throws events", base, id);
        }
        let cardinality = characteristics.loop_cardinality.as_deref();
        let cardinality = match cardinality {
            Some(content) => Some(self.content_template(content, base, id)?),
            None => None,
        };
        let collection = self.collection(characteristics, base, id);
        if cardinality.is_none() && collection.is_none() {
            let finding =
                Diagnostic::error(codes::MULTI_INSTANCE, "it does not say how often it runs", base.position);
            let help = "set `tessera:collection` (or `camunda:collection`), or add `loopCardinality`";
            self.findings.add(finding.about(id).help(help));
            return None;
        }
        let completion_condition = characteristics
            .completion_condition
            .as_deref()
            .and_then(|content| self.condition(content, base, id));
        let zeebe = extension::zeebe(base, "loopCharacteristics");
        let zeebe_text = |local: &str| zeebe.and_then(|zeebe| zeebe.attribute(local)).map(str::to_owned);
        let output_element = extension::tessera_attribute(base, "outputElement")
            .or_else(|| zeebe.and_then(|zeebe| zeebe.find_attribute("outputElement")));
        let item = characteristics.input_data_item.as_deref();
        let item = item.and_then(|item| item.name.clone().or_else(|| item.id.clone()));
        let mut extensions = self.extensions(base, id);
        Some(MultiInstance {
            sequential: characteristics.is_sequential == Some(true),
            cardinality,
            collection,
            element_variable: extension::text(base, "elementVariable")
                .or_else(|| zeebe_text("inputElement"))
                .or(item),
            output_collection: extension::text(base, "outputCollection")
                .or_else(|| zeebe_text("outputCollection")),
            output_element: output_element
                .and_then(|output| extensions.template(&output.value, output.position)),
            completion_condition,
            async_before: extensions.flag("asyncBefore") || extensions.flag("async"),
            async_after: extensions.flag("asyncAfter"),
            retry_cycle: extensions.retry_cycle(),
        })
    }

    /// An expression that yields the list; a plain name is a variable.
    fn collection(
        &mut self,
        characteristics: &MultiInstanceLoopCharacteristics,
        base: &Base,
        id: &str,
    ) -> Option<Template> {
        let attribute = dialect::attribute(base, "collection");
        let zeebe = extension::zeebe(base, "loopCharacteristics")
            .and_then(|zeebe| zeebe.find_attribute("inputCollection"));
        let written = attribute.or(zeebe).map(|attribute| (attribute.value.as_str(), attribute.position));
        let reference =
            characteristics.loop_data_input.as_ref().map(|reference| (reference.as_written(), base.position));
        let (source, position) = written.or(reference)?;
        let template = self.extensions(base, id).template(source, position)?;
        if template.literal().is_none() {
            return Some(template);
        }
        let quoted = source.trim().replace('\\', "\\\\").replace('\'', "\\'");
        self.extensions(base, id).template(&format!("${{execution.getVariable('{quoted}')}}"), position)
    }

    fn content_template(&mut self, content: &Content, base: &Base, id: &str) -> Option<Template> {
        let (source, position) = trimmed(content);
        self.extensions(base, id).template(&source, position)
    }

    /// The expression of a condition.
    pub(super) fn condition(&mut self, content: &Content, base: &Base, id: &str) -> Option<Expression> {
        let known = |language: &str| {
            let language = language.to_ascii_lowercase();
            language.is_empty() || ["juel", "uel"].contains(&language.as_str()) || language.ends_with("xpath")
        };
        if let Some(language) = content.language().filter(|language| !known(language)) {
            let message = format!("conditions in `{language}` are not executable yet");
            let finding = Diagnostic::error(codes::EXPRESSION_LANGUAGE, message, content.position());
            self.findings.add(finding.about(id).help("write `${...}` and leave `language` out"));
            return None;
        }
        let (source, position) = trimmed(content);
        self.extensions(base, id).expression(&source, position)
    }
}

fn trimmed(content: &Content) -> (String, Position) {
    let text = content.text();
    let blank = text.len().saturating_sub(text.trim_start().len());
    let position = content.text_position().after(text.get(..blank).unwrap_or_default());
    (text.trim().to_owned(), position)
}
