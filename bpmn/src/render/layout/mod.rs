//! A scene for a model without a diagram: flows from left to right, subprocesses around what they hold, boundary events on
//! their activities, annotations above and data below what they belong to, lanes in pools, pools below each other.
//!
//! [`layers`] places the nodes of one scope; this file says how much room each needs and puts scopes into each other.

#![expect(clippy::indexing_slicing, reason = "indices of the inventory lead into it")]

mod layers;

use std::collections::{BTreeMap, BTreeSet};

use self::layers::{Arc, Block, Placed, Port};
use super::geometry::{Bounds, Point, float};
use super::interchange::connection;
use super::inventory::{Inventory, Kind, Link, LinkKind, Node, Work};
use super::scene::{Colours, Edge, Scene, Shape};
use super::text;
use crate::limits::RENDER_LABEL_LINES_MAX;
use crate::model::LaneSet;

/// Between things that do not belong together.
pub(super) const GAP: f64 = 40.0;
/// Diameter of an event.
pub(super) const BOUNDARY_SIZE: f64 = 36.0;
/// Pixels that a label below a shape may be wide.
pub(super) const LABEL_WIDTH: f64 = 100.0;
/// Between a subprocess's border and what is in it; on top, its name stands there.
const INSET: f64 = 20.0;
const TITLE: f64 = 16.0;
/// The strip of a pool or lane that holds its name.
const STRIP: f64 = 30.0;
/// The band of a participant of a choreography activity.
pub(super) const BAND: f64 = 20.0;
/// Pixels that the label of a boundary event may be wide.
pub(super) const BOUNDARY_LABEL_WIDTH: f64 = 80.0;
/// What a pool without a process measures.
const POOL_WIDTH: f64 = 600.0;
const POOL_HEIGHT: f64 = 60.0;
/// Between an activity and what belongs to it.
const NEAR: f64 = 18.0;
/// Boundary events on one activity, from middle to middle, and how much lower the line of each begins than that of the one
/// to its right.
const BOUNDARY_STEP: f64 = 56.0;
const BOUNDARY_STEP_LABELLED: f64 = 92.0;
const BOUNDARY_DROP: f64 = 34.0;
/// Between lines of messages.
const MESSAGE_STEP: f64 = 16.0;

/// The size of a node that shows nothing inside.
pub(super) fn size(node: &Node<'_>) -> (f64, f64) {
    match node.kind {
        Kind::Event { .. } => (BOUNDARY_SIZE, BOUNDARY_SIZE),
        Kind::Gateway(_) => (50.0, 50.0),
        Kind::Data { .. } => (36.0, 50.0),
        Kind::DataStore => (50.0, 50.0),
        Kind::Message => (30.0, 20.0),
        Kind::Conversation { .. } => (46.0, 40.0),
        Kind::Annotation => {
            let (width, height) = text::extent(&text::wrap(&node.name, 140.0, RENDER_LABEL_LINES_MAX));
            (width.max(40.0) + 14.0, height.max(16.0) + 12.0)
        }
        Kind::Choreography { .. } => (110.0, 60.0 + BAND * float(node.participants.len())),
        Kind::Activity { .. } | Kind::Group | Kind::Pool { .. } | Kind::Lane => {
            // A name that does not fit makes a task higher, not its letters smaller.
            let lines = text::wrap(&node.name, 90.0, RENDER_LABEL_LINES_MAX);
            (100.0, (text::extent(&lines).1 + 38.0).max(80.0))
        }
    }
}

/// Whether the name stands below the shape instead of in it.
pub(super) fn is_labelled_below(kind: Kind) -> bool {
    match kind {
        Kind::Event { .. }
        | Kind::Gateway(_)
        | Kind::Data { .. }
        | Kind::DataStore
        | Kind::Conversation { .. }
        | Kind::Message => true,
        Kind::Activity { .. }
        | Kind::Annotation
        | Kind::Choreography { .. }
        | Kind::Group
        | Kind::Pool { .. }
        | Kind::Lane => false,
    }
}

/// Lays out all that a model has to show.
pub(super) fn scene(inventory: &Inventory<'_>) -> Scene {
    let mut layout = Layout {
        inventory,
        attached: BTreeMap::new(),
        boundary: BTreeMap::new(),
        hosts: BTreeMap::new(),
        beside: BTreeSet::new(),
    };
    layout.attach();
    layout.roots()
}

/// What is laid out, from its own top left corner.
#[derive(Default)]
struct Part {
    scene: Scene,
    width: f64,
    height: f64,
}

struct Layout<'i, 'm> {
    inventory: &'i Inventory<'m>,
    /// What is drawn beside a node because it belongs to it: annotations, data, handlers of compensation.
    attached: BTreeMap<usize, Vec<usize>>,
    /// The boundary events of each activity.
    boundary: BTreeMap<usize, Vec<usize>>,
    /// The activity of each boundary event.
    hosts: BTreeMap<usize, usize>,
    /// All that is placed with another node.
    beside: BTreeSet<usize>,
}

impl<'m> Layout<'_, 'm> {
    fn node(&self, index: usize) -> &Node<'m> {
        &self.inventory.nodes[index]
    }

    /// Both ends of a link, if both are nodes.
    fn ends(&self, link: &Link<'m>) -> Option<(usize, usize)> {
        Some((self.inventory.node_index(link.source)?, self.inventory.node_index(link.target)?))
    }

    /// Finds what belongs to what.
    fn attach(&mut self) {
        let inventory = self.inventory;
        for scope in &inventory.scopes {
            let members: BTreeSet<usize> = scope.nodes.iter().copied().collect();
            for &node in &scope.nodes {
                let host = inventory.nodes[node].host.and_then(|host| inventory.node_index(host));
                if let Some(host) = host.filter(|host| members.contains(host) && *host != node) {
                    self.boundary.entry(host).or_default().push(node);
                    self.hosts.insert(node, host);
                    self.beside.insert(node);
                }
            }
            for &link in &scope.links {
                let link = &inventory.links[link];
                let Some((source, target)) = self.ends(link) else { continue };
                for (part, whole) in [(source, target), (target, source)] {
                    let whole = self.hosts.get(&whole).copied().unwrap_or(whole);
                    let is_part = is_artifact(self.node(part).kind)
                        || is_handler(self.node(part).kind)
                            && matches!(link.kind, LinkKind::Association { .. });
                    let whole_kind = self.node(whole).kind;
                    let is_whole = is_flow_node(whole_kind) && !is_handler(whole_kind) && part != whole;
                    let are_near = members.contains(&part) && members.contains(&whole);
                    if is_part && is_whole && are_near && self.beside.insert(part) {
                        self.attached.entry(whole).or_default().push(part);
                    }
                }
            }
        }
    }

    fn roots(&self) -> Scene {
        let mut scene = Scene::default();
        let mut y = 0.0;
        let mut shown = BTreeSet::new();
        for (index, scope) in self.inventory.scopes.iter().enumerate() {
            if scope.is_collaboration {
                shown.extend(scope.nodes.iter().filter_map(|node| self.node(*node).scope));
                y = self.collaboration(index, y, &mut scene);
            }
        }
        for (index, scope) in self.inventory.scopes.iter().enumerate() {
            if scope.is_root && !scope.is_collaboration && !shown.contains(&index) {
                let part = self.scope(index, 0.0);
                if !part.scene.shapes.is_empty() {
                    add(&mut scene, &part, 0.0, y);
                    y += part.height + GAP;
                }
            }
        }
        self.connect(&mut scene);
        self.group(&mut scene);
        scene
    }

    /// Pools below each other, and whatever else a collaboration has below them. Answers where the next thing may begin.
    fn collaboration(&self, index: usize, top: f64, scene: &mut Scene) -> f64 {
        let scope = &self.inventory.scopes[index];
        let pools: Vec<usize> = scope
            .nodes
            .iter()
            .copied()
            .filter(|node| matches!(self.node(*node).kind, Kind::Pool { .. }))
            .collect();
        let parts: Vec<Option<(usize, Part)>> = pools
            .iter()
            .map(|pool| self.node(*pool).scope.map(|content| (content, self.scope(content, STRIP))))
            .collect();
        let widest = parts.iter().flatten().map(|(_, part)| part.width + STRIP).fold(POOL_WIDTH, f64::max);
        let flows: Vec<usize> = scope.links.iter().copied().filter(|link| self.is_message(*link)).collect();
        let crossing = flows.len();
        let gap = if crossing == 0 { GAP / 2.0 } else { GAP + MESSAGE_STEP * float(crossing.min(8)) };
        let mut y = top;
        for (pool, part) in pools.iter().zip(parts) {
            let mut height = POOL_HEIGHT;
            if let Some((content, mut part)) = part.filter(|(_, part)| !part.scene.shapes.is_empty()) {
                height = part.height;
                let lanes: BTreeSet<usize> = self.inventory.scopes[content].lanes.iter().copied().collect();
                for shape in part.scene.shapes.iter_mut().filter(|shape| lanes.contains(&shape.node)) {
                    shape.bounds.width = widest - shape.bounds.x - STRIP;
                }
                add(scene, &part, STRIP, y);
            }
            let bounds = Bounds::new(0.0, y, widest, height);
            scene.shapes.push(Shape { is_expanded: height > POOL_HEIGHT, ..Shape::new(*pool, bounds) });
            y += height + gap;
        }
        let mut x = 0.0;
        let mut bottom = y;
        for &node in &scope.nodes {
            if matches!(self.node(node).kind, Kind::Group | Kind::Pool { .. }) {
                continue;
            }
            let (width, height) = size(self.node(node));
            scene.shapes.push(Shape::new(node, Bounds::new(x, y, width, height)));
            x += width.max(LABEL_WIDTH) + GAP;
            bottom = bottom.max(y + height + GAP + text::LINE_HEIGHT);
        }
        self.messages(&flows, &pools, gap, scene);
        bottom
    }

    fn is_message(&self, link: usize) -> bool {
        self.inventory.links[link].kind == LinkKind::Message
    }

    /// Lines of messages: straight up or down to the gap between the pools, along it, and on.
    fn messages(&self, flows: &[usize], pools: &[usize], gap: f64, scene: &mut Scene) {
        let bounds: BTreeMap<usize, Bounds> =
            scene.shapes.iter().map(|shape| (shape.node, shape.bounds)).collect();
        let pool_bounds: Vec<Bounds> = pools.iter().filter_map(|pool| bounds.get(pool)).copied().collect();
        let pool_of = |at: &Bounds| {
            let middle = at.centre().y;
            let pool = pool_bounds.partition_point(|pool| pool.bottom() < middle);
            pool_bounds.get(pool).is_some_and(|bounds| bounds.y <= middle).then_some(pool)
        };
        let mut used: BTreeMap<usize, usize> = BTreeMap::new();
        let mut levels: BTreeMap<usize, usize> = BTreeMap::new();
        for &link in flows {
            let Some((source, target)) = self.ends(&self.inventory.links[link]) else { continue };
            let (Some(from), Some(to)) = (bounds.get(&source), bounds.get(&target)) else { continue };
            let (Some(first), Some(last)) = (pool_of(from), pool_of(to)) else { continue };
            if first == last {
                continue;
            }
            let is_pool = |node: usize| matches!(self.node(node).kind, Kind::Pool { .. });
            let mut at = |node: usize, bounds: &Bounds| {
                let count = used.entry(node).or_insert(0);
                let shift = float(*count);
                *count = count.saturating_add(1);
                if is_pool(node) {
                    bounds.x + STRIP + GAP + shift * 2.0 * GAP
                } else {
                    (bounds.centre().x + shift * MESSAGE_STEP).min(bounds.right())
                }
            };
            let (mut start_x, mut end_x) = (at(source, from), at(target, to));
            if is_pool(source) && !is_pool(target) {
                start_x = end_x;
            } else if is_pool(target) {
                end_x = start_x;
            }
            let goes_down = first < last;
            let (start_y, end_y) = if goes_down { (from.bottom(), to.y) } else { (from.y, to.bottom()) };
            let mut points = vec![Point::new(start_x, start_y)];
            if (start_x - end_x).abs() > 0.5 {
                let level = levels.entry(last.max(first)).or_insert(0);
                let step = float(*level) * MESSAGE_STEP;
                *level = level.saturating_add(1);
                let Some(pool) = pool_bounds.get(last) else { continue };
                let along = if goes_down {
                    pool.y - GAP / 2.0 - step.min(gap - GAP)
                } else {
                    pool.bottom() + GAP / 2.0 + step.min(gap - GAP)
                };
                points.extend([Point::new(start_x, along), Point::new(end_x, along)]);
            }
            points.push(Point::new(end_x, end_y));
            scene.edges.push(edge(link, points));
        }
    }

    /// The content of a process or subprocess. `strip` is the room for names that lanes have at their left.
    fn scope(&self, index: usize, strip: f64) -> Part {
        let scope = &self.inventory.scopes[index];
        let nodes: Vec<usize> = scope
            .nodes
            .iter()
            .copied()
            .filter(|node| !self.beside.contains(node) && self.node(*node).kind != Kind::Group)
            .collect();
        let places: BTreeMap<usize, usize> = nodes.iter().enumerate().map(|(at, node)| (*node, at)).collect();
        let (bands, band_count) = self.bands(index);
        let outside = band_count.saturating_sub(1);
        let rooms: Vec<Room> = nodes.iter().map(|node| self.room(*node)).collect();
        let blocks: Vec<Block> = nodes
            .iter()
            .zip(&rooms)
            .map(|(node, room)| Block {
                half: room.width / 2.0,
                side: room.side,
                up: room.up,
                down: room.down,
                band: bands.get(node).copied().unwrap_or(outside),
            })
            .collect();
        let mut arcs = Vec::new();
        let mut links = Vec::new();
        for &link in &scope.links {
            if let Some(arc) = self.arc(&self.inventory.links[link], &places, &rooms) {
                arcs.push(arc);
                links.push(link);
            }
        }
        let used = if blocks.iter().any(|block| block.band == outside) { band_count } else { outside };
        let placed = layers::place(&blocks, &arcs, used);
        let lane_depth = scope.lane_sets.first().map_or(0, depth);
        let left = STRIP * float(lane_depth);
        let padding = if lane_depth > 0 || strip > 0.0 { INSET } else { 0.0 };
        let mut part = Part {
            width: left + placed.width + 2.0 * padding,
            height: placed.bands.last().map_or(0.0, |(_, bottom)| *bottom),
            ..Part::default()
        };
        if let Some(set) = scope.lane_sets.first() {
            let mut lanes = scope.lanes.iter().copied();
            let mut bands = placed.bands.iter().copied();
            lane_shapes(set, 0.0, part.width, &mut lanes, &mut bands, &mut part.scene);
        }
        self.fill(&mut part, &nodes, rooms, &placed, left + padding);
        for (link, route) in links.into_iter().zip(&placed.routes) {
            let points = route.iter().map(|point| Point::new(point.x + left + padding, point.y)).collect();
            part.scene.edges.push(edge(link, straightened(points)));
        }
        part
    }

    /// Puts nodes, and what belongs to each, at the places found.
    fn fill(&self, part: &mut Part, nodes: &[usize], rooms: Vec<Room>, placed: &Placed, left: f64) {
        for ((&node, room), centre) in nodes.iter().zip(rooms).zip(&placed.centres) {
            let centre = Point::new(centre.x + left, centre.y);
            let bounds = Bounds::new(
                centre.x - room.width / 2.0,
                centre.y - room.height / 2.0,
                room.width,
                room.height,
            );
            let is_expanded = room.content.is_some();
            part.scene.shapes.push(Shape { is_expanded, ..Shape::new(node, bounds) });
            if let Some(content) = &room.content {
                add(&mut part.scene, content, bounds.x + INSET, bounds.y + head(self.node(node)));
            }
            for (other, bounds) in room.others {
                part.scene.shapes.push(Shape::new(other, bounds.moved(centre.x, centre.y)));
            }
        }
    }

    fn arc(&self, link: &Link<'m>, places: &BTreeMap<usize, usize>, rooms: &[Room]) -> Option<Arc> {
        if !matches!(link.kind, LinkKind::Sequence { .. }) {
            return None;
        }
        let (source, target) = self.ends(link)?;
        let host = self.hosts.get(&source).copied();
        let from = *places.get(&host.unwrap_or(source))?;
        let to = *places.get(&self.hosts.get(&target).copied().unwrap_or(target))?;
        let port = host.and_then(|_| rooms.get(from)?.ports.get(&source).copied());
        let lines = text::wrap(&link.name, LABEL_WIDTH, RENDER_LABEL_LINES_MAX);
        Some(Arc { from, to, port, label: text::extent(&lines).0 })
    }

    /// The band of each node: its lane among the innermost ones; and how many bands there are, with the one of nodes that
    /// are in no lane, which comes last.
    fn bands(&self, index: usize) -> (BTreeMap<usize, usize>, usize) {
        let scope = &self.inventory.scopes[index];
        let mut bands = BTreeMap::new();
        let mut count = 0_usize;
        if let Some(set) = scope.lane_sets.first() {
            each_leaf(set, &mut |lane| {
                for node in lane.flow_nodes.iter().filter_map(|node| self.inventory.node_index(node.id())) {
                    bands.entry(node).or_insert(count);
                }
                count = count.saturating_add(1);
            });
        }
        (bands, count.saturating_add(1))
    }

    /// The room that a node needs, with everything that belongs to it.
    fn room(&self, index: usize) -> Room {
        let node = self.node(index);
        let content =
            node.scope.map(|scope| self.scope(scope, 0.0)).filter(|part| !part.scene.shapes.is_empty());
        let (mut width, mut height) = size(node);
        if let Some(content) = &content {
            let title = text::width(&node.name).min(3.0 * LABEL_WIDTH) + 2.0 * INSET;
            width = (content.width + 2.0 * INSET).max(title);
            height =
                content.height + head(node) + if node.participants.is_empty() { INSET / 2.0 } else { INSET };
        }
        let boundary = self.boundary.get(&index).map(Vec::as_slice).unwrap_or_default();
        let steps = boundary.iter().map(|event| boundary_step(self.node(*event)));
        width = width.max(steps.sum());
        let mut room = Room {
            width,
            height,
            side: width / 2.0,
            up: height / 2.0,
            down: height / 2.0,
            others: Vec::new(),
            ports: BTreeMap::new(),
            content,
        };
        if is_labelled_below(node.kind) {
            let (label_width, label_height) = label(node, LABEL_WIDTH);
            room.side = room.side.max(label_width / 2.0);
            room.down += label_height;
        }
        self.add_boundary(&mut room, boundary);
        let attached = self.attached.get(&index).map(Vec::as_slice).unwrap_or_default();
        let is_above = |node: &usize| self.node(*node).kind == Kind::Annotation;
        let (above, below): (Vec<usize>, Vec<usize>) = attached.iter().partition(|node| is_above(node));
        self.add_row(&mut room, &above, |room, height| {
            let y = -room.up - NEAR - height;
            room.up += NEAR + height;
            y
        });
        self.add_row(&mut room, &below, |room, height| {
            let y = room.down + NEAR;
            room.down += NEAR + height;
            y
        });
        room
    }

    fn add_boundary(&self, room: &mut Room, events: &[usize]) {
        let bottom = room.height / 2.0;
        // From the right: what it leads to is there.
        let mut right = room.width / 2.0;
        for (at, &event) in events.iter().enumerate() {
            let x = right - BOUNDARY_STEP / 2.0;
            right -= boundary_step(self.node(event));
            let half = BOUNDARY_SIZE / 2.0;
            room.others.push((event, Bounds::new(x - half, bottom - half, BOUNDARY_SIZE, BOUNDARY_SIZE)));
            let drop = bottom + half + NEAR + BOUNDARY_DROP * float(at);
            let start = Point::new(x, bottom + half);
            room.ports.insert(event, Port { start, turn: drop });
            let (label_width, label_height) = label(self.node(event), BOUNDARY_LABEL_WIDTH);
            room.side = room.side.max(label_width - x);
            room.down = room.down.max(bottom + half + label_height).max(drop + 6.0);
        }
    }

    /// A row of things above or below a node, side by side around its middle.
    fn add_row(&self, room: &mut Room, nodes: &[usize], place: impl Fn(&mut Room, f64) -> f64) {
        if nodes.is_empty() {
            return;
        }
        let sizes: Vec<(f64, f64, f64)> = nodes
            .iter()
            .map(|&index| {
                let node = self.node(index);
                let (width, height) = size(node);
                let (label_width, label_height) =
                    if is_labelled_below(node.kind) { label(node, LABEL_WIDTH) } else { (0.0, 0.0) };
                (width, width.max(label_width), height + label_height)
            })
            .collect();
        let total = sizes.iter().map(|(_, width, _)| width).sum::<f64>() + NEAR * (float(nodes.len()) - 1.0);
        let height = sizes.iter().map(|(_, _, height)| *height).fold(0.0, f64::max);
        let y = place(room, height);
        let mut x = -total / 2.0;
        for (&index, (width, with_label, own_height)) in nodes.iter().zip(sizes) {
            let lower = if y < 0.0 { height - own_height } else { 0.0 };
            let shape_height = size(self.node(index)).1;
            room.others
                .push((index, Bounds::new(x + (with_label - width) / 2.0, y + lower, width, shape_height)));
            x += with_label + NEAR;
        }
        room.side = room.side.max(total / 2.0);
    }

    /// Lines that no scope has routed: associations, data, and whatever leads from one scope to another.
    fn connect(&self, scene: &mut Scene) {
        let bounds: BTreeMap<usize, Bounds> =
            scene.shapes.iter().map(|shape| (shape.node, shape.bounds)).collect();
        let drawn: BTreeSet<usize> = scene.edges.iter().map(|edge| edge.link).collect();
        let centre_of_link: BTreeMap<&str, Bounds> = scene
            .edges
            .iter()
            .filter_map(|edge| {
                let id = self.inventory.links[edge.link].id;
                let middle = Bounds::around(&middle_piece(&edge.points))?.centre();
                (!id.is_empty()).then_some((id, Bounds::new(middle.x, middle.y, 0.0, 0.0)))
            })
            .collect();
        let end = |id: &str| {
            let node = self.inventory.node_index(id).and_then(|node| bounds.get(&node));
            node.or_else(|| centre_of_link.get(id)).copied()
        };
        for (index, link) in
            self.inventory.links.iter().enumerate().filter(|(index, _)| !drawn.contains(index))
        {
            if let (Some(source), Some(target)) = (end(link.source), end(link.target)) {
                scene.edges.push(edge(index, connection(&source, &target, link.kind)));
            }
        }
    }

    /// Groups are drawn around the elements of their category.
    fn group(&self, scene: &mut Scene) {
        let mut extents: BTreeMap<&str, Bounds> = BTreeMap::new();
        for shape in &scene.shapes {
            for value in &self.node(shape.node).categories {
                let extent = extents.entry(value).or_insert(shape.bounds);
                *extent = extent.union(&shape.bounds);
            }
        }
        for (index, group) in
            self.inventory.nodes.iter().enumerate().filter(|(_, node)| node.kind == Kind::Group)
        {
            let extent = group.categories.first().and_then(|value| extents.get(value));
            if let Some(extent) = extent {
                scene.shapes.push(Shape::new(index, extent.grown(NEAR)));
            }
        }
    }
}

/// What a node needs around its middle.
struct Room {
    width: f64,
    height: f64,
    side: f64,
    up: f64,
    down: f64,
    /// What is drawn beside it, from its middle.
    others: Vec<(usize, Bounds)>,
    /// Where the lines of its boundary events begin.
    ports: BTreeMap<usize, Port>,
    content: Option<Part>,
}

/// The room above what a subprocess holds: for its name, and in a choreography for the bands of its participants.
fn head(node: &Node<'_>) -> f64 {
    TITLE + float(node.participants.len()) * BAND
}

/// The room at the border of its activity that a boundary event takes: its name stands to the left of its line.
fn boundary_step(event: &Node<'_>) -> f64 {
    if event.name.is_empty() { BOUNDARY_STEP } else { BOUNDARY_STEP_LABELLED }
}

/// The room of a label below a shape.
fn label(node: &Node<'_>, width: f64) -> (f64, f64) {
    let (width, height) = text::extent(&text::wrap(&node.name, width, RENDER_LABEL_LINES_MAX));
    (width, if height > 0.0 { height + 6.0 } else { 0.0 })
}

fn is_artifact(kind: Kind) -> bool {
    matches!(kind, Kind::Annotation | Kind::Data { .. } | Kind::DataStore)
}

fn is_handler(kind: Kind) -> bool {
    matches!(kind, Kind::Activity { is_compensation: true, work, .. } if work != Work::EventSubProcess)
}

fn is_flow_node(kind: Kind) -> bool {
    match kind {
        Kind::Event { .. } | Kind::Activity { .. } | Kind::Gateway(_) | Kind::Choreography { .. } => true,
        Kind::Pool { .. }
        | Kind::Lane
        | Kind::Data { .. }
        | Kind::DataStore
        | Kind::Annotation
        | Kind::Group
        | Kind::Message
        | Kind::Conversation { .. } => false,
    }
}

fn edge(link: usize, points: Vec<Point>) -> Edge {
    Edge { link, points, label: None, envelope: None, colours: Colours::default() }
}

/// Adds a part at a place.
fn add(scene: &mut Scene, part: &Part, x: f64, y: f64) {
    scene.shapes.extend(
        part.scene.shapes.iter().cloned().map(|shape| Shape { bounds: shape.bounds.moved(x, y), ..shape }),
    );
    scene.edges.extend(part.scene.edges.iter().cloned().map(|edge| {
        let points = edge.points.iter().map(|point| Point::new(point.x + x, point.y + y)).collect();
        Edge { points, ..edge }
    }));
}

/// Without points on the way that change nothing.
fn straightened(points: Vec<Point>) -> Vec<Point> {
    let mut straight: Vec<Point> = Vec::with_capacity(points.len());
    for point in points {
        if let [.., before, last] = straight.as_slice() {
            let is_on = |a: f64, b: f64, c: f64| (a - b).abs() < 0.01 && (b - c).abs() < 0.01;
            if is_on(before.x, last.x, point.x) || is_on(before.y, last.y, point.y) {
                straight.pop();
            }
        }
        straight.push(point);
    }
    straight
}

/// The two points around the middle of a line.
fn middle_piece(points: &[Point]) -> Vec<Point> {
    let at = (points.len() / 2).saturating_sub(1);
    points.iter().skip(at).take(2).copied().collect()
}

/// How deep the lanes of a set are within each other.
fn depth(set: &LaneSet) -> usize {
    let children = set.lanes.iter().filter_map(|lane| lane.child_lane_set.as_ref());
    1_usize.saturating_add(children.map(|set| depth(set)).max().unwrap_or_default())
}

fn each_leaf<'m>(set: &'m LaneSet, each: &mut impl FnMut(&'m crate::model::Lane)) {
    for lane in &set.lanes {
        match &lane.child_lane_set {
            Some(children) if !children.lanes.is_empty() => each_leaf(children, each),
            _ => each(lane),
        }
    }
}

/// Draws lanes over their bands; answers the top and bottom of all.
fn lane_shapes(
    set: &LaneSet,
    left: f64,
    width: f64,
    nodes: &mut impl Iterator<Item = usize>,
    bands: &mut impl Iterator<Item = (f64, f64)>,
    scene: &mut Scene,
) -> Option<(f64, f64)> {
    let mut all: Option<(f64, f64)> = None;
    for lane in &set.lanes {
        let node = nodes.next()?;
        let at = scene.shapes.len();
        scene.shapes.push(Shape { is_expanded: true, ..Shape::new(node, Bounds::default()) });
        let (top, bottom) = match &lane.child_lane_set {
            Some(children) if !children.lanes.is_empty() => {
                lane_shapes(children, left + STRIP, width, nodes, bands, scene)?
            }
            _ => bands.next()?,
        };
        if let Some(shape) = scene.shapes.get_mut(at) {
            shape.bounds = Bounds::new(left, top, width - left, bottom - top);
        }
        all = Some(all.map_or((top, bottom), |(first, last)| (first.min(top), last.max(bottom))));
    }
    all
}
