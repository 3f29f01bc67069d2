//! XML as a tree: what a model keeps of the parts that it has no type for (extensions, diagrams, the unknown), and the
//! form between text and model. Namespaces are resolved, positions known. Comments and processing instructions are not kept.

use std::sync::Arc;

use crate::diagnostic::Position;

/// The namespace of namespace declarations.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
/// The namespace of the prefix `xml`.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A name with its namespace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The namespace that the prefix stands for. `None`: none, or the prefix is not declared.
    pub namespace: Option<Arc<str>>,
    /// The prefix as written; the writer keeps it where it can.
    pub prefix: Option<Arc<str>>,
    /// The name without prefix.
    pub local: Arc<str>,
}

impl Name {
    /// A name without namespace, as most attributes have.
    pub fn plain(local: &str) -> Self {
        Self { namespace: None, prefix: None, local: local.into() }
    }

    /// A name in a namespace, for whose prefix the writer cares.
    pub fn within(namespace: &str, local: &str) -> Self {
        Self { namespace: Some(namespace.into()), prefix: None, local: local.into() }
    }

    /// Whether it is this name in this namespace.
    pub fn is(&self, namespace: &str, local: &str) -> bool {
        &*self.local == local && self.namespace.as_deref() == Some(namespace)
    }

    /// The local name, if there is neither namespace nor prefix.
    pub fn as_plain(&self) -> Option<&str> {
        (self.namespace.is_none() && self.prefix.is_none()).then_some(&*self.local)
    }
}

/// An attribute; namespace declarations are attributes in [`XMLNS`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: Name,
    /// Its value, entities resolved.
    pub value: String,
    /// Where the value starts.
    pub position: Position,
}

/// A prefix and the namespace that it stands for; without prefix, what names without prefix belong to.
#[derive(Debug, Clone)]
pub(crate) struct Declaration {
    pub(crate) prefix: Option<Arc<str>>,
    pub(crate) namespace: Option<Arc<str>>,
}

/// An element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name.
    pub name: Name,
    /// Its attributes in document order, namespace declarations included.
    pub attributes: Vec<Attribute>,
    /// What it contains.
    pub children: Vec<Child>,
    /// Where its start tag starts.
    pub position: Position,
}

/// What an element contains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Child {
    /// An element.
    Element(Element),
    /// Text, entities resolved.
    Text(Text),
}

/// A run of text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The characters.
    pub content: String,
    /// Where they start.
    pub position: Position,
}

impl Element {
    /// An empty element.
    pub fn new(name: Name, position: Position) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new(), position }
    }

    /// A copy that the writer writes exactly as it is. Where there is text, every space would add to it, and so it adds none:
    /// here the text is empty.
    pub(crate) fn verbatim(&self) -> Self {
        let mut copy = self.clone();
        if copy.elements().next().is_some() {
            copy.children.insert(0, Child::Text(Text { content: String::new(), position: self.position }));
        }
        copy
    }

    /// The value of an attribute without namespace.
    pub fn attribute(&self, local: &str) -> Option<&str> {
        self.find_attribute(local).map(|attribute| attribute.value.as_str())
    }

    /// An attribute without namespace.
    pub fn find_attribute(&self, local: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.as_plain() == Some(local))
    }

    /// The elements directly within, in document order.
    pub fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(_) => None,
        })
    }

    /// All text directly within.
    pub fn text(&self) -> String {
        let texts = self.children.iter().filter_map(|child| match child {
            Child::Text(text) => Some(text.content.as_str()),
            Child::Element(_) => None,
        });
        texts.collect()
    }

    /// Where its text starts; where it starts itself if it has none.
    pub fn text_position(&self) -> Position {
        let text = self.children.iter().find_map(|child| match child {
            Child::Text(text) => Some(text.position),
            Child::Element(_) => None,
        });
        text.unwrap_or(self.position)
    }
}
