//! One scope as places and moves. A flow is a place; an element moves tokens from the flows that lead to it to flows that
//! leave it. An element that takes one flow and has no other choice moves nothing: the flows before and behind it are one
//! place, so that a straight line costs no state and what merges without waiting meets in one place.
//!
//! Conditions are opaque. A non-interrupting event occurs at most once while its activity is active; one that catches what
//! is thrown on every way through the activity occurs as that begins. A subprocess is an activity here; what it can do by
//! itself was found out before.

use std::collections::{BTreeMap, BTreeSet};

use super::{Outlook, Reading, Undecided};
use crate::compile::{Element, ElementIndex, FlowIndex, Kind, Over, Program, Throw, Trigger};
use crate::limits::{BEHAVIOUR_CONDITIONS_MAX, BEHAVIOUR_JOINED_FLOWS_MAX};

/// Where a token can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Spot {
    /// On a sequence flow, or in what it leads to.
    Flow(FlowIndex),
    /// Before an element that begins without a flow.
    Entry(ElementIndex),
    /// In an activity that has events at its border which do not interrupt it.
    Active(ElementIndex),
    /// No token: such an event has not occurred yet.
    Unspent(ElementIndex),
}

/// Spots between which nothing is decided.
#[derive(Debug, Default)]
pub(super) struct Place {
    /// Whether tokens are counted here.
    pub(super) holds_tokens: bool,
    /// Whether a token can be here while all else is at rest.
    pub(super) rests: bool,
    /// What takes tokens from here; `None` in a circle that nothing leads out of.
    pub(super) consumer: Option<ElementIndex>,
}

/// What becomes of the tokens of a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// They go on.
    Moves,
    /// All tokens of the scope end, as at a terminate end event.
    Ends,
    /// The scope is left by another way than its end.
    Leaves,
    /// An inclusive join: the tokens are taken from where there are some.
    Joins(usize),
}

/// Something that can happen.
#[derive(Debug)]
pub(super) struct Move {
    /// Whose doing it is.
    pub(super) element: ElementIndex,
    /// The flows that it takes.
    pub(super) taken: Vec<FlowIndex>,
    pub(super) effect: Effect,
    /// Places that lose one token each.
    pub(super) from: Vec<usize>,
    /// Places that get one token each, with the spot in it where it arrives.
    pub(super) to: Vec<(usize, Spot)>,
    /// Places that are emptied.
    pub(super) reset: Vec<usize>,
    /// Whether it happens before all is at rest.
    pub(super) is_instant: bool,
    /// Whether it hangs on more than one condition.
    pub(super) combines: bool,
}

/// A gateway that waits for the tokens that can still come.
#[derive(Debug)]
pub(super) struct InclusiveJoin {
    /// The place of each incoming flow; its number is its bit.
    pub(super) places: Vec<usize>,
    /// For each place the incoming flows that a token can come by from there, without passing the join.
    pub(super) ways: Vec<u64>,
    /// Those of them that it can come by over sequence flows alone: one of these with a token excuses it.
    pub(super) excuses: Vec<u64>,
}

#[derive(Debug, Default)]
pub(super) struct Net {
    pub(super) places: Vec<Place>,
    pub(super) moves: Vec<Move>,
    pub(super) joins: Vec<InclusiveJoin>,
    /// The ways to begin: each is where the first tokens are.
    pub(super) beginnings: Vec<Vec<Spot>>,
    place_of: BTreeMap<Spot, usize>,
    /// The elements that only pass tokens on.
    passes: BTreeMap<ElementIndex, FlowIndex>,
}

impl Net {
    pub(super) fn of(
        reading: &Reading<'_>,
        scope: ElementIndex,
        outlooks: &BTreeMap<ElementIndex, Outlook>,
    ) -> Result<Self, Undecided> {
        let mut building = Building {
            reading,
            program: reading.program,
            scope,
            outlooks,
            union: Union::default(),
            net: Self::default(),
        };
        building.fuse()?;
        building.beginnings();
        building.places();
        building.moves()?;
        Ok(building.net)
    }

    pub(super) fn place(&self, spot: Spot) -> usize {
        self.place_of.get(&spot).copied().expect("every spot of the scope has a place")
    }

    /// The first spot of a place.
    pub(super) fn spot(&self, place: usize) -> Option<Spot> {
        self.place_of.iter().find(|(_, of)| **of == place).map(|(spot, _)| *spot)
    }

    /// The elements that a token passes from a spot on, to the one that decides what follows, which is included.
    pub(super) fn line(&self, program: &Program, spot: Spot) -> Vec<ElementIndex> {
        let mut next = match spot {
            Spot::Flow(flow) => program.flow(flow).target,
            Spot::Entry(element) | Spot::Active(element) | Spot::Unspent(element) => element,
        };
        let mut line = Vec::new();
        while !line.contains(&next) {
            line.push(next);
            let Some(flow) = self.passes.get(&next) else { break };
            next = program.flow(*flow).target;
        }
        line
    }
}

/// Whether an element is part of the flow of tokens at all.
pub(super) fn takes_part(element: &Element) -> bool {
    let is_undoing = element.is_for_compensation
        || matches!(element.kind, Kind::BoundaryEvent { trigger: Trigger::Compensation, .. });
    !is_undoing && !matches!(element.kind, Kind::EventSubProcess { .. })
}

/// Whether an element waits for one token of each flow that leads to it.
fn is_parallel_join(element: &Element) -> bool {
    element.kind == Kind::ParallelGateway && element.incoming.len() > 1
}

fn is_inclusive_join(element: &Element) -> bool {
    element.kind == Kind::InclusiveGateway && element.incoming.len() > 1
}

/// Whether a token can be in an element while all else is at rest.
fn waits(element: &Element) -> bool {
    let is_work = match &element.kind {
        Kind::Task => element.multi_instance.is_some() || element.standard_loop.is_some(),
        Kind::CatchEvent(_)
        | Kind::EventBasedGateway
        | Kind::ThrowEvent(Throw::Message(_) | Throw::Compensation { .. })
        | Kind::EndEvent(Throw::Message(_) | Throw::Compensation { .. } | Throw::Cancel) => true,
        Kind::Process(_)
        | Kind::EventSubProcess { .. }
        | Kind::StartEvent(_)
        | Kind::BoundaryEvent { .. }
        | Kind::ThrowEvent(_)
        | Kind::EndEvent(_)
        | Kind::ExclusiveGateway
        | Kind::ParallelGateway
        | Kind::InclusiveGateway
        | Kind::ComplexGateway { .. }
        | Kind::Link
        | Kind::InstantiatingGateway { .. } => false,
        Kind::SubProcess(_)
        | Kind::Transaction(_)
        | Kind::AdHocSubProcess { .. }
        | Kind::ServiceTask(_)
        | Kind::SendTask(_)
        | Kind::ReceiveTask(_)
        | Kind::UserTask
        | Kind::CallActivity(_) => true,
    };
    is_work || element.async_before || element.async_after || !element.listeners.is_empty()
}

struct Building<'b> {
    reading: &'b Reading<'b>,
    program: &'b Program,
    scope: ElementIndex,
    outlooks: &'b BTreeMap<ElementIndex, Outlook>,
    union: Union,
    net: Net,
}

impl<'b> Building<'b> {
    fn children(&self) -> impl Iterator<Item = (ElementIndex, &'b Element)> + use<'b> {
        let program = self.program;
        let children = program.scope(self.scope).children.iter();
        children
            .map(move |index| (*index, program.element(*index)))
            .filter(|(_, element)| takes_part(element))
    }

    fn border(&self, element: &'b Element) -> impl Iterator<Item = (ElementIndex, bool)> + use<'b> {
        let program = self.program;
        let events = element.boundary_events.iter().map(move |index| (*index, program.element(*index)));
        events.filter(|(_, event)| takes_part(event)).map(|(index, event)| {
            (index, matches!(event.kind, Kind::BoundaryEvent { interrupting: true, .. }))
        })
    }

    fn fuse(&mut self) -> Result<(), Undecided> {
        for (index, element) in self.children() {
            if element.start_quantity != 1 || element.completion_quantity != 1 {
                return Err(Undecided::Quantity(index));
            }
            if matches!(element.kind, Kind::ComplexGateway { .. }) && element.incoming.len() > 1 {
                return Err(Undecided::ComplexJoin(index));
            }
            for flow in &element.incoming {
                self.union.add(Spot::Flow(*flow));
            }
            if is_parallel_join(element) || is_inclusive_join(element) {
                continue;
            }
            let entry = Spot::Entry(index);
            self.union.add(entry);
            for flow in &element.incoming {
                self.union.join(entry, Spot::Flow(*flow));
            }
            let options = self.options(index, element)?;
            if let [option] = options.as_slice()
                && let [flow] = option.as_slice()
                && self.border(element).next().is_none()
                && self.completes(index)
                && !self.may_leave(element)
            {
                self.union.join(entry, Spot::Flow(*flow));
                self.net.passes.insert(index, *flow);
            }
        }
        Ok(())
    }

    fn completes(&self, index: ElementIndex) -> bool {
        self.outlooks.get(&index).is_none_or(|outlook| outlook.completes)
    }

    /// Whether an escalation that is thrown here may interrupt the scope.
    fn may_leave(&self, element: &Element) -> bool {
        let throws = matches!(
            element.kind,
            Kind::ThrowEvent(Throw::Escalation { .. }) | Kind::EndEvent(Throw::Escalation { .. })
        );
        let around = self.program.element(self.scope);
        throws
            && around.boundary_events.iter().any(|event| {
                let kind = &self.program.element(*event).kind;
                matches!(kind, Kind::BoundaryEvent { interrupting: true, .. })
                    && self.catches_escalations(*event)
            })
    }

    fn catches_escalations(&self, event: ElementIndex) -> bool {
        let trigger = self.program.element(event).kind.trigger();
        trigger
            .is_some_and(|trigger| trigger.each().iter().any(|each| matches!(each, Trigger::Escalation(_))))
    }

    /// The flows that an element may take together, one list for each way to decide.
    fn options(&self, index: ElementIndex, element: &Element) -> Result<Vec<Vec<FlowIndex>>, Undecided> {
        let outgoing = &element.outgoing;
        if outgoing.len() < 2 || element.kind == Kind::ParallelGateway {
            return Ok(vec![outgoing.clone()]);
        }
        if matches!(element.kind, Kind::ExclusiveGateway | Kind::EventBasedGateway) {
            return Ok(outgoing.iter().map(|flow| vec![*flow]).collect());
        }
        let is_opaque = |flow: &FlowIndex| {
            self.reading.is_conditional(*flow) && !self.always_holds(*flow)
                || !self.reading.is_executable
                    && matches!(element.kind, Kind::InclusiveGateway | Kind::ComplexGateway { .. })
        };
        let others = outgoing.iter().filter(|flow| element.default_flow != Some(**flow));
        let (open, always): (Vec<FlowIndex>, Vec<FlowIndex>) = others.partition(|flow| is_opaque(flow));
        if open.len() > BEHAVIOUR_CONDITIONS_MAX {
            return Err(Undecided::Conditions(index));
        }
        let decisions = self.decisions(open);
        let mut options = Vec::new();
        for chosen in 0..1_usize << decisions.len() {
            let held = decisions.iter().enumerate().filter(|(bit, _)| chosen >> bit & 1 == 1);
            let mut option: Vec<FlowIndex> = always.clone();
            option.extend(held.flat_map(|(_, flows)| flows));
            if option.is_empty() {
                option.extend(element.default_flow);
            }
            // Without a way the element is an incident, not a behaviour of the model.
            if !option.is_empty() {
                options.push(option);
            }
        }
        Ok(options)
    }

    fn always_holds(&self, flow: FlowIndex) -> bool {
        let condition = self.program.flow(flow).condition.as_ref();
        condition.is_some_and(|condition| {
            let written: String = condition.source().split_whitespace().collect();
            matches!(written.as_str(), "${true}" | "=true" | "true")
        })
    }

    /// Flows that are taken together because their conditions are the same.
    fn decisions(&self, flows: Vec<FlowIndex>) -> Vec<Vec<FlowIndex>> {
        let mut decisions: Vec<(Option<&str>, Vec<FlowIndex>)> = Vec::new();
        for flow in flows {
            let written =
                self.program.flow(flow).condition.as_ref().map(|condition| condition.source().trim());
            let same = decisions.iter_mut().find(|(other, _)| other.is_some() && *other == written);
            match same {
                Some((_, together)) => together.push(flow),
                None => decisions.push((written, vec![flow])),
            }
        }
        decisions.into_iter().map(|(_, together)| together).collect()
    }

    /// Whether what an element does hangs on more than one condition: they may be connected in a way that is not understood.
    fn combines(&self, element: &Element) -> bool {
        if matches!(element.kind, Kind::ExclusiveGateway | Kind::EventBasedGateway) {
            return false;
        }
        let conditional = element.outgoing.iter().copied();
        let conditional =
            conditional.filter(|flow| self.reading.is_conditional(*flow) && !self.always_holds(*flow));
        self.decisions(conditional.collect()).len() > 1
    }

    fn beginnings(&mut self) {
        let scope = self.program.scope(self.scope);
        let is_process = self.scope == Program::ROOT;
        let mut beginnings: Vec<Vec<Spot>> = Vec::new();
        beginnings.extend(scope.start_events.iter().map(|start| vec![Spot::Entry(*start)]));
        for (index, element) in self.children().filter(|_| is_process) {
            let flows = || element.outgoing.iter().map(|flow| Spot::Flow(*flow));
            if let Kind::InstantiatingGateway { parallel } = element.kind {
                if parallel {
                    beginnings.push(flows().collect());
                } else {
                    beginnings.extend(flows().map(|flow| vec![flow]));
                }
            } else if element.instantiates && element.incoming.is_empty() {
                beginnings.push(vec![Spot::Entry(index)]);
            }
        }
        if !scope.implicit_starts.is_empty() {
            let starts = scope.implicit_starts.iter();
            // A join that no flow leads to is none; it has an entry as all else.
            beginnings.push(starts.map(|start| Spot::Entry(*start)).collect());
        }
        self.net.beginnings = beginnings;
    }

    fn places(&mut self) {
        for (index, element) in self.children() {
            if self.border(element).any(|(_, interrupts)| !interrupts) {
                self.union.add(Spot::Active(index));
            }
            for (event, _) in self.border(element).filter(|(_, interrupts)| !interrupts) {
                self.union.add(Spot::Unspent(event));
            }
        }
        for spot in self.union.spots() {
            let first = self.union.first(spot);
            let place = self.net.place_of.get(&first).copied().unwrap_or_else(|| {
                self.net.places.push(Place::default());
                self.net.places.len().saturating_sub(1)
            });
            self.net.place_of.insert(first, place);
            self.net.place_of.insert(spot, place);
            let target = match spot {
                Spot::Flow(flow) => self.program.flow(flow).target,
                Spot::Entry(element) | Spot::Active(element) | Spot::Unspent(element) => element,
            };
            let passes = self.net.passes.contains_key(&target);
            let Some(entry) = self.net.places.get_mut(place) else { continue };
            if !matches!(spot, Spot::Unspent(_)) {
                entry.holds_tokens = true;
            }
            if passes {
                entry.rests |= waits(self.program.element(target));
            } else {
                entry.consumer = Some(target);
            }
            entry.rests |= matches!(spot, Spot::Flow(flow) if !self.program.flow(flow).listeners.is_empty());
        }
    }

    fn moves(&mut self) -> Result<(), Undecided> {
        for (index, element) in self.children() {
            if self.net.passes.contains_key(&index) {
                continue;
            }
            if is_parallel_join(element) {
                let from = element.incoming.iter().map(|flow| self.net.place(Spot::Flow(*flow))).collect();
                self.add(index, element.outgoing.clone(), Effect::Moves, from);
            } else if is_inclusive_join(element) {
                self.inclusive_join(index, element)?;
            } else {
                self.element(index, element)?;
            }
        }
        // A circle of elements that only pass tokens on goes round for ever.
        for place in 0..self.net.places.len() {
            if self.net.places.get(place).is_some_and(|place| place.consumer.is_none()) {
                let spot = self.net.place_of.iter().find(|(_, of)| **of == place).map(|(spot, _)| *spot);
                let Some(spot @ Spot::Flow(_)) = spot else { continue };
                let line = self.net.line(self.program, spot);
                let last = line.last().and_then(|last| Some((*last, *self.net.passes.get(last)?)));
                let Some((element, flow)) = last else { continue };
                self.add(element, vec![flow], Effect::Moves, vec![place]);
            }
        }
        Ok(())
    }

    fn element(&mut self, index: ElementIndex, element: &'b Element) -> Result<(), Undecided> {
        let mut at = self.net.place(Spot::Entry(index));
        if let Kind::EndEvent(throw @ (Throw::Terminate | Throw::Error { .. } | Throw::Cancel)) =
            &element.kind
        {
            let effect = if *throw == Throw::Terminate { Effect::Ends } else { Effect::Leaves };
            self.add(index, Vec::new(), effect, vec![at]);
            return Ok(());
        }
        if self.may_leave(element) {
            self.add(index, Vec::new(), Effect::Leaves, vec![at]);
        }
        let (certain, reminders): (Vec<ElementIndex>, Vec<ElementIndex>) = self
            .border(element)
            .filter(|(_, interrupts)| !interrupts)
            .map(|(event, _)| event)
            .partition(|event| self.occurs_for_certain(*event, element));
        let unspent: Vec<usize> =
            reminders.iter().map(|event| self.net.place(Spot::Unspent(*event))).collect();
        if !certain.is_empty() || !reminders.is_empty() {
            let active = self.net.place(Spot::Active(index));
            let begun = certain.iter().map(|event| Spot::Entry(*event));
            let begun = begun.chain(reminders.iter().map(|event| Spot::Unspent(*event)));
            let to =
                std::iter::once(Spot::Active(index)).chain(begun).map(|spot| (self.net.place(spot), spot));
            let to = to.collect();
            let rests = self.net.places.get(at).is_some_and(|place| place.rests);
            self.net.moves.push(Move {
                element: index,
                taken: Vec::new(),
                effect: Effect::Moves,
                from: vec![at],
                to,
                reset: Vec::new(),
                is_instant: !rests,
                combines: false,
            });
            for (event, unspent) in reminders.iter().zip(&unspent) {
                let to = [Spot::Active(index), Spot::Entry(*event)];
                let to = to.into_iter().map(|spot| (self.net.place(spot), spot)).collect();
                self.event(*event, vec![active, *unspent], to, Vec::new());
            }
            at = active;
        }
        if self.completes(index) {
            for option in self.options(index, element)? {
                self.add(index, option, Effect::Moves, vec![at]);
                if let Some(last) = self.net.moves.last_mut() {
                    last.reset.clone_from(&unspent);
                }
            }
        }
        let is_caught = self.border(element).any(|(event, _)| {
            let trigger = self.program.element(event).kind.trigger();
            trigger.is_some_and(|trigger| trigger.each().iter().any(|each| matches!(each, Trigger::Error(_))))
        });
        if !is_caught && self.outlooks.get(&index).is_some_and(|outlook| outlook.leaves) {
            self.add(index, Vec::new(), Effect::Leaves, vec![at]);
        }
        for (event, _) in self.border(element).filter(|(_, interrupts)| *interrupts) {
            if self.can_occur(event, index) {
                let spot = Spot::Entry(event);
                let to = vec![(self.net.place(spot), spot)];
                self.event(event, vec![at], to, unspent.clone());
            }
        }
        Ok(())
    }

    /// Whether an event at the border can occur, as far as what is within decides it.
    fn can_occur(&self, event: ElementIndex, host: ElementIndex) -> bool {
        let is_cancel =
            matches!(self.program.element(event).kind, Kind::BoundaryEvent { trigger: Trigger::Cancel, .. });
        !is_cancel || self.outlooks.get(&host).is_none_or(|outlook| outlook.cancels)
    }

    /// Whether an event that does not interrupt catches an escalation without which its subprocess cannot end: it is thrown
    /// by an element that every way through passes, and nobody within catches it first.
    fn occurs_for_certain(&self, event: ElementIndex, host: &Element) -> bool {
        let Some(Trigger::Escalation(caught)) = self.program.element(event).kind.trigger() else {
            return false;
        };
        let Kind::SubProcess(within) = &host.kind else { return false };
        // Of several events the one for the code catches it, and not the one for all.
        if self.border(host).filter(|(event, _)| self.catches_escalations(*event)).count() > 1 {
            return false;
        }
        let is_left_early = self.border(host).any(|(_, interrupts)| interrupts);
        let is_repeated = host.multi_instance.is_some() || host.standard_loop.is_some();
        if is_left_early || is_repeated || !within.event_sub_processes.is_empty() {
            return false;
        }
        let throws_it = |element: &Element| {
            let (Kind::ThrowEvent(Throw::Escalation { code }) | Kind::EndEvent(Throw::Escalation { code })) =
                &element.kind
            else {
                return false;
            };
            caught.code.as_deref().is_none_or(|caught| code.literal() == Some(caught))
        };
        let mut ahead: Vec<ElementIndex> =
            within.start_events.iter().chain(&within.implicit_starts).copied().collect();
        let mut passed: BTreeSet<ElementIndex> = BTreeSet::new();
        while let Some(index) = ahead.pop() {
            let element = self.program.element(index);
            if throws_it(element) || !passed.insert(index) {
                continue;
            }
            if element.outgoing.is_empty() {
                return false;
            }
            ahead.extend(element.outgoing.iter().map(|flow| self.program.flow(*flow).target));
            ahead.extend(&element.boundary_events);
        }
        !passed.is_empty()
    }

    fn inclusive_join(&mut self, index: ElementIndex, element: &'b Element) -> Result<(), Undecided> {
        if element.incoming.len() > BEHAVIOUR_JOINED_FLOWS_MAX {
            return Err(Undecided::JoinedFlows(index));
        }
        let places: Vec<usize> =
            element.incoming.iter().map(|flow| self.net.place(Spot::Flow(*flow))).collect();
        let ways = self.ways_by_place(index, element, Over::FlowsAndBoundaries);
        let excuses = self.ways_by_place(index, element, Over::Flows);
        let join = self.net.joins.len();
        self.net.joins.push(InclusiveJoin { places, ways, excuses });
        for option in self.options(index, element)? {
            self.add(index, option, Effect::Joins(join), Vec::new());
        }
        Ok(())
    }

    fn ways_by_place(&self, join: ElementIndex, element: &Element, over: Over) -> Vec<u64> {
        let by_element = self.ways(join, element, over);
        let ways = self.net.places.iter().map(|place| {
            let from = place.consumer.filter(|from| place.holds_tokens && *from != join);
            from.and_then(|from| by_element.get(&from)).copied().unwrap_or_default()
        });
        ways.collect()
    }

    /// For each element the flows by which a token can come from it to a join, without passing that. Sought backwards from
    /// each flow: the elements before it are looked at once for each flow, not once for each place.
    fn ways(&self, join: ElementIndex, element: &Element, over: Over) -> BTreeMap<ElementIndex, u64> {
        let mut ways: BTreeMap<ElementIndex, u64> = BTreeMap::new();
        for (bit, flow) in element.incoming.iter().enumerate() {
            let bit = 1_u64 << bit;
            let mut ahead = vec![self.program.flow(*flow).source];
            while let Some(index) = ahead.pop() {
                let known = ways.entry(index).or_default();
                if index == join || *known & bit != 0 {
                    continue;
                }
                *known |= bit;
                let passed = self.program.element(index);
                ahead.extend(passed.incoming.iter().map(|flow| self.program.flow(*flow).source));
                if let (Kind::BoundaryEvent { attached_to, .. }, Over::FlowsAndBoundaries) =
                    (&passed.kind, over)
                {
                    ahead.push(*attached_to);
                }
            }
        }
        ways
    }

    fn event(&mut self, event: ElementIndex, from: Vec<usize>, to: Vec<(usize, Spot)>, reset: Vec<usize>) {
        let (taken, effect, is_instant) = (Vec::new(), Effect::Moves, false);
        self.net.moves.push(Move {
            element: event,
            taken,
            effect,
            from,
            to,
            reset,
            is_instant,
            combines: false,
        });
    }

    fn add(&mut self, element: ElementIndex, taken: Vec<FlowIndex>, effect: Effect, from: Vec<usize>) {
        let to = taken.iter().map(|flow| (self.net.place(Spot::Flow(*flow)), Spot::Flow(*flow))).collect();
        let rests = |place: &usize| self.net.places.get(*place).is_some_and(|place| place.rests);
        let is_instant = !waits(self.program.element(element))
            && !from.iter().any(rests)
            && !matches!(effect, Effect::Joins(_));
        let combines = self.combines(self.program.element(element));
        self.net.moves.push(Move {
            element,
            taken,
            effect,
            from,
            to,
            reset: Vec::new(),
            is_instant,
            combines,
        });
    }
}

/// Spots that are one place.
#[derive(Default)]
struct Union {
    towards: BTreeMap<Spot, Spot>,
}

impl Union {
    fn add(&mut self, spot: Spot) {
        self.towards.entry(spot).or_insert(spot);
    }

    fn join(&mut self, left: Spot, right: Spot) {
        self.add(left);
        self.add(right);
        let (left, right) = (self.first(left), self.first(right));
        self.towards.insert(left.max(right), left.min(right));
    }

    fn first(&mut self, spot: Spot) -> Spot {
        let mut first = spot;
        while let Some(next) = self.towards.get(&first).copied().filter(|next| *next != first) {
            first = next;
        }
        let mut behind = spot;
        while behind != first {
            behind = self.towards.insert(behind, first).unwrap_or(first);
        }
        first
    }

    fn spots(&self) -> Vec<Spot> {
        self.towards.keys().copied().collect()
    }
}
