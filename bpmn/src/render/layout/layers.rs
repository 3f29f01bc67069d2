//! Blocks in columns from left to right, and the arcs between them: each arc leads to a later column where it can. Arcs over
//! several columns get a bend in each, so that lines lead between blocks; arcs that lead back get theirs below them.
//!
//! The steps are those of Sugiyama, Tagawa and Toda (1981): break circles, choose columns, order each, find heights.
//! Knows nothing of BPMN. All steps are about linear in blocks and bends.

#![expect(
    clippy::indexing_slicing,
    reason = "every list has an entry for each block, arc or item, and arcs lead to blocks"
)]

use std::collections::BTreeMap;

use crate::limits::RENDER_BENDS_MAX;
use crate::render::geometry::{Point, float};

/// Something to place, and the room that it needs around its middle.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    /// From its middle to where lines begin and end, to the left and right.
    pub(super) half: f64,
    /// Room to the left and right of its middle.
    pub(super) side: f64,
    pub(super) up: f64,
    pub(super) down: f64,
    /// The horizontal band that it has to be in.
    pub(super) band: usize,
}

/// A line to route.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    pub(super) from: usize,
    pub(super) to: usize,
    /// Where it begins below the middle of its block, if not at the right end.
    pub(super) port: Option<Port>,
    /// Room for its label.
    pub(super) label: f64,
}

/// Where the line of a boundary event begins, from the middle of its activity.
#[derive(Debug, Clone, Copy)]
pub(super) struct Port {
    pub(super) start: Point,
    /// How far it leads down before it turns.
    pub(super) turn: f64,
}

/// Where everything is.
#[derive(Debug, Default)]
pub(super) struct Placed {
    /// The middle of each block.
    pub(super) centres: Vec<Point>,
    /// The way of each arc.
    pub(super) routes: Vec<Vec<Point>>,
    /// Top and bottom of each band.
    pub(super) bands: Vec<(f64, f64)>,
    pub(super) width: f64,
}

/// Between blocks of one column.
const ROW_GAP: f64 = 32.0;
/// Between columns, and between lines there.
const COLUMN_GAP: f64 = 50.0;
const TRACK_GAP: f64 = 14.0;
/// Above and below what is in a band.
const BAND_PADDING: f64 = 20.0;
/// The lowest a band gets.
const BAND_HEIGHT_MIN: f64 = 80.0;
/// Half of the room that a line takes in a column.
const BEND_ROOM: f64 = 5.0;
/// How often columns are ordered, and heights found, to and fro.
const SWEEPS: usize = 4;
/// How much arcs want to be straight: between blocks, beside bends, from boundary events.
const WEIGHTS: [f64; 3] = [1.0, 4.0, 0.1];
/// How much something stays where it is that nothing draws elsewhere.
const WEIGHT_REST: f64 = 0.001;
/// Width to height of an area filled with blocks that no arc connects.
const SHELF_RATIO: f64 = 1.6;

/// A block or a bend, in a column.
#[derive(Debug, Clone, Copy)]
struct Item {
    layer: usize,
    band: usize,
    up: f64,
    down: f64,
    /// Whether it is the bend of an arc that leads back.
    leads_back: bool,
    y: f64,
}

/// Part of an arc, from a column to the next.
#[derive(Debug, Clone, Copy)]
struct Piece {
    left: usize,
    right: usize,
    weight: f64,
    /// How much lower it begins than the middle of `left`.
    offset: f64,
}

struct Graph<'g> {
    blocks: &'g [Block],
    arcs: &'g [Arc],
    /// Blocks first, then bends.
    items: Vec<Item>,
    layers: Vec<Vec<usize>>,
    /// The bends of each arc, from its begin to its end; `None` if there was no room for them.
    chains: Vec<Option<Vec<usize>>>,
    /// The pieces by the item at their right, and at their left.
    before: Vec<Vec<Piece>>,
    behind: Vec<Vec<Piece>>,
}

/// Places blocks in at least so many bands.
pub(super) fn place(blocks: &[Block], arcs: &[Arc], bands: usize) -> Placed {
    let mut is_connected = vec![false; blocks.len()];
    for arc in arcs {
        is_connected[arc.from] = true;
        is_connected[arc.to] = true;
    }
    let (layer_of, leads_back) = layers(blocks.len(), arcs);
    let mut graph = Graph::new(blocks, arcs, &layer_of, &leads_back, &is_connected);
    graph.order();
    graph.align();
    let (centres_x, tracks, width) = graph.columns();
    graph.finish(&centres_x, &tracks, width, bands, &is_connected)
}

/// The column of each block, and which arcs lead back.
fn layers(count: usize, arcs: &[Arc]) -> (Vec<usize>, Vec<bool>) {
    let mut out = vec![Vec::new(); count];
    let mut entries = vec![0_usize; count];
    for (index, arc) in arcs.iter().enumerate() {
        out[arc.from].push(index);
        entries[arc.to] += 1;
    }
    let leads_back = back_arcs(&out, arcs, &entries);
    let mut open = vec![0_usize; count];
    for (arc, _) in arcs.iter().zip(&leads_back).filter(|(_, back)| !**back) {
        open[arc.to] += 1;
    }
    let is_first: Vec<bool> = open.iter().map(|open| *open == 0).collect();
    let mut layer = vec![0_usize; count];
    let mut ready: Vec<usize> = (0..count).filter(|block| is_first[*block]).collect();
    while let Some(block) = ready.pop() {
        for &arc in out[block].iter().filter(|arc| !leads_back[**arc]) {
            let to = arcs[arc].to;
            layer[to] = layer[to].max(layer[block] + 1);
            open[to] -= 1;
            if open[to] == 0 {
                ready.push(to);
            }
        }
    }
    // What begins on its own stands before what it leads to, not at the far left.
    for block in (0..count).filter(|block| is_first[*block]) {
        let next = out[block].iter().filter(|arc| !leads_back[**arc]).map(|arc| layer[arcs[*arc].to]).min();
        layer[block] = next.map_or(0, |next| next - 1);
    }
    (layer, leads_back)
}

/// Arcs that lead back to a block on the way to them, depth first from where nothing leads.
fn back_arcs(out: &[Vec<usize>], arcs: &[Arc], entries: &[usize]) -> Vec<bool> {
    #[derive(Clone, Copy, PartialEq)]
    enum Visit {
        Never,
        Open,
        Done,
    }
    let mut visits = vec![Visit::Never; out.len()];
    let mut leads_back = vec![false; arcs.len()];
    let starts = (0..out.len()).filter(|block| entries[*block] == 0).chain(0..out.len());
    for start in starts {
        if visits[start] != Visit::Never {
            continue;
        }
        visits[start] = Visit::Open;
        let mut way = vec![(start, 0_usize)];
        while let Some((block, next)) = way.last_mut() {
            let Some(&arc) = out[*block].get(*next) else {
                visits[*block] = Visit::Done;
                way.pop();
                continue;
            };
            *next += 1;
            let to = arcs[arc].to;
            match visits[to] {
                Visit::Open => leads_back[arc] = true,
                Visit::Done => {}
                Visit::Never => {
                    visits[to] = Visit::Open;
                    way.push((to, 0));
                }
            }
        }
    }
    leads_back
}

impl<'g> Graph<'g> {
    fn new(
        blocks: &'g [Block],
        arcs: &'g [Arc],
        layer_of: &[usize],
        leads_back: &[bool],
        is_connected: &[bool],
    ) -> Self {
        let items = blocks.iter().zip(layer_of).map(|(block, &layer)| Item {
            layer,
            band: block.band,
            up: block.up,
            down: block.down,
            leads_back: false,
            y: 0.0,
        });
        let mut graph = Self {
            blocks,
            arcs,
            items: items.collect(),
            layers: Vec::new(),
            chains: Vec::new(),
            before: Vec::new(),
            behind: Vec::new(),
        };
        let mut pieces = Vec::new();
        for (arc, &back) in arcs.iter().zip(leads_back) {
            let (from, to) = (layer_of[arc.from], layer_of[arc.to]);
            let columns: Vec<usize> =
                if back { (to..=from).rev().collect() } else { (from + 1..to).collect() };
            if graph.items.len() - blocks.len() + columns.len() > RENDER_BENDS_MAX {
                graph.chains.push(None);
                continue;
            }
            let chain = graph.chain(arc, &columns, back, &mut pieces);
            graph.chains.push(Some(chain));
        }
        graph.before = vec![Vec::new(); graph.items.len()];
        graph.behind = vec![Vec::new(); graph.items.len()];
        for piece in pieces {
            graph.before[piece.right].push(piece);
            graph.behind[piece.left].push(piece);
        }
        let count = layer_of.iter().max().map_or(0, |last| last + 1);
        graph.layers = vec![Vec::new(); count];
        for item in graph.discovered() {
            if is_connected.get(item).is_none_or(|connected| *connected) {
                graph.layers[graph.items[item].layer].push(item);
            }
        }
        graph
    }

    /// Adds the bends of an arc, and its pieces.
    fn chain(
        &mut self,
        arc: &Arc,
        columns: &[usize],
        leads_back: bool,
        pieces: &mut Vec<Piece>,
    ) -> Vec<usize> {
        let (from, to) = (self.blocks[arc.from].band, self.blocks[arc.to].band);
        let first = self.items.len();
        for &layer in columns {
            let band = if leads_back { from.max(to) } else { to };
            self.items.push(Item { layer, band, up: BEND_ROOM, down: BEND_ROOM, leads_back, y: 0.0 });
        }
        let chain: Vec<usize> = (first..self.items.len()).collect();
        let mut way = chain.clone();
        if !leads_back {
            way.insert(0, arc.from);
            way.push(arc.to);
        }
        for pair in way.windows(2) {
            let (left, right) = if leads_back { (pair[1], pair[0]) } else { (pair[0], pair[1]) };
            let begins = left == arc.from && !leads_back;
            let weight = match arc.port {
                Some(_) if begins => WEIGHTS[2],
                _ if left >= self.blocks.len() || right >= self.blocks.len() => WEIGHTS[1],
                _ => WEIGHTS[0],
            };
            let offset = if begins { arc.port.map_or(0.0, |port| port.turn) } else { 0.0 };
            pieces.push(Piece { left, right, weight, offset });
        }
        chain
    }

    /// Items as they are met when each branch is followed to its end before the next.
    fn discovered(&self) -> Vec<usize> {
        let mut is_met = vec![false; self.items.len()];
        let mut met = Vec::with_capacity(self.items.len());
        let starts = (0..self.items.len()).filter(|item| self.before[*item].is_empty());
        for start in starts.chain(0..self.items.len()) {
            let mut way = vec![start];
            while let Some(item) = way.pop() {
                if std::mem::replace(&mut is_met[item], true) {
                    continue;
                }
                met.push(item);
                way.extend(self.behind[item].iter().rev().map(|piece| piece.right));
            }
        }
        met
    }

    /// Orders each column so that few lines cross: everything near the middle of what it is connected with.
    fn order(&mut self) {
        let mut places = vec![0.0; self.items.len()];
        let count = self.layers.len();
        for sweep in 0..=SWEEPS {
            let forwards = sweep % 2 == 0;
            for step in 0..count {
                let layer = if forwards { step } else { count - 1 - step };
                let mut items: Vec<(f64, usize)> = self.layers[layer]
                    .iter()
                    .enumerate()
                    .map(|(at, &item)| {
                        let pieces = if forwards { &self.before[item] } else { &self.behind[item] };
                        let others = pieces.iter().map(|piece| {
                            // What a boundary event leads to is below what its activity leads to.
                            let lower = if piece.offset > 0.0 { 0.5 } else { 0.0 };
                            if forwards { places[piece.left] + lower } else { places[piece.right] }
                        });
                        let wish = others.sum::<f64>() / float(pieces.len());
                        (if pieces.is_empty() { float(at) } else { wish }, item)
                    })
                    .collect();
                let rank = |item: usize| (self.items[item].band, self.items[item].leads_back);
                items.sort_by(|(left_wish, left), (right_wish, right)| {
                    rank(*left).cmp(&rank(*right)).then(left_wish.total_cmp(right_wish))
                });
                for (at, (_, item)) in items.iter().enumerate() {
                    places[*item] = float(at);
                }
                self.layers[layer] = items.into_iter().map(|(_, item)| item).collect();
            }
        }
    }

    /// Finds heights: as close as possible to what each item is connected with, in the order of its column.
    fn align(&mut self) {
        let count = self.layers.len();
        for layer in 0..count {
            let mut bottom = 0.0;
            for &item in &self.layers[layer] {
                let item = &mut self.items[item];
                item.y = bottom + item.up;
                bottom = item.y + item.down + ROW_GAP;
            }
        }
        for sweep in 0..=SWEEPS {
            let forwards = sweep % 2 == 0;
            for step in 0..count {
                let layer = if forwards { step } else { count - 1 - step };
                self.align_layer(layer, forwards);
            }
        }
    }

    fn align_layer(&mut self, layer: usize, forwards: bool) {
        let items = self.layers[layer].clone();
        let bands: Vec<usize> = items.iter().map(|item| self.items[*item].band).collect();
        let mut rest = items.as_slice();
        for bands in bands.chunk_by(|left, right| left == right) {
            let (items, behind) = rest.split_at(bands.len());
            rest = behind;
            let wishes: Vec<(f64, f64)> = items.iter().map(|item| self.wish(*item, forwards)).collect();
            let gaps = items.windows(2).map(|pair| {
                let (above, below) = (&self.items[pair[0]], &self.items[pair[1]]);
                let are_bends = pair.iter().all(|item| *item >= self.blocks.len());
                above.down + below.up + if are_bends { BEND_ROOM } else { ROW_GAP }
            });
            for (item, y) in items.iter().zip(settle(&wishes, &gaps.collect::<Vec<f64>>())) {
                self.items[*item].y = y;
            }
        }
    }

    /// Where an item wants to be, and how much.
    fn wish(&self, item: usize, forwards: bool) -> (f64, f64) {
        let pieces = if forwards { &self.before[item] } else { &self.behind[item] };
        let mut sum = self.items[item].y * WEIGHT_REST;
        let mut weight = WEIGHT_REST;
        for piece in pieces {
            let (other, y) = if forwards {
                (piece.left, self.items[piece.left].y + piece.offset)
            } else {
                (piece.right, self.items[piece.right].y - piece.offset)
            };
            if self.items[other].band == self.items[item].band {
                sum += y * piece.weight;
                weight += piece.weight;
            }
        }
        (sum / weight, weight)
    }

    /// The middle of each column, for each gap (the one before the first column included) the places of lines in it, and
    /// the width of all.
    fn columns(&self) -> (Vec<f64>, Vec<Tracks>, f64) {
        let mut tracks: Vec<Tracks> = (0..=self.layers.len()).map(|_| Tracks::default()).collect();
        for (index, arc) in self.arcs.iter().enumerate() {
            let gap = self.items[arc.from].layer + 1;
            tracks[gap].label = tracks[gap].label.max(arc.label);
            self.jogs(index, |gap, key, from, to| tracks[gap].wanted.push((key, from.min(to), from.max(to))));
        }
        let mut x = 0.0;
        let mut centres = Vec::new();
        for (gap, tracks) in tracks.iter_mut().enumerate() {
            let is_inner = gap > 0 && gap < self.layers.len();
            tracks.assign(x, if is_inner { COLUMN_GAP } else { 0.0 });
            x += tracks.width;
            if let Some(layer) = self.layers.get(gap) {
                let blocks = layer.iter().filter_map(|item| self.blocks.get(*item));
                let side = blocks.map(|block| block.side).fold(0.0, f64::max);
                centres.push(x + side);
                x += 2.0 * side;
            }
        }
        (centres, tracks, x)
    }

    /// Calls for each gap in which an arc changes its height: gap, who may share the line, and both heights.
    fn jogs(&self, arc: usize, mut each: impl FnMut(usize, usize, f64, f64)) {
        let Some(chain) = &self.chains[arc] else { return };
        let arc = &self.arcs[arc];
        let leads_back = chain.first().is_some_and(|bend| self.items[*bend].leads_back);
        let mut y = self.items[arc.from].y + arc.port.map_or(0.0, |port| port.turn);
        // The lines of one block's arcs may lie on each other where they fork or join.
        let mut key = arc.from;
        let mut gap = self.items[arc.from].layer + 1;
        for (place, &item) in chain.iter().chain([&arc.to]).enumerate() {
            let next = self.items[item].y;
            if (next - y).abs() > 0.5 {
                let key = if item == arc.to && place > 0 { item } else { key };
                each(gap, key, y, next);
            }
            y = next;
            key = item;
            gap = if leads_back { gap.saturating_sub(1) } else { gap + 1 };
        }
    }

    fn finish(
        mut self,
        centres_x: &[f64],
        tracks: &[Tracks],
        width: f64,
        bands: usize,
        is_connected: &[bool],
    ) -> Placed {
        let count = self.blocks.iter().map(|block| block.band + 1).max().unwrap_or(0).max(bands);
        let mut extents = vec![(f64::INFINITY, f64::NEG_INFINITY); count];
        for item in self.layers.iter().flatten().map(|item| self.items[*item]) {
            let (top, bottom) = &mut extents[item.band];
            *top = top.min(item.y - item.up);
            *bottom = bottom.max(item.y + item.down);
        }
        let loose: Vec<usize> = (0..self.blocks.len()).filter(|block| !is_connected[*block]).collect();
        let area: f64 = loose.iter().map(|block| room(&self.blocks[*block])).sum();
        let shelf_width = width.max((area * SHELF_RATIO).sqrt());
        let mut placed = Placed { width, ..Placed::default() };
        let mut shifts = Vec::with_capacity(count);
        placed.centres = vec![Point::default(); self.blocks.len()];
        let mut y = 0.0;
        for (band, &(top, bottom)) in extents.iter().enumerate() {
            let band_top = y;
            y += BAND_PADDING;
            let has_items = top <= bottom;
            shifts.push(if has_items { y - top } else { y });
            y += if has_items { bottom - top } else { 0.0 };
            let shelf: Vec<usize> =
                loose.iter().copied().filter(|block| self.blocks[*block].band == band).collect();
            if !shelf.is_empty() {
                y += if has_items { ROW_GAP } else { 0.0 };
                let (right, bottom) = self.shelve(&shelf, y, shelf_width, &mut placed.centres);
                placed.width = placed.width.max(right);
                y = bottom;
            }
            y = (y + BAND_PADDING).max(band_top + BAND_HEIGHT_MIN);
            placed.bands.push((band_top, y));
        }
        for item in &mut self.items {
            item.y = (item.y + shifts[item.band]).round();
        }
        for item in self.layers.iter().flatten().copied().filter(|item| *item < self.blocks.len()) {
            placed.centres[item] = Point::new(centres_x[self.items[item].layer], self.items[item].y);
        }
        let mut has_detour = false;
        for index in 0..self.arcs.len() {
            let (route, is_detour) = self.route(index, tracks, &placed.centres, y);
            has_detour |= is_detour;
            placed.routes.push(route);
        }
        if let (true, Some((_, bottom))) = (has_detour, placed.bands.last_mut()) {
            *bottom += BAND_PADDING;
        }
        placed
    }

    /// Blocks that no arc connects, in rows; answers how far they reach to the right and to the bottom.
    fn shelve(&self, blocks: &[usize], top: f64, width: f64, centres: &mut [Point]) -> (f64, f64) {
        let (mut x, mut top, mut right) = (0.0_f64, top, 0.0_f64);
        let mut row: Vec<usize> = Vec::new();
        let mut rest = blocks.iter().copied().peekable();
        while let Some(block) = rest.next() {
            let side = self.blocks[block].side;
            centres[block].x = x + side;
            x += 2.0 * side + ROW_GAP;
            right = right.max(x - ROW_GAP);
            row.push(block);
            let is_full = rest.peek().is_none_or(|next| x + 2.0 * self.blocks[*next].side > width);
            if is_full {
                let up = row.iter().map(|block| self.blocks[*block].up).fold(0.0, f64::max);
                let down = row.iter().map(|block| self.blocks[*block].down).fold(0.0, f64::max);
                for block in row.drain(..) {
                    centres[block].y = (top + up).round();
                }
                top += up + down + if rest.peek().is_some() { ROW_GAP } else { 0.0 };
                x = 0.0;
            }
        }
        (right, top)
    }

    /// The way of an arc, and whether it leads around everything because there was no room for its bends.
    fn route(&self, index: usize, tracks: &[Tracks], centres: &[Point], bottom: f64) -> (Vec<Point>, bool) {
        let arc = &self.arcs[index];
        let (from, to) = (centres[arc.from], centres[arc.to]);
        let end = Point::new(to.x - self.blocks[arc.to].half, to.y);
        let mut points = match arc.port {
            None => vec![Point::new(from.x + self.blocks[arc.from].half, from.y)],
            Some(port) => {
                let x = from.x + port.start.x;
                vec![Point::new(x, from.y + port.start.y), Point::new(x, from.y + port.turn)]
            }
        };
        if self.chains[index].is_none() {
            let (leave, enter) =
                (tracks[self.items[arc.from].layer + 1].x, tracks[self.items[arc.to].layer].right());
            let y = points.last().map_or(from.y, |last| last.y);
            points.extend(
                [(leave, y), (leave, bottom), (enter, bottom), (enter, end.y)].map(|(x, y)| Point::new(x, y)),
            );
            points.push(end);
            return (points, true);
        }
        self.jogs(index, |gap, key, from, to| {
            let x = tracks[gap].of(key);
            points.extend([Point::new(x, from), Point::new(x, to)]);
        });
        points.push(end);
        (points, false)
    }
}

fn room(block: &Block) -> f64 {
    (2.0 * block.side + ROW_GAP) * (block.up + block.down + ROW_GAP)
}

/// The lines between two columns.
#[derive(Debug, Default)]
struct Tracks {
    /// Who wants a line, from where to where.
    wanted: Vec<(usize, f64, f64)>,
    /// The line that each got.
    got: BTreeMap<usize, usize>,
    count: usize,
    label: f64,
    x: f64,
    width: f64,
}

impl Tracks {
    /// Gives lines that would lie on each other places side by side.
    fn assign(&mut self, x: f64, width_min: f64) {
        let mut spans: BTreeMap<usize, (f64, f64)> = BTreeMap::new();
        for &(key, top, bottom) in &self.wanted {
            let span = spans.entry(key).or_insert((top, bottom));
            *span = (span.0.min(top), span.1.max(bottom));
        }
        let mut spans: Vec<(usize, (f64, f64))> = spans.into_iter().collect();
        spans.sort_by(|(_, left), (_, right)| left.0.total_cmp(&right.0).then(left.1.total_cmp(&right.1)));
        let mut ends: Vec<f64> = Vec::new();
        for (key, (top, bottom)) in spans {
            let free = ends.iter().position(|end| *end + BEND_ROOM < top);
            let track = free.unwrap_or(ends.len());
            match ends.get_mut(track) {
                Some(end) => *end = bottom,
                None => ends.push(bottom),
            }
            self.got.insert(key, track);
        }
        self.count = ends.len();
        let lines = if self.count == 0 { 0.0 } else { TRACK_GAP * (float(self.count) + 1.0) };
        self.width = width_min.max(lines) + self.label;
        self.x = x;
    }

    fn of(&self, key: usize) -> f64 {
        let track = self.got.get(&key).copied().unwrap_or_default();
        // Labels stand at the right of the lines.
        let step = (self.width - self.label) / (float(self.count) + 1.0);
        (self.x + step * (float(track) + 1.0)).round()
    }

    fn right(&self) -> f64 {
        self.x + self.width - TRACK_GAP / 2.0
    }
}

/// Places as close as possible to wishes (each with its weight), in order, with gaps between: neighbours that would overlap
/// are placed as one, where together they want to be.
fn settle(wishes: &[(f64, f64)], gaps: &[f64]) -> Vec<f64> {
    struct Pool {
        sum: f64,
        weight: f64,
        count: usize,
    }
    let mut pools: Vec<Pool> = Vec::new();
    let mut distance = 0.0;
    let mut distances = Vec::with_capacity(wishes.len());
    for (index, &(wish, weight)) in wishes.iter().enumerate() {
        distance += index.checked_sub(1).and_then(|above| gaps.get(above)).copied().unwrap_or_default();
        distances.push(distance);
        let mut pool = Pool { sum: (wish - distance) * weight, weight, count: 1 };
        while let Some(above) = pools.pop() {
            if above.sum / above.weight < pool.sum / pool.weight {
                pools.push(above);
                break;
            }
            pool = Pool {
                sum: above.sum + pool.sum,
                weight: above.weight + pool.weight,
                count: above.count + pool.count,
            };
        }
        pools.push(pool);
    }
    let places = pools.iter().flat_map(|pool| std::iter::repeat_n(pool.sum / pool.weight, pool.count));
    places.zip(&distances).map(|(place, distance)| place + distance).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block() -> Block {
        Block { half: 50.0, side: 50.0, up: 40.0, down: 40.0, band: 0 }
    }

    fn arc(from: usize, to: usize) -> Arc {
        Arc { from, to, port: None, label: 0.0 }
    }

    #[test]
    fn neighbours_that_overlap_settle_together() {
        assert_eq!(settle(&[(0.0, 1.0), (0.0, 1.0), (500.0, 1.0)], &[100.0, 100.0]), [-50.0, 50.0, 500.0]);
    }

    #[test]
    fn a_sequence_is_a_straight_line() {
        let placed = place(&[block(), block(), block()], &[arc(0, 1), arc(1, 2)], 1);
        assert!(
            placed
                .centres
                .windows(2)
                .all(|pair| pair[0].x < pair[1].x && (pair[0].y - pair[1].y).abs() < 0.01)
        );
        assert!(placed.routes.iter().all(|route| route.len() == 2));
    }

    #[test]
    fn what_leads_back_leads_below() {
        let placed = place(&[block(), block(), block()], &[arc(0, 1), arc(1, 2), arc(2, 0)], 1);
        let back = &placed.routes[2];
        assert!(back.iter().any(|point| point.y > placed.centres[1].y + 40.0));
        assert_eq!(back.len(), 6);
    }

    #[test]
    fn a_long_arc_leads_around_what_is_between() {
        let placed = place(&[block(), block(), block()], &[arc(0, 1), arc(1, 2), arc(0, 2)], 1);
        let middle = placed.centres[1];
        let level = placed.routes[2].iter().filter(|point| (point.x - middle.x).abs() > 50.0).count();
        assert_eq!(level, placed.routes[2].len());
        assert!(placed.routes[2].iter().any(|point| (point.y - middle.y).abs() > 40.0));
    }

    #[test]
    fn bands_do_not_overlap() {
        let mut blocks = [block(), block(), block()];
        blocks[1].band = 1;
        let placed = place(&blocks, &[arc(0, 1), arc(1, 2)], 3);
        assert_eq!(placed.bands.len(), 3);
        assert!(placed.bands[0].1 <= placed.bands[1].0);
        assert!(placed.centres[1].y > placed.bands[1].0 && placed.centres[1].y < placed.bands[1].1);
    }
}
