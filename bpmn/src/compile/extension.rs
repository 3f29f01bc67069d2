//! The dialects: what `camunda:`, `zeebe:` and `tessera:` attributes and elements say, brought into one form.

use super::{Field, Listener, ListenerEvent, Mapping, MappingValue, RetryCycle, TimerKind, time};
use crate::diagnostic::{Diagnostic, Findings, Position, codes};
use crate::dialect::{CAMUNDA, TESSERA, ZEEBE, attribute, is_ours_or_camunda};
use crate::expression::{Dialect, Expression, Template};
use crate::model::Base;
use crate::xml::{Attribute, Child, Element};

pub(super) fn tessera_attribute<'m>(base: &'m Base, local: &str) -> Option<&'m Attribute> {
    base.attribute(TESSERA, local)
}

pub(super) fn camunda_attribute<'m>(base: &'m Base, local: &str) -> Option<&'m Attribute> {
    CAMUNDA.iter().find_map(|namespace| base.attribute(namespace, local))
}

pub(super) fn text(base: &Base, local: &str) -> Option<String> {
    attribute(base, local).map(|attribute| attribute.value.clone())
}

pub(super) fn zeebe<'m>(base: &'m Base, local: &str) -> Option<&'m Element> {
    base.extensions().find(|element| element.name.is(ZEEBE, local))
}

fn is_camunda(element: &Element) -> bool {
    element.name.namespace.as_deref().is_some_and(|namespace| CAMUNDA.contains(&namespace))
}

/// Whether it is an element of the Camunda dialect with this name.
pub(super) fn is_camunda_named(element: &Element, local: &str) -> bool {
    is_camunda(element) && &*element.name.local == local
}

/// Reads extensions of one element and reports what is wrong with them.
pub(super) struct Extensions<'m, 'f> {
    pub(super) base: &'m Base,
    pub(super) findings: &'f mut Findings,
    /// The id of the flow element that it belongs to.
    pub(super) element: &'m str,
}

impl Extensions<'_, '_> {
    pub(super) fn error(&mut self, code: &'static str, message: impl Into<String>, position: Position) {
        self.findings.add(Diagnostic::error(code, message, position).about(self.element));
    }

    /// An error, and what to do about it.
    pub(super) fn refuse(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        position: Position,
        help: &str,
    ) {
        self.findings.add(Diagnostic::error(code, message, position).about(self.element).help(help));
    }

    /// Something that is read and kept, and does nothing.
    pub(super) fn warn(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        position: Position,
        help: &str,
    ) {
        self.findings.add(Diagnostic::warning(code, message, position).about(self.element).help(help));
    }

    pub(super) fn expression(&mut self, source: &str, position: Position) -> Option<Expression> {
        let parsed = Expression::parse(source, position);
        parsed.map_err(|wrong| self.error(codes::EXPRESSION, wrong.message, wrong.position)).ok()
    }

    pub(super) fn expression_in(
        &mut self,
        dialect: Dialect,
        source: &str,
        position: Position,
    ) -> Option<Expression> {
        let parsed = Expression::parse_as(dialect, source, position);
        parsed.map_err(|wrong| self.error(codes::EXPRESSION, wrong.message, wrong.position)).ok()
    }

    /// Text with expressions; with a leading `=` it is FEEL.
    pub(super) fn template(&mut self, source: &str, position: Position) -> Option<Template> {
        let parsed = Template::parse(source, position);
        parsed.map_err(|wrong| self.error(codes::EXPRESSION, wrong.message, wrong.position)).ok()
    }

    pub(super) fn flag(&mut self, local: &str) -> bool {
        let Some(attribute) = attribute(self.base, local) else { return false };
        match attribute.value.trim() {
            "true" => true,
            "false" => false,
            other => {
                let message = format!("`{local}` must be `true` or `false`, not `{other}`");
                self.error(codes::ATTRIBUTE_VALUE, message, attribute.position);
                false
            }
        }
    }

    /// Work that another engine does by itself: it would be a handler's here.
    pub(super) fn refuse_built_in_work(&mut self) {
        const HELP: &str = "make it a plugin: set `tessera:handler` to a handler that does this work";
        if let Some(kind) = camunda_attribute(self.base, "type").filter(|kind| kind.value != "external") {
            let message = format!("work of type `{}` is not executed", kind.value);
            self.refuse(codes::HANDLER, message, kind.position, HELP);
        }
        let base = self.base;
        if let Some(connector) = base.extensions().find(|element| is_camunda_named(element, "connector")) {
            self.refuse(codes::HANDLER, "a connector is not executed", connector.position, HELP);
        }
    }

    /// Who does the work: our own handler, a class, a topic, a bean, a job type.
    pub(super) fn handler(&mut self) -> Option<String> {
        let named = ["handler"].iter().find_map(|local| tessera_attribute(self.base, local));
        let named = named
            .or_else(|| camunda_attribute(self.base, "class"))
            .or_else(|| camunda_attribute(self.base, "topic"));
        if let Some(attribute) = named {
            return Some(attribute.value.clone()).filter(|value| !value.trim().is_empty());
        }
        if let Some(bean) = camunda_attribute(self.base, "delegateExpression") {
            return Some(bean_name(&bean.value));
        }
        let job_type =
            zeebe(self.base, "taskDefinition").and_then(|definition| definition.find_attribute("type"))?;
        if job_type.value.starts_with('=') {
            let message = "a job type that is computed is not executed";
            self.refuse(codes::HANDLER, message, job_type.position, "name the job type");
        }
        Some(job_type.value.clone())
    }

    /// `field` elements, whose text is literal and whose expressions are not.
    /// Task headers are fields under another name.
    pub(super) fn fields(&mut self) -> Vec<Field> {
        let base = self.base;
        let mut fields = self.fields_among(base.extensions());
        for header in zeebe(base, "taskHeaders").into_iter().flat_map(Element::elements) {
            match (header.attribute("key"), header.attribute("value")) {
                (Some(name), value) => {
                    let value = Template::text(value.unwrap_or_default(), header.position);
                    fields.push(Field { name: name.to_owned(), value });
                }
                (None, _) => self.error(codes::MAPPING, "a task header has no key", header.position),
            }
        }
        fields
    }

    fn fields_among<'e>(&mut self, elements: impl Iterator<Item = &'e Element>) -> Vec<Field> {
        let mut fields = Vec::new();
        for element in
            elements.filter(|element| is_ours_or_camunda(element) && &*element.name.local == "field")
        {
            let child = |local: &str| {
                element.elements().find(|child| is_ours_or_camunda(child) && &*child.name.local == local)
            };
            let value = if let Some(literal) = element.find_attribute("stringValue") {
                Some(Template::text(&literal.value, literal.position))
            } else if let Some(literal) = child("string") {
                Some(Template::text(&literal.text(), literal.text_position()))
            } else if let Some(value) =
                element.find_attribute("expression").or_else(|| element.find_attribute("value"))
            {
                self.template(&value.value, value.position)
            } else if let Some(value) = child("expression") {
                self.template(value.text().trim(), value.text_position())
            } else {
                Some(Template::text("", element.position))
            };
            match (element.attribute("name"), value) {
                (Some(name), Some(value)) => fields.push(Field { name: name.to_owned(), value }),
                (Some(_), None) => {}
                (None, _) => self.error(codes::MAPPING, "a field has no name", element.position),
            }
        }
        fields
    }

    pub(super) fn listeners(&mut self) -> Vec<Listener> {
        let mut listeners = Vec::new();
        let base = self.base;
        for element in base.extensions() {
            if is_camunda(element) && &*element.name.local == "executionListener" {
                let named = ["class"].iter().find_map(|local| element.attribute(local)).map(str::to_owned);
                let bean = element.attribute("delegateExpression").map(bean_name);
                listeners.extend(self.listener(element, element.attribute("event"), named.or(bean)));
            } else if element.name.is(TESSERA, "listener") {
                let handler = element.attribute("handler").map(str::to_owned);
                listeners.extend(self.listener(element, element.attribute("event"), handler));
            } else if element.name.is(ZEEBE, "executionListeners") {
                for element in element.elements() {
                    let handler = element.attribute("type").map(str::to_owned);
                    listeners.extend(self.listener(element, element.attribute("eventType"), handler));
                }
            }
        }
        listeners
    }

    fn listener(
        &mut self,
        element: &Element,
        event: Option<&str>,
        handler: Option<String>,
    ) -> Option<Listener> {
        let event = match event {
            Some("start") => Some(ListenerEvent::Start),
            Some("end") => Some(ListenerEvent::End),
            Some("take") => Some(ListenerEvent::Take),
            _ => None,
        };
        let Some(event) = event else {
            let message = "a listener needs an event: start, end or take";
            self.error(codes::LISTENER, message, element.position);
            return None;
        };
        self.listener_of(element, event, handler)
    }

    /// What is called or evaluated at one event.
    pub(super) fn listener_of(
        &mut self,
        element: &Element,
        event: ListenerEvent,
        handler: Option<String>,
    ) -> Option<Listener> {
        let script =
            element.elements().find(|child| is_ours_or_camunda(child) && &*child.name.local == "script");
        let expression = match (element.find_attribute("expression"), script) {
            (Some(source), _) => Some(self.expression(&source.value, source.position)?),
            (None, Some(script)) => Some(self.script_element(script)?),
            (None, None) => None,
        };
        let fields = self.fields_among(element.elements());
        if handler.is_none() && expression.is_none() {
            self.error(codes::LISTENER, "a listener needs a class or an expression", element.position);
            return None;
        }
        Some(Listener { event, handler, expression, fields })
    }

    /// `(inputs, outputs)`.
    pub(super) fn mappings(&mut self) -> (Vec<Mapping>, Vec<Mapping>) {
        let (mut inputs, mut outputs) = (Vec::new(), Vec::new());
        let base = self.base;
        for element in base.extensions() {
            if is_ours_or_camunda(element) && &*element.name.local == "inputOutput" {
                for parameter in element.elements().filter(|parameter| is_ours_or_camunda(parameter)) {
                    match &*parameter.name.local {
                        "inputParameter" => inputs.extend(self.parameter(parameter)),
                        "outputParameter" => outputs.extend(self.parameter(parameter)),
                        _ => {}
                    }
                }
            } else if element.name.is(ZEEBE, "ioMapping") {
                for mapping in element.elements() {
                    match &*mapping.name.local {
                        "input" => inputs.extend(self.zeebe_mapping(mapping)),
                        "output" => outputs.extend(self.zeebe_mapping(mapping)),
                        _ => {}
                    }
                }
            }
        }
        (inputs, outputs)
    }

    /// With output mappings, these alone hand out what the work yields.
    pub(super) fn maps_results(&self) -> bool {
        let mapped = zeebe(self.base, "ioMapping").into_iter().flat_map(Element::elements);
        mapped.into_iter().any(|mapping| &*mapping.name.local == "output")
    }

    fn parameter(&mut self, parameter: &Element) -> Option<Mapping> {
        let Some(name) = parameter.attribute("name") else {
            self.error(codes::MAPPING, "a mapping has no name", parameter.position);
            return None;
        };
        Some(Mapping { name: name.to_owned(), path: Vec::new(), value: self.mapping_value(parameter)? })
    }

    /// The list or map in an element, or else its text. Nested as deep as the reader lets elements nest.
    fn mapping_value(&mut self, element: &Element) -> Option<MappingValue> {
        let Some(child) = element.elements().find(|child| is_ours_or_camunda(child)) else {
            return Some(MappingValue::Template(
                self.template(element.text().trim(), element.text_position())?,
            ));
        };
        match &*child.name.local {
            "list" => {
                let items: Option<Vec<_>> = child.elements().map(|item| self.item(item)).collect();
                Some(MappingValue::List(items?))
            }
            "map" => {
                let mut entries = Vec::new();
                for entry in child.elements() {
                    let Some(key) = entry.attribute("key") else {
                        self.error(codes::MAPPING, "an entry of a map has no key", entry.position);
                        return None;
                    };
                    entries.push((key.to_owned(), self.mapping_value(entry)?));
                }
                Some(MappingValue::Map(entries))
            }
            "script" => Some(MappingValue::Template(Template::expression(self.script_element(child)?))),
            other => {
                self.error(
                    codes::MAPPING,
                    format!("`{other}` is not a value that can be mapped"),
                    child.position,
                );
                None
            }
        }
    }

    /// An item of a list: a `value`, or a list or map.
    fn item(&mut self, item: &Element) -> Option<MappingValue> {
        if &*item.name.local == "value" {
            return Some(MappingValue::Template(self.template(item.text().trim(), item.text_position())?));
        }
        let mut around = Element::new(item.name.clone(), item.position);
        around.children.push(Child::Element(item.clone()));
        self.mapping_value(&around)
    }

    fn zeebe_mapping(&mut self, mapping: &Element) -> Option<Mapping> {
        let (source, target) = (mapping.find_attribute("source"), mapping.find_attribute("target"));
        let (Some(source), Some(target)) = (source, target) else {
            self.error(codes::MAPPING, "a mapping needs a source and a target", mapping.position);
            return None;
        };
        let value = MappingValue::Template(self.template(&source.value, source.position)?);
        let mut names = target.value.split('.').map(|name| name.trim().to_owned());
        let (name, path) = (names.next().unwrap_or_default(), names.collect::<Vec<_>>());
        if name.is_empty() || path.iter().any(String::is_empty) {
            let message = format!("`{}` is no variable", target.value);
            self.error(codes::MAPPING, message, target.position);
            return None;
        }
        Some(Mapping { name, path, value })
    }

    /// For how long the history of an instance is kept: days, or a duration. Nothing, where nothing is written.
    pub(super) fn history_time_to_live(&mut self) -> Option<String> {
        let written = attribute(self.base, "historyTimeToLive")?;
        let text = written.value.trim();
        if text.is_empty() {
            return None;
        }
        let duration = text.parse::<u32>().map_or_else(|_| text.to_owned(), |days| format!("P{days}D"));
        if time::check(TimerKind::Duration, &duration).is_err() {
            let message = format!("`{text}` is neither a number of days nor a duration such as P30D");
            self.error(codes::HISTORY, message, written.position);
            return None;
        }
        Some(duration)
    }

    pub(super) fn retry_cycle(&mut self) -> Option<RetryCycle> {
        let base = self.base;
        let element = base
            .extensions()
            .find(|element| is_camunda(element) && &*element.name.local == "failedJobRetryTimeCycle");
        let written =
            tessera_attribute(base, "retry").map(|attribute| (attribute.value.clone(), attribute.position));
        let written = written.or_else(|| element.map(|element| (element.text(), element.text_position())));
        if let Some((value, position)) = written {
            let cycle = time::retry_cycle(&value);
            return cycle.map_err(|wrong| self.error(codes::RETRY_CYCLE, wrong, position)).ok();
        }
        let retries =
            zeebe(base, "taskDefinition").and_then(|definition| definition.find_attribute("retries"))?;
        let Ok(attempts) = retries.value.trim().parse::<u32>() else {
            let message = format!("`{}` is not a number of tries", retries.value);
            self.error(codes::RETRY_CYCLE, message, retries.position);
            return None;
        };
        Some(RetryCycle { attempts: attempts.max(1), intervals: Vec::new() })
    }
}

/// `${bean}` names a handler as well as `bean` does.
pub(super) fn bean_name(expression: &str) -> String {
    let inner = expression.trim().strip_prefix("${").or_else(|| expression.trim().strip_prefix("#{"));
    inner.and_then(|inner| inner.strip_suffix('}')).unwrap_or(expression).trim().to_owned()
}
