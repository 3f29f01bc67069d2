//! By which of its incoming flows a token can come to a join: what a join that waits for all that may still come asks
//! about every token, again and again. Found when it is asked for, and kept: what was found for one element holds for all
//! that lead to nothing but it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use super::{ElementIndex, FlowIndex, Program};
use crate::limits::WAYS_KEPT_MAX;

/// Incoming flows of a join, in order.
type Ways = Arc<[FlowIndex]>;

/// What a way may lead over. BPMN knows paths of sequence flows only; a token also leaves an activity by its boundary events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Over {
    /// Sequence flows.
    Flows,
    /// Sequence flows, and from an activity to the events at its boundary.
    FlowsAndBoundaries,
}

/// What was found, by join and element. It follows from the graph and is no part of it.
#[derive(Debug, Default)]
pub(super) struct Found(Mutex<BTreeMap<Asked, Ways>>);

/// The join, where the token is, and over what it comes.
type Asked = (ElementIndex, ElementIndex, Over);

impl Clone for Found {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Found {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Program {
    /// The incoming flows of `join` by which a token at `from` can come to it without passing it, in order.
    pub fn ways(&self, join: ElementIndex, from: ElementIndex, over: Over) -> Arc<[FlowIndex]> {
        // Nothing is left half done in it: each insertion is whole.
        let mut found = self.ways.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(ways) = found.get(&(join, from, over)) {
            return Arc::clone(ways);
        }
        if found.len() >= WAYS_KEPT_MAX {
            found.clear();
        }
        let mut search = Search {
            program: self,
            join,
            over,
            found: &mut found,
            visits: BTreeMap::new(),
            open: Vec::new(),
        };
        search.from(from)
    }

    /// Where a token at an element can be next: behind its flows, and at its boundary events.
    fn next(&self, element: ElementIndex, position: usize, over: Over) -> Option<Step> {
        let element = self.element(element);
        if let Some(flow) = element.outgoing.get(position) {
            return Some(Step { by: Some(*flow), to: self.flow(*flow).target });
        }
        if over == Over::Flows {
            return None;
        }
        let event = element.boundary_events.get(position.saturating_sub(element.outgoing.len()))?;
        Some(Step { by: None, to: *event })
    }
}

struct Step {
    by: Option<FlowIndex>,
    to: ElementIndex,
}

/// A walk through all that was not looked at before, the last first (Tarjan's): elements from which each other can be
/// reached have the same ways.
struct Search<'a> {
    program: &'a Program,
    join: ElementIndex,
    over: Over,
    found: &'a mut BTreeMap<Asked, Ways>,
    visits: BTreeMap<ElementIndex, Visit>,
    /// Elements whose circle is not complete yet, in the order of their visits.
    open: Vec<ElementIndex>,
}

struct Visit {
    order: usize,
    /// The first visited element that can be reached from here and leads back here.
    lowest: usize,
    own: BTreeSet<FlowIndex>,
    behind: Vec<Ways>,
}

impl Search<'_> {
    fn from(&mut self, from: ElementIndex) -> Ways {
        let mut path = vec![(from, 0)];
        self.visit(from);
        while let Some((element, position)) = path.last_mut() {
            let here = *element;
            let step = self.program.next(here, *position, self.over);
            *position = position.saturating_add(1);
            let Some(Step { by, to }) = step else {
                path.pop();
                self.leave(here, path.last().map(|(before, _)| *before));
                continue;
            };
            if to == self.join {
                self.visits.get_mut(&here).into_iter().for_each(|visit| visit.own.extend(by));
            } else if let Some(ways) = self.found.get(&(self.join, to, self.over)) {
                let ways = Arc::clone(ways);
                self.behind(here, ways);
            } else if let Some(order) = self.visits.get(&to).map(|visit| visit.order) {
                self.reaches(here, order);
            } else {
                self.visit(to);
                path.push((to, 0));
            }
        }
        self.found.get(&(self.join, from, self.over)).cloned().unwrap_or_default()
    }

    fn visit(&mut self, element: ElementIndex) {
        let order = self.visits.len();
        let visit = Visit { order, lowest: order, own: BTreeSet::new(), behind: Vec::new() };
        self.visits.insert(element, visit);
        self.open.push(element);
    }

    fn reaches(&mut self, element: ElementIndex, order: usize) {
        if let Some(visit) = self.visits.get_mut(&element) {
            visit.lowest = visit.lowest.min(order);
        }
    }

    fn behind(&mut self, element: ElementIndex, ways: Ways) {
        if let Some(visit) = self.visits.get_mut(&element)
            && !visit.behind.last().is_some_and(|known| Arc::ptr_eq(known, &ways))
        {
            visit.behind.push(ways);
        }
    }

    /// All behind an element was looked at. If nothing leads back to before it, its circle is complete.
    fn leave(&mut self, element: ElementIndex, before: Option<ElementIndex>) {
        let Some((order, lowest)) = self.visits.get(&element).map(|visit| (visit.order, visit.lowest)) else {
            return;
        };
        if lowest == order {
            let begin = self.open.iter().rposition(|open| *open == element).unwrap_or_default();
            let circle = self.open.split_off(begin);
            let ways = self.together(&circle);
            for element in circle {
                self.found.insert((self.join, element, self.over), Arc::clone(&ways));
            }
            if let Some(before) = before {
                self.behind(before, ways);
            }
        } else if let Some(before) = before {
            self.reaches(before, lowest);
        }
    }

    fn together(&mut self, circle: &[ElementIndex]) -> Ways {
        let mut own = BTreeSet::new();
        let mut behind: Vec<Ways> = Vec::new();
        for element in circle {
            let Some(visit) = self.visits.get_mut(element) else { continue };
            own.append(&mut visit.own);
            behind.append(&mut visit.behind);
        }
        if let [ways, rest @ ..] = behind.as_slice()
            && own.is_empty()
            && rest.iter().all(|other| Arc::ptr_eq(ways, other))
        {
            return Arc::clone(ways);
        }
        own.extend(behind.iter().flat_map(|ways| ways.iter().copied()));
        own.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fmt::Write as _;

    use proptest::prelude::*;

    use super::*;
    use crate::compile;
    use crate::read::read;

    /// Elements `e0`, `e1` and so on that are joined by these flows; every third has a boundary event, whose flow leads to
    /// the element behind it.
    fn program(size: usize, flows: &[(usize, usize)]) -> Program {
        let mut body = String::from(
            "<startEvent id='start'/><sequenceFlow id='begin' sourceRef='start' targetRef='e0'/>",
        );
        for number in 0..size {
            let _ = write!(body, "<task id='e{number}'/>");
            if number % 3 == 0 {
                let event = "<timerEventDefinition><timeDuration>PT1S</timeDuration></timerEventDefinition>";
                let behind = (number + 1) % size;
                let _ = write!(
                    body,
                    "<boundaryEvent id='b{number}' attachedToRef='e{number}'>{event}</boundaryEvent>\
                     <sequenceFlow id='l{number}' sourceRef='b{number}' targetRef='e{behind}'/>"
                );
            }
        }
        for (number, (source, target)) in flows.iter().enumerate() {
            let (source, target) = (source % size, target % size);
            let _ =
                write!(body, "<sequenceFlow id='f{number}' sourceRef='e{source}' targetRef='e{target}'/>");
        }
        let text = format!(
            "<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'><process id='p' isExecutable='true'>{body}</process></definitions>"
        );
        compile::compile(&read(text.as_bytes()).model.unwrap(), "p").unwrap()
    }

    /// The same, found by looking at everything.
    fn walked(program: &Program, join: ElementIndex, from: ElementIndex, over: Over) -> BTreeSet<FlowIndex> {
        let (mut seen, mut ahead, mut ways) = (BTreeSet::from([from]), vec![from], BTreeSet::new());
        while let Some(here) = ahead.pop() {
            let element = program.element(here);
            let behind = element.outgoing.iter().map(|flow| (Some(*flow), program.flow(*flow).target));
            let boundary = if over == Over::Flows { &[][..] } else { &element.boundary_events };
            let events = boundary.iter().map(|event| (None, *event));
            for (by, to) in behind.chain(events) {
                if to == join {
                    ways.extend(by);
                } else if seen.insert(to) {
                    ahead.push(to);
                }
            }
        }
        ways
    }

    proptest! {
        #[test]
        fn what_is_found_is_what_a_walk_finds(
            size in 1_usize..12, flows in prop::collection::vec((0_usize..12, 0_usize..12), 0..24), turned in 0_usize..1_000
        ) {
            let program = program(size, &flows);
            let elements = program.elements().map(|(index, _)| index).collect::<Vec<_>>();
            // In any order: what was found before must not matter.
            let mut pairs = elements.iter().flat_map(|join| elements.iter().map(move |from| (*join, *from))).collect::<Vec<_>>();
            let middle = turned % pairs.len();
            pairs.rotate_left(middle);
            for (join, from) in pairs {
                for over in [Over::Flows, Over::FlowsAndBoundaries] {
                    let ways = program.ways(join, from, over).iter().copied().collect::<BTreeSet<_>>();
                    prop_assert_eq!(ways, walked(&program, join, from, over));
                }
            }
        }
    }

    #[test]
    fn a_long_way_is_walked_once() {
        let size = 9_000;
        let flows = (1..size).map(|number| (number - 1, number)).collect::<Vec<_>>();
        let program = program(size, &flows);
        let (first, last) = (program.find("e0").unwrap(), program.find("e8999").unwrap());
        assert_eq!(program.ways(last, first, Over::Flows).len(), 1);
        let found = program.ways.0.lock().unwrap().len();
        program.ways(last, program.find("e4000").unwrap(), Over::Flows);
        assert_eq!(program.ways.0.lock().unwrap().len(), found);
    }
}
