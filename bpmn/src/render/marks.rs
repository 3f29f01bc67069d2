//! Findings of the linter in a picture: a frame and the codes on each element, and a legend below with what they say.

use std::collections::BTreeMap;

use super::draw::{FAINT, INK, PAPER};
use super::geometry::{Bounds, Point, float};
use super::svg::{Svg, number};
use super::text::{self, FONT_SIZE, LINE_HEIGHT};
use crate::limits::RENDER_LEGEND_ENTRIES_MAX;
use crate::lint::{Finding, Level};

/// Codes on one element; the legend has all.
const CODES_MAX: usize = 2;
/// Findings of one element that are said where the pointer rests on it.
const TITLE_FINDINGS_MAX: usize = 20;
const BADGE_HEIGHT: f64 = 16.0;
const LEGEND_WIDTH_MIN: f64 = 560.0;
const LEGEND_INDENT: f64 = 62.0;
const MESSAGE_LINES_MAX: usize = 4;

/// Findings by element.
pub(super) struct Marks<'f> {
    all: &'f [Finding],
    by_element: BTreeMap<&'f str, Mark>,
}

/// What is shown on an element; made once, because many shapes may have one id.
struct Mark {
    colour: &'static str,
    codes: String,
    title: String,
}

impl Mark {
    fn of(findings: &[&Finding]) -> Option<Self> {
        let level = findings.iter().map(|finding| finding.level).min()?;
        let mut codes: Vec<&str> = findings.iter().map(|finding| finding.code).collect();
        // Several findings with one code count once.
        codes.dedup();
        let more = codes.len().saturating_sub(CODES_MAX);
        codes.truncate(CODES_MAX);
        let codes = if more > 0 { format!("{} +{more}", codes.join(" ")) } else { codes.join(" ") };
        let said = findings.iter().take(TITLE_FINDINGS_MAX);
        let said: Vec<String> =
            said.map(|finding| format!("{}: {}", finding.code, finding.message)).collect();
        let mut title = said.join("; ");
        if let Some(more) = findings.len().checked_sub(TITLE_FINDINGS_MAX).filter(|more| *more > 0) {
            title = format!("{title}; and {more} more");
        }
        Some(Self { colour: colour(level), codes, title })
    }
}

fn colour(level: Level) -> &'static str {
    match level {
        Level::Error => "#c02626",
        Level::Warning => "#a85b00",
        Level::Info => "#1b62b5",
    }
}

impl<'f> Marks<'f> {
    pub(super) fn of(findings: &'f [Finding]) -> Self {
        let mut by_element: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            if let Some(element) = finding.element.as_deref() {
                by_element.entry(element).or_default().push(finding);
            }
        }
        let marks = by_element.into_iter().filter_map(|(element, found)| Some((element, Mark::of(&found)?)));
        Self { all: findings, by_element: marks.collect() }
    }

    /// The colour of the gravest finding of an element.
    pub(super) fn colour(&self, element: &str) -> Option<&'static str> {
        Some(self.by_element.get(element)?.colour)
    }

    pub(super) fn on_shape(&self, element: &str, bounds: &Bounds, svg: &mut Svg) {
        let Some(colour) = self.colour(element) else { return };
        let frame = bounds.grown(4.0);
        let [x, y, width, height] = [frame.x, frame.y, frame.width, frame.height].map(number);
        svg.leaf(
            "rect",
            &[
                ("class", "finding"),
                ("x", &x),
                ("y", &y),
                ("width", &width),
                ("height", &height),
                ("rx", "8"),
                ("fill", colour),
                ("fill-opacity", "0.07"),
                ("stroke", colour),
                ("stroke-width", "2"),
            ],
        );
        self.badge(element, Point::new(frame.right() + 4.0, frame.y - BADGE_HEIGHT / 2.0), svg);
    }

    pub(super) fn on_line(&self, element: &str, middle: Point, svg: &mut Svg) {
        let codes = self.by_element.get(element).map_or("", |mark| &mark.codes);
        let half = text::width(codes) / 2.0 + 5.0;
        self.badge(element, Point::new(middle.x + half, middle.y - BADGE_HEIGHT / 2.0), svg);
    }

    /// A badge whose top right corner is at a point.
    fn badge(&self, element: &str, corner: Point, svg: &mut Svg) {
        let Some(mark) = self.by_element.get(element) else { return };
        svg.begin("g", &[("class", "badge"), ("data-element", element)]);
        svg.text("title", &[], &mark.title);
        pill(&mark.codes, corner.x, corner.y, mark.colour, svg);
        svg.end();
    }

    /// The legend below a picture, if there is anything to say.
    pub(super) fn legend(&self, picture: &Bounds) -> Option<Legend<'f>> {
        if self.all.is_empty() {
            return None;
        }
        let width = picture.width.max(LEGEND_WIDTH_MIN);
        let room = width - LEGEND_INDENT - 40.0;
        let mut shown: Vec<&Finding> = self.all.iter().collect();
        shown.sort_by_key(|finding| finding.level);
        shown.truncate(RENDER_LEGEND_ENTRIES_MAX);
        let entries: Vec<(&Finding, Vec<String>)> = shown
            .into_iter()
            .map(|finding| (finding, text::wrap(&said(finding), room, MESSAGE_LINES_MAX)))
            .collect();
        let lines: usize = entries.iter().map(|(_, lines)| lines.len().max(1)).sum();
        let rest = self.all.len().saturating_sub(entries.len());
        let extra = if rest > 0 { LINE_HEIGHT + 6.0 } else { 0.0 };
        let height = float(lines) * LINE_HEIGHT + float(entries.len()) * 8.0 + 44.0 + extra;
        let bounds = Bounds::new(picture.x, picture.bottom(), width, height);
        Some(Legend { entries, rest, bounds })
    }
}

fn said(finding: &Finding) -> String {
    let element = finding.element.as_ref().map(|element| format!(" ({element})")).unwrap_or_default();
    format!("{}{element}", finding.message)
}

/// What the marks mean.
pub(super) struct Legend<'f> {
    entries: Vec<(&'f Finding, Vec<String>)>,
    rest: usize,
    pub(super) bounds: Bounds,
}

impl Legend<'_> {
    pub(super) fn write(&self, svg: &mut Svg) {
        svg.begin("g", &[("class", "legend"), ("fill", INK)]);
        let left = self.bounds.x + 20.0;
        let mut y = self.bounds.y;
        let [x1, x2, line] = [left, self.bounds.right() - 20.0, y].map(number);
        svg.leaf("line", &[("x1", &x1), ("x2", &x2), ("y1", &line), ("y2", &line), ("stroke", "#cbd3dc")]);
        y += 22.0;
        svg.text("text", &[("x", &x1), ("y", &number(y)), ("font-weight", "bold")], "Findings");
        y += 10.0;
        for (finding, lines) in &self.entries {
            let right = left + text::width(finding.code) + 10.0;
            pill(finding.code, right, y, colour(finding.level), svg);
            for (at, line) in lines.iter().enumerate() {
                let baseline = number(y + FONT_SIZE + float(at) * LINE_HEIGHT);
                svg.text("text", &[("x", &number(left + LEGEND_INDENT)), ("y", &baseline)], line);
            }
            y += float(lines.len().max(1)) * LINE_HEIGHT + 8.0;
        }
        if self.rest > 0 {
            let text = format!("and {} more", self.rest);
            svg.text("text", &[("x", &x1), ("y", &number(y + FONT_SIZE)), ("fill", FAINT)], &text);
        }
        svg.end();
    }
}

/// A code on a coloured ground; `right` and `top` are its top right corner.
fn pill(content: &str, right: f64, top: f64, colour: &str, svg: &mut Svg) {
    let width = text::width(content) + 10.0;
    let [x, y, middle, baseline] = [right - width, top, right - width / 2.0, top + 12.2].map(number);
    let (width, height) = (number(width), number(BADGE_HEIGHT));
    svg.leaf(
        "rect",
        &[("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", "8"), ("fill", colour)],
    );
    let attributes = [
        ("x", &*middle),
        ("y", &*baseline),
        ("fill", PAPER),
        ("text-anchor", "middle"),
        ("font-weight", "bold"),
    ];
    svg.text("text", &attributes, content);
}
