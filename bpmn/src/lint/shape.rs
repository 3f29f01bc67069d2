//! Where an element is drawn.

use crate::lint::document::{Node, Space};
use crate::lint::file::File;

/// The rectangle of a shape.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Bounds {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Bounds {
    /// The rectangle of the shape of an element, if it is drawn as one.
    pub(super) fn of(file: &File<'_>, element: Node<'_>) -> Option<Self> {
        Self::of_shape(file.drawn(element.id()?)?)
    }

    /// The rectangle of a shape.
    pub(super) fn of_shape(shape: Node<'_>) -> Option<Self> {
        if !shape.is_in(Space::Diagram, "BPMNShape") {
            return None;
        }
        let bounds = shape.children().find(|child| child.is_in(Space::DiagramCommon, "Bounds"))?;
        let number =
            |name: &str| bounds.attribute(name)?.trim().parse::<f64>().ok().filter(|value| value.is_finite());
        Some(Self { x: number("x")?, y: number("y")?, width: number("width")?, height: number("height")? })
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Whether they have a point in common.
    pub(super) fn touches(&self, other: &Self) -> bool {
        self.right() >= other.x
            && other.right() >= self.x
            && self.bottom() >= other.y
            && other.bottom() >= self.y
    }

    /// Whether the other lies within.
    pub(super) fn contains(&self, other: &Self) -> bool {
        other.x >= self.x
            && other.y >= self.y
            && other.right() <= self.right()
            && other.bottom() <= self.bottom()
    }
}
