//! XML to a tree, bounded: no document type, no entities but the predefined and numeric ones. One pass, no recursion.
//! What the tree means as FHIR is the business of `convert`.

use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::convert;
use super::position::{Cursor, Position};
use super::{Problem, ProblemKind, Reading};
use crate::limits::{SOURCE_ELEMENTS_MAX, XML_ATTRIBUTES_MAX, XML_DEPTH_MAX};

const FHIR: &str = "http://hl7.org/fhir";
const XHTML: &str = "http://www.w3.org/1999/xhtml";

/// The namespace of an element, as far as it matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Space {
    Fhir,
    Xhtml,
    Other,
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) space: Space,
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<Child>,
    pub(super) start: Position,
}

/// An attribute that declares no namespace.
#[derive(Debug)]
pub(super) struct Attribute {
    /// As written, with its prefix.
    pub(super) name: String,
    pub(super) value: String,
    /// Where the value starts.
    pub(super) start: Position,
    /// How long it is written.
    pub(super) bytes: usize,
}

#[derive(Debug)]
pub(super) enum Child {
    Element(Element),
    Text(String, Position),
}

impl Element {
    pub(super) fn elements(&self) -> impl Iterator<Item = &Self> {
        self.children.iter().filter_map(|child| match child {
            Child::Element(element) => Some(element),
            Child::Text(..) => None,
        })
    }
}

pub(super) fn read(text: &str) -> Reading {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut building = Building {
        cursor: Cursor::new(text),
        declared: Vec::new(),
        open: Vec::new(),
        root: None,
        elements: 0,
    };
    match building.read(&mut reader) {
        Ok(root) if root.space == Space::Fhir => convert::resource(&root),
        Ok(_) => Reading::Foreign,
        Err(problem) => Reading::Unreadable(vec![problem]),
    }
}

struct Building<'t> {
    cursor: Cursor<'t>,
    /// Prefix and namespace of the declarations that hold here, the innermost last.
    declared: Vec<(String, String)>,
    /// Elements whose end has not come, and how many declarations held outside of them.
    open: Vec<(Element, usize)>,
    root: Option<Element>,
    elements: usize,
}

impl<'t> Building<'t> {
    fn read(&mut self, reader: &mut Reader<&'t [u8]>) -> Result<Element, Problem> {
        if let Some(at) = self.cursor.text.find(is_forbidden) {
            return Err(self.syntax("a control character is not allowed in XML", at));
        }
        loop {
            let at = offset(reader.buffer_position());
            let event = reader
                .read_event()
                .map_err(|error| self.syntax(&error.to_string(), offset(reader.error_position())))?;
            match event {
                Event::Start(start) => self.start(&start, at)?,
                Event::Empty(start) => {
                    self.start(&start, at)?;
                    self.end();
                }
                Event::End(_) => self.end(),
                Event::Text(text) => self.text(&text.xml10_content(), at)?,
                Event::CData(text) => self.text(&text.xml10_content(), at)?,
                Event::GeneralRef(reference) => {
                    let name: &str = &reference;
                    let character = entity(name).ok_or_else(|| self.syntax(&unknown_entity(name), at))?;
                    self.text(character.encode_utf8(&mut [0; 4]), at)?;
                }
                Event::DocType(_) => {
                    return Err(
                        self.syntax("a document type declaration is not read; remove `<!DOCTYPE ...>`", at)
                    );
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if let Some((element, _)) = self.open.pop() {
            let message = format!("the element `{}` is not closed", element.name);
            return Err(Problem { kind: ProblemKind::Syntax, message, position: element.start });
        }
        self.root.take().ok_or_else(|| self.syntax("there is no element", 0))
    }

    fn start(&mut self, start: &BytesStart<'_>, at: usize) -> Result<(), Problem> {
        self.elements = self.elements.saturating_add(1);
        if self.elements > SOURCE_ELEMENTS_MAX {
            return Err(self.limit(format!("there are more than {SOURCE_ELEMENTS_MAX} elements"), at));
        }
        if self.open.len() >= XML_DEPTH_MAX {
            return Err(self.limit(format!("elements are nested more than {XML_DEPTH_MAX} deep"), at));
        }
        if self.open.is_empty() && self.root.is_some() {
            return Err(self.syntax("there is a second root element", at));
        }
        let position = self.cursor.at(at);
        let outside = self.declared.len();
        let content: &str = start;
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| self.syntax(&error.to_string(), at))?;
            if attributes.len() >= XML_ATTRIBUTES_MAX {
                return Err(
                    self.limit(format!("an element has more than {XML_ATTRIBUTES_MAX} attributes"), at)
                );
            }
            let raw: &str = &attribute.value;
            let within = raw.as_ptr().addr().saturating_sub(content.as_ptr().addr());
            let value_at = at.saturating_add(1).saturating_add(within);
            let value = attribute_value(raw).map_err(|message| self.syntax(&message, value_at))?;
            let name = attribute.key.0;
            let prefix = if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            if let Some(prefix) = prefix {
                self.declared.push((prefix.to_owned(), value));
                if self.declared.len() > XML_ATTRIBUTES_MAX {
                    return Err(
                        self.limit(format!("more than {XML_ATTRIBUTES_MAX} namespaces hold here"), at)
                    );
                }
                continue;
            }
            let start = self.cursor.at(value_at);
            attributes.push(Attribute { name: name.to_owned(), value, start, bytes: raw.len() });
        }
        let written = start.name();
        let (prefix, name) = written.0.split_once(':').unwrap_or(("", written.0));
        let namespace = self.declared.iter().rev().find(|(declared, _)| declared == prefix);
        let space = match namespace.map(|(_, namespace)| namespace.as_str()) {
            Some(FHIR) => Space::Fhir,
            Some(XHTML) => Space::Xhtml,
            Some(_) | None => Space::Other,
        };
        let element =
            Element { space, name: name.to_owned(), attributes, children: Vec::new(), start: position };
        self.open.push((element, outside));
        Ok(())
    }

    fn end(&mut self) {
        let Some((element, outside)) = self.open.pop() else { return };
        self.declared.truncate(outside);
        match self.open.last_mut() {
            Some((parent, _)) => parent.children.push(Child::Element(element)),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, content: &str, at: usize) -> Result<(), Problem> {
        let position = self.cursor.at(at);
        match self.open.last_mut() {
            Some((parent, _)) => match parent.children.last_mut() {
                Some(Child::Text(text, _)) => text.push_str(content),
                _ => parent.children.push(Child::Text(content.to_owned(), position)),
            },
            None if content.trim().is_empty() => {}
            None => return Err(self.syntax("there is text outside of the root element", at)),
        }
        Ok(())
    }

    fn syntax(&mut self, message: &str, at: usize) -> Problem {
        Problem { kind: ProblemKind::Syntax, message: message.to_owned(), position: self.cursor.at(at) }
    }

    fn limit(&mut self, message: String, at: usize) -> Problem {
        Problem { kind: ProblemKind::Limit, message, position: self.cursor.at(at) }
    }
}

/// An attribute value with its references resolved and its white space made spaces, as XML demands.
fn attribute_value(raw: &str) -> Result<String, String> {
    if raw.contains('<') {
        return Err("`<` is not allowed in an attribute value; write `&lt;`".to_owned());
    }
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\r', '\n']) {
        let (before, from) = rest.split_at(at);
        value.push_str(before);
        if let Some(reference) = from.strip_prefix('&') {
            let (name, after) = reference
                .split_once(';')
                .ok_or_else(|| "`&` starts a reference that is not closed; write `&amp;`".to_owned())?;
            value.push(entity(name).ok_or_else(|| unknown_entity(name))?);
            rest = after;
        } else {
            value.push(' ');
            rest = from.strip_prefix("\r\n").or_else(|| from.get(1..)).unwrap_or_default();
        }
    }
    value.push_str(rest);
    Ok(value)
}

/// The character that a reference stands for.
fn entity(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let (digits, radix) = number.strip_prefix('x').map_or((number, 10), |digits| (digits, 16));
            let is_number = digits.chars().all(|digit| digit.is_digit(radix));
            let code = u32::from_str_radix(digits, radix).ok().filter(|_| is_number)?;
            char::from_u32(code).filter(|character| !is_forbidden(*character))
        }
    }
}

fn unknown_entity(name: &str) -> String {
    let name: String = name.chars().take(40).collect();
    format!(
        "the entity `&{name};` is not known; only &amp; &lt; &gt; &quot; &apos; and numbers such as &#228; can be used"
    )
}

/// Characters that XML 1.0 does not allow.
fn is_forbidden(character: char) -> bool {
    matches!(character, '\0'..='\u{8}' | '\u{B}' | '\u{C}' | '\u{E}'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}')
}

fn offset(position: u64) -> usize {
    usize::try_from(position).unwrap_or(usize::MAX)
}
