//! Places in a text, and the tree of places beside the tree of values.

use std::fmt;
use std::sync::Arc;

/// A place in a text. Line and column count from 1, in characters; the offset counts bytes of UTF-8 from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Bytes from the start of the text.
    pub offset: u32,
}

impl Position {
    /// The first character.
    pub const START: Self = Self { line: 1, column: 1, offset: 0 };

    fn pass(&mut self, text: &str) {
        for character in text.chars() {
            if character == '\n' {
                self.line = self.line.saturating_add(1);
                self.column = 1;
            } else {
                self.column = self.column.saturating_add(1);
            }
        }
        self.offset = self.offset.saturating_add(u32::try_from(text.len()).unwrap_or(u32::MAX));
    }
}

impl fmt::Display for Position {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.line, self.column)
    }
}

/// Where a value is written: for a primitive its text without quotes, for anything else where it begins.
#[derive(Debug, Clone, PartialEq)]
pub struct Spot {
    /// Where it begins.
    pub start: Position,
    /// Bytes from its begin to its end.
    pub bytes: u32,
    /// The places of its parts.
    pub(super) parts: Parts,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Parts {
    None,
    Items(Vec<Spot>),
    /// In the order of the text.
    Members(Vec<(Arc<str>, Spot)>),
}

impl Spot {
    pub(super) fn leaf(start: Position, bytes: usize) -> Self {
        Self { start, bytes: u32::try_from(bytes).unwrap_or(u32::MAX), parts: Parts::None }
    }

    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match &self.parts {
            Parts::Members(members) => {
                members.iter().find(|(member, _)| &**member == name).map(|(_, spot)| spot)
            }
            Parts::None | Parts::Items(_) => None,
        }
    }

    pub(super) fn item(&self, index: usize) -> Option<&Self> {
        match &self.parts {
            Parts::Items(items) => items.get(index),
            Parts::None | Parts::Members(_) => None,
        }
    }
}

/// Turns offsets into positions, in linear time as long as they grow.
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    position: Position,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, position: Position::START }
    }

    pub(super) fn at(&mut self, offset: usize) -> Position {
        let known = usize::try_from(self.position.offset).unwrap_or(usize::MAX);
        if offset < known {
            let mut position = Position::START;
            position.pass(self.text.get(..offset).unwrap_or_default());
            return position;
        }
        self.position.pass(self.text.get(known..offset).unwrap_or_default());
        self.position
    }
}
