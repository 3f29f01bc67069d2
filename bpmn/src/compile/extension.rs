//! The dialects: what `camunda:`, `zeebe:` and `tessera:` attributes and elements say, brought into one form.

use super::{Field, Listener, ListenerEvent, Mapping, MappingValue, RetryCycle, time};
use crate::diagnostic::{Diagnostic, Findings, Position, codes};
use crate::dialect::{CAMUNDA, TESSERA, ZEEBE, attribute, is_ours_or_camunda};
use crate::expression::{Expression, Template};
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

/// Whether the model wants to be told what happens to a user task.
pub(super) fn has_task_listener(base: &Base) -> bool {
    base.extensions().any(|element| is_camunda(element) && &*element.name.local == "taskListener")
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

    pub(super) fn expression(&mut self, source: &str, position: Position) -> Option<Expression> {
        let parsed = Expression::parse(source, position);
        parsed.map_err(|wrong| self.error(codes::EXPRESSION, wrong.message, wrong.position)).ok()
    }

    /// Text with expressions. A leading `=` is FEEL, which is refused here and not taken for text.
    pub(super) fn template(&mut self, source: &str, position: Position) -> Option<Template> {
        if source.trim_start().starts_with('=') {
            let message = "FEEL expressions are not executable yet; write `${...}`";
            self.error(codes::EXPRESSION_LANGUAGE, message, position);
            return None;
        }
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
            let message = "FEEL expressions are not executable yet; name the job type";
            self.error(codes::EXPRESSION_LANGUAGE, message, job_type.position);
        }
        Some(job_type.value.clone())
    }

    /// `field` elements, whose text is literal and whose expressions are not.
    pub(super) fn fields(&mut self) -> Vec<Field> {
        let base = self.base;
        self.fields_among(base.extensions())
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

    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let headers = zeebe(self.base, "taskHeaders").into_iter().flat_map(Element::elements);
        let header = |header: &Element| {
            Some((header.attribute("key")?.to_owned(), header.attribute("value")?.to_owned()))
        };
        headers.filter_map(header).collect()
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
        let expression = match element.find_attribute("expression") {
            Some(source) => Some(self.expression(&source.value, source.position)?),
            None => None,
        };
        let fields = self.fields_among(element.elements());
        match event {
            None => {
                self.error(
                    codes::LISTENER,
                    "a listener needs an event: start, end or take",
                    element.position,
                );
            }
            Some(_) if handler.is_none() && expression.is_none() => {
                let message = "a listener needs a class or an expression; scripts are not executable, make it a plugin handler";
                self.error(codes::LISTENER, message, element.position);
            }
            Some(event) => return Some(Listener { event, handler, expression, fields }),
        }
        None
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

    fn parameter(&mut self, parameter: &Element) -> Option<Mapping> {
        let Some(name) = parameter.attribute("name") else {
            self.error(codes::MAPPING, "a mapping has no name", parameter.position);
            return None;
        };
        Some(Mapping { name: name.to_owned(), value: self.mapping_value(parameter)? })
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
            "script" => {
                let message = "scripts are not executable; use an expression, or make it a plugin handler";
                self.error(codes::MAPPING, message, child.position);
                None
            }
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
        let (source, target) = (mapping.find_attribute("source"), mapping.attribute("target"));
        let (Some(source), Some(target)) = (source, target) else {
            self.error(codes::MAPPING, "a mapping needs a source and a target", mapping.position);
            return None;
        };
        let value = MappingValue::Template(self.template(&source.value, source.position)?);
        Some(Mapping { name: target.to_owned(), value })
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
fn bean_name(expression: &str) -> String {
    let inner = expression.trim().strip_prefix("${").or_else(|| expression.trim().strip_prefix("#{"));
    inner.and_then(|inner| inner.strip_suffix('}')).unwrap_or(expression).trim().to_owned()
}
