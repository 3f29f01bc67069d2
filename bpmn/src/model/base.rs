//! What all elements share, and the two leaf types: references and content.

use crate::diagnostic::{Findings, Position};
use crate::model::schema::{self, Part, Particle};
use crate::xml::{Attribute, Child, Element};

/// What all elements share: identity, documentation, extensions, and whatever no type of the model takes.
#[derive(Debug, Clone)]
pub struct Base {
    /// The attribute `id`.
    pub id: Option<String>,
    /// The child elements `documentation`.
    pub documentation: Vec<Content>,
    /// The child element `extensionElements`, as it is.
    pub extension_elements: Option<Element>,
    /// Attributes of other namespaces, namespace declarations, and those that BPMN does not know here.
    pub attributes: Vec<Attribute>,
    /// Child elements that BPMN does not know here.
    pub unknown: Vec<Element>,
    /// Where its start tag starts.
    pub position: Position,
}

impl Default for Base {
    fn default() -> Self {
        Self {
            id: None,
            documentation: Vec::new(),
            extension_elements: None,
            attributes: Vec::new(),
            unknown: Vec::new(),
            position: Position::START,
        }
    }
}

/// Two elements are equal wherever they stand.
impl PartialEq for Base {
    fn eq(&self, other: &Self) -> bool {
        let Self { id, documentation, extension_elements, attributes, unknown, position: _ } = self;
        let same = |left: &Element, right: &Element| same(left, right);
        *id == other.id
            && *documentation == other.documentation
            && extension_elements
                .as_ref()
                .zip(other.extension_elements.as_ref())
                .is_none_or(|(left, right)| same(left, right))
            && extension_elements.is_some() == other.extension_elements.is_some()
            && same_attributes(attributes, &other.attributes)
            && unknown.len() == other.unknown.len()
            && unknown.iter().zip(&other.unknown).all(|(left, right)| same(left, right))
    }
}

impl Base {
    /// What all elements share.
    pub fn base(&self) -> &Self {
        self
    }

    /// The extensions, in document order.
    pub fn extensions(&self) -> impl Iterator<Item = &Element> {
        self.extension_elements.iter().flat_map(Element::elements)
    }

    /// An attribute of another namespace.
    pub fn attribute(&self, namespace: &str, local: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.is(namespace, local))
    }
}

impl Part for Base {
    fn take_attribute(&mut self, attribute: Attribute, _: &mut Findings) -> Option<Attribute> {
        if attribute.name.as_plain() == Some("id") {
            self.id = Some(attribute.value);
            return None;
        }
        Some(attribute)
    }

    fn take_child(&mut self, child: Element, findings: &mut Findings) -> Option<Element> {
        let child = schema::add(&mut self.documentation, "documentation", child, findings)?;
        schema::add(&mut self.extension_elements, "extensionElements", child, findings)
    }

    fn put(&self, element: &mut Element) {
        schema::put_attribute(self.id.as_ref(), "id", element);
        element.attributes.extend(self.attributes.iter().cloned());
        schema::put_children(&self.documentation, "documentation", element);
        schema::put_children(&self.extension_elements, "extensionElements", element);
        element.children.extend(self.unknown.iter().map(|unknown| Child::Element(unknown.verbatim())));
    }

    fn base_mut(&mut self) -> &mut Base {
        self
    }
}

impl Particle for Base {
    fn from_xml(element: Element, findings: &mut Findings) -> Self {
        schema::read(element, findings)
    }

    fn to_xml(&self, tag: &str) -> Element {
        schema::write(self, tag, self.position)
    }
}

/// The id of another element, as a qualified name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reference {
    written: String,
}

impl Reference {
    /// A reference as it stands in a model, with or without prefix.
    pub fn new(written: &str) -> Self {
        Self { written: written.to_owned() }
    }

    /// The id, without the prefix that names the file of the other element.
    pub fn id(&self) -> &str {
        self.written.split_once(':').map_or(self.written.as_str(), |(_, id)| id)
    }

    /// As it stands in the model.
    pub fn as_written(&self) -> &str {
        &self.written
    }
}

/// An element that is about its content: an expression, a script, a text.
#[derive(Debug, Clone)]
pub struct Content {
    element: Element,
}

impl Content {
    /// The text.
    pub fn text(&self) -> String {
        self.element.text()
    }

    /// Where the text starts.
    pub fn text_position(&self) -> Position {
        self.element.text_position()
    }

    /// The attribute `language` of an expression.
    pub fn language(&self) -> Option<&str> {
        self.element.attribute("language")
    }

    /// The whole element.
    pub fn element(&self) -> &Element {
        &self.element
    }

    /// Where its start tag starts.
    pub fn position(&self) -> Position {
        self.element.position
    }
}

impl PartialEq for Content {
    fn eq(&self, other: &Self) -> bool {
        same(&self.element, &other.element)
    }
}

impl Particle for Content {
    fn from_xml(element: Element, _: &mut Findings) -> Self {
        Self { element }
    }

    fn to_xml(&self, _: &str) -> Element {
        self.element.verbatim()
    }
}

/// Whether two elements say the same, wherever they stand and however their prefixes are named.
pub(super) fn same(left: &Element, right: &Element) -> bool {
    let names = left.name.local == right.name.local && left.name.namespace == right.name.namespace;
    let children = left.children.len() == right.children.len()
        && left.children.iter().zip(&right.children).all(|pair| match pair {
            (Child::Element(left), Child::Element(right)) => same(left, right),
            (Child::Text(left), Child::Text(right)) => left.content == right.content,
            (Child::Element(_), Child::Text(_)) | (Child::Text(_), Child::Element(_)) => false,
        });
    names && same_attributes(&left.attributes, &right.attributes) && children
}

fn same_attributes(left: &[Attribute], right: &[Attribute]) -> bool {
    let same = |(left, right): (&Attribute, &Attribute)| left.name == right.name && left.value == right.value;
    left.len() == right.len() && left.iter().zip(right).all(same)
}

/// A diagram of the file, kept as it is.
#[derive(Debug, Clone)]
pub struct Diagram {
    /// The element `BPMNDiagram`.
    pub element: Element,
}

impl PartialEq for Diagram {
    fn eq(&self, other: &Self) -> bool {
        same(&self.element, &other.element)
    }
}

impl Particle for Diagram {
    fn accepts(_: &str, element: &Element) -> bool {
        element.name.is(super::DIAGRAM_NAMESPACE, "BPMNDiagram")
    }

    fn from_xml(element: Element, _: &mut Findings) -> Self {
        Self { element }
    }

    fn to_xml(&self, _: &str) -> Element {
        self.element.verbatim()
    }
}
