//! From the document that rules see to the typed model that is compiled and explored: the text is read once for both. What
//! is no part of any process, diagrams above all, is left out.

use std::sync::Arc;

use crate::diagnostic::{Findings, Position};
use crate::lint::document::{AttributeRecord, Document, Node, ProblemKind, Space, long, short};
use crate::model::{self, Definitions};
use crate::xml::{Attribute, Child, Element, Name, Text};

/// The model without its diagrams; `None` if the file is no model, or not well-formed. Of positions only offsets are known.
pub(super) fn model(document: &Document) -> Option<Definitions> {
    let is_read = |kind: ProblemKind| match kind {
        ProblemKind::Malformed | ProblemKind::Limit => false,
        ProblemKind::Namespace | ProblemKind::DocumentType | ProblemKind::Encoding => true,
    };
    let root = document.root().filter(|root| root.is("definitions"))?;
    if !document.problems.iter().all(|problem| is_read(problem.kind)) {
        return None;
    }
    let names = Names { document, known: Vec::new() };
    Some(model::from_xml(names.tree(root), &mut Findings::default()))
}

/// The names of a document as the model has them, each stored once; by their number.
struct Names<'d> {
    document: &'d Document,
    known: Vec<Option<Name>>,
}

/// An element whose end has not come.
struct Open<'d> {
    node: Node<'d>,
    element: Element,
}

impl<'d> Names<'d> {
    fn tree(mut self, root: Node<'d>) -> Element {
        let mut open: Vec<Open<'d>> = Vec::new();
        let mut whole = self.open(root);
        let mut next = root.index().saturating_add(1);
        loop {
            let node = self.document.node(next);
            while node.is_none_or(|node| node.parent() != Some(whole.node)) {
                let Some(around) = open.pop() else { return whole.element };
                let ended = std::mem::replace(&mut whole, around);
                whole.element.children.push(Child::Element(ended.element));
            }
            let Some(node) = node else { return whole.element };
            if node.is_in(Space::Diagram, "BPMNDiagram") {
                next = node.behind();
                continue;
            }
            open.push(std::mem::replace(&mut whole, self.open(node)));
            next = next.saturating_add(1);
        }
    }

    fn open(&mut self, node: Node<'d>) -> Open<'d> {
        let name = self.name(node.name_index(), node.space(), node.name());
        let mut element = Element::new(name, at(node.head().start));
        let attributes = node.attributes().iter();
        element.attributes = attributes.map(|attribute| self.attribute(node, attribute)).collect();
        let is_leaf = node.children().next().is_none();
        if !node.is_blank() || is_leaf && node.content_span().start < node.content_span().end {
            let start = node.content_span().start;
            let is_section = node.content_span().of(self.document.text()).starts_with(SECTION);
            let position = at(if is_section { start.saturating_add(short(SECTION.len())) } else { start });
            element.children.push(Child::Text(Text { content: node.text().into_owned(), position }));
        }
        Open { node, element }
    }

    fn attribute(&mut self, node: Node<'d>, attribute: &AttributeRecord) -> Attribute {
        let (space, local) = node.attribute_name(attribute);
        Attribute {
            name: self.name(attribute.name, space, local),
            value: node.attribute_value(attribute).to_owned(),
            position: at(attribute.value_span().start),
        }
    }

    fn name(&mut self, number: u32, space: Space, local: &str) -> Name {
        let place = long(number);
        if let Some(Some(known)) = self.known.get(place) {
            return known.clone();
        }
        let namespace = self.document.names.address(space).map(Arc::from);
        let name = Name { namespace, prefix: None, local: local.into() };
        if place >= self.known.len() {
            self.known.resize(place.saturating_add(1), None);
        }
        if let Some(known) = self.known.get_mut(place) {
            *known = Some(name.clone());
        }
        name
    }
}

const SECTION: &str = "<![CDATA[";

fn at(offset: u32) -> Position {
    Position { line: 1, column: 1, offset }
}
