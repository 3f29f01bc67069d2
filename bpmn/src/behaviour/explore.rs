//! The states of one scope, breadth first from each of its beginnings, up to named limits. A state says how many tokens
//! are in each place. The way by which a state was reached first is a shortest one.

use std::collections::{BTreeMap, BTreeSet};

use super::net::{Effect, InclusiveJoin, Move, Net, Spot};
use crate::limits::BEHAVIOUR_TOKENS_MAX;

pub(super) type Marking = Box<[u8]>;

/// A state that can be reached.
#[derive(Debug)]
pub(super) struct State {
    pub(super) marking: Marking,
    /// From where, by which move; `None` for a beginning.
    pub(super) from: Option<(usize, usize)>,
    /// What can happen here: the move, and where it leads.
    pub(super) next: Vec<(usize, Target)>,
    /// Whether all that can happen here was looked at.
    pub(super) is_expanded: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    State(usize),
    /// The scope has come to its end.
    Ended,
    /// The scope was left by another way.
    Left,
    /// Not looked at: beyond a limit, or ever more tokens.
    Beyond,
}

/// A place gets a second token: the state before, and the move.
#[derive(Debug, Clone, Copy)]
pub(super) struct Doubling {
    pub(super) state: usize,
    pub(super) by: usize,
    /// Which of the places that the move fills.
    pub(super) to: (usize, Spot),
}

/// A place gets more and more tokens: a state, and the move that leads to all of an earlier state and more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Growth {
    pub(super) state: usize,
    pub(super) by: usize,
    pub(super) place: usize,
}

#[derive(Debug, Default)]
pub(super) struct Exploration {
    pub(super) states: Vec<State>,
    pub(super) doublings: Vec<Doubling>,
    pub(super) growths: Vec<Growth>,
    /// Whether every state that can be reached is there.
    pub(super) is_whole: bool,
    /// Whether a place would have had more tokens than are counted.
    pub(super) has_too_many_tokens: bool,
}

/// Explores up to so many states, and until so much work is done.
pub(super) fn explore(net: &Net, states_max: usize, work_left: &mut usize) -> Exploration {
    let mut exploring = Exploring {
        net,
        takers: takers(net),
        known: BTreeMap::new(),
        found: Exploration::default(),
        states_max,
        work_left,
    };
    exploring.found.is_whole = true;
    for beginning in &net.beginnings {
        let mut marking: Marking = vec![0; net.places.len()].into();
        for spot in beginning {
            if let Some(tokens) = marking.get_mut(net.place(*spot)) {
                *tokens = tokens.saturating_add(1);
            }
        }
        exploring.reach(marking, None);
    }
    let mut at = 0;
    while at < exploring.found.states.len() {
        if *exploring.work_left == 0 {
            exploring.found.is_whole = false;
            break;
        }
        exploring.expand(at);
        at = at.saturating_add(1);
    }
    exploring.found
}

/// For each place the moves that may be possible when it has a token: a state has few tokens, and a model many moves.
fn takers(net: &Net) -> Vec<Vec<usize>> {
    let mut takers = vec![Vec::new(); net.places.len()];
    for (index, step) in net.moves.iter().enumerate() {
        let places = match step.effect {
            Effect::Joins(join) => net.joins.get(join).map_or(&[][..], |join| &join.places),
            Effect::Moves | Effect::Ends | Effect::Leaves => step.from.get(..1).unwrap_or_default(),
        };
        for place in places {
            if let Some(takers) = takers.get_mut(*place) {
                takers.push(index);
            }
        }
    }
    takers
}

struct Exploring<'n> {
    net: &'n Net,
    takers: Vec<Vec<usize>>,
    known: BTreeMap<Marking, usize>,
    found: Exploration,
    states_max: usize,
    /// Places that may still be looked at.
    work_left: &'n mut usize,
}

impl Exploring<'_> {
    fn work(&mut self, places: usize) {
        *self.work_left = self.work_left.saturating_sub(places);
    }

    fn reach(&mut self, marking: Marking, from: Option<(usize, usize)>) -> Target {
        if !self.holds_tokens(&marking) {
            return Target::Ended;
        }
        if let Some(known) = self.known.get(&marking) {
            return Target::State(*known);
        }
        if self.found.states.len() >= self.states_max {
            self.found.is_whole = false;
            return Target::Beyond;
        }
        let index = self.found.states.len();
        self.known.insert(marking.clone(), index);
        self.found.states.push(State { marking, from, next: Vec::new(), is_expanded: false });
        Target::State(index)
    }

    fn holds_tokens(&self, marking: &[u8]) -> bool {
        marking.iter().zip(&self.net.places).any(|(tokens, place)| *tokens > 0 && place.holds_tokens)
    }

    fn expand(&mut self, index: usize) {
        let Some(marking) = self.found.states.get(index).map(|state| state.marking.clone()) else { return };
        let net = self.net;
        let marked = marking.iter().enumerate().filter(|(_, tokens)| **tokens > 0);
        let marked: Vec<usize> = marked.map(|(place, _)| place).collect();
        let is_possible = |step: &Move| match step.effect {
            Effect::Joins(join) => {
                net.joins.get(join).is_some_and(|join| joins(join, net, &marking, &marked))
            }
            Effect::Moves | Effect::Ends | Effect::Leaves => {
                step.from.iter().all(|place| marking.get(*place).is_some_and(|tokens| *tokens > 0))
            }
        };
        let takers = marked.iter().filter_map(|place| self.takers.get(*place)).flatten().copied();
        let takers: BTreeSet<usize> = takers.collect();
        let takers = takers.into_iter().filter_map(|by| Some((by, net.moves.get(by)?)));
        let possible: Vec<(usize, &Move)> = takers.filter(|(_, step)| is_possible(step)).collect();
        let has_instant = possible.iter().any(|(_, step)| step.is_instant);
        let mut next = Vec::with_capacity(possible.len());
        self.work(marking.len());
        for (by, step) in possible {
            if *self.work_left == 0 {
                self.found.is_whole = false;
                return;
            }
            if has_instant && matches!(step.effect, Effect::Joins(_)) {
                continue;
            }
            let target = match step.effect {
                Effect::Ends => Target::Ended,
                Effect::Leaves => Target::Left,
                Effect::Moves | Effect::Joins(_) => self.go(index, by, step, &marking),
            };
            next.push((by, target));
        }
        if let Some(state) = self.found.states.get_mut(index) {
            state.next = next;
            state.is_expanded = true;
        }
    }

    fn go(&mut self, index: usize, by: usize, step: &Move, marking: &Marking) -> Target {
        self.work(marking.len());
        let mut after = marking.clone();
        let joined = match step.effect {
            Effect::Joins(join) => self.net.joins.get(join).map(|join| join.places.as_slice()),
            Effect::Moves | Effect::Ends | Effect::Leaves => None,
        };
        for place in step.from.iter().chain(joined.unwrap_or_default()) {
            if let Some(tokens) = after.get_mut(*place) {
                *tokens = tokens.saturating_sub(1);
            }
        }
        for place in &step.reset {
            if let Some(tokens) = after.get_mut(*place) {
                *tokens = 0;
            }
        }
        for (place, spot) in &step.to {
            let Some(tokens) = after.get_mut(*place) else { continue };
            *tokens = tokens.saturating_add(1);
            let counts = self.net.places.get(*place).is_some_and(|place| place.holds_tokens);
            if *tokens > BEHAVIOUR_TOKENS_MAX {
                self.found.has_too_many_tokens = true;
                self.found.is_whole = false;
                return Target::Beyond;
            }
            let is_known = |known: &Doubling| known.by == by && known.to.0 == *place;
            if *tokens == 2 && counts && self.is_safe(marking) && !self.found.doublings.iter().any(is_known) {
                self.found.doublings.push(Doubling { state: index, by, to: (*place, *spot) });
            }
        }
        if !self.is_safe(&after) && !self.known.contains_key(&after) {
            let (grown, looked_at) = self.grows(index, step, &after);
            self.work(looked_at);
            if let Some(place) = grown {
                self.found.growths.push(Growth { state: index, by, place });
                return Target::Beyond;
            }
        }
        self.reach(after, Some((index, by)))
    }

    fn is_safe(&self, marking: &[u8]) -> bool {
        marking.iter().zip(&self.net.places).all(|(tokens, place)| *tokens < 2 || !place.holds_tokens)
    }

    /// The place in which there are more tokens than in an earlier state on the way here, if there are nowhere fewer: the
    /// way from there can be taken again and again. Not if an inclusive join is on the way: it might wait the next time.
    /// And how many places were looked at.
    fn grows(&self, index: usize, step: &Move, after: &Marking) -> (Option<usize>, usize) {
        let (mut at, mut by, mut looked_at) = (index, step, 0_usize);
        while !matches!(by.effect, Effect::Joins(_)) {
            let Some(state) = self.found.states.get(at) else { break };
            let fewer = state.marking.iter().zip(after).position(|(earlier, later)| earlier > later);
            looked_at = looked_at.saturating_add(fewer.unwrap_or(after.len())).saturating_add(1);
            if fewer.is_none() {
                let mut places = state.marking.iter().zip(after).zip(&self.net.places);
                let grown =
                    places.position(|((earlier, later), place)| earlier < later && place.holds_tokens);
                return (grown, looked_at);
            }
            let before = state.from.and_then(|(before, by)| Some((before, self.net.moves.get(by)?)));
            let Some((before, move_before)) = before else { break };
            at = before;
            by = move_before;
        }
        (None, looked_at)
    }
}

/// Whether an inclusive join has a token, and no other can come that it has to wait for.
fn joins(join: &InclusiveJoin, net: &Net, marking: &[u8], marked: &[usize]) -> bool {
    let has_token = |place: usize| marking.get(place).is_some_and(|tokens| *tokens > 0);
    let taken = join.places.iter().enumerate().filter(|(_, place)| has_token(**place));
    let taken = taken.fold(0_u64, |taken, (bit, _)| taken | 1 << bit);
    let comes_anew = |place: usize| {
        let of = |ways: &[u64]| ways.get(place).copied().unwrap_or_default();
        of(&join.ways) & !taken != 0
            && of(&join.excuses) & taken == 0
            && net.places.get(place).is_some_and(|place| place.holds_tokens)
            && !join.places.contains(&place)
    };
    taken != 0 && !marked.iter().any(|place| comes_anew(*place))
}
