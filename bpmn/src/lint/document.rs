//! A file as a tree that knows the place of everything: elements, attributes, values, texts. It is read even where it is
//! not well-formed; what was wrong is in [`Document::problems`]. Records are small and refer to the text, so that a large
//! file costs a few times its size.

use std::borrow::Cow;

use crate::lint::encoding::{self, Encoding};
use crate::lint::finding::{Edit, Span};
use crate::lint::names::Names;
pub use crate::lint::names::Space;
use crate::lint::scan;

/// No record.
pub(super) const NONE: u32 = u32::MAX;

/// An XML file.
#[derive(Debug)]
pub struct Document {
    pub(super) text: String,
    pub(super) encoding: Encoding,
    pub(super) records: Vec<Record>,
    pub(super) attributes: Vec<AttributeRecord>,
    pub(super) names: Names,
    /// Attribute values that are not written as they are.
    pub(super) decoded: Vec<String>,
    /// Why it is not, or not quite, XML.
    pub problems: Vec<Problem>,
}

/// Something about the file that XML or a limit forbids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// What it violates.
    pub kind: ProblemKind,
    /// Where.
    pub span: Span,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<&'static str>,
}

/// What a problem violates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemKind {
    /// The rules of XML.
    Malformed,
    /// The rules of namespaces in XML.
    Namespace,
    /// A document type, or an entity that needs one.
    DocumentType,
    /// The encoding.
    Encoding,
    /// A limit; reading ended there.
    Limit,
}

/// An element in the arena.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record {
    pub(super) name: u32,
    pub(super) parent: u32,
    pub(super) first_child: u32,
    pub(super) next: u32,
    pub(super) first_attribute: u32,
    pub(super) attribute_count: u32,
    /// `<` of the start tag.
    pub(super) start: u32,
    /// Behind the name in the start tag.
    pub(super) name_end: u32,
    /// Behind `>` of the start tag.
    pub(super) open_end: u32,
    /// `<` of the end tag; `open_end` if there is none.
    pub(super) close_start: u32,
    /// Behind the whole element.
    pub(super) end: u32,
}

/// An attribute in the arena.
#[derive(Debug, Clone, Copy)]
pub struct AttributeRecord {
    pub(super) name: u32,
    pub(super) name_start: u32,
    pub(super) value_start: u32,
    pub(super) value_end: u32,
    pub(super) decoded: u32,
}

impl AttributeRecord {
    /// The value, without quotes.
    #[must_use]
    pub fn value_span(&self) -> Span {
        Span::new(self.value_start, self.value_end)
    }

    /// Name and value, quotes included.
    #[must_use]
    pub fn span(&self) -> Span {
        Span::new(self.name_start, self.value_end.saturating_add(1))
    }
}

impl Document {
    /// Reads a file. Never fails, takes time linear in the file.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let max = crate::limits::DOCUMENT_BYTES_MAX;
        let mut document = Self {
            text: String::new(),
            encoding: Encoding::Utf8,
            records: Vec::new(),
            attributes: Vec::new(),
            names: Names::default(),
            decoded: Vec::new(),
            problems: Vec::new(),
        };
        if bytes.len() > max {
            let message = format!("the file has {} bytes; at most {max} are read", bytes.len());
            document.problems.push(Problem {
                kind: ProblemKind::Limit,
                span: Span::default(),
                message,
                help: None,
            });
            return document;
        }
        let decoded = encoding::decode(bytes);
        document.text = decoded.text;
        document.encoding = decoded.encoding;
        if let Some((at, message)) = decoded.problem {
            let replaced = document.text.get(at..).and_then(|rest| rest.chars().next());
            let end = short(at.saturating_add(replaced.map_or(0, char::len_utf8)));
            let help = Some("save the file as UTF-8");
            document.problems.push(Problem {
                kind: ProblemKind::Encoding,
                span: Span::new(short(at), end),
                message,
                help,
            });
        }
        scan::scan(&mut document);
        document
    }

    /// The decoded text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// How the file is encoded.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    pub(super) fn into_text(self) -> (String, Encoding) {
        (self.text, self.encoding)
    }

    /// The root element.
    #[must_use]
    pub fn root(&self) -> Option<Node<'_>> {
        self.node(0)
    }

    /// All elements in the order of the file.
    pub fn nodes(&self) -> impl Iterator<Item = Node<'_>> {
        (0..short(self.records.len())).map(|index| Node { document: self, index })
    }

    /// How many elements there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no element at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// The element with this index.
    #[must_use]
    pub fn node(&self, index: u32) -> Option<Node<'_>> {
        (long(index) < self.records.len()).then_some(Node { document: self, index })
    }

    /// The innermost element around a place.
    #[must_use]
    pub fn innermost(&self, offset: u32) -> Option<Node<'_>> {
        let behind = self.records.partition_point(|record| record.start <= offset);
        let mut node = self.node(short(behind.checked_sub(1)?))?;
        while node.span().end <= offset {
            node = node.parent()?;
        }
        Some(node)
    }

    /// Whether an element or attribute of this namespace occurs.
    #[must_use]
    pub fn uses(&self, space: Space) -> bool {
        self.names.uses(space)
    }
}

/// An element of a document.
#[derive(Clone, Copy)]
pub struct Node<'d> {
    document: &'d Document,
    index: u32,
}

impl std::fmt::Debug for Node<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "<{} id={:?}>", self.name(), self.id())
    }
}

/// Two nodes are equal if they are the same element of one document.
impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.document, other.document) && self.index == other.index
    }
}

impl Eq for Node<'_> {}

impl<'d> Node<'d> {
    fn record(self) -> &'d Record {
        self.document.records.get(long(self.index)).expect("nodes are made for records that exist")
    }

    /// Its number among the elements, in the order of their start tags.
    #[must_use]
    pub fn index(self) -> u32 {
        self.index
    }

    /// Its number, to look things up by.
    #[must_use]
    pub fn place(self) -> usize {
        long(self.index)
    }

    /// The document that it is in.
    #[must_use]
    pub fn document(self) -> &'d Document {
        self.document
    }

    /// Its name without prefix.
    #[must_use]
    pub fn name(self) -> &'d str {
        self.document.names.local(self.record().name)
    }

    /// The namespace that it is in.
    #[must_use]
    pub fn space(self) -> Space {
        self.document.names.space(self.record().name)
    }

    /// Its name as a number: the same for all elements of one name and namespace.
    #[must_use]
    pub fn name_index(self) -> u32 {
        self.record().name
    }

    /// The name as written, prefix included.
    #[must_use]
    pub fn written_name(self) -> &'d str {
        let record = self.record();
        Span::new(record.start.saturating_add(1), record.name_end).of(&self.document.text)
    }

    /// The prefix of its name, colon included; empty if it has none.
    #[must_use]
    pub fn prefix(self) -> &'d str {
        let written = self.written_name();
        written.find(':').and_then(|colon| written.get(..=colon)).unwrap_or_default()
    }

    /// Whether it is an element of BPMN with this name.
    #[must_use]
    pub fn is(self, name: &str) -> bool {
        self.name() == name && self.space() == Space::Bpmn
    }

    /// Whether it is an element of BPMN with one of these names.
    #[must_use]
    pub fn is_any(self, names: &[&str]) -> bool {
        self.space() == Space::Bpmn && names.contains(&self.name())
    }

    /// Whether it has this name in this namespace.
    #[must_use]
    pub fn is_in(self, space: Space, name: &str) -> bool {
        self.space() == space && self.name() == name
    }

    /// From `<` to before the attributes: what is underlined when the element is reported.
    #[must_use]
    pub fn head(self) -> Span {
        Span::new(self.record().start, self.record().name_end)
    }

    /// Its start tag.
    #[must_use]
    pub fn start_tag(self) -> Span {
        Span::new(self.record().start, self.record().open_end)
    }

    /// All of it.
    #[must_use]
    pub fn span(self) -> Span {
        Span::new(self.record().start, self.record().end)
    }

    /// What is between start tag and end tag.
    #[must_use]
    pub fn content_span(self) -> Span {
        Span::new(self.record().open_end, self.record().close_start)
    }

    /// All of it, and the line that it would leave empty.
    #[must_use]
    pub fn span_with_line(self) -> Span {
        let span = self.span();
        let text = &self.document.text;
        let before = Span::new(0, span.start).of(text);
        let indent = before.len().saturating_sub(before.trim_end_matches([' ', '\t']).len());
        let line_starts = before.trim_end_matches([' ', '\t']).ends_with('\n');
        let after = text.get(long(span.end)..).unwrap_or_default();
        let blank = after.len().saturating_sub(after.trim_start_matches([' ', '\t']).len());
        let rest = after.get(blank..).unwrap_or_default();
        let newline = if rest.starts_with("\r\n") { 2 } else { usize::from(rest.starts_with('\n')) };
        if line_starts && newline > 0 {
            let end = long(span.end).saturating_add(blank).saturating_add(newline);
            return Span::new(short(long(span.start).saturating_sub(indent)), short(end));
        }
        span
    }

    /// The element around it.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        self.document.node(self.record().parent)
    }

    /// The elements around it, the nearest first.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |node| node.parent())
    }

    /// The elements directly within.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let first = self.document.node(self.record().first_child);
        std::iter::successors(first, |node| node.document.node(node.record().next))
    }

    /// The elements directly within that are elements of BPMN with this name.
    pub fn children_named(self, name: &'static str) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.is(name))
    }

    /// The first element of BPMN with this name directly within.
    #[must_use]
    pub fn child(self, name: &str) -> Option<Self> {
        self.children().find(|child| child.is(name))
    }

    /// All elements within, at any depth, in the order of the file.
    pub fn descendants(self) -> impl Iterator<Item = Self> {
        let end = self.record().end;
        let document = self.document;
        (self.index.saturating_add(1)..)
            .map_while(move |index| document.node(index).filter(|node| node.record().start < end))
    }

    /// The number of the first element behind all that is within.
    #[must_use]
    pub fn behind(self) -> u32 {
        let end = self.record().end;
        short(self.document.records.partition_point(|record| record.start < end))
            .max(self.index.saturating_add(1))
    }

    /// The extensions of it with this name and namespace.
    pub fn extensions(self, space: Space, name: &'static str) -> impl Iterator<Item = Self> {
        self.child("extensionElements")
            .into_iter()
            .flat_map(Self::children)
            .filter(move |child| child.is_in(space, name))
    }

    /// The first extension of it with this name and namespace.
    #[must_use]
    pub fn extension(self, space: Space, name: &'static str) -> Option<Self> {
        self.extensions(space, name).next()
    }

    /// Whether a name with this prefix has a namespace here.
    #[must_use]
    pub fn knows_prefix(self, prefix: &str) -> bool {
        // Nearly all prefixes are declared at the root.
        let around = self.document.root().into_iter().chain(Some(self)).chain(self.ancestors());
        prefix == "xml"
            || around.into_iter().any(|node| {
                let mut names = node.attributes().iter().map(|attribute| node.attribute_name(attribute));
                names.any(|name| name == (Space::Declaration, prefix))
            })
    }

    /// Its attributes, namespace declarations included.
    #[must_use]
    pub fn attributes(self) -> &'d [AttributeRecord] {
        let start = long(self.record().first_attribute);
        let end = start.saturating_add(long(self.record().attribute_count));
        self.document.attributes.get(start..end).unwrap_or_default()
    }

    /// Name and namespace of one of its attributes.
    #[must_use]
    pub fn attribute_name(self, attribute: &AttributeRecord) -> (Space, &'d str) {
        (self.document.names.space(attribute.name), self.document.names.local(attribute.name))
    }

    /// The value of one of its attributes, references resolved.
    #[must_use]
    pub fn attribute_value(self, attribute: &AttributeRecord) -> &'d str {
        match self.document.decoded.get(long(attribute.decoded)) {
            Some(decoded) => decoded,
            None => attribute.value_span().of(&self.document.text),
        }
    }

    /// Takes an attribute out, with the white space before it.
    #[must_use]
    pub fn removal(self, attribute: &AttributeRecord) -> Edit {
        let Span { start, end } = attribute.span();
        let before = Span::new(self.head().end, start).of(&self.document.text);
        let blank = before.len().saturating_sub(before.trim_end().len());
        Edit { span: Span::new(start.saturating_sub(short(blank)), end), text: String::new() }
    }

    /// An attribute without namespace.
    #[must_use]
    pub fn attribute_record(self, name: &str) -> Option<&'d AttributeRecord> {
        self.attribute_record_in(Space::None, name)
    }

    /// An attribute of a namespace.
    #[must_use]
    pub fn attribute_record_in(self, space: Space, name: &str) -> Option<&'d AttributeRecord> {
        self.attributes().iter().find(|attribute| self.attribute_name(attribute) == (space, name))
    }

    /// The value of an attribute without namespace.
    #[must_use]
    pub fn attribute(self, name: &str) -> Option<&'d str> {
        self.attribute_record(name).map(|attribute| self.attribute_value(attribute))
    }

    /// The value of an attribute of a namespace.
    #[must_use]
    pub fn attribute_in(self, space: Space, name: &str) -> Option<&'d str> {
        self.attribute_record_in(space, name).map(|attribute| self.attribute_value(attribute))
    }

    /// Whether an attribute says `true`.
    #[must_use]
    pub fn flag(self, name: &str) -> bool {
        matches!(self.attribute(name).map(str::trim), Some("true" | "1"))
    }

    /// The attribute `id`.
    #[must_use]
    pub fn id(self) -> Option<&'d str> {
        self.attribute("id")
    }

    /// The attribute `name`, if it says something.
    #[must_use]
    pub fn label(self) -> Option<&'d str> {
        self.attribute("name").filter(|name| !name.trim().is_empty())
    }

    /// Its id, or that of the nearest element around it that has one.
    #[must_use]
    pub fn nearest_id(self) -> Option<&'d str> {
        self.id().or_else(|| self.ancestors().find_map(Self::id))
    }

    /// The id of the process that it is, or is in.
    #[must_use]
    pub fn process_id(self) -> Option<&'d str> {
        let process = std::iter::once(self).chain(self.ancestors()).find(|node| node.is("process"))?;
        process.id()
    }

    /// How to name it in a message: its name, or else its id.
    #[must_use]
    pub fn title(self) -> &'d str {
        self.label().or_else(|| self.id()).unwrap_or_else(|| self.name())
    }

    /// The text directly within, references resolved.
    #[must_use]
    pub fn text(self) -> Cow<'d, str> {
        scan::text(&self.document.text, self.gaps())
    }

    /// Whether there is nothing but white space between the elements directly within; a comment counts as text.
    #[must_use]
    pub fn is_blank(self) -> bool {
        let is_blank = |gap: Span| gap.of(&self.document.text).bytes().all(|byte| byte.is_ascii_whitespace());
        self.gaps().all(is_blank)
    }

    /// Whether its end tag is missing, so that it holds what was meant to stand behind it. What the file ends in is not meant.
    #[must_use]
    pub fn is_unclosed(self) -> bool {
        let is_cut = |record: &Record| record.close_start == record.end && record.open_end < record.end;
        let around = self.document.records.get(long(self.record().parent));
        is_cut(self.record()) && around.is_some_and(|around| !is_cut(around))
    }

    /// Where the text directly within begins and ends, without white space around it.
    #[must_use]
    pub fn text_span(self) -> Span {
        let mut found: Option<Span> = None;
        for gap in self.gaps() {
            let written = gap.of(&self.document.text);
            let start = short(written.len().saturating_sub(written.trim_start().len()));
            let end = short(written.trim_end().len());
            if start < end {
                let first = found.map_or_else(|| gap.start.saturating_add(start), |span| span.start);
                found = Some(Span::new(first, gap.start.saturating_add(end)));
            }
        }
        found.unwrap_or_else(|| self.head())
    }

    /// The parts of its content that are not child elements.
    fn gaps(self) -> impl Iterator<Item = Span> {
        let content = self.content_span();
        let mut next = self.document.node(self.record().first_child);
        let mut from = Some(content.start);
        std::iter::from_fn(move || {
            let start = from?;
            let end = if let Some(child) = next {
                from = Some(child.span().end);
                next = child.document.node(child.record().next);
                child.span().start
            } else {
                from = None;
                content.end
            };
            Some(Span::new(start, end))
        })
    }
}

pub(super) fn short(offset: usize) -> u32 {
    u32::try_from(offset).unwrap_or(u32::MAX)
}

pub(super) fn long(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}
