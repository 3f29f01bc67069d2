//! The tree of an XML file to FHIR's JSON, along the table of elements. Descends as deep as the tree, which is bounded.

use std::fmt::Write as _;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::position::{Parts, Spot};
use super::xml::{Attribute, Child, Element, Space};
use super::{ProblemKind, Problems, Reading, Source, Syntax};
use crate::elements::{self, Content};

pub(super) fn resource(root: &Element) -> Reading {
    if !elements::is_resource(&root.name) {
        return Reading::Foreign;
    }
    let mut conversion = Conversion { problems: Problems::default() };
    let (resource, spot) = conversion.resource(root);
    let source = Source { resource, spot, syntax: Syntax::Xml };
    Reading::Resource(Box::new(source), conversion.problems.into_sorted())
}

struct Conversion {
    problems: Problems,
}

/// The values that were found under one name, before it is known how many there are.
struct Collected {
    name: String,
    repeats: bool,
    /// Value, and what the value is extended with (`_name`).
    found: Vec<(Found, Option<Found>)>,
}

type Found = (Value, Spot);

impl Conversion {
    fn resource(&mut self, element: &Element) -> Found {
        let (mut value, spot) = self.complex(element, &element.name);
        if let Some(members) = value.as_object_mut() {
            members.insert("resourceType".to_owned(), Value::String(element.name.clone()));
        }
        (value, spot)
    }

    fn complex(&mut self, element: &Element, kind: &str) -> Found {
        let mut collected: Vec<Collected> = Vec::new();
        for attribute in &element.attributes {
            let known = elements::element(kind, &attribute.name).filter(|known| known.is_attribute);
            if known.is_some() {
                let value = Value::String(attribute.value.clone());
                add(&mut collected, &attribute.name, false, (value, leaf(attribute)), None);
            } else {
                self.unknown_attribute(attribute, &element.name);
            }
        }
        for child in &element.children {
            match child {
                Child::Element(child) => self.child(child, element, kind, &mut collected),
                Child::Text(text, position) if !text.trim().is_empty() => {
                    let message =
                        format!("`{}` holds text; FHIR writes it as the attribute `value`", element.name);
                    self.problems.add(ProblemKind::Element, message, *position);
                }
                Child::Text(..) => {}
            }
        }
        let (mut members, mut spots) = (Map::new(), Vec::new());
        for Collected { name, repeats, found } in collected {
            let is_extended = found.iter().any(|(_, extension)| extension.is_some());
            if is_extended {
                let extensions = found.iter().map(|(_, extension)| {
                    extension.clone().unwrap_or_else(|| (Value::Null, Spot::leaf(element.start, 0)))
                });
                place(&format!("_{name}"), repeats, extensions.collect(), &mut members, &mut spots);
            }
            let values: Vec<Found> = found.into_iter().map(|(value, _)| value).collect();
            if values.iter().any(|(value, _)| !value.is_null()) {
                place(&name, repeats, values, &mut members, &mut spots);
            }
        }
        (Value::Object(members), Spot { start: element.start, bytes: 0, parts: Parts::Members(spots) })
    }

    fn child(&mut self, child: &Element, parent: &Element, kind: &str, collected: &mut Vec<Collected>) {
        let known = elements::element(kind, &child.name).filter(|known| !known.is_attribute);
        let Some(known) = known else {
            let message = format!("FHIR R4 has no element `{}` in `{kind}`", child.name);
            self.problems.add(ProblemKind::Element, message, child.start);
            return;
        };
        let expected = if known.content == Content::Xhtml { Space::Xhtml } else { Space::Fhir };
        if child.space != expected {
            let message = format!("the element `{}` is not in the namespace that belongs here", child.name);
            self.problems.add(ProblemKind::Element, message, child.start);
            return;
        }
        if !known.repeats && collected.iter().any(|other| other.name == child.name) {
            let message = format!("`{}` may occur once in `{}`", child.name, parent.name);
            self.problems.add(ProblemKind::Element, message, child.start);
            return;
        }
        let (value, extension) = match known.content {
            Content::Text | Content::Number | Content::Boolean => self.primitive(child, known.content),
            Content::Complex(kind) => (self.complex(child, kind), None),
            Content::Xhtml => ((Value::String(xhtml(child)), Spot::leaf(child.start, 0)), None),
            Content::Resource => match self.inner_resource(child) {
                Some(found) => (found, None),
                None => return,
            },
        };
        add(collected, &child.name, known.repeats, value, extension);
    }

    fn inner_resource(&mut self, holder: &Element) -> Option<Found> {
        let mut inner = holder.elements();
        match (inner.next(), inner.next()) {
            (Some(inner), None) if inner.space == Space::Fhir && elements::is_resource(&inner.name) => {
                Some(self.resource(inner))
            }
            _ => {
                let message = format!("`{}` holds exactly one resource of FHIR R4", holder.name);
                self.problems.add(ProblemKind::Element, message, holder.start);
                None
            }
        }
    }

    /// The value of a primitive, and its id and extensions if it has any.
    fn primitive(&mut self, element: &Element, content: Content) -> (Found, Option<Found>) {
        let mut value = (Value::Null, Spot::leaf(element.start, 0));
        let mut extension = Map::new();
        let mut spots = Vec::new();
        for attribute in &element.attributes {
            match attribute.name.as_str() {
                "value" => value = (self.primitive_value(attribute, content, element), leaf(attribute)),
                "id" => {
                    extension.insert("id".to_owned(), Value::String(attribute.value.clone()));
                    spots.push((Arc::from("id"), leaf(attribute)));
                }
                _ => self.unknown_attribute(attribute, &element.name),
            }
        }
        let mut extensions = Vec::new();
        for child in element.elements() {
            if child.name == "extension" && child.space == Space::Fhir {
                extensions.push(self.complex(child, "Extension"));
            } else {
                let message =
                    format!("`{}` is a primitive and has no element `{}`", element.name, child.name);
                self.problems.add(ProblemKind::Element, message, child.start);
            }
        }
        if !extensions.is_empty() {
            place("extension", true, extensions, &mut extension, &mut spots);
        }
        if value.0.is_null() && extension.is_empty() {
            let message = format!("`{}` has neither a value nor an extension", element.name);
            self.problems.add(ProblemKind::Value, message, element.start);
        }
        let is_extended = !extension.is_empty();
        let spot = Spot { start: element.start, bytes: 0, parts: Parts::Members(spots) };
        let extension = is_extended.then_some((Value::Object(extension), spot));
        (value, extension)
    }

    fn primitive_value(&mut self, attribute: &Attribute, content: Content, element: &Element) -> Value {
        let text = attribute.value.trim();
        let read = match content {
            Content::Number => serde_json::from_str(text).ok().filter(Value::is_number),
            Content::Boolean => serde_json::from_str(text).ok().filter(Value::is_boolean),
            Content::Text | Content::Xhtml | Content::Complex(_) | Content::Resource => {
                return Value::String(attribute.value.clone());
            }
        };
        read.unwrap_or_else(|| {
            if !elements::is_placeholder(text) {
                let wanted = if content == Content::Number { "a number" } else { "`true` or `false`" };
                let message = format!("`{}` needs {wanted}, not `{text}`", element.name);
                self.problems.add(ProblemKind::Value, message, attribute.start);
            }
            Value::String(attribute.value.clone())
        })
    }

    fn unknown_attribute(&mut self, attribute: &Attribute, element: &str) {
        // `xsi:schemaLocation` and its like say nothing about the resource.
        if !attribute.name.contains(':') {
            let message = format!("`{element}` has no attribute `{}`", attribute.name);
            self.problems.add(ProblemKind::Element, message, attribute.start);
        }
    }
}

fn leaf(attribute: &Attribute) -> Spot {
    Spot::leaf(attribute.start, attribute.bytes)
}

fn add(collected: &mut Vec<Collected>, name: &str, repeats: bool, value: Found, extension: Option<Found>) {
    // Repetitions stand together in valid FHIR: the last is the one, or the name is new or out of order.
    let known = match collected.last() {
        Some(last) if last.name == name => collected.last_mut(),
        _ => collected.iter_mut().find(|other| other.name == name),
    };
    match known {
        Some(known) => known.found.push((value, extension)),
        None => collected.push(Collected { name: name.to_owned(), repeats, found: vec![(value, extension)] }),
    }
}

/// Writes what was found under `name`, as an array if the element repeats.
fn place(
    name: &str,
    repeats: bool,
    found: Vec<Found>,
    members: &mut Map<String, Value>,
    spots: &mut Vec<(Arc<str>, Spot)>,
) {
    let Some(start) = found.first().map(|(_, spot)| spot.start) else { return };
    let (value, spot) = if repeats {
        let (values, places) = found.into_iter().unzip();
        (Value::Array(values), Spot { start, bytes: 0, parts: Parts::Items(places) })
    } else {
        let Some(only) = found.into_iter().next() else { return };
        only
    };
    members.insert(name.to_owned(), value);
    spots.push((Arc::from(name), spot));
}

/// The narrative as text, with the namespace declared at its root and no prefixes.
fn xhtml(root: &Element) -> String {
    enum Step<'e> {
        Open(&'e Element, bool),
        Text(&'e str),
        Close(&'e str),
    }
    let mut text = String::new();
    let mut steps = vec![Step::Open(root, true)];
    while let Some(step) = steps.pop() {
        // Writing to a string cannot fail.
        match step {
            Step::Text(content) => text.push_str(&quick_xml::escape::partial_escape(content)),
            Step::Close(name) => {
                let _ = write!(text, "</{name}>");
            }
            Step::Open(element, is_root) => {
                let _ = write!(text, "<{}", element.name);
                if is_root {
                    text.push_str(" xmlns=\"http://www.w3.org/1999/xhtml\"");
                }
                for attribute in &element.attributes {
                    let _ = write!(
                        text,
                        " {}=\"{}\"",
                        attribute.name,
                        quick_xml::escape::escape(&attribute.value)
                    );
                }
                if element.children.is_empty() {
                    text.push_str("/>");
                    continue;
                }
                text.push('>');
                steps.push(Step::Close(&element.name));
                steps.extend(element.children.iter().rev().map(|child| match child {
                    Child::Element(element) => Step::Open(element, false),
                    Child::Text(content, _) => Step::Text(content),
                }));
            }
        }
    }
    text
}
