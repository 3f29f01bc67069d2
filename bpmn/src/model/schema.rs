//! How the types of the model are declared: each once, as fields with the names that they have in XML. Reading and
//! writing both follow from the declaration, so that what is read is written. What no field takes is kept in [`Base`].

use crate::diagnostic::{Diagnostic, Findings, Position, codes};
use crate::model::{Base, NAMESPACE, Reference};
use crate::xml::{self, Attribute, Child, Element, Name};

/// A group of attributes and child elements: a whole element, or what several kinds of element share.
pub(crate) trait Part: Default {
    /// Takes an attribute, or gives it back.
    fn take_attribute(&mut self, attribute: Attribute, findings: &mut Findings) -> Option<Attribute>;
    /// Takes a child element, or gives it back.
    fn take_child(&mut self, child: Element, findings: &mut Findings) -> Option<Element>;
    /// Adds its attributes and children in the order of the schema.
    fn put(&self, element: &mut Element);
    /// What all elements share.
    fn base_mut(&mut self) -> &mut Base;
}

/// Something that stands in a model as a child element.
pub(crate) trait Particle: Sized {
    /// Whether a child element is one, given the tag that the field declares.
    fn accepts(tag: &str, element: &Element) -> bool {
        element.name.is(NAMESPACE, tag)
    }
    fn from_xml(element: Element, findings: &mut Findings) -> Self;
    fn to_xml(&self, tag: &str) -> Element;
}

pub(crate) fn read<T: Part>(element: Element, findings: &mut Findings) -> T {
    let mut part = T::default();
    part.base_mut().position = element.position;
    for attribute in element.attributes {
        if let Some(attribute) = part.take_attribute(attribute, findings) {
            part.base_mut().attributes.push(attribute);
        }
    }
    for child in element.children {
        match child {
            Child::Element(child) => {
                let Some(child) = part.take_child(child, findings) else { continue };
                report_unknown(&child, &element.name, findings);
                part.base_mut().unknown.push(child);
            }
            Child::Text(text) if text.content.trim().is_empty() => {}
            Child::Text(text) => {
                let message = format!("text is not allowed in `{}`; it is dropped", element.name.local);
                findings.add(Diagnostic::warning(codes::UNKNOWN_ELEMENT, message, text.position));
            }
        }
    }
    part
}

fn report_unknown(child: &Element, parent: &Name, findings: &mut Findings) {
    // One that is there too often was reported by the field that it did not fit in.
    let repeated = findings
        .last()
        .is_some_and(|last| last.code == codes::REPEATED_ELEMENT && last.position == child.position);
    if repeated || child.name.namespace.as_deref() != Some(NAMESPACE) {
        return;
    }
    let message =
        format!("`{}` is not known in `{}`; it is kept and ignored", child.name.local, parent.local);
    findings.add(Diagnostic::warning(codes::UNKNOWN_ELEMENT, message, child.position));
}

pub(crate) fn write<T: Part>(part: &T, tag: &str, position: Position) -> Element {
    let mut element = Element::new(Name::within(NAMESPACE, tag), position);
    part.put(&mut element);
    element
}

/// An attribute's value as text.
pub(crate) trait Value: Sized {
    /// What the value must be, for the message.
    const EXPECTED: &'static str;
    fn parse(text: &str) -> Option<Self>;
    fn print(&self) -> String;
}

impl Value for String {
    const EXPECTED: &'static str = "a text";
    fn parse(text: &str) -> Option<Self> {
        Some(text.to_owned())
    }
    fn print(&self) -> String {
        self.clone()
    }
}

impl Value for bool {
    const EXPECTED: &'static str = "`true` or `false`";
    fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        }
    }
    fn print(&self) -> String {
        self.to_string()
    }
}

impl Value for i64 {
    const EXPECTED: &'static str = "a whole number";
    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
    fn print(&self) -> String {
        self.to_string()
    }
}

impl Value for Reference {
    const EXPECTED: &'static str = "an id";
    fn parse(text: &str) -> Option<Self> {
        Some(Self::new(text.trim()))
    }
    fn print(&self) -> String {
        self.as_written().to_owned()
    }
}

/// Sets a field from an attribute, or gives the attribute back if its value is not of the field's type.
pub(crate) fn set<V: Value>(
    field: &mut Option<V>,
    attribute: Attribute,
    findings: &mut Findings,
) -> Option<Attribute> {
    *field = V::parse(&attribute.value);
    if field.is_some() {
        return None;
    }
    let message = format!("`{}` must be {}, not `{}`", attribute.name.local, V::EXPECTED, attribute.value);
    findings.add(Diagnostic::error(codes::ATTRIBUTE_VALUE, message, attribute.position));
    Some(attribute)
}

pub(crate) fn put_attribute<V: Value>(field: Option<&V>, name: &str, element: &mut Element) {
    if let Some(value) = field {
        let position = element.position;
        element.attributes.push(Attribute { name: Name::plain(name), value: value.print(), position });
    }
}

/// A field that holds child elements.
pub(crate) trait Slot {
    type Item: Particle;
    /// Whether another one is one too many.
    fn is_full(&self) -> bool;
    fn add(&mut self, value: Self::Item);
    fn each(&self) -> &[Self::Item];
}

impl<T: Particle> Slot for Option<T> {
    type Item = T;
    fn is_full(&self) -> bool {
        self.is_some()
    }
    fn add(&mut self, value: T) {
        *self = Some(value);
    }
    fn each(&self) -> &[T] {
        self.as_slice()
    }
}

impl<T: Particle> Slot for Vec<T> {
    type Item = T;
    fn is_full(&self) -> bool {
        false
    }
    fn add(&mut self, value: T) {
        self.push(value);
    }
    fn each(&self) -> &[T] {
        self
    }
}

/// Adds a child to a field that accepts it, or gives it back.
pub(crate) fn add<S: Slot>(
    field: &mut S,
    tag: &str,
    child: Element,
    findings: &mut Findings,
) -> Option<Element> {
    if !S::Item::accepts(tag, &child) {
        return Some(child);
    }
    if field.is_full() {
        let message = format!("`{}` may occur once; this one is kept and ignored", child.name.local);
        findings.add(Diagnostic::error(codes::REPEATED_ELEMENT, message, child.position));
        return Some(child);
    }
    field.add(S::Item::from_xml(child, findings));
    None
}

pub(crate) fn put_children(field: &impl Slot, tag: &str, element: &mut Element) {
    element.children.extend(field.each().iter().map(|value| Child::Element(value.to_xml(tag))));
}

impl<T: Particle> Particle for Box<T> {
    fn accepts(tag: &str, element: &Element) -> bool {
        T::accepts(tag, element)
    }
    fn from_xml(element: Element, findings: &mut Findings) -> Self {
        Self::new(T::from_xml(element, findings))
    }
    fn to_xml(&self, tag: &str) -> Element {
        self.as_ref().to_xml(tag)
    }
}

impl Particle for Element {
    fn from_xml(element: Element, _: &mut Findings) -> Self {
        element
    }
    fn to_xml(&self, _: &str) -> Element {
        self.verbatim()
    }
}

/// `<incoming>flow</incoming>`.
impl Particle for Reference {
    /// One that holds more than an id is left to [`Base`], which loses nothing.
    fn accepts(tag: &str, element: &Element) -> bool {
        let plain = element.attributes.is_empty() && element.elements().next().is_none();
        element.name.is(NAMESPACE, tag) && plain
    }
    fn from_xml(element: Element, _: &mut Findings) -> Self {
        Self::new(element.text().trim())
    }
    fn to_xml(&self, tag: &str) -> Element {
        let mut element = Element::new(Name::within(NAMESPACE, tag), Position::START);
        let text = xml::Text { content: self.as_written().to_owned(), position: Position::START };
        element.children.push(Child::Text(text));
        element
    }
}

/// Declares an element, or a part that several elements share: `parts` it consists of besides its own, the first of which
/// leads to [`Base`]; `attributes` by type and XML name, all optional; `children` by container, type and tag.
macro_rules! element {
    (
        $(#[$document:meta])*
        $type:ident {
            $first_part:ident: $first_type:ty,
            $(attributes { $($(#[$attribute_document:meta])* $attribute:ident: $value:ty = $attribute_name:literal,)+ })?
            $(children { $($(#[$child_document:meta])* $child:ident: $slot:ty = $tag:literal,)+ })?
        }
    ) => {
        $(#[$document])*
        #[derive(Debug, Clone, PartialEq, Default)]
        pub struct $type {
            #[doc = "What it shares with other elements."]
            pub $first_part: $first_type,
            $($($(#[$attribute_document])* #[doc = concat!("The attribute `", $attribute_name, "`.")] pub $attribute: Option<$value>,)+)?
            $($($(#[$child_document])* #[doc = concat!("The child elements `", $tag, "`.")] pub $child: $slot,)+)?
        }

        impl $crate::model::schema::Part for $type {
            fn take_attribute(
                &mut self,
                attribute: $crate::xml::Attribute,
                findings: &mut $crate::diagnostic::Findings,
            ) -> Option<$crate::xml::Attribute> {
                match attribute.name.as_plain() {
                    $($(Some($attribute_name) => $crate::model::schema::set(&mut self.$attribute, attribute, findings),)+)?
                    _ => self.$first_part.take_attribute(attribute, findings),
                }
            }

            fn take_child(
                &mut self,
                child: $crate::xml::Element,
                findings: &mut $crate::diagnostic::Findings,
            ) -> Option<$crate::xml::Element> {
                let child = self.$first_part.take_child(child, findings)?;
                $($(let child = $crate::model::schema::add(&mut self.$child, $tag, child, findings)?;)+)?
                Some(child)
            }

            fn put(&self, element: &mut $crate::xml::Element) {
                self.$first_part.put(element);
                $($($crate::model::schema::put_attribute(self.$attribute.as_ref(), $attribute_name, element);)+)?
                $($($crate::model::schema::put_children(&self.$child, $tag, element);)+)?
            }

            fn base_mut(&mut self) -> &mut $crate::model::Base {
                self.$first_part.base_mut()
            }
        }

        impl $crate::model::schema::Particle for $type {
            fn from_xml(element: $crate::xml::Element, findings: &mut $crate::diagnostic::Findings) -> Self {
                $crate::model::schema::read(element, findings)
            }

            fn to_xml(&self, tag: &str) -> $crate::xml::Element {
                $crate::model::schema::write(self, tag, self.base().position)
            }
        }

        impl std::ops::Deref for $type {
            type Target = $first_type;

            fn deref(&self) -> &$first_type {
                &self.$first_part
            }
        }
    };
}

/// Declares a choice between elements by their tags.
macro_rules! choice {
    (
        $(#[$document:meta])*
        $type:ident { $($(#[$variant_document:meta])* $variant:ident($content:ty) = $tag:literal,)+ }
    ) => {
        $(#[$document])*
        #[derive(Debug, Clone, PartialEq)]
        pub enum $type {
            $($(#[$variant_document])* #[doc = concat!("`", $tag, "`")] $variant(Box<$content>),)+
        }

        impl $type {
            /// The tag that it has in XML.
            pub fn tag(&self) -> &'static str {
                match self {
                    $(Self::$variant(_) => $tag,)+
                }
            }

            /// What all elements share.
            pub fn base(&self) -> &$crate::model::Base {
                match self {
                    $(Self::$variant(content) => content.base(),)+
                }
            }
        }

        impl $crate::model::schema::Particle for $type {
            fn accepts(_: &str, element: &$crate::xml::Element) -> bool {
                matches!(&*element.name.local, $($tag)|+) && element.name.namespace.as_deref() == Some($crate::model::NAMESPACE)
            }

            fn from_xml(element: $crate::xml::Element, findings: &mut $crate::diagnostic::Findings) -> Self {
                match &*element.name.local {
                    $($tag => Self::$variant(Box::new(<$content as $crate::model::schema::Particle>::from_xml(element, findings))),)+
                    _ => unreachable!("only what `accepts` lets through is read"),
                }
            }

            fn to_xml(&self, _: &str) -> $crate::xml::Element {
                match self {
                    $(Self::$variant(content) => $crate::model::schema::Particle::to_xml(&**content, $tag),)+
                }
            }
        }
    };
}

pub(crate) use {choice, element};
