//! Points and rectangles, in the units of BPMN's diagrams: pixels at 100 percent, y downwards.

use crate::limits::RENDER_COORDINATE_MAX;

/// A point.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Point {
    pub(super) x: f64,
    pub(super) y: f64,
}

impl Point {
    pub(super) fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    pub(super) fn distance(self, other: Self) -> f64 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        (x * x + y * y).sqrt()
    }

    /// The point at a part of the way to another one.
    pub(super) fn towards(self, other: Self, part: f64) -> Self {
        Self::new(self.x + (other.x - self.x) * part, self.y + (other.y - self.y) * part)
    }
}

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Bounds {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl Bounds {
    pub(super) fn new(x: f64, y: f64, width: f64, height: f64) -> Self {
        Self { x, y, width, height }
    }

    pub(super) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(super) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    pub(super) fn centre(&self) -> Point {
        Point::new(self.x + self.width / 2.0, self.y + self.height / 2.0)
    }

    pub(super) fn moved(&self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y, ..*self }
    }

    /// Larger by so much on each side; smaller if negative.
    pub(super) fn grown(&self, by: f64) -> Self {
        Self::new(self.x - by, self.y - by, self.width + 2.0 * by, self.height + 2.0 * by)
    }

    /// The smallest rectangle around both.
    pub(super) fn union(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let (right, bottom) = (self.right().max(other.right()), self.bottom().max(other.bottom()));
        Self::new(x, y, right - x, bottom - y)
    }

    /// The smallest rectangle around some points.
    pub(super) fn around(points: &[Point]) -> Option<Self> {
        points
            .iter()
            .map(|point| Self::new(point.x, point.y, 0.0, 0.0))
            .reduce(|one, other| one.union(&other))
    }

    /// Where the line from the centre to a point leaves the rectangle.
    pub(super) fn border_towards(&self, point: Point) -> Point {
        let centre = self.centre();
        let (x, y) = ((point.x - centre.x).abs(), (point.y - centre.y).abs());
        let part = |half: f64, distance: f64| if distance > 0.0 { half / distance } else { f64::INFINITY };
        let part = part(self.width / 2.0, x).min(part(self.height / 2.0, y));
        centre.towards(point, part.min(1.0))
    }
}

/// A count as a length.
pub(super) fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// A number of a diagram, if it is one that can be drawn.
pub(super) fn coordinate(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|number| number.abs() <= RENDER_COORDINATE_MAX)
}
