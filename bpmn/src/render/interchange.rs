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
