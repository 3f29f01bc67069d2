//! Scripts: FEEL and `${...}` are evaluated, wherever a model may hold a script. Whatever is written in a general
//! programming language is the work of a plugin, whose sandbox has limits that a script engine in here would not have.

use super::event::trim;
use super::extension::{self, Extensions};
use super::graph::Graph;
use super::language::{Named, named};
use super::{Kind, Work};
use crate::diagnostic::{Position, codes};
use crate::expression::{Dialect, Expression};
use crate::model::ScriptTask;
use crate::xml::Element;

const MAKE_IT_A_PLUGIN: &str = "make it a plugin: set `tessera:handler` to a handler that does this work, or write it in FEEL (`scriptFormat=\"feel\"`)";

impl<'m> Graph<'m, '_> {
    /// The work of a handler if the model names one, else of its script.
    pub(super) fn script_task(&mut self, task: &'m ScriptTask, id: &'m str) -> Kind {
        let base = task.base();
        let work = self.work(base, None, id);
        if work.handler.is_some() {
            return Kind::ServiceTask(work);
        }
        let mut extensions = self.extensions(base, id);
        if let Some(script) = extension::zeebe(base, "script") {
            let result_variable = script.attribute("resultVariable").map(str::to_owned);
            let Some(written) = script.find_attribute("expression") else {
                let message = "the script has no expression";
                extensions.refuse(codes::SCRIPT, message, script.position, "set `expression`");
                return Kind::Task;
            };
            let expression = extensions.expression(&written.value, written.position);
            return kind(extensions, Work { result_variable, expression, ..work });
        }
        if let Some(resource) = extension::camunda_attribute(base, "resource") {
            let message = "a script in a file of its own is not executed";
            extensions.refuse(codes::SCRIPT, message, resource.position, MAKE_IT_A_PLUGIN);
            return Kind::Task;
        }
        let script = task.script.as_deref().map(trim).filter(|(source, _)| !source.is_empty());
        let Some((source, position)) = script else {
            extensions.refuse(codes::SCRIPT, "the task has no script", base.position, MAKE_IT_A_PLUGIN);
            return Kind::Task;
        };
        let expression = extensions.script(task.script_format.as_deref(), &source, position);
        kind(extensions, Work { expression, ..work })
    }
}

/// A script that was refused leaves a plain task behind.
fn kind(mut extensions: Extensions<'_, '_>, work: Work) -> Kind {
    let Some(expression) = &work.expression else { return Kind::Task };
    if work.result_variable.is_none() && expression.dialect() == Dialect::Feel {
        extensions.warn(
            codes::NO_EFFECT,
            "the script has no effect: its result goes nowhere",
            expression.position(),
            "set `resultVariable`",
        );
    }
    Kind::ServiceTask(work)
}

impl Extensions<'_, '_> {
    /// The expression that a script is. Without a format, `= ...` and `${...}` speak for themselves.
    pub(super) fn script(
        &mut self,
        format: Option<&str>,
        source: &str,
        position: Position,
    ) -> Option<Expression> {
        let format = format.unwrap_or_default();
        match named(format) {
            Named::Known(dialect) => self.expression_in(dialect, source, position),
            Named::Unchosen if source.starts_with('=') || source.starts_with("${") => {
                self.expression(source, position)
            }
            Named::Unchosen => {
                self.refuse(
                    codes::SCRIPT,
                    "the script does not say its language",
                    position,
                    MAKE_IT_A_PLUGIN,
                );
                None
            }
            Named::Unknown => {
                let message = format!("scripts in `{format}` are not executed");
                self.refuse(codes::SCRIPT, message, position, MAKE_IT_A_PLUGIN);
                None
            }
        }
    }

    /// `camunda:script` within a mapping, field or listener.
    pub(super) fn script_element(&mut self, script: &Element) -> Option<Expression> {
        if let Some(resource) = script.find_attribute("resource") {
            let message = "a script in a file of its own is not executed";
            self.refuse(codes::SCRIPT, message, resource.position, MAKE_IT_A_PLUGIN);
            return None;
        }
        let text = script.text();
        let blank = text.len().saturating_sub(text.trim_start().len());
        let position = script.text_position().after(text.get(..blank).unwrap_or_default());
        self.script(script.attribute("scriptFormat"), text.trim(), position)
    }
}
