//! Walking a resource together with its places.

use serde_json::Value;

use super::position::{Position, Spot};

/// A part of a resource and where it is written.
#[derive(Debug, Clone, Copy)]
pub struct Node<'a> {
    /// The part.
    pub value: &'a Value,
    spot: &'a Spot,
}

impl<'a> Node<'a> {
    pub(super) const fn new(value: &'a Value, spot: &'a Spot) -> Self {
        Self { value, spot }
    }

    /// Where it begins.
    pub const fn position(self) -> Position {
        self.spot.start
    }

    /// How long it is written, in bytes; 0 for what has parts.
    pub const fn bytes(self) -> u32 {
        self.spot.bytes
    }

    /// The member of this name. A part without a place of its own is where its owner is.
    pub fn member(self, name: &str) -> Option<Self> {
        let value = self.value.get(name)?;
        Some(Self { value, spot: self.spot.member(name).unwrap_or(self.spot) })
    }

    /// The items of the array with this name; empty when it is absent or something else.
    pub fn items(self, name: &str) -> impl Iterator<Item = Self> + use<'a> {
        let array = self.member(name);
        let items = array.and_then(|array| array.value.as_array()).map_or(&[][..], Vec::as_slice);
        let spot = array.map_or(self.spot, |array| array.spot);
        items
            .iter()
            .enumerate()
            .map(move |(index, value)| Self { value, spot: spot.item(index).unwrap_or(spot) })
    }

    /// The member of this name, if it is a string.
    pub fn text(self, name: &str) -> Option<&'a str> {
        self.value.get(name).and_then(Value::as_str)
    }

    /// Itself, if it is a string.
    pub fn as_text(self) -> Option<&'a str> {
        self.value.as_str()
    }

    /// The member whose name begins with `stem` and goes on with a type: `value` finds `valueString`.
    pub fn choice(self, stem: &str) -> Option<(&'a str, Self)> {
        let members = self.value.as_object()?;
        let (name, value) = members.iter().find(|(name, _)| {
            name.strip_prefix(stem)
                .is_some_and(|kind| kind.starts_with(|first: char| first.is_ascii_uppercase()))
        })?;
        Some((name, Self { value, spot: self.spot.member(name).unwrap_or(self.spot) }))
    }

    /// All members, in the order of their names.
    pub fn members(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.value.as_object().into_iter().flatten().map(move |(name, value)| {
            (name.as_str(), Self { value, spot: self.spot.member(name).unwrap_or(self.spot) })
        })
    }

    /// Its items, if it is an array; itself otherwise.
    pub fn each(self) -> Vec<Self> {
        match self.value.as_array() {
            Some(items) => items
                .iter()
                .enumerate()
                .map(|(index, value)| Self { value, spot: self.spot.item(index).unwrap_or(self.spot) })
                .collect(),
            None => vec![self],
        }
    }

    /// The extensions with this url.
    pub fn extensions(self, url: &str) -> impl Iterator<Item = Self> {
        self.items("extension").filter(move |extension| extension.text("url") == Some(url))
    }
}
