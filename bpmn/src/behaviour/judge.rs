//! Reads verdicts from the states of a scope.

use std::collections::{BTreeMap, BTreeSet};

use super::explore::{Doubling, Exploration, Target};
use super::net::{Effect, Net, Spot, takes_part};
use super::{Outlook, Reading, Step, Verdict, VerdictKind, is_interruptible};
use crate::circle::circles;
use crate::compile::{ElementIndex, FlowIndex, Kind, Program, Throw};

pub(super) struct Judged {
    pub(super) verdicts: Vec<Verdict>,
    pub(super) outlook: Outlook,
}

pub(super) fn judge(
    reading: &Reading<'_>,
    scope: ElementIndex,
    net: &Net,
    exploration: &Exploration,
    outlooks: &BTreeMap<ElementIndex, Outlook>,
) -> Judged {
    let mut moving = BTreeSet::new();
    let choosing = net.moves.iter().map(|step| step.element).filter(|element| !moving.insert(*element));
    let mut judging = Judging {
        program: reading.program,
        scope,
        net,
        exploration,
        outlooks,
        choosing: choosing.collect(),
        verdicts: Vec::new(),
    };
    let before = judging.reversed();
    let finishes =
        judging.reaching(&before, |target| matches!(target, Target::Ended | Target::Left | Target::Beyond));
    let is_stuck = |state: usize| exploration.states.get(state).is_some_and(|state| state.next.is_empty());
    let sticks = judging.reaching_states(&before, is_stuck);
    let stuck = judging.deadlocks(&finishes);
    judging.livelocks(&finishes, &sticks);
    judging.growths();
    judging.doublings();
    let is_decided = exploration.is_whole && exploration.growths.is_empty();
    if is_decided {
        judging.dead(&stuck);
    }
    let leads = |wanted: fn(&Target) -> bool| {
        !is_decided
            || exploration.states.iter().any(|state| state.next.iter().any(|(_, target)| wanted(target)))
    };
    let cancels = !is_decided
        || judging
            .happening()
            .any(|step| matches!(judging.program.element(step.element).kind, Kind::EndEvent(Throw::Cancel)));
    let outlook = Outlook {
        completes: leads(|target| *target == Target::Ended),
        leaves: leads(|target| *target == Target::Left),
        cancels,
    };
    Judged { verdicts: judging.verdicts, outlook }
}

struct Judging<'j> {
    program: &'j Program,
    scope: ElementIndex,
    net: &'j Net,
    exploration: &'j Exploration,
    outlooks: &'j BTreeMap<ElementIndex, Outlook>,
    /// The elements that have several moves.
    choosing: BTreeSet<ElementIndex>,
    verdicts: Vec<Verdict>,
}

impl<'j> Judging<'j> {
    /// For each state those that lead to it.
    fn reversed(&self) -> Vec<Vec<usize>> {
        let mut before = vec![Vec::new(); self.exploration.states.len()];
        for (index, state) in self.exploration.states.iter().enumerate() {
            for (_, target) in &state.next {
                if let Target::State(next) = target
                    && let Some(before) = before.get_mut(*next)
                {
                    before.push(index);
                }
            }
        }
        before
    }

    fn reaching(&self, before: &[Vec<usize>], wanted: fn(&Target) -> bool) -> Vec<bool> {
        let states = &self.exploration.states;
        let leads = |state: usize| {
            states.get(state).is_some_and(|state| {
                !state.is_expanded || state.next.iter().any(|(_, target)| wanted(target))
            })
        };
        self.reaching_states(before, leads)
    }

    /// For each state whether it leads to one of those that are wanted, or is one.
    fn reaching_states(&self, before: &[Vec<usize>], wanted: impl Fn(usize) -> bool) -> Vec<bool> {
        let mut reaches: Vec<bool> = (0..self.exploration.states.len()).map(wanted).collect();
        let mut ahead: Vec<usize> =
            reaches.iter().enumerate().filter(|(_, reaches)| **reaches).map(|(index, _)| index).collect();
        while let Some(state) = ahead.pop() {
            for earlier in before.get(state).into_iter().flatten() {
                if let Some(reaches) = reaches.get_mut(*earlier)
                    && !std::mem::replace(reaches, true)
                {
                    ahead.push(*earlier);
                }
            }
        }
        reaches
    }

    /// What stands still in a state.
    fn standing(&self, state: usize) -> BTreeSet<ElementIndex> {
        let marking = self.exploration.states.get(state).map(|state| &*state.marking).unwrap_or_default();
        let places = marking.iter().zip(&self.net.places);
        places
            .filter(|(tokens, place)| **tokens > 0 && place.holds_tokens)
            .filter_map(|(_, place)| place.consumer)
            .collect()
    }

    /// Reports states in which nothing can happen any more; returns the joins in them.
    fn deadlocks(&mut self, finishes: &[bool]) -> BTreeSet<ElementIndex> {
        let mut reported: BTreeSet<ElementIndex> = BTreeSet::new();
        for (index, state) in self.exploration.states.iter().enumerate() {
            if !state.next.is_empty() || !state.is_expanded {
                continue;
            }
            let standing = self.standing(index);
            let is_known = standing.iter().any(|element| reported.contains(element));
            // A subprocess that does not come to its end has a verdict of its own.
            let is_within = standing.iter().any(|element| self.outlooks.contains_key(element));
            reported.extend(&standing);
            let mut joins = standing.into_iter();
            let Some(element) = joins.next().filter(|_| !is_known && !is_within) else { continue };
            let is_certain = self.is_certain(index, finishes);
            let kind = VerdictKind::Deadlock { is_certain };
            let path = self.path(index, None);
            self.verdicts.push(Verdict { kind, element, others: joins.collect(), path });
        }
        reported
    }

    /// Whether the step that decides that the scope cannot end any more always decides that, by one condition at most.
    fn is_certain(&self, state: usize, finishes: &[bool]) -> bool {
        if !self.exploration.is_whole
            || !self.exploration.growths.is_empty()
            || is_interruptible(self.program, self.scope)
        {
            return false;
        }
        let is_lost = |state: usize| finishes.get(state) == Some(&false);
        let mut at = state;
        while let Some((before, by)) = self.exploration.states.get(at).and_then(|state| state.from) {
            if !is_lost(before) {
                let combines = self.net.moves.get(by).is_some_and(|step| step.combines);
                return !combines
                    && self.exploration.states.iter().flat_map(|state| &state.next).all(
                        |(other, target)| {
                            *other != by || matches!(target, Target::State(next) if is_lost(*next))
                        },
                    );
            }
            at = before;
        }
        true
    }

    /// Reports circles of states that no step leads out of.
    fn livelocks(&mut self, finishes: &[bool], sticks: &[bool]) {
        let states = &self.exploration.states;
        let is_caught =
            |state: usize| finishes.get(state) == Some(&false) && sticks.get(state) == Some(&false);
        if !(0..states.len()).any(is_caught) || is_interruptible(self.program, self.scope) {
            return;
        }
        let targets = |state: usize| {
            let next = states.get(state).into_iter().flat_map(|state| &state.next);
            next.filter_map(|(_, target)| if let Target::State(next) = target { Some(*next) } else { None })
        };
        let caught = (0..states.len())
            .map(|state| if is_caught(state) { targets(state).collect() } else { Vec::new() })
            .collect::<Vec<Vec<usize>>>();
        let mut reported = BTreeSet::new();
        let mut regions = circles(&caught);
        regions.sort_unstable();
        for circle in regions {
            let is_left =
                circle.iter().any(|state| targets(*state).any(|next| circle.binary_search(&next).is_err()));
            let (Some(first), false) = (circle.first(), is_left) else { continue };
            let mut region: BTreeSet<ElementIndex> = BTreeSet::new();
            for (by, _) in circle.iter().filter_map(|state| states.get(*state)).flat_map(|state| &state.next)
            {
                let Some(step) = self.net.moves.get(*by) else { continue };
                region.insert(step.element);
                for (_, spot) in &step.to {
                    region.extend(self.net.line(self.program, *spot));
                }
            }
            let mut elements = region.iter().copied();
            let Some(element) = elements.next() else { continue };
            let others = elements.collect();
            if reported.insert(region) {
                let path = self.path(*first, None);
                self.verdicts.push(Verdict { kind: VerdictKind::Livelock, element, others, path });
            }
        }
    }

    fn growths(&mut self) {
        let Some(growth) = self.exploration.growths.first() else { return };
        let taken = self.net.places.get(growth.place).and_then(|place| place.consumer);
        // In a circle that nothing leads out of nothing takes them; they go round in it.
        let kept = || self.net.spot(growth.place).and_then(|spot| self.net.line(self.program, spot).pop());
        let Some(element) = taken.or_else(kept) else { return };
        let path = self.path(growth.state, Some(growth.by));
        let kind = VerdictKind::UnboundedTokens;
        self.verdicts.push(Verdict { kind, element, others: Vec::new(), path });
    }

    fn doublings(&mut self) {
        if !self.exploration.growths.is_empty() {
            return;
        }
        let mut reported = BTreeSet::new();
        for doubling in &self.exploration.doublings {
            let second = self.net.line(self.program, doubling.to.1);
            let Some(first) = self.earlier_spot(doubling) else { continue };
            let first = self.net.line(self.program, first);
            let Some(meeting) = first.iter().find(|element| second.contains(element)).copied() else {
                continue;
            };
            let common = second.iter().skip_while(|element| **element != meeting);
            let does_something = common.copied().any(|element| self.does_something(element));
            let (kind, element) = if does_something {
                (VerdictKind::LackOfSynchronisation, meeting)
            } else {
                (VerdictKind::ImproperCompletion, second.last().copied().unwrap_or(meeting))
            };
            if reported.insert((does_something, element)) {
                let path = self.path(doubling.state, Some(doubling.by));
                self.verdicts.push(Verdict { kind, element, others: Vec::new(), path });
            }
        }
    }

    /// Whether it makes a difference that an element is reached twice.
    fn does_something(&self, element: ElementIndex) -> bool {
        let element = self.program.element(element);
        if let Kind::EndEvent(throw) = &element.kind {
            return matches!(
                throw,
                Throw::Message(_)
                    | Throw::Signal { .. }
                    | Throw::Escalation { .. }
                    | Throw::Compensation { .. }
            );
        }
        let passes = element.kind == Kind::Link || element.kind == Kind::ExclusiveGateway;
        !passes || element.outgoing.len() > 1
    }

    /// The spot by which the token that is already there has come.
    fn earlier_spot(&self, doubling: &Doubling) -> Option<Spot> {
        let place = doubling.to.0;
        let mut at = doubling.state;
        while let Some((before, by)) = self.exploration.states.get(at)?.from {
            let to = &self.net.moves.get(by)?.to;
            if let Some((_, spot)) = to.iter().find(|(to, _)| *to == place) {
                return Some(*spot);
            }
            at = before;
        }
        let spots = self.net.beginnings.iter().flatten();
        let here = spots.copied().find(|spot| self.net.place(*spot) == place);
        // Both tokens may come by one step.
        here.or_else(|| {
            let to = &self.net.moves.get(doubling.by)?.to;
            to.iter().find(|(to, spot)| *to == place && *spot != doubling.to.1).map(|(_, spot)| *spot)
        })
    }

    /// The moves that can happen.
    fn happening(&self) -> impl Iterator<Item = &'j super::net::Move> + use<'j> {
        let by: BTreeSet<usize> =
            self.exploration.states.iter().flat_map(|state| state.next.iter().map(|(by, _)| *by)).collect();
        let net = self.net;
        by.into_iter().filter_map(|by| net.moves.get(by))
    }

    /// Reports elements that no token reaches: the first ones of what is dead, not all that lies behind them.
    fn dead(&mut self, stuck: &BTreeSet<ElementIndex>) {
        let is_join = |element: ElementIndex| {
            let element = self.program.element(element);
            matches!(element.kind, Kind::ParallelGateway | Kind::InclusiveGateway)
                && element.incoming.len() > 1
        };
        let mut live: BTreeSet<ElementIndex> = BTreeSet::new();
        let spots = self.happening().flat_map(|step| step.to.iter().map(|(_, spot)| *spot));
        for spot in self.net.beginnings.iter().flatten().copied().chain(spots) {
            if !matches!(spot, Spot::Unspent(_)) {
                live.extend(
                    self.net.line(self.program, spot).into_iter().filter(|element| !is_join(*element)),
                );
            }
        }
        live.extend(self.happening().map(|step| step.element));
        let children = self.program.scope(self.scope).children.iter().copied();
        let children = children.filter(|child| takes_part(self.program.element(*child)));
        let dead: BTreeSet<ElementIndex> = children.filter(|child| !live.contains(child)).collect();
        let sources = |element: ElementIndex| {
            let incoming = self.program.element(element).incoming.iter();
            incoming.map(|flow| self.program.flow(*flow).source)
        };
        let host = |element: ElementIndex| {
            let Kind::BoundaryEvent { attached_to, .. } = self.program.element(element).kind else {
                return None;
            };
            Some(attached_to)
        };
        // What lies behind a deadlock, or what nothing leads to, is reported as that.
        let mut explained: Vec<ElementIndex> = Vec::new();
        let mut roots: Vec<ElementIndex> = Vec::new();
        for element in &dead {
            let from_live: Vec<ElementIndex> =
                sources(*element).chain(host(*element)).filter(|source| live.contains(source)).collect();
            let is_caused = stuck.contains(element)
                || from_live.iter().any(|source| {
                    self.outlooks.get(source).is_some_and(|outlook| !outlook.completes && !outlook.leaves)
                })
                || self.program.element(*element).incoming.is_empty() && host(*element).is_none();
            if is_caused {
                explained.push(*element);
            } else if !from_live.is_empty() {
                roots.push(*element);
            }
        }
        let mut behind: BTreeSet<ElementIndex> = explained.iter().chain(&roots).copied().collect();
        let spread = |behind: &mut BTreeSet<ElementIndex>, from: Vec<ElementIndex>| {
            let mut ahead = from;
            while let Some(index) = ahead.pop() {
                let element = self.program.element(index);
                let flows = element.outgoing.iter().map(|flow| self.program.flow(*flow).target);
                let next = flows.chain(element.boundary_events.iter().copied());
                ahead.extend(next.filter(|next| behind.insert(*next)));
            }
        };
        let from = behind.iter().copied().collect();
        spread(&mut behind, from);
        for element in &dead {
            if behind.insert(*element) {
                roots.push(*element);
                spread(&mut behind, vec![*element]);
            }
        }
        roots.sort_unstable();
        for element in roots {
            let kind = VerdictKind::DeadElement;
            self.verdicts.push(Verdict { kind, element, others: Vec::new(), path: Vec::new() });
        }
    }

    /// The way to a state, and one move further.
    fn path(&self, state: usize, further: Option<usize>) -> Vec<Step> {
        let mut moves: Vec<usize> = further.into_iter().collect();
        let mut at = state;
        while let Some((before, by)) = self.exploration.states.get(at).and_then(|state| state.from) {
            moves.push(by);
            at = before;
        }
        let mut path: Vec<Step> = Vec::new();
        let beginning = self.net.beginnings.iter().find(|beginning| {
            let first = self.exploration.states.get(at).map(|state| &*state.marking).unwrap_or_default();
            beginning.iter().all(|spot| first.get(self.net.place(*spot)).is_some_and(|tokens| *tokens > 0))
        });
        for spot in beginning.into_iter().flatten() {
            self.walk(*spot, &mut path);
        }
        for step in moves.into_iter().rev().filter_map(|by| self.net.moves.get(by)) {
            let is_beginning = step.to.iter().any(|(_, spot)| *spot == Spot::Active(step.element));
            if !is_beginning {
                let has_choice = self.choosing.contains(&step.element);
                let taken: Vec<FlowIndex> = if has_choice { step.taken.clone() } else { Vec::new() };
                path.push(Step { element: step.element, taken });
            }
            for (_, spot) in &step.to {
                if !matches!(spot, Spot::Active(_) | Spot::Unspent(_)) {
                    self.walk(*spot, &mut path);
                }
            }
            if step.effect == Effect::Ends {
                break;
            }
        }
        path
    }

    /// What a token passes from a spot on, before what decides how it goes on.
    fn walk(&self, spot: Spot, path: &mut Vec<Step>) {
        let mut line = self.net.line(self.program, spot);
        line.pop();
        for element in line {
            if path.last().is_none_or(|last| last.element != element) {
                path.push(Step { element, taken: Vec::new() });
            }
        }
    }
}
