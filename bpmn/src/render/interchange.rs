//! The scene as the diagram of the file has it. What the diagram leaves out although it belongs to what is shown is added:
//! lines between drawn shapes, boundary events of drawn activities, and nodes, which get a row of their own below.

use std::collections::{BTreeMap, BTreeSet};

use super::RenderError;
use super::geometry::{Bounds, Point, coordinate, float};
use super::inventory::{Inventory, Kind, LinkKind, Place};
use super::layout::{self, BOUNDARY_SIZE, GAP};
use super::scene::{Colours, Edge, Envelope, Scene, Shape};
use crate::model::{DIAGRAM_NAMESPACE, Definitions, Diagram};
use crate::xml::Element;

/// The scene of the diagram that is asked for, or of the first that shows anything; `None` if the file has no diagram.
pub(super) fn scene(
    model: &Definitions,
    inventory: &Inventory<'_>,
    asked: Option<&str>,
) -> Result<Option<Scene>, RenderError> {
    if let Some(asked) = asked {
        let named = model.diagrams.iter().find(|diagram| names(diagram).contains(&asked));
        let Some(diagram) = named else {
            let present = model.diagrams.iter().flat_map(names).map(str::to_owned).collect();
            return Err(RenderError::NoDiagram { asked: asked.to_owned(), present });
        };
        return Ok(Some(read(diagram, inventory)));
    }
    let scenes = model.diagrams.iter().map(|diagram| read(diagram, inventory));
    Ok(scenes.into_iter().find(|scene| !scene.shapes.is_empty()))
}

fn plane(diagram: &Diagram) -> Option<&Element> {
    diagram.element.elements().find(|child| child.name.is(DIAGRAM_NAMESPACE, "BPMNPlane"))
}

/// The ids that a diagram is asked for by.
fn names(diagram: &Diagram) -> Vec<&str> {
    let shown = plane(diagram).and_then(|plane| plane.attribute("bpmnElement"));
    diagram.element.attribute("id").into_iter().chain(shown.map(local)).collect()
}

/// An id without the prefix of its namespace.
fn local(written: &str) -> &str {
    let written = written.trim();
    written.split_once(':').map_or(written, |(_, id)| id)
}

fn read(diagram: &Diagram, inventory: &Inventory<'_>) -> Scene {
    let mut reader =
        Reader { inventory, scene: Scene::default(), shapes: BTreeMap::new(), edges: BTreeSet::new() };
    for element in plane(diagram).into_iter().flat_map(Element::elements) {
        if element.name.is(DIAGRAM_NAMESPACE, "BPMNShape") {
            reader.shape(element);
        } else if element.name.is(DIAGRAM_NAMESPACE, "BPMNEdge") {
            reader.edge(element);
        }
    }
    reader.expand();
    reader.add_boundary_events();
    reader.add_nodes();
    reader.crop_edges();
    reader.add_edges();
    reader.scene
}

struct Reader<'i, 'm> {
    inventory: &'i Inventory<'m>,
    scene: Scene,
    /// Where in the scene each node is.
    shapes: BTreeMap<usize, usize>,
    edges: BTreeSet<usize>,
}

impl Reader<'_, '_> {
    fn shape(&mut self, element: &Element) {
        // The bands of a choreography activity are drawn with it.
        if element.attribute("choreographyActivityShape").is_some() {
            return;
        }
        let node = element.attribute("bpmnElement").and_then(|id| self.inventory.node_index(local(id)));
        let (Some(node), Some(bounds)) = (node, bounds(element)) else { return };
        let flag = |name: &str| element.attribute(name).map(|value| matches!(value.trim(), "true" | "1"));
        let shape = Shape {
            is_expanded: flag("isExpanded").unwrap_or_default(),
            is_horizontal: flag("isHorizontal").unwrap_or(true),
            has_marker: flag("isMarkerVisible").unwrap_or_default(),
            label: label(element),
            colours: colours(element),
            ..Shape::new(node, bounds)
        };
        self.place(shape);
    }

    fn place(&mut self, shape: Shape) {
        self.shapes.entry(shape.node).or_insert(self.scene.shapes.len());
        self.scene.shapes.push(shape);
    }

    fn edge(&mut self, element: &Element) {
        let link = element.attribute("bpmnElement").and_then(|id| self.inventory.place(local(id)));
        let Some(Place::Link(link)) = link else { return };
        let waypoints = element.elements().filter(|child| &*child.name.local == "waypoint");
        let points: Vec<Point> = waypoints
            .filter_map(|waypoint| {
                let number = |name| waypoint.attribute(name).and_then(coordinate);
                Some(Point::new(number("x")?, number("y")?))
            })
            .collect();
        if points.len() < 2 {
            return;
        }
        let envelope = match element.attribute("messageVisibleKind") {
            Some("initiating") => Some(Envelope::Initiating),
            Some("non_initiating") => Some(Envelope::Answering),
            _ => None,
        };
        self.edges.insert(link);
        let (label, colours) = (label(element), colours(element));
        self.scene.edges.push(Edge { link, points, label, envelope, colours });
    }

    /// A subprocess of which parts are drawn is expanded, whether or not the diagram says so.
    fn expand(&mut self) {
        for shape in &mut self.scene.shapes {
            let scope = self.inventory.nodes.get(shape.node).and_then(|node| node.scope);
            let Some(scope) = scope.and_then(|scope| self.inventory.scopes.get(scope)) else { continue };
            let shows_parts = scope.nodes.iter().any(|node| self.shapes.contains_key(node));
            shape.is_expanded = shape.is_expanded || shows_parts;
        }
    }

    fn bounds_of(&self, node: usize) -> Option<Bounds> {
        self.scene.shapes.get(*self.shapes.get(&node)?).map(|shape| shape.bounds)
    }

    fn add_boundary_events(&mut self) {
        let mut placed: BTreeMap<usize, usize> = BTreeMap::new();
        for (index, node) in self.inventory.nodes.iter().enumerate() {
            let host = node.host.and_then(|host| self.inventory.node_index(host));
            let Some((host, bounds)) = host.and_then(|host| Some((host, self.bounds_of(host)?))) else {
                continue;
            };
            if self.shapes.contains_key(&index) {
                continue;
            }
            let count = placed.entry(host).or_insert(0);
            let x = bounds.right() - (float(*count) + 1.0) * (BOUNDARY_SIZE + GAP / 4.0);
            *count = count.saturating_add(1);
            let y = bounds.bottom() - BOUNDARY_SIZE / 2.0;
            self.place(Shape::new(index, Bounds::new(x, y, BOUNDARY_SIZE, BOUNDARY_SIZE)));
        }
    }

    /// Flow nodes that have no shape although others of the same scope do.
    fn add_nodes(&mut self) {
        let all = self.scene.shapes.iter().map(|shape| shape.bounds).reduce(|one, other| one.union(&other));
        let Some(all) = all else { return };
        let mut x = all.x;
        let y = all.bottom() + GAP;
        for scope in &self.inventory.scopes {
            if !scope.nodes.iter().any(|node| self.shapes.contains_key(node)) {
                continue;
            }
            for &index in &scope.nodes {
                let Some(node) = self.inventory.nodes.get(index) else { continue };
                let is_flow_node =
                    matches!(node.kind, Kind::Event { .. } | Kind::Activity { .. } | Kind::Gateway(_));
                if is_flow_node && !self.shapes.contains_key(&index) {
                    let (width, height) = layout::size(node);
                    self.place(Shape::new(index, Bounds::new(x, y, width, height)));
                    x += width + GAP;
                }
            }
        }
    }

    /// Some tools draw edges to the centres of shapes, below which the heads of their arrows would be.
    fn crop_edges(&mut self) {
        let mut edges = std::mem::take(&mut self.scene.edges);
        for edge in &mut edges {
            let Some(link) = self.inventory.links.get(edge.link) else { continue };
            for end in [link.source, link.target] {
                let node = self.inventory.node_index(end);
                let drawn =
                    node.and_then(|node| Some((self.inventory.nodes.get(node)?, self.bounds_of(node)?)));
                if let Some((node, bounds)) = drawn {
                    crop(&mut edge.points, &bounds, Form::of(node.kind));
                }
                edge.points.reverse();
            }
        }
        self.scene.edges = edges;
    }

    fn add_edges(&mut self) {
        for (index, link) in self.inventory.links.iter().enumerate() {
            if self.edges.contains(&index) {
                continue;
            }
            let bounds = |id| self.inventory.node_index(id).and_then(|node| self.bounds_of(node));
            let (Some(source), Some(target)) = (bounds(link.source), bounds(link.target)) else { continue };
            let points = connection(&source, &target, link.kind);
            let (label, envelope, colours) = (None, None, Colours::default());
            self.scene.edges.push(Edge { link: index, points, label, envelope, colours });
        }
    }
}

/// Lets a line begin where it leaves a shape, if it begins within and leaves it.
fn crop(points: &mut Vec<Point>, bounds: &Bounds, form: Form) {
    let first_outside = points.iter().position(|point| form.distance(bounds, *point) >= NEARLY_ON_BORDER);
    let Some(last_inside) = first_outside.and_then(|outside| outside.checked_sub(1)) else { return };
    points.drain(..last_inside);
    let [first, second, ..] = points.as_mut_slice() else { return };
    let (mut inside, mut outside) = (*first, *second);
    for _ in 0..CROPPING_STEPS {
        let middle = inside.towards(outside, 0.5);
        if form.distance(bounds, middle) < 1.0 {
            inside = middle;
        } else {
            outside = middle;
        }
    }
    *first = outside;
}

/// From here on a line is taken to begin on the border.
const NEARLY_ON_BORDER: f64 = 0.98;
/// How often the part of a line that crosses a border is halved: less than a pixel is left of the longest.
const CROPPING_STEPS: u32 = 24;

/// The form of a shape.
#[derive(Debug, Clone, Copy)]
enum Form {
    Rectangle,
    Circle,
    Diamond,
}

impl Form {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Event { .. } => Self::Circle,
            Kind::Gateway(_) => Self::Diamond,
            Kind::Pool { .. }
            | Kind::Lane
            | Kind::Activity { .. }
            | Kind::Data { .. }
            | Kind::DataStore
            | Kind::Annotation
            | Kind::Group
            | Kind::Message
            | Kind::Conversation { .. }
            | Kind::Choreography { .. } => Self::Rectangle,
        }
    }

    /// How far a point is from the centre; 1 on the border.
    fn distance(self, bounds: &Bounds, point: Point) -> f64 {
        let centre = bounds.centre();
        let (x, y) = (
            (point.x - centre.x).abs() * 2.0 / bounds.width,
            (point.y - centre.y).abs() * 2.0 / bounds.height,
        );
        match self {
            Self::Rectangle => x.max(y),
            Self::Circle => x.hypot(y),
            Self::Diamond => x + y,
        }
    }
}

/// The way between two shapes whose line is not in the diagram.
pub(super) fn connection(source: &Bounds, target: &Bounds, kind: LinkKind) -> Vec<Point> {
    let (from, to) = (source.centre(), target.centre());
    if matches!(kind, LinkKind::Sequence { .. }) && target.x > source.right() && (from.y - to.y).abs() > 1.0 {
        let bend = source.right() + (target.x - source.right()) / 2.0;
        return vec![
            Point::new(source.right(), from.y),
            Point::new(bend, from.y),
            Point::new(bend, to.y),
            Point::new(target.x, to.y),
        ];
    }
    vec![source.border_towards(to), target.border_towards(from)]
}

fn bounds(element: &Element) -> Option<Bounds> {
    let bounds = element.elements().find(|child| &*child.name.local == "Bounds")?;
    let number = |name| bounds.attribute(name).and_then(coordinate);
    let (width, height) = (number("width")?, number("height")?);
    (width >= 0.0 && height >= 0.0).then_some(Bounds::new(number("x")?, number("y")?, width, height))
}

fn label(element: &Element) -> Option<Bounds> {
    bounds(element.elements().find(|child| child.name.is(DIAGRAM_NAMESPACE, "BPMNLabel"))?)
}

/// The colours of "BPMN in Color" and of its forerunner in bpmn-js; only what cannot be anything but a colour is taken.
fn colours(element: &Element) -> Colours {
    let colour = |names: [&str; 2]| {
        let named = element.attributes.iter().find(|attribute| {
            attribute.name.namespace.is_some() && names.contains(&&*attribute.name.local)
        })?;
        let is_colour = |value: &str| {
            value.strip_prefix('#').map_or_else(
                || !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphabetic()),
                |digits| matches!(digits.len(), 3 | 6) && digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
            )
        };
        Some(named.value.trim()).filter(|value| is_colour(value)).map(str::to_owned)
    };
    Colours { fill: colour(["background-color", "fill"]), stroke: colour(["border-color", "stroke"]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_begin_on_the_border_of_what_they_leave() {
        let bounds = Bounds::new(0.0, 0.0, 40.0, 40.0);
        let (centre, beyond, within) = (bounds.centre(), Point::new(100.0, 100.0), Point::new(30.0, 20.0));
        for (form, points, begin, count) in [
            (Form::Rectangle, vec![centre, beyond], 40.0, 2),
            (Form::Rectangle, vec![centre, Point::new(30.0, 30.0), beyond], 40.0, 2),
            (Form::Circle, vec![centre, beyond], 20.0 + 20.0 / 2.0_f64.sqrt(), 2),
            (Form::Diamond, vec![centre, beyond], 30.0, 2),
            (Form::Rectangle, vec![Point::new(40.0, 20.0), beyond], 40.0, 2),
            (Form::Rectangle, vec![centre, within], 20.0, 2),
        ] {
            let mut cropped = points.clone();
            crop(&mut cropped, &bounds, form);
            let first = cropped.first().copied().unwrap_or_default();
            assert!((first.x - begin).abs() < 0.01 && cropped.len() == count, "{points:?} {cropped:?}");
        }
    }
}
