//! Text to XML tree, bounded: no document type, no entities but the predefined and numeric ones, limits on depth, size and
//! number. One pass, no recursion. What is not well-formed ends the reading; what is merely refused does not.

use std::collections::BTreeMap;
use std::sync::Arc;

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;

use super::Fatal;
use crate::diagnostic::{Diagnostic, Findings, Position, codes};
use crate::limits::{ATTRIBUTES_MAX, DEPTH_MAX, ELEMENTS_MAX, NAMESPACES_MAX, TEXT_BYTES_MAX};
use crate::xml::{Attribute, Child, Declaration, Element, Name, Text, XML, XMLNS};

/// The root element; `None` if the text is not XML, which is then among the findings.
pub(super) fn document(text: &str, findings: &mut Findings) -> Option<Element> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut building = Building {
        locator: Locator { text, position: Position::START },
        findings,
        names: BTreeMap::new(),
        namespaces: vec![Declaration { prefix: Some("xml".into()), namespace: Some(XML.into()) }],
        open: Vec::new(),
        root: None,
        elements: 0,
    };
    match building.read(&mut reader) {
        Ok(()) => building.root,
        Err(Fatal(finding)) => {
            building.findings.add(*finding);
            None
        }
    }
}

/// An element whose end tag has not come, and how many namespace declarations held outside of it.
struct Open {
    element: Element,
    namespaces_outside: usize,
}

struct Building<'t, 'f> {
    locator: Locator<'t>,
    findings: &'f mut Findings,
    /// Each name is stored once, however often it occurs.
    names: BTreeMap<String, Arc<str>>,
    /// Declarations that hold here, the innermost last.
    namespaces: Vec<Declaration>,
    open: Vec<Open>,
    root: Option<Element>,
    elements: usize,
}

impl<'t> Building<'t, '_> {
    fn read(&mut self, reader: &mut Reader<&'t [u8]>) -> Result<(), Fatal> {
        if let Some(at) = self.locator.text.find(is_forbidden) {
            let position = self.locator.anywhere(at);
            return Err(not_xml("a control character is not allowed in XML", position));
        }
        loop {
            let at = offset(reader.buffer_position());
            let event = reader.read_event().map_err(|error| {
                let position = self.locator.anywhere(offset(reader.error_position()));
                not_xml(&error.to_string(), position)
            })?;
            let position = self.locator.at(at);
            match event {
                Event::Start(start) => self.start(&start, position)?,
                Event::Empty(start) => {
                    self.start(&start, position)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.text(&text.xml10_content(), position)?,
                Event::CData(text) => {
                    let position = self.locator.at(at.saturating_add("<![CDATA[".len()));
                    self.text(&text.xml10_content(), position)?;
                }
                Event::GeneralRef(reference) => self.reference(&reference, position)?,
                Event::DocType(_) => {
                    let finding = Diagnostic::error(
                        codes::DOCUMENT_TYPE,
                        "a document type declaration is not read",
                        position,
                    );
                    self.findings.add(finding.help("remove `<!DOCTYPE ...>`"));
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if let Some(open) = self.open.last() {
            let message = format!("the element `{}` is not closed", open.element.name.local);
            return Err(not_xml(&message, open.element.position));
        }
        if self.root.is_none() {
            return Err(not_xml("there is no element", Position::START));
        }
        Ok(())
    }

    fn start(&mut self, start: &BytesStart<'_>, position: Position) -> Result<(), Fatal> {
        self.elements = self.elements.saturating_add(1);
        if self.elements > ELEMENTS_MAX {
            return Err(limit(format!("there are more than {ELEMENTS_MAX} elements"), position));
        }
        if self.open.len() >= DEPTH_MAX {
            return Err(limit(format!("elements are nested more than {DEPTH_MAX} deep"), position));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(not_xml("there is a second root element", position));
        }
        let namespaces_outside = self.namespaces.len();
        let content: &str = start;
        let content_at = offset(u64::from(position.offset)).saturating_add(1);
        let mut attributes: Vec<(String, String, Position)> = Vec::new();
        for attribute in start.attributes() {
            if attributes.len() >= ATTRIBUTES_MAX {
                return Err(limit(format!("an element has more than {ATTRIBUTES_MAX} attributes"), position));
            }
            let attribute = attribute.map_err(|error| not_xml(&error.to_string(), position))?;
            let within = attribute.value.as_ptr().addr().saturating_sub(content.as_ptr().addr());
            let value_position = self.locator.at(content_at.saturating_add(within));
            let value = self.attribute_value(&attribute.value, value_position)?;
            let key = attribute.key.0;
            let declared = if key == "xmlns" { Some(None) } else { key.strip_prefix("xmlns:").map(Some) };
            if let Some(prefix) = declared {
                let prefix = prefix.map(|prefix| self.shared(prefix));
                let namespace = (!value.is_empty()).then(|| self.shared(&value));
                self.namespaces.push(Declaration { prefix, namespace });
                if self.namespaces.len() > NAMESPACES_MAX {
                    return Err(limit(
                        format!("more than {NAMESPACES_MAX} namespaces are declared here"),
                        position,
                    ));
                }
            }
            attributes.push((key.to_owned(), value, value_position));
        }
        let name = self.name(start.name().0, position, Role::Element)?;
        let mut element = Element::new(name, position);
        for (key, value, position) in attributes {
            let name = self.name(&key, position, Role::Attribute)?;
            element.attributes.push(Attribute { name, value, position });
        }
        self.open.push(Open { element, namespaces_outside });
        Ok(())
    }

    fn end(&mut self) {
        let Some(Open { element, namespaces_outside }) = self.open.pop() else { return };
        self.namespaces.truncate(namespaces_outside);
        match self.open.last_mut() {
            Some(parent) => parent.element.children.push(Child::Element(element)),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, content: &str, position: Position) -> Result<(), Fatal> {
        if content.is_empty() {
            return Ok(());
        }
        let Some(open) = self.open.last_mut() else {
            if content.trim().is_empty() {
                return Ok(());
            }
            return Err(not_xml("there is text outside of the root element", position));
        };
        match open.element.children.last_mut() {
            Some(Child::Text(text)) => text.content.push_str(content),
            _ => open.element.children.push(Child::Text(Text { content: content.to_owned(), position })),
        }
        match open.element.children.last() {
            Some(Child::Text(text)) if text.content.len() > TEXT_BYTES_MAX => {
                Err(limit(format!("a text has more than {TEXT_BYTES_MAX} bytes"), position))
            }
            _ => Ok(()),
        }
    }

    fn reference(&mut self, reference: &BytesRef<'_>, position: Position) -> Result<(), Fatal> {
        let name: &str = reference;
        match self.entity(name, position)? {
            Some(character) => self.text(character.encode_utf8(&mut [0; 4]), position),
            None => Ok(()),
        }
    }

    /// An attribute value with its references resolved and its white space made spaces, as XML demands.
    fn attribute_value(&mut self, raw: &str, position: Position) -> Result<String, Fatal> {
        if raw.len() > TEXT_BYTES_MAX {
            return Err(limit(format!("an attribute value has more than {TEXT_BYTES_MAX} bytes"), position));
        }
        if raw.contains('<') {
            return Err(not_xml("`<` is not allowed in an attribute value; write `&lt;`", position));
        }
        let mut value = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find(['&', '\t', '\r', '\n']) {
            let (before, from) = rest.split_at(at);
            value.push_str(before);
            if let Some(reference) = from.strip_prefix('&') {
                let Some((name, after)) = reference.split_once(';') else {
                    return Err(not_xml(
                        "`&` starts a reference that is not closed; write `&amp;`",
                        position,
                    ));
                };
                value.extend(self.entity(name, position)?);
                rest = after;
            } else {
                value.push(' ');
                rest = from.strip_prefix("\r\n").unwrap_or_else(|| from.split_at(1).1);
            }
        }
        value.push_str(rest);
        Ok(value)
    }

    /// The character that a reference stands for; `None` if it is refused, which is then among the findings.
    fn entity(&mut self, name: &str, position: Position) -> Result<Option<char>, Fatal> {
        let character = match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => {
                if let Some(number) = name.strip_prefix('#') {
                    let code = match number.strip_prefix('x') {
                        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
                            u32::from_str_radix(digits, 16)
                        }
                        None if number.bytes().all(|digit| digit.is_ascii_digit()) => number.parse(),
                        _ => "".parse(),
                    };
                    let character =
                        code.ok().and_then(char::from_u32).filter(|character| !is_forbidden(*character));
                    return match character {
                        Some(character) => Ok(Some(character)),
                        None => Err(not_xml(&format!("`&{};` is no character", abridged(name)), position)),
                    };
                }
                let message = format!("the entity `&{};` is not known", abridged(name));
                let help = "only &amp; &lt; &gt; &quot; &apos; and numbers such as &#228; can be used";
                self.findings.add(Diagnostic::error(codes::ENTITY, message, position).help(help));
                return Ok(None);
            }
        };
        Ok(Some(character))
    }

    fn name(&mut self, written: &str, position: Position, role: Role) -> Result<Name, Fatal> {
        let (prefix, local) = match written.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None => (None, written),
        };
        if !is_name(local) || !prefix.is_none_or(is_name) {
            return Err(not_xml(&format!("`{}` is not a name", abridged(written)), position));
        }
        let namespace = match (prefix, role) {
            (None, Role::Attribute) if written == "xmlns" => Some(self.shared(XMLNS)),
            (None, Role::Attribute) => None,
            (Some("xmlns"), _) => Some(self.shared(XMLNS)),
            (prefix, _) => {
                let declared =
                    self.namespaces.iter().rev().find(|declared| declared.prefix.as_deref() == prefix);
                if let (None, Some(prefix)) = (declared, prefix) {
                    let message = format!("the namespace prefix `{prefix}` is not declared");
                    let help = format!("add `xmlns:{prefix}=\"...\"` to the root element");
                    self.findings
                        .add(Diagnostic::error(codes::NAMESPACE_PREFIX, message, position).help(help));
                }
                declared.and_then(|declared| declared.namespace.clone())
            }
        };
        Ok(Name { namespace, prefix: prefix.map(|prefix| self.shared(prefix)), local: self.shared(local) })
    }

    fn shared(&mut self, text: &str) -> Arc<str> {
        if let Some(known) = self.names.get(text) {
            return Arc::clone(known);
        }
        let shared: Arc<str> = text.into();
        self.names.insert(text.to_owned(), Arc::clone(&shared));
        shared
    }
}

#[derive(Clone, Copy)]
enum Role {
    Element,
    Attribute,
}

/// Turns offsets into lines and columns. Offsets come in ascending order, so that the text is walked once.
struct Locator<'t> {
    text: &'t str,
    position: Position,
}

impl Locator<'_> {
    fn at(&mut self, at: usize) -> Position {
        self.position = self.position.forward(self.text, at);
        self.position
    }

    /// For the one place where a reading ends, which may lie before what was already read.
    fn anywhere(&self, at: usize) -> Position {
        let at = self.text.floor_char_boundary(at);
        Position::START.forward(self.text, at)
    }
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}

fn is_forbidden(character: char) -> bool {
    (character < ' ' && !matches!(character, '\t' | '\n' | '\r'))
        || matches!(character, '\u{FFFE}' | '\u{FFFF}')
}

fn is_name(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| next.is_alphanumeric() || matches!(next, '_' | '-' | '.' | '\u{B7}'))
}

/// Enough of a text to recognise it by.
fn abridged(text: &str) -> &str {
    text.get(..text.floor_char_boundary(60)).unwrap_or(text)
}

fn not_xml(message: &str, position: Position) -> Fatal {
    Diagnostic::error(codes::NOT_XML, format!("the file is not well-formed XML: {message}"), position).into()
}

fn limit(message: String, position: Position) -> Fatal {
    Diagnostic::error(codes::LIMIT, message, position).into()
}
