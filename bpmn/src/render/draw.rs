//! Writes a scene: containers from the outside in, then lines, then what lies on them, labels, and findings on top.

use std::fmt::Write as _;

use super::geometry::{Bounds, Point, float};
use super::inventory::{Border, DataRole, Inventory, Kind, LinkKind, Node, Repetition, Work};
use super::layout::{BAND, BOUNDARY_LABEL_WIDTH, LABEL_WIDTH, is_labelled_below};
use super::marks::Marks;
use super::scene::{Edge, Envelope, Scene, Shape};
use super::svg::{Svg, number};
use super::symbol::{self, Paint, Stroke};
use super::text::{self, FONT_SIZE, LINE_HEIGHT};
use crate::limits::RENDER_LABEL_LINES_MAX;
use crate::lint::Finding;

/// Colour of lines and letters, and of lines that matter less.
pub(super) const INK: &str = "#1f2a37";
pub(super) const FAINT: &str = "#5b6776";
pub(super) const PAPER: &str = "#ffffff";
const ACTIVITY_FILL: &str = "#f5f9ff";
const START_FILL: &str = "#eef8ef";
const END_FILL: &str = "#fdf0ee";
const EVENT_FILL: &str = "#fffaf0";
const GATEWAY_FILL: &str = "#fffaf0";
const STRIP_FILL: &str = "#eef1f5";
const BAND_FILL: &str = "#d9dfe7";
const FONT: &str = "Arial, Helvetica, 'Liberation Sans', sans-serif";
/// Around the picture.
const MARGIN: f64 = 20.0;
/// The strip of a pool or lane that holds its name.
const STRIP: f64 = 30.0;
const LINE: &str = "1.5";
/// How round the corners of lines and activities are.
const BEND_RADIUS: f64 = 6.0;
const CORNER_RADIUS: f64 = 10.0;

/// A whole document.
pub(super) fn document(inventory: &Inventory<'_>, scene: &Scene, findings: &[Finding]) -> String {
    let marks = Marks::of(findings);
    let labels = labels(inventory, scene);
    let content = extent(scene, &labels);
    let frame = content.grown(MARGIN);
    let legend = marks.legend(&frame);
    let frame = legend.as_ref().map_or(frame, |legend| frame.union(&legend.bounds));
    let mut svg = Svg::default();
    let (width, height) = (number(frame.width), number(frame.height));
    let view = [frame.x, frame.y, frame.width, frame.height].map(number).join(" ");
    svg.begin(
        "svg",
        &[
            ("xmlns", "http://www.w3.org/2000/svg"),
            ("viewBox", &view),
            ("width", &width),
            ("height", &height),
            ("role", "img"),
            ("font-family", FONT),
            ("font-size", &number(FONT_SIZE)),
            ("stroke-linecap", "round"),
            ("stroke-linejoin", "round"),
        ],
    );
    let (x, y) = (number(frame.x), number(frame.y));
    svg.leaf("rect", &[("x", &x), ("y", &y), ("width", &width), ("height", &height), ("fill", PAPER)]);
    let mut shapes: Vec<(&Shape, &Node<'_>)> =
        scene.shapes.iter().filter_map(|shape| Some((shape, inventory.nodes.get(shape.node)?))).collect();
    shapes.sort_by_key(|(shape, node)| order(shape, node));
    let (below, above): (Vec<_>, Vec<_>) =
        shapes.into_iter().partition(|(shape, node)| order(shape, node).0 == 0);
    let mut painter = Painter { svg, inventory, marks: &marks };
    for (shape, node) in below {
        painter.shape(shape, node);
    }
    for edge in &scene.edges {
        painter.edge(edge);
    }
    for (shape, node) in above {
        painter.shape(shape, node);
    }
    for label in &labels {
        painter.label(label);
    }
    for shape in &scene.shapes {
        let id = inventory.nodes.get(shape.node).map_or("", |node| node.id);
        marks.on_shape(id, &shape.bounds, &mut painter.svg);
    }
    for edge in &scene.edges {
        let id = inventory.links.get(edge.link).map_or("", |link| link.id);
        marks.on_line(id, middle(&edge.points), &mut painter.svg);
    }
    if let Some(legend) = &legend {
        legend.write(&mut painter.svg);
    }
    painter.svg.finish()
}

/// What is painted first: containers, outer ones before inner ones; boundary events last.
fn order(shape: &Shape, node: &Node<'_>) -> (u8, usize, u8) {
    match node.kind {
        Kind::Pool { .. } => (0, 0, 0),
        Kind::Lane => (0, node.depth, 1),
        Kind::Activity { .. } | Kind::Choreography { .. } if shape.is_expanded => (0, node.depth, 2),
        Kind::Group => (1, 0, 0),
        Kind::Event { .. } if node.host.is_some() => (2, 1, 0),
        Kind::Activity { .. }
        | Kind::Choreography { .. }
        | Kind::Event { .. }
        | Kind::Gateway(_)
        | Kind::Data { .. }
        | Kind::DataStore
        | Kind::Annotation
        | Kind::Message
        | Kind::Conversation { .. } => (2, 0, 0),
    }
}

fn extent(scene: &Scene, labels: &[Label]) -> Bounds {
    let shapes = scene.shapes.iter().map(|shape| shape.bounds);
    let edges = scene.edges.iter().filter_map(|edge| Bounds::around(&edge.points));
    let labels = labels.iter().map(Label::bounds);
    shapes.chain(edges).chain(labels).reduce(|one, other| one.union(&other)).unwrap_or_default()
}

/// Lines of text at a place.
struct Label {
    lines: Vec<String>,
    /// The middle of the first line's top, or its left end.
    at: Point,
    anchor: Anchor,
    /// Whether it stands on its own rather than in a shape, and covers what is behind it.
    is_outside: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Anchor {
    Middle,
    Start,
    End,
    /// Turned to the left, around its place.
    Upwards,
}

impl Label {
    fn bounds(&self) -> Bounds {
        let (width, height) = text::extent(&self.lines);
        let Point { x, y } = self.at;
        match self.anchor {
            Anchor::Middle => Bounds::new(x - width / 2.0, y, width, height),
            Anchor::Start => Bounds::new(x, y, width, height),
            Anchor::End => Bounds::new(x - width, y, width, height),
            Anchor::Upwards => Bounds::new(x - height / 2.0, y - width / 2.0, height, width),
        }
    }
}

fn labels(inventory: &Inventory<'_>, scene: &Scene) -> Vec<Label> {
    let shapes = scene.shapes.iter().filter_map(|shape| shape_label(shape, inventory.nodes.get(shape.node)?));
    let edges = scene.edges.iter().filter_map(|edge| {
        let link = inventory.links.get(edge.link)?;
        edge_label(edge, &link.name)
    });
    shapes.chain(edges).filter(|label| !label.lines.is_empty()).collect()
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a name stands in the middle, unless there is a reason")]
fn shape_label(shape: &Shape, node: &Node<'_>) -> Option<Label> {
    let bounds = &shape.bounds;
    let wrap = |width: f64| text::wrap(&node.name, width, RENDER_LABEL_LINES_MAX);
    let middle = bounds.centre();
    let centred = |lines: Vec<String>| {
        let at = Point::new(middle.x, middle.y - text::extent(&lines).1 / 2.0);
        Label { lines, at, anchor: Anchor::Middle, is_outside: false }
    };
    let top = |lines: Vec<String>, y: f64| Label {
        lines,
        at: Point::new(middle.x, y),
        anchor: Anchor::Middle,
        is_outside: false,
    };
    let label = match node.kind {
        Kind::Message if node.name.is_empty() => return None,
        kind if is_labelled_below(kind) => return Some(below_label(shape, node)),
        Kind::Pool { .. } | Kind::Lane if !shape.is_expanded && node.kind != Kind::Lane => {
            centred(wrap(bounds.width - 2.0 * CORNER_RADIUS))
        }
        Kind::Pool { .. } | Kind::Lane if shape.is_horizontal => {
            let lines = text::wrap(&node.name, bounds.height - 8.0, 2);
            let at = Point::new(bounds.x + STRIP / 2.0, middle.y);
            Label { lines, at, anchor: Anchor::Upwards, is_outside: false }
        }
        Kind::Pool { .. } | Kind::Lane => {
            let lines = text::wrap(&node.name, bounds.width - 8.0, 2);
            let height = text::extent(&lines).1;
            top(lines, bounds.y + (STRIP - height) / 2.0)
        }
        Kind::Annotation => Label {
            lines: text::wrap(
                &node.name,
                (bounds.width - 10.0).max(LABEL_WIDTH / 2.0),
                RENDER_LABEL_LINES_MAX,
            ),
            at: Point::new(bounds.x + 7.0, bounds.y + 5.0),
            anchor: Anchor::Start,
            is_outside: false,
        },
        Kind::Group => top(wrap(bounds.width), bounds.y + 4.0),
        Kind::Activity { .. } if shape.is_expanded => {
            top(wrap(bounds.width - 2.0 * CORNER_RADIUS), bounds.y + 5.0)
        }
        Kind::Choreography { .. } if shape.is_expanded => {
            top(wrap(bounds.width - 2.0 * CORNER_RADIUS), bounds.y + upper_bands(node) * BAND + 5.0)
        }
        _ => {
            let fits = (bounds.height / LINE_HEIGHT).floor();
            let mut lines = wrap(bounds.width - 10.0);
            while float(lines.len()) > fits.max(1.0) {
                lines.pop();
            }
            centred(lines)
        }
    };
    Some(label)
}

/// The label of an event, gateway or piece of data: where the diagram has it, or below the shape; that of a boundary event
/// to the left of the line that leads down from it.
fn below_label(shape: &Shape, node: &Node<'_>) -> Label {
    let bounds = &shape.bounds;
    if let Some(place) = shape.label {
        return placed_label(&node.name, &place);
    }
    let (at, anchor, width) = if node.host.is_some() {
        (Point::new(bounds.centre().x - 4.0, bounds.bottom() + 3.0), Anchor::End, BOUNDARY_LABEL_WIDTH)
    } else {
        (Point::new(bounds.centre().x, bounds.bottom() + 4.0), Anchor::Middle, LABEL_WIDTH)
    };
    let lines = text::wrap(&node.name, width, RENDER_LABEL_LINES_MAX);
    Label { lines, at, anchor, is_outside: true }
}

/// A label where the diagram has it. Its letters may be wider than those that the diagram was made with.
fn placed_label(name: &str, place: &Bounds) -> Label {
    let width = (place.width * 1.1 + 4.0).max(LABEL_WIDTH / 2.0);
    let lines = text::wrap(name, width, RENDER_LABEL_LINES_MAX);
    Label { lines, at: Point::new(place.centre().x, place.y), anchor: Anchor::Middle, is_outside: true }
}

fn edge_label(edge: &Edge, name: &str) -> Option<Label> {
    if name.is_empty() {
        return None;
    }
    if let Some(place) = &edge.label {
        return Some(placed_label(name, place));
    }
    let lines = text::wrap(name, LABEL_WIDTH, RENDER_LABEL_LINES_MAX);
    let (width, height) = text::extent(&lines);
    // Where lines fork they run together at first: the label stands behind the first bend, above the line.
    let pairs = edge.points.windows(2).filter_map(|pair| pair.first().zip(pair.last()));
    let level: Vec<(&Point, &Point)> = pairs.filter(|(from, to)| (from.y - to.y).abs() < 0.5).collect();
    let piece = if level.len() > 1 { level.get(1) } else { level.first() };
    let (at, anchor) = match piece {
        Some((from, to)) if from.x < to.x => {
            let room = to.x - from.x - width;
            let x = if edge.points.len() > 2 { from.x + 6.0 } else { from.x + (room / 2.0).max(4.0) };
            (Point::new(x, from.y - height - 3.0), Anchor::Start)
        }
        Some((from, _)) => (Point::new(from.x - 6.0, from.y - height - 3.0), Anchor::End),
        None => {
            let middle = middle(&edge.points);
            (Point::new(middle.x + 6.0, middle.y - height / 2.0), Anchor::Start)
        }
    };
    Some(Label { lines, at, anchor, is_outside: true })
}

/// The middle of a line, measured along it.
fn middle(points: &[Point]) -> Point {
    let pieces = || points.windows(2).filter_map(|pair| pair.first().zip(pair.last()));
    let mut rest = pieces().map(|(from, to)| from.distance(*to)).sum::<f64>() / 2.0;
    for (from, to) in pieces() {
        let length = from.distance(*to);
        if length >= rest && length > 0.0 {
            return from.towards(*to, rest / length);
        }
        rest -= length;
    }
    points.first().copied().unwrap_or_default()
}

/// How many of a choreography activity's participants are at its top.
fn upper_bands(node: &Node<'_>) -> f64 {
    float(node.participants.len().div_ceil(2))
}

struct Painter<'p, 'm> {
    svg: Svg,
    inventory: &'p Inventory<'m>,
    marks: &'p Marks<'p>,
}

impl Painter<'_, '_> {
    fn shape(&mut self, shape: &Shape, node: &Node<'_>) {
        let stroke = shape.colours.stroke.as_deref().unwrap_or(INK);
        self.svg.begin(
            "g",
            &[
                ("class", class(node.kind)),
                ("data-element", node.id),
                ("stroke", stroke),
                ("stroke-width", LINE),
            ],
        );
        let fill = shape.colours.fill.as_deref();
        let bounds = &shape.bounds;
        match node.kind {
            Kind::Pool { has_many } => {
                self.container(shape, fill);
                if has_many {
                    let at = Point::new(bounds.centre().x, bounds.bottom() - 10.0);
                    self.stroke(&symbol::repetition(Repetition::Parallel), at, 0.8, PAPER, stroke);
                }
            }
            Kind::Lane => self.container(shape, fill),
            Kind::Event { border, trigger } => {
                self.circle(bounds, border, fill);
                let throws = matches!(border, Border::Throw | Border::End);
                let fill = fill.unwrap_or_else(|| event_fill(border));
                let scale = bounds.width / 36.0;
                for part in symbol::event(trigger, throws) {
                    self.stroke(part, bounds.centre(), scale, fill, stroke);
                }
            }
            Kind::Activity { work, repetition, is_compensation } => {
                self.activity(shape, work, fill);
                self.markers(shape, node, repetition, is_compensation, work == Work::AdHoc);
            }
            Kind::Gateway(gateway) => {
                let fill = fill.unwrap_or(GATEWAY_FILL);
                let Point { x, y } = bounds.centre();
                let corners = [(x, bounds.y), (bounds.right(), y), (x, bounds.bottom()), (bounds.x, y)];
                self.path(&polygon(&corners), &[("fill", fill)]);
                let scale = bounds.width / 50.0;
                let is_hidden = gateway == super::inventory::Gateway::Exclusive && !shape.has_marker;
                for part in symbol::gateway(gateway).iter().filter(|_| !is_hidden) {
                    self.stroke(part, bounds.centre(), scale, fill, stroke);
                }
            }
            Kind::Data { role, is_collection } => self.data(bounds, role, is_collection, fill, stroke),
            Kind::DataStore => self.data_store(bounds, fill),
            Kind::Annotation => {
                let (left, right) = (number(bounds.x), number((bounds.x + 10.0).min(bounds.right())));
                let (top, bottom) = (number(bounds.y), number(bounds.bottom()));
                self.path(&format!("M{right} {top} H{left} V{bottom} H{right}"), &[("fill", "none")]);
            }
            Kind::Group => {
                let dashes = [("fill", "none"), ("stroke-dasharray", "8 4 1.5 4"), ("stroke", FAINT)];
                self.rectangle(bounds, CORNER_RADIUS, &dashes);
            }
            Kind::Message => self.envelope(bounds, fill.unwrap_or(PAPER)),
            Kind::Conversation { is_call, is_sub } => {
                self.conversation(bounds, is_call, is_sub, fill, stroke);
            }
            Kind::Choreography { is_call, repetition, .. } => {
                self.choreography(shape, node, is_call);
                self.markers(shape, node, repetition, false, false);
            }
        }
        self.svg.end();
    }

    fn path(&mut self, path: &str, attributes: &[(&str, &str)]) {
        let mut all = vec![("d", path)];
        all.extend_from_slice(attributes);
        self.svg.leaf("path", &all);
    }

    fn rectangle(&mut self, bounds: &Bounds, radius: f64, attributes: &[(&str, &str)]) {
        let [x, y, width, height] =
            [bounds.x, bounds.y, bounds.width.max(0.0), bounds.height.max(0.0)].map(number);
        let radius = if radius > 0.0 { number(radius) } else { String::new() };
        let mut all =
            vec![("x", &*x), ("y", &*y), ("width", &*width), ("height", &*height), ("rx", &*radius)];
        all.extend_from_slice(attributes);
        self.svg.leaf("rect", &all);
    }

    /// Part of a symbol. `fill` is the colour behind it.
    fn stroke(&mut self, (paint, path): &Stroke, at: Point, scale: f64, fill: &str, stroke: &str) {
        let mut place = format!("translate({} {})", number(at.x), number(at.y));
        if (scale - 1.0).abs() > 0.001 {
            let _ = write!(place, " scale({})", number(scale));
        }
        let attributes: &[(&str, &str)] = match paint {
            Paint::Line => &[("fill", "none"), ("stroke-width", "1.3")],
            Paint::Thick => &[("fill", "none"), ("stroke-width", "3")],
            Paint::Area => &[("fill", stroke), ("stroke-width", "1")],
            Paint::Hollow => &[("fill", fill), ("stroke-width", "1.3")],
            Paint::Carved => &[("fill", "none"), ("stroke", fill), ("stroke-width", "1.3")],
        };
        let mut all = vec![("d", *path), ("transform", &*place)];
        all.extend_from_slice(attributes);
        self.svg.leaf("path", &all);
    }

    /// A pool or lane, with the strip for its name.
    fn container(&mut self, shape: &Shape, fill: Option<&str>) {
        let bounds = &shape.bounds;
        let is_lane = self.inventory.nodes.get(shape.node).is_some_and(|node| node.kind == Kind::Lane);
        let behind = fill.unwrap_or(if is_lane { "none" } else { PAPER });
        self.rectangle(bounds, 0.0, &[("fill", behind)]);
        if shape.is_expanded || is_lane {
            let strip = if shape.is_horizontal {
                Bounds { width: STRIP.min(bounds.width), ..*bounds }
            } else {
                Bounds { height: STRIP.min(bounds.height), ..*bounds }
            };
            let fill = fill.unwrap_or(if is_lane { "#f7f9fb" } else { STRIP_FILL });
            self.rectangle(&strip, 0.0, &[("fill", fill)]);
        }
    }

    fn circle(&mut self, bounds: &Bounds, border: Border, fill: Option<&str>) {
        let Point { x, y } = bounds.centre();
        let radius = bounds.width.min(bounds.height) / 2.0;
        let (x, y) = (number(x), number(y));
        let dashes = match border {
            Border::NonInterruptingStart | Border::NonInterruptingCatch => "5 3.5",
            Border::Start | Border::Catch | Border::Throw | Border::End => "",
        };
        let width = if border == Border::End { "3.2" } else { LINE };
        let fill = fill.unwrap_or_else(|| event_fill(border));
        let mut ring = |radius: f64, fill: &str| {
            let radius = number(radius.max(0.0));
            self.svg.leaf(
                "circle",
                &[
                    ("cx", &x),
                    ("cy", &y),
                    ("r", &radius),
                    ("fill", fill),
                    ("stroke-width", width),
                    ("stroke-dasharray", dashes),
                ],
            );
        };
        ring(radius, fill);
        if matches!(border, Border::Catch | Border::NonInterruptingCatch | Border::Throw) {
            ring(radius * 5.0 / 6.0, "none");
        }
    }

    fn activity(&mut self, shape: &Shape, work: Work, fill: Option<&str>) {
        let bounds = &shape.bounds;
        let stroke = shape.colours.stroke.as_deref().unwrap_or(INK);
        let fill = fill.unwrap_or(if shape.is_expanded { PAPER } else { ACTIVITY_FILL });
        let (width, dashes) = match work {
            Work::Call(_) => ("4", ""),
            Work::EventSubProcess => (LINE, "1.5 4"),
            Work::Task(_) | Work::SubProcess | Work::Transaction | Work::AdHoc => (LINE, ""),
        };
        self.rectangle(
            bounds,
            CORNER_RADIUS,
            &[("fill", fill), ("stroke-width", width), ("stroke-dasharray", dashes)],
        );
        if work == Work::Transaction {
            self.rectangle(&bounds.grown(-3.0), CORNER_RADIUS - 2.0, &[("fill", "none")]);
        }
        if let Work::Task(kind) | Work::Call(Some(kind)) = work {
            for part in symbol::task(kind) {
                self.stroke(part, Point::new(bounds.x + 15.0, bounds.y + 15.0), 0.9, fill, stroke);
            }
        }
    }

    /// The markers at the bottom of an activity, side by side around its middle.
    fn markers(
        &mut self,
        shape: &Shape,
        node: &Node<'_>,
        repetition: Option<Repetition>,
        is_compensation: bool,
        is_ad_hoc: bool,
    ) {
        let calls = matches!(node.kind, Kind::Activity { work: Work::Call(None), .. });
        let is_sub = match node.kind {
            Kind::Activity { work, .. } => !matches!(work, Work::Task(_) | Work::Call(_)),
            Kind::Choreography { is_sub, .. } => is_sub,
            Kind::Pool { .. }
            | Kind::Lane
            | Kind::Event { .. }
            | Kind::Gateway(_)
            | Kind::Data { .. }
            | Kind::DataStore
            | Kind::Annotation
            | Kind::Group
            | Kind::Message
            | Kind::Conversation { .. } => false,
        };
        let mut markers = Vec::new();
        markers.extend(repetition.map(symbol::repetition));
        if is_compensation {
            markers.push(symbol::COMPENSATION);
        }
        if (is_sub || calls) && !shape.is_expanded {
            markers.push(symbol::COLLAPSED);
        }
        if is_ad_hoc {
            markers.push(symbol::AD_HOC);
        }
        let stroke = shape.colours.stroke.as_deref().unwrap_or(INK);
        let bands = float(node.participants.len()) - upper_bands(node);
        let y = shape.bounds.bottom() - 11.0 - bands * BAND;
        let first = shape.bounds.centre().x - 10.0 * (float(markers.len()) - 1.0);
        for (at, marker) in markers.iter().enumerate() {
            self.stroke(marker, Point::new(first + 20.0 * float(at), y), 0.9, PAPER, stroke);
        }
    }

    fn data(
        &mut self,
        bounds: &Bounds,
        role: DataRole,
        is_collection: bool,
        fill: Option<&str>,
        stroke: &str,
    ) {
        let fold = (bounds.width / 3.0).min(12.0);
        let [left, top, right, bottom] = [bounds.x, bounds.y, bounds.right(), bounds.bottom()].map(number);
        let (inner_x, inner_y) = (number(bounds.right() - fold), number(bounds.y + fold));
        let sheet = format!("M{left} {top} H{inner_x} L{right} {inner_y} V{bottom} H{left} Z");
        let fill = fill.unwrap_or(PAPER);
        self.path(&sheet, &[("fill", fill)]);
        self.path(&format!("M{inner_x} {top} V{inner_y} H{right}"), &[("fill", "none")]);
        let arrow = "M-7 -3 H1 V-6.5 L8 0 L1 6.5 V3 H-7 Z";
        let at = Point::new(bounds.x + 12.0, bounds.y + 11.0);
        match role {
            DataRole::Object => {}
            DataRole::Input => self.stroke(&(Paint::Hollow, arrow), at, 0.9, fill, stroke),
            DataRole::Output => self.stroke(&(Paint::Area, arrow), at, 0.9, fill, stroke),
        }
        if is_collection {
            let at = Point::new(bounds.centre().x, bounds.bottom() - 9.0);
            self.stroke(&symbol::repetition(Repetition::Parallel), at, 0.7, fill, stroke);
        }
    }

    fn data_store(&mut self, bounds: &Bounds, fill: Option<&str>) {
        let curve = (bounds.height / 6.0).min(9.0);
        let [left, right] = [bounds.x, bounds.right()].map(number);
        let [radius_x, radius_y] = [bounds.width / 2.0, curve].map(number);
        let [top, bottom] = [bounds.y + curve, bounds.bottom() - curve].map(number);
        let arc = |sweep: u8, x: &str, y: &str| format!("A{radius_x} {radius_y} 0 0 {sweep} {x} {y}");
        let body = format!("M{left} {top} {} V{bottom} {} Z", arc(1, &right, &top), arc(1, &left, &bottom));
        self.path(&body, &[("fill", fill.unwrap_or(PAPER))]);
        let mut rings = String::new();
        for ring in 0..3_u8 {
            let y = number(bounds.y + curve + f64::from(ring) * 4.0);
            let _ = write!(rings, "M{left} {y} {} ", arc(0, &right, &y));
        }
        self.path(rings.trim_end(), &[("fill", "none")]);
    }

    fn envelope(&mut self, bounds: &Bounds, fill: &str) {
        self.rectangle(bounds, 0.0, &[("fill", fill)]);
        let middle = bounds.centre();
        let [left, top, right] = [bounds.x, bounds.y, bounds.right()].map(number);
        let (x, y) = (number(middle.x), number(middle.y + bounds.height * 0.05));
        self.path(&format!("M{left} {top} L{x} {y} L{right} {top}"), &[("fill", "none")]);
    }

    fn conversation(
        &mut self,
        bounds: &Bounds,
        is_call: bool,
        is_sub: bool,
        fill: Option<&str>,
        stroke: &str,
    ) {
        let quarter = bounds.width / 4.0;
        let middle = bounds.centre();
        let corners = [
            (bounds.x, middle.y),
            (bounds.x + quarter, bounds.y),
            (bounds.right() - quarter, bounds.y),
            (bounds.right(), middle.y),
            (bounds.right() - quarter, bounds.bottom()),
            (bounds.x + quarter, bounds.bottom()),
        ];
        let fill = fill.unwrap_or(PAPER);
        let width = if is_call { "4" } else { LINE };
        self.path(&polygon(&corners), &[("fill", fill), ("stroke-width", width)]);
        if is_sub {
            self.stroke(&symbol::COLLAPSED, Point::new(middle.x, bounds.bottom() - 10.0), 0.7, fill, stroke);
        }
    }

    /// A choreography activity: bands for the participants, the one that begins in white.
    fn choreography(&mut self, shape: &Shape, node: &Node<'_>, is_call: bool) {
        let bounds = &shape.bounds;
        let fill =
            shape.colours.fill.as_deref().unwrap_or(if shape.is_expanded { PAPER } else { ACTIVITY_FILL });
        self.rectangle(bounds, CORNER_RADIUS, &[("fill", fill)]);
        let upper = upper_bands(node);
        let count = float(node.participants.len());
        let inside = bounds.grown(-0.75);
        for (at, (participant, begins)) in node.participants.iter().enumerate() {
            let at = float(at);
            let y = if at < upper { inside.y + at * BAND } else { inside.bottom() - (count - at) * BAND };
            let band = Bounds { y, height: BAND, ..inside };
            let fill = if *begins { PAPER } else { BAND_FILL };
            self.rectangle(&band, 4.0, &[("fill", fill), ("stroke-width", "1")]);
            let lines = text::wrap(self.inventory.name_of(participant), band.width - 6.0, 1);
            let at = Point::new(band.centre().x, band.y + (BAND - LINE_HEIGHT) / 2.0);
            self.label(&Label { lines, at, anchor: Anchor::Middle, is_outside: false });
        }
        let width = if is_call { "4" } else { LINE };
        self.rectangle(bounds, CORNER_RADIUS, &[("fill", "none"), ("stroke-width", width)]);
    }

    fn edge(&mut self, edge: &Edge) {
        let Some(link) = self.inventory.links.get(edge.link) else { return };
        let (Some(&start), Some(&end)) = (edge.points.first(), edge.points.last()) else { return };
        let marked = self.marks.colour(link.id);
        let stroke = edge.colours.stroke.as_deref().or(marked).unwrap_or(match link.kind {
            LinkKind::Sequence { .. } | LinkKind::Message | LinkKind::Conversation => INK,
            LinkKind::Association { .. } | LinkKind::Data => FAINT,
        });
        let after_start =
            edge.points.iter().find(|point| point.distance(start) > 0.5).copied().unwrap_or(end);
        let before_end =
            edge.points.iter().rev().find(|point| point.distance(end) > 0.5).copied().unwrap_or(start);
        let (name, dashes) = match link.kind {
            LinkKind::Sequence { .. } => ("sequence-flow", ""),
            LinkKind::Message => ("message-flow", "8 5"),
            LinkKind::Association { .. } => ("association", "0.5 4.5"),
            LinkKind::Data => ("data-association", "0.5 4.5"),
            LinkKind::Conversation => ("conversation-link", ""),
        };
        self.svg.begin(
            "g",
            &[
                ("class", name),
                ("data-element", link.id),
                ("stroke", stroke),
                ("stroke-width", LINE),
                ("fill", "none"),
            ],
        );
        let line = rounded(&edge.points);
        let width = if link.kind == LinkKind::Conversation { "4.5" } else { "" };
        self.path(&line, &[("stroke-dasharray", dashes), ("stroke-width", width)]);
        match link.kind {
            LinkKind::Sequence { is_default, is_conditional } => {
                self.path(
                    &head(before_end, end, 10.0, 4.2, true),
                    &[("fill", stroke), ("stroke-width", "1")],
                );
                let source =
                    self.inventory.node_index(link.source).and_then(|node| self.inventory.nodes.get(node));
                let is_activity = source.is_some_and(|node| matches!(node.kind, Kind::Activity { .. }));
                if is_default {
                    self.path(&slash(start, after_start), &[]);
                } else if is_conditional && is_activity {
                    self.path(&diamond(start, after_start), &[("fill", PAPER)]);
                }
            }
            LinkKind::Message => {
                self.path(&head(before_end, end, 11.0, 5.0, true), &[("fill", PAPER)]);
                let (x, y) = (number(start.x), number(start.y));
                self.svg.leaf("circle", &[("cx", &x), ("cy", &y), ("r", "3.5"), ("fill", PAPER)]);
            }
            LinkKind::Association { at_source, at_target } => {
                if at_source {
                    self.path(&head(after_start, start, 8.0, 4.5, false), &[]);
                }
                if at_target {
                    self.path(&head(before_end, end, 8.0, 4.5, false), &[]);
                }
            }
            LinkKind::Data => self.path(&head(before_end, end, 8.0, 4.5, false), &[]),
            LinkKind::Conversation => {
                self.path(&line, &[("stroke", PAPER)]);
            }
        }
        if let Some(envelope) = edge.envelope {
            let at = middle(&edge.points);
            let fill = if envelope == Envelope::Initiating { PAPER } else { BAND_FILL };
            self.envelope(&Bounds::new(at.x - 13.0, at.y - 9.0, 26.0, 18.0), fill);
        }
        self.svg.end();
    }

    fn label(&mut self, label: &Label) {
        let anchor = match label.anchor {
            Anchor::Middle | Anchor::Upwards => "middle",
            Anchor::Start => "",
            Anchor::End => "end",
        };
        let Point { x, y } = label.at;
        let (height, turn) = match label.anchor {
            Anchor::Upwards => {
                let height = text::extent(&label.lines).1;
                (-height / 2.0, format!("rotate(-90 {} {})", number(x), number(y)))
            }
            Anchor::Middle | Anchor::Start | Anchor::End => (0.0, String::new()),
        };
        let mut passes = Vec::new();
        // Letters outside of shapes get a rim, so that lines behind them do not make them hard to read. It is a copy below
        // them: many viewers paint the stroke of a text over its letters, whatever `paint-order` says.
        if label.is_outside {
            let rim =
                [("fill", PAPER), ("stroke", PAPER), ("stroke-width", "3"), ("stroke-linejoin", "round")];
            passes
                .push([("class", "rim"), ("aria-hidden", "true")].into_iter().chain(rim).collect::<Vec<_>>());
        }
        passes.push(vec![("class", "label"), ("fill", INK), ("stroke", "none")]);
        for mut attributes in passes {
            attributes.extend([("text-anchor", anchor), ("transform", turn.as_str())]);
            self.svg.begin("g", &attributes);
            for (at, line) in label.lines.iter().enumerate() {
                let baseline = number(y + height + float(at) * LINE_HEIGHT + FONT_SIZE * 0.9);
                self.svg.text("text", &[("x", &number(x)), ("y", &baseline)], line);
            }
            self.svg.end();
        }
    }
}

fn event_fill(border: Border) -> &'static str {
    match border {
        Border::Start | Border::NonInterruptingStart => START_FILL,
        Border::Catch | Border::NonInterruptingCatch | Border::Throw => EVENT_FILL,
        Border::End => END_FILL,
    }
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Pool { .. } => "pool",
        Kind::Lane => "lane",
        Kind::Event { .. } => "event",
        Kind::Activity { .. } => "activity",
        Kind::Gateway(_) => "gateway",
        Kind::Data { .. } => "data",
        Kind::DataStore => "data-store",
        Kind::Annotation => "annotation",
        Kind::Group => "group",
        Kind::Message => "message",
        Kind::Conversation { .. } => "conversation",
        Kind::Choreography { .. } => "choreography",
    }
}

fn polygon(corners: &[(f64, f64)]) -> String {
    let corners: Vec<String> =
        corners.iter().map(|(x, y)| format!("{} {}", number(*x), number(*y))).collect();
    format!("M{} Z", corners.join(" L"))
}

/// A line with round corners.
fn rounded(points: &[Point]) -> String {
    let mut path = String::new();
    for (at, point) in points.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| points.get(before));
        let next = points.get(at.saturating_add(1));
        let (x, y) = (number(point.x), number(point.y));
        match (before, next) {
            (None, _) => path = format!("M{x} {y}"),
            (Some(_), None) => {
                let _ = write!(path, " L{x} {y}");
            }
            (Some(before), Some(next)) => {
                let (to_before, to_next) = (point.distance(*before), point.distance(*next));
                let radius = BEND_RADIUS.min(to_before / 2.0).min(to_next / 2.0);
                if radius < 0.5 {
                    let _ = write!(path, " L{x} {y}");
                    continue;
                }
                let begin = point.towards(*before, radius / to_before);
                let end = point.towards(*next, radius / to_next);
                let [bx, by, ex, ey] = [begin.x, begin.y, end.x, end.y].map(number);
                let _ = write!(path, " L{bx} {by} Q{x} {y} {ex} {ey}");
            }
        }
    }
    path
}

/// The unit vector from one point to another.
fn direction(from: Point, to: Point) -> Point {
    let length = from.distance(to);
    if length > 0.0 {
        Point::new((to.x - from.x) / length, (to.y - from.y) / length)
    } else {
        Point::new(1.0, 0.0)
    }
}

/// The head of an arrow that ends at a point.
fn head(from: Point, to: Point, length: f64, half: f64, is_closed: bool) -> String {
    let along = direction(from, to);
    let back = Point::new(to.x - along.x * length, to.y - along.y * length);
    let [ax, ay] = [back.x - along.y * half, back.y + along.x * half].map(number);
    let [bx, by] = [back.x + along.y * half, back.y - along.x * half].map(number);
    let close = if is_closed { " Z" } else { "" };
    format!("M{ax} {ay} L{} {} L{bx} {by}{close}", number(to.x), number(to.y))
}

/// The mark of a default flow, across its begin.
fn slash(start: Point, next: Point) -> String {
    let along = direction(start, next);
    let middle = Point::new(start.x + along.x * 11.0, start.y + along.y * 11.0);
    let (x, y) = (along.x * 3.0 - along.y * 5.0, along.y * 3.0 + along.x * 5.0);
    let [ax, ay, bx, by] = [middle.x - x, middle.y - y, middle.x + x, middle.y + y].map(number);
    format!("M{ax} {ay} L{bx} {by}")
}

/// The mark of a conditional flow, at its begin.
fn diamond(start: Point, next: Point) -> String {
    let along = direction(start, next);
    let at = |forward: f64, side: f64| {
        (start.x + along.x * forward - along.y * side, start.y + along.y * forward + along.x * side)
    };
    polygon(&[at(0.0, 0.0), at(8.0, 5.0), at(16.0, 0.0), at(8.0, -5.0)])
}
