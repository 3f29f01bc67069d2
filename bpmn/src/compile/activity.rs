//! What activities do, and how often.

use super::data::reading;
use super::graph::Graph;
use super::{Assignment, ElementIndex, Kind, MultiInstance, StandardLoop, Work, extension};
use crate::diagnostic::{Diagnostic, codes};
use crate::dialect;
use crate::expression::Template;
use crate::limits::QUANTITY_MAX;
use crate::model::{
    Activity, Base, LoopCharacteristics, MultiInstanceLoopCharacteristics, ReceiveTask, SendTask,
    ServiceTask, StandardLoopCharacteristics, UserTask,
};

/// `implementation` names a handler unless it is one of the standard's placeholders.
pub(super) fn named_implementation(implementation: &str) -> Option<String> {
    (!implementation.starts_with("##") && !implementation.trim().is_empty())
        .then(|| implementation.to_owned())
}

/// How an activity is repeated.
pub(super) enum Repetition {
    MultiInstance(Box<MultiInstance>),
    Loop(StandardLoop),
}

impl<'m> Graph<'m, '_> {
    pub(super) fn service_task(&mut self, task: &'m ServiceTask, id: &'m str) -> Kind {
        Kind::ServiceTask(self.work(task.base(), task.implementation.as_deref(), id))
    }

    /// Work whose handler is named, or bears the task's id.
    pub(super) fn work(&mut self, base: &'m Base, implementation: Option<&str>, id: &'m str) -> Work {
        let mut extensions = self.extensions(base, id);
        extensions.refuse_built_in_work();
        let expression = extension::camunda_attribute(base, "expression");
        let expression = expression.and_then(|source| extensions.expression(&source.value, source.position));
        let handler = extensions.handler().or_else(|| implementation.and_then(named_implementation));
        Work {
            fields: extensions.fields(),
            result_variable: extension::text(base, "resultVariable"),
            handler,
            expression,
            rules: None,
        }
    }

    /// A task that says neither which message it sends nor who shapes it is work that somebody does, or an expression.
    fn is_plain_work(&mut self, task: &'m SendTask, id: &'m str) -> bool {
        let implementation = task.implementation.as_deref().and_then(named_implementation);
        let by_expression = extension::camunda_attribute(task.base(), "expression").is_some();
        (task.message.is_none() || by_expression)
            && implementation.is_none()
            && self.extensions(task.base(), id).handler().is_none()
    }

    /// A user task, its assignment and its listeners.
    pub(super) fn user_task(&mut self, scope: ElementIndex, task: &'m UserTask, id: &'m str) {
        let index = ElementIndex::new(self.elements.len());
        self.activity(scope, task, id, Kind::UserTask);
        let listeners = std::mem::take(&mut self.element_mut(index).listeners);
        let mut extensions = self.extensions(task.base(), id);
        let mut assignment = extensions.assignment();
        self.performers(&task.resources, id, &mut assignment);
        let mut extensions = self.extensions(task.base(), id);
        let listeners = extensions.task_listeners(listeners, assignment.assignee.is_some());
        let element = self.element_mut(index);
        element.listeners = listeners;
        element.assignment = (assignment != Assignment::default()).then(|| Box::new(assignment));
    }

    pub(super) fn send_task(&mut self, task: &'m SendTask, id: &'m str) -> Kind {
        if self.is_plain_work(task, id) {
            return Kind::ServiceTask(self.work(task.base(), None, id));
        }
        let send = self.send(task.base(), task.message.as_ref(), task.implementation.as_deref(), id);
        send.map_or(Kind::Task, Kind::SendTask)
    }

    pub(super) fn receive_task(&mut self, task: &'m ReceiveTask, id: &'m str) -> Kind {
        if task.message.is_none() {
            if task.instantiate == Some(true) {
                let message = "it starts a process and does not say by which message";
                let finding = Diagnostic::error(codes::MESSAGE_REFERENCE, message, task.position).about(id);
                self.findings.add(finding.help("set `messageRef`"));
            }
            return Kind::UserTask;
        }
        let trigger = self.message_trigger(task.base(), task.message.as_ref(), id);
        trigger.map_or(Kind::Task, Kind::ReceiveTask)
    }

    /// How many tokens an activity takes and gives.
    pub(super) fn quantities(&mut self, activity: &'m Activity, id: &'m str) -> (u32, u32) {
        let mut quantity = |written: Option<i64>, name: &str| {
            let Some(written) = written else { return 1 };
            let quantity =
                u32::try_from(written).ok().filter(|quantity| (1..=QUANTITY_MAX).contains(quantity));
            if quantity.is_none() {
                let message = format!("`{name}` is {written}, and must be from 1 to {QUANTITY_MAX}");
                let finding = Diagnostic::error(codes::REPETITION, message, activity.position).about(id);
                self.findings.add(finding.help("correct the number, or leave it out"));
            }
            quantity.unwrap_or(1)
        };
        let start = quantity(activity.start_quantity, "startQuantity");
        (start, quantity(activity.completion_quantity, "completionQuantity"))
    }

    /// How often an activity runs.
    pub(super) fn repetition(&mut self, activity: &'m Activity, id: &'m str) -> Option<Repetition> {
        match activity.loop_characteristics.as_ref()? {
            LoopCharacteristics::Standard(standard) => self.standard_loop(standard, id).map(Repetition::Loop),
            LoopCharacteristics::MultiInstance(characteristics) => {
                let iterations = self.multi_instance(characteristics, id)?;
                Some(Repetition::MultiInstance(Box::new(iterations)))
            }
        }
    }

    fn standard_loop(
        &mut self,
        characteristics: &'m StandardLoopCharacteristics,
        id: &'m str,
    ) -> Option<StandardLoop> {
        let base = characteristics.base();
        let condition = match characteristics.loop_condition.as_deref() {
            Some(content) => Some(self.condition(content, base, id)?),
            None => None,
        };
        let maximum = match characteristics.loop_maximum.map(u32::try_from) {
            None => None,
            Some(Ok(maximum)) => Some(maximum),
            Some(Err(_)) => {
                let finding = Diagnostic::error(
                    codes::REPETITION,
                    "`loopMaximum` is no number of rounds",
                    base.position,
                );
                self.findings.add(finding.about(id).help("correct the number, or leave it out"));
                None
            }
        };
        if condition.is_none() && maximum.is_none() {
            let finding =
                Diagnostic::error(codes::REPETITION, "the loop does not say when it ends", base.position);
            self.findings.add(finding.about(id).help("add a `loopCondition` or a `loopMaximum`"));
            return None;
        }
        let test_before = characteristics.test_before == Some(true);
        Some(StandardLoop { condition, test_before, maximum })
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
        let output_data =
            characteristics.loop_data_output.as_ref().map(|data| self.data.variable(data.id()).to_owned());
        let output_item = characteristics.output_data_item.as_deref();
        let output_item = output_item.and_then(|item| item.name.clone().or_else(|| item.id.clone()));
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
            counts_from: u32::from(zeebe.is_some()),
            output_collection: extension::text(base, "outputCollection")
                .or_else(|| zeebe_text("outputCollection"))
                .or(output_data),
            output_element: match (output_element, output_item) {
                (Some(output), _) => extensions.template(&output.value, output.position),
                (None, Some(item)) => extensions.template(&reading(&item), base.position),
                (None, None) => None,
            },
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
        let Some((source, position)) = written else {
            let variable = self.data.variable(characteristics.loop_data_input.as_ref()?.id());
            return self.extensions(base, id).template(&reading(variable), base.position);
        };
        let template = self.extensions(base, id).template(source, position)?;
        if template.literal().is_none() {
            return Some(template);
        }
        self.extensions(base, id).template(&reading(source.trim()), position)
    }
}
