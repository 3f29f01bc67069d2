//! What is drawn where, however that was decided.

use super::geometry::{Bounds, Point};

/// Shapes and edges; indices lead into the inventory.
#[derive(Debug, Default)]
pub(super) struct Scene {
    pub(super) shapes: Vec<Shape>,
    pub(super) edges: Vec<Edge>,
}

/// A node at its place.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    pub(super) node: usize,
    pub(super) bounds: Bounds,
    /// Whether what is in it is drawn, too.
    pub(super) is_expanded: bool,
    /// Whether a pool or lane runs from left to right.
    pub(super) is_horizontal: bool,
    /// Whether an exclusive gateway shows its cross.
    pub(super) has_marker: bool,
    /// Where its label is, if the diagram says so.
    pub(super) label: Option<Bounds>,
    pub(super) colours: Colours,
}

impl Shape {
    pub(super) fn new(node: usize, bounds: Bounds) -> Self {
        Self {
            node,
            bounds,
            is_expanded: false,
            is_horizontal: true,
            has_marker: true,
            label: None,
            colours: Colours::default(),
        }
    }
}

/// A link at its place.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub(super) link: usize,
    pub(super) points: Vec<Point>,
    pub(super) label: Option<Bounds>,
    /// Whether the diagram shows the message of a message flow as an envelope.
    pub(super) envelope: Option<Envelope>,
    pub(super) colours: Colours,
}

/// The message of a message flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Envelope {
    Initiating,
    Answering,
}

/// Colours that the diagram asks for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Colours {
    pub(super) fill: Option<String>,
    pub(super) stroke: Option<String>,
}
