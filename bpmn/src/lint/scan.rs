//! Text to records, in one walk without recursion. Where the text is not well-formed, this says so and goes on at the next
//! place that makes sense. Document types are not read and entities not expanded.

use std::borrow::Cow;

use crate::limits::{
    ATTRIBUTES_MAX, DEPTH_MAX, DIAGNOSTICS_MAX, ELEMENTS_MAX, NAMESPACES_MAX, TEXT_BYTES_MAX,
};
use crate::lint::document::{AttributeRecord, Document, NONE, Problem, ProblemKind, Record, long, short};
use crate::lint::finding::Span;
use crate::lint::names::Space;

pub(super) fn scan(document: &mut Document) {
    let text = std::mem::take(&mut document.text);
    let mut scanner = Scanner {
        text: &text,
        at: 0,
        document,
        open: Vec::new(),
        namespaces: vec![("xml", Space::Xml)],
        written: Vec::new(),
        ended: false,
    };
    scanner.characters();
    scanner.run();
    document.text = text;
}

/// An element whose end tag has not come.
struct Open {
    index: u32,
    namespaces_outside: usize,
    last_child: u32,
}

struct Scanner<'t, 'd> {
    text: &'t str,
    at: usize,
    document: &'d mut Document,
    open: Vec<Open>,
    /// Prefixes in force, the innermost last; an empty prefix for names without one.
    namespaces: Vec<(&'t str, Space)>,
    /// Room for the names of the attributes of a start tag.
    written: Vec<&'t str>,
    ended: bool,
}

impl<'t> Scanner<'t, '_> {
    fn problem(&mut self, kind: ProblemKind, start: usize, end: usize, message: impl Into<String>) {
        self.problem_with(kind, start, end, message, None);
    }

    fn problem_with(
        &mut self,
        kind: ProblemKind,
        start: usize,
        end: usize,
        message: impl Into<String>,
        help: Option<&'static str>,
    ) {
        if self.document.problems.len() < DIAGNOSTICS_MAX {
            let end = self.text.floor_char_boundary(end.min(self.text.len()).max(start));
            let span = Span::new(short(start), short(end));
            self.document.problems.push(Problem { kind, span, message: message.into(), help });
        }
    }

    fn malformed(&mut self, start: usize, end: usize, message: impl Into<String>) {
        self.problem(ProblemKind::Malformed, start, end, message);
    }

    fn limit(&mut self, at: usize, message: String) {
        self.problem(ProblemKind::Limit, at, at.saturating_add(1), message);
        self.ended = true;
    }

    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Characters that XML does not have.
    fn characters(&mut self) {
        // Most texts have none. Looking at whole chunks of bytes is quicker than ending at the first.
        let may_be_forbidden = |byte: u8| {
            byte < b' ' && !matches!(byte, b'\t' | b'\n' | b'\r') || byte == FIRST_OF_NONCHARACTERS
        };
        let mut chunks = self.text.as_bytes().chunks(CHUNK_BYTES);
        if !chunks.any(|chunk| chunk.iter().fold(false, |found, byte| found | may_be_forbidden(*byte))) {
            return;
        }
        let forbidden: Vec<(usize, char)> = self
            .text
            .char_indices()
            .filter(|(_, character)| is_forbidden(*character))
            .take(DIAGNOSTICS_MAX)
            .collect();
        for (at, character) in forbidden {
            let message = format!("the character U+{:04X} is not allowed in XML", u32::from(character));
            self.malformed(at, at.saturating_add(character.len_utf8()), message);
        }
    }

    fn run(&mut self) {
        while !self.ended {
            let start = self.at;
            let Some(next) = self.rest().bytes().position(|byte| byte == b'<') else {
                self.text_between(start, self.text.len());
                break;
            };
            let next = start.saturating_add(next);
            self.text_between(start, next);
            self.at = next;
            let rest = self.rest();
            if rest.starts_with("<!--") {
                self.comment();
            } else if rest.starts_with("<![CDATA[") {
                self.skip_to("]]>", 9, "this CDATA section is not closed");
                if self.open.is_empty() {
                    self.malformed(next, next.saturating_add(9), "there is text outside of the root element");
                }
            } else if rest.starts_with("<!") {
                self.document_type();
            } else if rest.starts_with("<?") {
                self.skip_to("?>", 2, "this processing instruction is not closed");
                self.instruction(next);
            } else if rest.starts_with("</") {
                self.end_tag();
            } else {
                self.start_tag();
            }
        }
        while let Some(open) = self.open.pop() {
            let end = if self.ended { self.at } else { self.text.len() };
            if let Some(record) = self.document.records.get_mut(long(open.index)) {
                record.close_start = short(end);
                record.end = short(end);
                let (start, name_end) = (long(record.start), long(record.name_end));
                if !self.ended {
                    let name = self.text.get(start.saturating_add(1)..name_end).unwrap_or_default();
                    self.malformed(start, name_end, format!("`<{name}>` is not closed"));
                }
            }
        }
        if self.document.records.is_empty() && self.document.problems.is_empty() {
            self.malformed(0, 0, "there is no element in the file");
        }
    }

    fn text_between(&mut self, start: usize, end: usize) {
        let Some(text) = self.text.get(start..end) else { return };
        if self.open.is_empty() {
            if !text.trim().is_empty() {
                let first = start.saturating_add(text.len().saturating_sub(text.trim_start().len()));
                let last = start.saturating_add(text.trim_end().len());
                self.malformed(first, last, "there is text outside of the root element");
            }
            return;
        }
        if text.len() <= TEXT_BYTES_MAX && text.bytes().all(|byte| byte.is_ascii_whitespace()) {
            return;
        }
        if text.len() > TEXT_BYTES_MAX {
            self.limit(start, format!("a text has more than {TEXT_BYTES_MAX} bytes"));
            return;
        }
        if let Some(at) = text.find("]]>") {
            let at = start.saturating_add(at);
            self.malformed(at, at.saturating_add(3), "`]]>` is not allowed in text; write `]]&gt;`");
        }
        self.references(start, text);
    }

    /// Checks the references in a text or value.
    fn references(&mut self, start: usize, text: &'t str) {
        let mut from = 0;
        while let Some(at) = text.get(from..).and_then(|rest| rest.find('&')) {
            let at = from.saturating_add(at);
            let after = text.get(at.saturating_add(1)..).unwrap_or_default();
            let length = after.find(|character: char| {
                !(character.is_alphanumeric() || matches!(character, '#' | '_' | '-' | '.' | ':'))
            });
            let length = length.unwrap_or(after.len());
            let name = after.get(..length).unwrap_or_default();
            let place = start.saturating_add(at);
            let closed = after.get(length..).is_some_and(|rest| rest.starts_with(';'));
            let end = place.saturating_add(length).saturating_add(2);
            if name.is_empty() || !closed {
                self.problem_with(
                    ProblemKind::Malformed,
                    place,
                    place.saturating_add(1),
                    "`&` begins a reference that is not closed",
                    Some("write `&amp;` for the character itself"),
                );
            } else if let Some(number) = name.strip_prefix('#') {
                if numeric(number).is_none() {
                    self.malformed(place, end, format!("`&{name};` is no character"));
                }
            } else if predefined(name).is_none() {
                self.problem_with(
                    ProblemKind::DocumentType,
                    place,
                    end,
                    format!("the entity `&{}` is not expanded", abridged(name)),
                    Some("only &amp; &lt; &gt; &quot; &apos; and numbers such as &#228; can be used"),
                );
            }
            from = at.saturating_add(1);
        }
    }

    fn skip_to(&mut self, close: &str, opening: usize, message: &str) {
        let start = self.at;
        if let Some(at) = self.rest().get(opening..).and_then(|rest| rest.find(close)) {
            self.at = start.saturating_add(opening).saturating_add(at).saturating_add(close.len());
        } else {
            self.malformed(start, start.saturating_add(opening), message);
            self.at = self.text.len();
        }
    }

    /// What is wrong with the processing instruction that has just been passed, which may be the XML declaration.
    fn instruction(&mut self, start: usize) {
        let written = self.text.get(start.saturating_add(2)..self.at).unwrap_or_default();
        let written = written.strip_suffix("?>").unwrap_or(written);
        let end = written.find(char::is_whitespace).unwrap_or(written.len());
        let (target, rest) = written.split_at(end);
        let head = start.saturating_add(2).saturating_add(target.len());
        if target == "xml" && start == 0 {
            if let Err(message) = declaration(rest) {
                self.malformed(start, head, message);
            }
        } else if target.eq_ignore_ascii_case("xml") {
            let message = match target {
                "xml" => "the XML declaration must be the first thing in the file",
                _ => "the XML declaration is written in small letters",
            };
            self.malformed(start, head, message);
        } else if !is_ncname(target) {
            self.malformed(start, head, "a processing instruction begins with a name");
        }
    }

    fn comment(&mut self) {
        let start = self.at;
        self.skip_to("-->", 4, "this comment is not closed");
        let inner = self.text.get(start.saturating_add(4)..self.at.saturating_sub(3)).unwrap_or_default();
        if let Some(at) =
            inner.find("--").or_else(|| inner.ends_with('-').then(|| inner.len().saturating_sub(1)))
        {
            let at = start.saturating_add(4).saturating_add(at);
            self.malformed(at, at.saturating_add(2), "`--` is not allowed in a comment");
        }
    }

    fn document_type(&mut self) {
        let start = self.at;
        let mut depth = 0_usize;
        let mut quote = None;
        for (at, character) in self.rest().char_indices() {
            match (quote, character) {
                (Some(open), _) if open == character => quote = None,
                (Some(_), _) => {}
                (None, '"' | '\'') if depth > 0 => quote = Some(character),
                (None, '<' | '[') => depth = depth.saturating_add(1),
                (None, ']') => depth = depth.saturating_sub(1),
                (None, '>') => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        self.at = start.saturating_add(at).saturating_add(1);
                        break;
                    }
                }
                (None, _) => {}
            }
        }
        if self.at == start {
            self.malformed(start, start.saturating_add(2), "this declaration is not closed");
            self.at = self.text.len();
        }
        let end = start.saturating_add(9).min(self.at);
        if self.text.get(start..).is_some_and(|rest| rest.starts_with("<!DOCTYPE")) {
            self.problem_with(
                ProblemKind::DocumentType,
                start,
                end,
                "a document type declaration is not read",
                Some("remove `<!DOCTYPE ...>`; a model needs none, and one from outside can read files and exhaust memory"),
            );
        } else {
            self.malformed(start, end, "this declaration is not allowed here");
        }
    }

    fn end_tag(&mut self) {
        let start = self.at;
        let rest = self.rest();
        let name_length = rest
            .get(2..)
            .unwrap_or_default()
            .find(['>', '<', ' ', '\t', '\r', '\n'])
            .unwrap_or_else(|| rest.len().saturating_sub(2));
        let name_end = start.saturating_add(2).saturating_add(name_length);
        let name = self.text.get(start.saturating_add(2)..name_end).unwrap_or_default();
        let tail = self.text.get(name_end..).unwrap_or_default();
        let blank = tail.len().saturating_sub(tail.trim_start().len());
        let end = name_end.saturating_add(blank);
        if self.text.get(end..).is_some_and(|rest| rest.starts_with('>')) {
            self.at = end.saturating_add(1);
        } else {
            self.malformed(start, name_end, format!("`</{}` is not closed with `>`", abridged(name)));
            self.at = end;
        }
        let written = |open: &Open, document: &Document| {
            let record = document.records.get(long(open.index));
            record.is_some_and(|record| {
                self.text.get(long(record.start).saturating_add(1)..long(record.name_end)) == Some(name)
            })
        };
        let Some(matching) = self.open.iter().rposition(|open| written(open, self.document)) else {
            self.malformed(start, name_end, format!("`</{}>` closes nothing that is open", abridged(name)));
            return;
        };
        while self.open.len() > matching {
            let Some(open) = self.open.pop() else { break };
            self.namespaces.truncate(open.namespaces_outside);
            let is_match = self.open.len() == matching;
            let finish = if is_match { self.at } else { start };
            if let Some(record) = self.document.records.get_mut(long(open.index)) {
                record.close_start = short(start);
                record.end = short(finish);
                let (from, to) = (long(record.start), long(record.name_end));
                if !is_match {
                    let unclosed = self.text.get(from.saturating_add(1)..to).unwrap_or_default();
                    let message =
                        format!("`<{}>` is not closed before `</{}>`", abridged(unclosed), abridged(name));
                    self.malformed(from, to, message);
                }
            }
        }
    }

    fn start_tag(&mut self) {
        let start = self.at;
        let name_start = start.saturating_add(1);
        let rest = self.text.get(name_start..).unwrap_or_default();
        let length = rest.bytes().position(ends_name).unwrap_or(rest.len());
        let name = rest.get(..length).unwrap_or_default();
        if !is_qualified(name) {
            let shown = if name.is_empty() {
                "`<` is not allowed here; write `&lt;`".to_owned()
            } else {
                format!("`{}` is not a name", abridged(name))
            };
            self.malformed(start, name_start.saturating_add(length), shown);
            self.at = name_start;
            return;
        }
        if self.document.records.len() >= ELEMENTS_MAX {
            self.limit(start, format!("there are more than {ELEMENTS_MAX} elements"));
            return;
        }
        if self.open.len() >= DEPTH_MAX {
            self.limit(start, format!("elements are nested more than {DEPTH_MAX} deep"));
            return;
        }
        if self.open.is_empty() && !self.document.records.is_empty() {
            self.malformed(start, name_start.saturating_add(length), "there is a second root element");
        }
        let namespaces_outside = self.namespaces.len();
        self.at = name_start.saturating_add(length);
        let name_end = self.at;
        let first_attribute = self.document.attributes.len();
        let mut written = std::mem::take(&mut self.written);
        let closed = self.attributes(start, &mut written);
        self.resolve(first_attribute, &written);
        written.clear();
        self.written = written;
        if self.ended {
            return;
        }
        let space = self.space_of(name, name_start, Role::Element);
        let number = self.document.names.number(space, local(name));
        let index = short(self.document.records.len());
        let parent = self.open.last().map_or(NONE, |open| open.index);
        if let Some(open) = self.open.last_mut() {
            let previous = std::mem::replace(&mut open.last_child, index);
            let parent = open.index;
            if previous == NONE {
                if let Some(record) = self.document.records.get_mut(long(parent)) {
                    record.first_child = index;
                }
            } else if let Some(record) = self.document.records.get_mut(long(previous)) {
                record.next = index;
            }
        }
        let here = short(self.at);
        self.document.records.push(Record {
            name: number,
            parent,
            first_child: NONE,
            next: NONE,
            first_attribute: short(first_attribute),
            attribute_count: short(self.document.attributes.len().saturating_sub(first_attribute)),
            start: short(start),
            name_end: short(name_end),
            open_end: here,
            close_start: here,
            end: here,
        });
        if closed {
            self.namespaces.truncate(namespaces_outside);
        } else {
            self.open.push(Open { index, namespaces_outside, last_child: NONE });
        }
    }

    /// Reads the attributes up to the end of the start tag, and their names as written; whether the tag closes itself.
    fn attributes(&mut self, tag: usize, written: &mut Vec<&'t str>) -> bool {
        let first = self.document.attributes.len();
        loop {
            let rest = self.rest();
            let is_blank = |byte: u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
            let blank = rest.bytes().position(|byte| !is_blank(byte)).unwrap_or(rest.len());
            self.at = self.at.saturating_add(blank);
            let rest = self.rest();
            if rest.starts_with("/>") {
                self.at = self.at.saturating_add(2);
                return true;
            }
            if rest.starts_with('>') {
                self.at = self.at.saturating_add(1);
                return false;
            }
            let start = self.at;
            if rest.is_empty() || rest.starts_with('<') {
                self.malformed(
                    tag,
                    start.min(tag.saturating_add(40)),
                    "this start tag is not closed with `>`",
                );
                return false;
            }
            let length = rest
                .bytes()
                .position(|byte| ends_name(byte) || matches!(byte, b'=' | b'"' | b'\''))
                .unwrap_or(rest.len());
            let name = rest.get(..length).unwrap_or_default();
            if !is_qualified(name) {
                let end = start.saturating_add(length.max(1));
                self.malformed(
                    start,
                    end,
                    format!("`{}` is not an attribute", abridged(rest.get(..length.max(1)).unwrap_or("?"))),
                );
                self.recover();
                continue;
            }
            if blank == 0 {
                self.malformed(
                    start,
                    start.saturating_add(length),
                    "there must be white space before an attribute",
                );
            }
            self.at = start.saturating_add(length);
            let rest = self.rest();
            let after = rest.trim_start();
            let Some(value) = after.strip_prefix('=').map(str::trim_start) else {
                self.malformed(start, self.at, format!("the attribute `{}` has no value", abridged(name)));
                continue;
            };
            let value_at = self.text.len().saturating_sub(value.len());
            let quote = value.bytes().next().filter(|quote| matches!(quote, b'"' | b'\''));
            let Some(quote) = quote else {
                self.malformed(start, self.at, format!("the value of `{}` is not in quotes", abridged(name)));
                self.at = value_at;
                self.recover();
                continue;
            };
            let value_start = value_at.saturating_add(1);
            let value = value.get(1..).unwrap_or_default();
            let mut is_plain = true;
            let ends = |byte: u8| {
                is_plain &= !matches!(byte, b'<' | b'&' | b'\t' | b'\r' | b'\n');
                byte == quote
            };
            let Some(length) = value.bytes().position(ends) else {
                let quote = char::from(quote);
                self.malformed(
                    start,
                    value_start,
                    format!("the value of `{}` is not closed with {quote}", abridged(name)),
                );
                self.at = self.text.len();
                return false;
            };
            let value = value.get(..length).unwrap_or_default();
            let value_end = value_start.saturating_add(length);
            self.at = value_end.saturating_add(1);
            if !is_plain && let Some(at) = value.find('<') {
                let at = value_start.saturating_add(at);
                self.malformed(
                    at,
                    at.saturating_add(1),
                    "`<` is not allowed in an attribute value; write `&lt;`",
                );
            }
            if value.len() > TEXT_BYTES_MAX {
                self.limit(value_start, format!("an attribute value has more than {TEXT_BYTES_MAX} bytes"));
                return true;
            }
            if self.document.attributes.len().saturating_sub(first) >= ATTRIBUTES_MAX {
                self.limit(start, format!("an element has more than {ATTRIBUTES_MAX} attributes"));
                return true;
            }
            let decoded = if !is_plain && value.contains(['&', '\t', '\r', '\n']) {
                self.references(value_start, value);
                self.document.decoded.push(attribute_value(value));
                short(self.document.decoded.len().saturating_sub(1))
            } else {
                NONE
            };
            written.push(name);
            self.document.attributes.push(AttributeRecord {
                name: NONE,
                name_start: short(start),
                value_start: short(value_start),
                value_end: short(value_end),
                decoded,
            });
        }
    }

    /// Goes on behind something that is no attribute.
    fn recover(&mut self) {
        let rest = self.rest();
        let mut length = rest.find([' ', '\t', '\r', '\n', '>', '<', '/']).unwrap_or(rest.len());
        if length == 0 && rest.starts_with('/') && !rest.starts_with("/>") {
            length = 1;
        }
        self.at = self.at.saturating_add(length);
    }

    /// Declares the namespaces of a start tag, then finds out what its attributes are called.
    fn resolve(&mut self, first: usize, written: &[&'t str]) {
        for (place, name) in written.iter().enumerate() {
            let prefix = if *name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") };
            let Some(prefix) = prefix else { continue };
            let Some(record) = self.document.attributes.get(first.saturating_add(place)).copied() else {
                continue;
            };
            let value = self.text.get(long(record.value_start)..long(record.value_end)).unwrap_or_default();
            let uri = match self.document.decoded.get(long(record.decoded)) {
                Some(decoded) => decoded.clone(),
                None => value.to_owned(),
            };
            let problem = match (prefix, uri.trim()) {
                ("", XML_NAMESPACE | XMLNS_NAMESPACE) => {
                    "this namespace is that of a prefix, not of elements"
                }
                ("xmlns", _) => "the prefix `xmlns` cannot be declared",
                ("xml", XML_NAMESPACE) => "",
                ("xml", _) => "the prefix `xml` has a namespace of its own",
                (_, XML_NAMESPACE | XMLNS_NAMESPACE) => {
                    "this namespace has the prefix that XML gives it, and no other"
                }
                (prefix, "") if !prefix.is_empty() => "a prefix cannot be declared as no namespace",
                _ => "",
            };
            if !problem.is_empty() {
                let Span { start, end } = record.span();
                self.problem(ProblemKind::Namespace, long(start), long(end), problem);
            }
            let space = self.document.names.namespace(uri.trim());
            self.namespaces.push((prefix, space));
        }
        if self.namespaces.len() > NAMESPACES_MAX {
            let record = self.document.attributes.get(first);
            let at = record.map_or(self.at, |record| long(record.name_start));
            self.limit(at, format!("more than {NAMESPACES_MAX} namespaces are declared here"));
            return;
        }
        for (place, name) in written.iter().enumerate() {
            let place = first.saturating_add(place);
            let Some(start) = self.document.attributes.get(place).map(|record| long(record.name_start))
            else {
                continue;
            };
            let space = self.space_of(name, start, Role::Attribute);
            let number = self.document.names.number(space, local(name));
            let before = self.document.attributes.get(first..place).unwrap_or_default();
            if before.iter().any(|record| record.name == number) {
                let end = start.saturating_add(name.len());
                self.malformed(start, end, format!("the attribute `{}` occurs twice", abridged(name)));
            }
            if let Some(record) = self.document.attributes.get_mut(place) {
                record.name = number;
            }
        }
    }

    fn space_of(&mut self, name: &'t str, at: usize, role: Role) -> Space {
        let prefix = parts(name).0;
        match (prefix, role) {
            (None, Role::Attribute) if name == "xmlns" => Space::Declaration,
            (None, Role::Attribute) => Space::None,
            (Some("xmlns"), _) => Space::Declaration,
            (prefix, _) => {
                let prefix = prefix.unwrap_or_default();
                let declared = self.namespaces.iter().rev().find(|(known, _)| *known == prefix);
                match declared {
                    Some((_, space)) => *space,
                    None if prefix.is_empty() => Space::None,
                    None => {
                        let message = format!("the namespace prefix `{}` is not declared", abridged(prefix));
                        let help = "declare it in the root element: `xmlns:PREFIX=\"...\"`";
                        let end = at.saturating_add(prefix.len());
                        self.problem_with(ProblemKind::Namespace, at, end, message, Some(help));
                        // The known prefixes mean what they mostly mean, so that the rest can still be checked.
                        let usual = Space::usual(prefix);
                        usual
                            .unwrap_or_else(|| self.document.names.namespace(&format!("undeclared:{prefix}")))
                    }
                }
            }
        }
    }
}

const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE: &str = "http://www.w3.org/2000/xmlns/";

/// Checks what stands behind `<?xml`: version, encoding and standalone, in this order, the first always.
fn declaration(written: &str) -> Result<(), String> {
    let mut expected = ["version", "encoding", "standalone"].into_iter();
    let mut rest = written;
    let mut has_version = false;
    loop {
        let next = rest.trim_start();
        if next.is_empty() {
            return if has_version { Ok(()) } else { Err("the XML declaration has no version".to_owned()) };
        }
        if next.len() == rest.len() {
            return Err("white space is missing in the XML declaration".to_owned());
        }
        let name = next.split(['=', ' ', '\t', '\r', '\n']).next().unwrap_or_default();
        if !expected.any(|known| known == name) || !has_version && name != "version" {
            return Err(format!("`{}` cannot stand here in the XML declaration", abridged(name)));
        }
        let value = next.get(name.len()..).and_then(|after| after.trim_start().strip_prefix('='));
        let value = value.map(str::trim_start).unwrap_or_default();
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let value = quote.and_then(|quote| value.strip_prefix(quote)?.split_once(quote));
        let Some((value, after)) = value else {
            return Err(format!("`{name}` has no value in quotes in the XML declaration"));
        };
        let is_right = match name {
            "version" => matches!(value, "1.0" | "1.1"),
            "encoding" => {
                value.starts_with(|first: char| first.is_ascii_alphabetic())
                    && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            }
            _ => matches!(value, "yes" | "no"),
        };
        if !is_right {
            return Err(format!("`{}` is no {name} that XML knows", abridged(value)));
        }
        has_version = true;
        rest = after;
    }
}

#[derive(Clone, Copy)]
enum Role {
    Element,
    Attribute,
}

/// Text with its references resolved, comments and instructions removed, CDATA sections opened.
pub(super) fn text(document: &str, gaps: impl Iterator<Item = Span>) -> Cow<'_, str> {
    let mut found: Cow<'_, str> = Cow::Borrowed("");
    for gap in gaps {
        let mut rest = gap.of(document);
        if found.is_empty() && !rest.bytes().any(|byte| matches!(byte, b'&' | b'<' | b'\r')) {
            found = Cow::Borrowed(rest);
            continue;
        }
        let content = found.to_mut();
        while let Some(at) = rest.find(['&', '<', '\r']) {
            let (before, from) = rest.split_at(at);
            content.push_str(before);
            rest = if let Some(inner) = from.strip_prefix("<![CDATA[") {
                let (text, after) = inner.split_once("]]>").unwrap_or((inner, ""));
                content.push_str(text);
                after
            } else if from.starts_with("<!--") {
                from.split_once("-->").map_or("", |(_, after)| after)
            } else if from.starts_with('<') {
                from.split_once('>').map_or("", |(_, after)| after)
            } else if let Some(after) = from.strip_prefix('\r') {
                content.push('\n');
                after.strip_prefix('\n').unwrap_or(after)
            } else {
                reference(from, content)
            };
        }
        content.push_str(rest);
    }
    found
}

/// Adds the character that a reference stands for, or the reference as it is; what follows it.
fn reference<'t>(from: &'t str, content: &mut String) -> &'t str {
    let after = from.get(1..).unwrap_or_default();
    if let Some((name, rest)) = after.split_once(';').filter(|(name, _)| name.len() < 12) {
        let character = name.strip_prefix('#').map_or_else(|| predefined(name), numeric);
        if let Some(character) = character {
            content.push(character);
            return rest;
        }
    }
    content.push('&');
    after
}

fn attribute_value(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\r', '\n']) {
        let (before, from) = rest.split_at(at);
        value.push_str(before);
        rest = if from.starts_with('&') {
            reference(from, &mut value)
        } else {
            value.push(' ');
            from.strip_prefix("\r\n").unwrap_or_else(|| from.split_at(1).1)
        };
    }
    value.push_str(rest);
    value
}

fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn numeric(number: &str) -> Option<char> {
    let code = match number.strip_prefix('x') {
        Some(digits) if digits.bytes().all(|digit| digit.is_ascii_hexdigit()) => {
            u32::from_str_radix(digits, 16).ok()?
        }
        None if number.bytes().all(|digit| digit.is_ascii_digit()) => number.parse().ok()?,
        _ => return None,
    };
    char::from_u32(code).filter(|character| !is_forbidden(*character))
}

/// How many bytes are looked at at once for characters that XML does not have.
const CHUNK_BYTES: usize = 4096;
/// How U+FFFE and U+FFFF begin, and few others.
const FIRST_OF_NONCHARACTERS: u8 = 0xEF;

fn is_forbidden(character: char) -> bool {
    (character < ' ' && !matches!(character, '\t' | '\n' | '\r'))
        || matches!(character, '\u{FFFE}' | '\u{FFFF}')
}

fn ends_name(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n' | b'/' | b'>' | b'<')
}

/// Prefix and local name.
fn parts(name: &str) -> (Option<&str>, &str) {
    let colon = name.bytes().position(|byte| byte == b':');
    let Some((prefix, local)) = colon.and_then(|colon| name.split_at_checked(colon)) else {
        return (None, name);
    };
    (Some(prefix), local.get(1..).unwrap_or_default())
}

fn local(name: &str) -> &str {
    parts(name).1
}

fn is_qualified(name: &str) -> bool {
    let (prefix, local) = parts(name);
    prefix.is_none_or(is_ncname) && is_ncname(local)
}

/// The bytes that are characters of a name by themselves: one look for each byte of a file's names.
#[expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "evaluated by the compiler, where a wrong place is an error"
)]
const NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0_u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        byte += 1;
    }
    table
};

/// Whether a text is a name without colon.
pub(super) fn is_ncname(text: &str) -> bool {
    let is_plain = |byte: u8| NAME_BYTES.get(usize::from(byte)).is_some_and(|is_plain| *is_plain);
    if text.bytes().all(is_plain) {
        return text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    }
    if text.is_ascii() {
        return false;
    }
    let mut characters = text.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|next| {
            next.is_alphanumeric() || matches!(next, '_' | '-' | '.' | '\u{B7}') || is_combining(next)
        })
}

fn is_combining(character: char) -> bool {
    matches!(character, '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Enough of a text to recognise it by.
fn abridged(text: &str) -> &str {
    text.get(..text.floor_char_boundary(60)).unwrap_or(text)
}
