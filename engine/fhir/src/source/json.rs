//! JSON with the place of every value. Descends at most `JSON_DEPTH_MAX` levels; strings and numbers are read by serde_json.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::position::{Cursor, Parts, Position, Spot};
use super::{Problem, ProblemKind, Problems, Reading, Source, Syntax};
use crate::limits::{JSON_DEPTH_MAX, SOURCE_ELEMENTS_MAX};

pub(super) fn read(text: &str) -> Reading {
    let mut parser = Parser {
        cursor: Cursor::new(text),
        rest: text,
        values: 0,
        names: BTreeSet::new(),
        problems: Problems::default(),
    };
    match parser.document() {
        Ok((resource, spot)) => {
            if crate::resource::type_name(&resource).is_none() {
                return Reading::Foreign;
            }
            let source = Source { resource, spot, syntax: Syntax::Json };
            let mut problems = parser.problems;
            for problem in crate::elements::check(source.root()) {
                problems.add(problem.kind, problem.message, problem.position);
            }
            Reading::Resource(Box::new(source), problems.into_sorted())
        }
        Err(problem) => Reading::Unreadable(vec![problem]),
    }
}

struct Parser<'t> {
    cursor: Cursor<'t>,
    rest: &'t str,
    values: usize,
    /// Each name is stored once, however often it occurs.
    names: BTreeSet<Arc<str>>,
    problems: Problems,
}

impl Parser<'_> {
    fn document(&mut self) -> Result<(Value, Spot), Problem> {
        let document = self.value(1)?;
        match self.peek() {
            None => Ok(document),
            Some(_) => Err(self.wrong("there is something behind the end of the document")),
        }
    }

    fn value(&mut self, depth: usize) -> Result<(Value, Spot), Problem> {
        self.values = self.values.saturating_add(1);
        if depth > JSON_DEPTH_MAX {
            return Err(self.limit(format!("nested deeper than {JSON_DEPTH_MAX} levels")));
        }
        if self.values > SOURCE_ELEMENTS_MAX {
            return Err(self.limit(format!("there are more than {SOURCE_ELEMENTS_MAX} values")));
        }
        match self.peek() {
            Some('{') => self.object(depth),
            Some('[') => self.array(depth),
            Some('"') => {
                let (text, position, bytes) = self.string()?;
                Ok((Value::String(text), Spot::leaf(position, bytes)))
            }
            Some(_) => self.word(),
            None => Err(self.wrong("the document ends where a value is expected")),
        }
    }

    fn object(&mut self, depth: usize) -> Result<(Value, Spot), Problem> {
        let start = self.here();
        self.pass(1);
        let (mut members, mut spots) = (Map::new(), Vec::new());
        if self.peek() != Some('}') {
            loop {
                if self.peek() != Some('"') {
                    return Err(self.wrong("a member's name in quotes is expected here"));
                }
                let (name, position, _) = self.string()?;
                self.expect(':')?;
                let (value, spot) = self.value(depth.saturating_add(1))?;
                if members.contains_key(&name) {
                    let message = format!("`{name}` is there twice");
                    self.problems.add(ProblemKind::Element, message, position);
                }
                spots.push((self.shared(&name), spot));
                members.insert(name, value);
                match self.peek() {
                    Some(',') => self.pass(1),
                    _ => break,
                }
            }
        }
        self.expect('}')?;
        Ok((Value::Object(members), Spot { start, bytes: 0, parts: Parts::Members(spots) }))
    }

    fn array(&mut self, depth: usize) -> Result<(Value, Spot), Problem> {
        let start = self.here();
        self.pass(1);
        let (mut items, mut spots) = (Vec::new(), Vec::new());
        if self.peek() != Some(']') {
            loop {
                let (value, spot) = self.value(depth.saturating_add(1))?;
                items.push(value);
                spots.push(spot);
                match self.peek() {
                    Some(',') => self.pass(1),
                    _ => break,
                }
            }
        }
        self.expect(']')?;
        Ok((Value::Array(items), Spot { start, bytes: 0, parts: Parts::Items(spots) }))
    }

    /// A string, where its text starts, and how many bytes it is written with.
    fn string(&mut self) -> Result<(String, Position, usize), Problem> {
        let mut escaped = false;
        let end = self.rest.bytes().enumerate().skip(1).find_map(|(at, byte)| {
            let closes = byte == b'"' && !escaped;
            escaped = byte == b'\\' && !escaped;
            closes.then_some(at)
        });
        let whole = end.and_then(|end| self.rest.get(..end.saturating_add(1)));
        let Some(whole) = whole else { return Err(self.wrong("a string is not closed")) };
        let text = serde_json::from_str(whole).map_err(|_| {
            self.wrong("a string holds a control character or an escape that JSON does not know")
        })?;
        self.pass(1);
        let position = self.here();
        let bytes = whole.len().saturating_sub(2);
        self.pass(bytes.saturating_add(1));
        Ok((text, position, bytes))
    }

    /// `true`, `false`, `null` or a number.
    fn word(&mut self) -> Result<(Value, Spot), Problem> {
        let is_part =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '+' | '.');
        let length = self.rest.find(|character| !is_part(character)).unwrap_or(self.rest.len());
        let word = self.rest.get(..length).unwrap_or_default();
        let value = serde_json::from_str(word).map_err(|_| self.wrong("a value is expected here"))?;
        let spot = Spot::leaf(self.here(), length);
        self.pass(length);
        Ok((value, spot))
    }

    fn expect(&mut self, character: char) -> Result<(), Problem> {
        if self.peek() == Some(character) {
            self.pass(1);
            return Ok(());
        }
        Err(self.wrong(&format!("`{character}` is expected here")))
    }

    /// The next character that is no white space.
    fn peek(&mut self) -> Option<char> {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.rest.chars().next()
    }

    fn pass(&mut self, bytes: usize) {
        self.rest = self.rest.get(bytes..).unwrap_or_default();
    }

    fn here(&mut self) -> Position {
        let offset = self.cursor.text.len().saturating_sub(self.rest.len());
        self.cursor.at(offset)
    }

    fn wrong(&mut self, message: &str) -> Problem {
        Problem { kind: ProblemKind::Syntax, message: message.to_owned(), position: self.here() }
    }

    fn limit(&mut self, message: String) -> Problem {
        Problem { kind: ProblemKind::Limit, message, position: self.here() }
    }

    fn shared(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.names.insert(Arc::clone(&name));
        name
    }
}
