//! One step: from one input to quiescence. Facts are applied as they are decided, through [`Step::emit`] alone; what is
//! to be driven next waits on a list, so that no model can exhaust the stack.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use tessera_bpmn::compile::{Element, ElementIndex, FlowIndex, Kind, Program};
use tessera_canary::{Canary, is_planted};

use super::apply::{apply, owner};
use super::called;
use super::conditions::{self, News};
use super::elements::inclusive_gateway;
use super::fact::{Ending, Fact};
use super::incident::{self, Incident};
use super::life_cycle;
use super::occurrence::{Occurrence, Trouble};
use super::state::{Instance, Role, State, Status};
use super::variables::Named;
use super::wait::{Wait, WaitKind};
use crate::effect::Effect;
use crate::identity::{EffectSequence, IncidentKey, NodeKey, Timestamp, WaitKey};
use crate::limits::FACTS_PER_STEP_MAX;

/// The work in progress of one input.
pub(super) struct Step<'a> {
    pub(super) instance: &'a mut Instance,
    pub(super) program: &'a Program,
    pub(super) now: Timestamp,
    facts: Vec<Fact>,
    /// Last in, first out: a branch runs until it waits before its sibling starts.
    agenda: Vec<Due>,
    /// What may have made a condition true.
    pub(super) news: Vec<News>,
    /// Variables of what came at a gateway, for the event behind it.
    pub(super) handed: Named,
    /// Scopes where something has happened since their joins were last looked at.
    pub(super) unsettled: BTreeSet<NodeKey>,
    /// What is being driven: it has begun, whatever its stored state says.
    driven: Option<NodeKey>,
}

/// The part that the first activation of an element plays.
pub(super) fn role_of(element: &Element) -> Role {
    let repeats = element.multi_instance.is_some() || element.standard_loop.is_some();
    if repeats { Role::Body } else { Role::Element }
}

/// An activation that is to be driven.
pub(super) struct Due {
    pub(super) node: NodeKey,
    pub(super) place: Place,
    pub(super) occurrence: Occurrence,
}

/// Where an activation is, in terms of the program.
#[derive(Debug, Clone, Copy)]
pub(super) enum Place {
    Element(ElementIndex),
    Flow(FlowIndex),
}

/// An activation together with its element.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    pub(super) node: NodeKey,
    pub(super) parent: NodeKey,
    pub(super) role: Role,
    pub(super) index: ElementIndex,
    pub(super) element: &'a Element,
}

impl<'a> Step<'a> {
    pub(super) fn new(instance: &'a mut Instance, program: &'a Program, now: Timestamp) -> Self {
        Self {
            instance,
            program,
            now,
            facts: Vec::with_capacity(16),
            agenda: Vec::new(),
            news: Vec::new(),
            handed: Named::new(),
            unsettled: BTreeSet::new(),
            driven: None,
        }
    }

    /// The one place where a decision becomes a fact.
    pub(super) fn emit(&mut self, fact: Fact) {
        if self.program.has_conditions() {
            self.news.extend(conditions::news(self.instance, &fact));
        }
        if !self.program.inclusive_joins().is_empty() {
            self.unsettled.extend(self.moved_in(&fact));
        }
        apply(self.instance, &fact);
        if let Fact::Migrated(_) = &fact {
            // Other ways lead to the same joins.
            self.unsettled.extend(self.instance.nodes.keys());
        }
        self.facts.push(fact);
    }

    /// The scope in which a fact moves a token, or lets one move that stood still.
    fn moved_in(&self, fact: &Fact) -> Option<NodeKey> {
        let scope_of = |node: NodeKey| self.instance.node(node).map(|node| node.parent);
        if let Fact::NodeEntered { parent, .. } | Fact::NodeRestored { parent, .. } = fact {
            return Some(*parent);
        }
        if let Fact::IncidentResolved { incident } = fact {
            return self.instance.incident(*incident).and_then(|resolved| scope_of(resolved.node));
        }
        let (Fact::NodeAdvanced { node, .. } | Fact::NodeLeft { node, .. }) = fact else { return None };
        scope_of(*node)
    }

    /// Drives everything that is due until nothing is, and returns what happened.
    pub(super) fn run(mut self) -> Vec<Fact> {
        while let Some(due) = self.next_due() {
            if self.facts.len() >= FACTS_PER_STEP_MAX && matches!(due.occurrence, Occurrence::Begun) {
                self.stop(due.node);
            } else {
                self.driven = Some(due.node);
                life_cycle::drive(&mut self, due);
                self.driven = None;
            }
        }
        self.report_dead_joins();
        self.facts
    }

    /// When all else is at rest, conditions are looked at, and then the joins that wait for what may still come.
    fn next_due(&mut self) -> Option<Due> {
        if self.agenda.is_empty() {
            conditions::look(self);
        }
        self.agenda.pop().or_else(|| inclusive_gateway::next_join(self))
    }

    pub(super) fn due(&mut self, node: NodeKey, place: Place, occurrence: Occurrence) {
        self.agenda.push(Due { node, place, occurrence });
    }

    /// The place of an activation; `None` if it is over, or the program is not the one that it was started with.
    pub(super) fn place(&self, node: NodeKey) -> Option<Place> {
        if node == NodeKey::ROOT {
            return Some(Place::Element(Program::ROOT));
        }
        let node = self.instance.node(node)?;
        match node.role {
            Role::Flow => self.program.find_flow(&node.element).map(Place::Flow),
            Role::Element | Role::Body | Role::Iteration(_) | Role::Restored => {
                self.program.find(&node.element).map(Place::Element)
            }
        }
    }

    /// An activation together with its element; `None` if it is over or a token on a flow.
    pub(super) fn at(&self, node: NodeKey) -> Option<At<'a>> {
        match self.place(node)? {
            Place::Element(index) => self.at_element(node, index),
            Place::Flow(_) => None,
        }
    }

    pub(super) fn at_element(&self, key: NodeKey, index: ElementIndex) -> Option<At<'a>> {
        let node = self.instance.node(key)?;
        Some(At {
            node: key,
            parent: node.parent,
            role: node.role,
            index,
            element: self.program.element(index),
        })
    }

    /// Puts a token on an element of a scope; it is driven when its turn comes.
    pub(super) fn enter(&mut self, scope: NodeKey, index: ElementIndex, by: Option<FlowIndex>) -> NodeKey {
        let element = self.program.element(index);
        let role = role_of(element);
        let by = by.map(|flow| self.program.flow(flow).id.clone());
        self.activate(scope, element.id.clone(), role, by, Place::Element(index))
    }

    /// Begins an activation of any role.
    pub(super) fn activate(
        &mut self,
        parent: NodeKey,
        element: Arc<str>,
        role: Role,
        by: Option<Arc<str>>,
        place: Place,
    ) -> NodeKey {
        let node = NodeKey(self.instance.next.node);
        self.emit(Fact::NodeEntered { node, parent, element, role, by, at: self.now });
        self.due(node, place, Occurrence::Begun);
        node
    }

    /// Puts one token on each flow, in this order; without any, the token that was there has ended.
    pub(super) fn take(&mut self, scope: NodeKey, flows: &[FlowIndex]) {
        let first = self.agenda.len();
        for index in self.beyond_links(flows).iter() {
            let flow = self.program.flow(*index);
            let plain = flow.listeners.is_empty() && self.program.element(flow.target).start_quantity == 1;
            if plain {
                self.enter(scope, flow.target, Some(*index));
            } else {
                self.activate(scope, flow.id.clone(), Role::Flow, None, Place::Flow(*index));
            }
        }
        if self.agenda.len() == first {
            self.token_ended(scope);
        }
        self.first_come_first(first);
    }

    /// Puts one token on each element, to be driven in this order.
    pub(super) fn enter_all(&mut self, scope: NodeKey, elements: &[ElementIndex]) {
        let first = self.agenda.len();
        for index in elements {
            self.enter(scope, *index, None);
        }
        self.first_come_first(first);
    }

    /// How much is to be driven.
    pub(super) fn ahead(&self) -> usize {
        self.agenda.len()
    }

    /// Lets what came after the first so many be driven in the order in which it came.
    pub(super) fn first_come_first(&mut self, from: usize) {
        if let Some(added) = self.agenda.get_mut(from..) {
            added.reverse();
        }
    }

    /// The flows that are really taken where some lead to links. A circle of links leads nowhere.
    fn beyond_links<'f>(&self, flows: &'f [FlowIndex]) -> Cow<'f, [FlowIndex]> {
        let program = self.program;
        let link = |flow: FlowIndex| {
            let target = program.element(program.flow(flow).target);
            let plain = |index: FlowIndex| {
                let flow = program.flow(index);
                flow.condition.is_none() && flow.listeners.is_empty()
            };
            let passes = target.kind == Kind::Link
                && target.listeners.is_empty()
                && plain(flow)
                && target.outgoing.iter().all(|index| plain(*index));
            passes.then_some(target)
        };
        if !flows.iter().any(|flow| link(*flow).is_some()) {
            return Cow::Borrowed(flows);
        }
        let (mut taken, mut passed) = (Vec::new(), BTreeSet::new());
        let mut ahead: Vec<FlowIndex> = flows.iter().rev().copied().collect();
        while let Some(flow) = ahead.pop() {
            match link(flow) {
                None => taken.push(flow),
                Some(link) if passed.insert(flow) => ahead.extend(link.outgoing.iter().rev()),
                Some(_) => {}
            }
        }
        Cow::Owned(taken)
    }

    /// Tells a scope that it is empty, if that was its last token.
    pub(super) fn token_ended(&mut self, scope: NodeKey) {
        if self.instance.node(scope).is_some_and(|node| node.children.is_empty())
            && let Some(place) = self.place(scope)
        {
            self.due(scope, place, Occurrence::Emptied);
        }
    }

    /// Ends an activation by itself: what it waited for is not waited for any more.
    pub(super) fn complete(&mut self, node: NodeKey) {
        self.close_waits(node);
        if let Some(incident) = self.instance.node(node).and_then(|node| node.incident) {
            self.emit(Fact::IncidentResolved { incident });
        }
        self.emit(Fact::NodeLeft { node, ending: Ending::Completed });
    }

    /// Ends an activation and all that is active in it, the innermost first.
    pub(super) fn cancel(&mut self, node: NodeKey) {
        let mut order = vec![node];
        let mut next = 0;
        while let Some(node) = order.get(next).and_then(|key| self.instance.node(*key)) {
            order.extend(&node.children);
            next = next.saturating_add(1);
        }
        for node in order.into_iter().rev() {
            if !is_planted(Canary::CallLeftRunning) {
                called::release(self, node);
            }
            self.close_waits(node);
            let Some(ended) = self.instance.node(node) else { continue };
            let (effect, incident) = (ended.effect, ended.incident);
            let begun = ended.state != State::Ready || incident.is_some() || self.driven == Some(node);
            let ending = if begun { Ending::Cancelled } else { Ending::NeverBegun };
            if let Some(sequence) = effect {
                self.emit(Fact::EffectWithdrawn { sequence });
            }
            if let Some(incident) = incident {
                self.emit(Fact::IncidentResolved { incident });
            }
            self.emit(Fact::NodeLeft { node, ending });
        }
    }

    /// Ends all that is active in a scope, but not the scope.
    pub(super) fn cancel_children(&mut self, scope: NodeKey) {
        let children =
            self.instance.node(scope).map(|node| node.children.iter().copied().collect::<Vec<_>>());
        for child in children.unwrap_or_default() {
            self.cancel(child);
        }
    }

    pub(super) fn open_wait(&mut self, node: NodeKey, element: &Arc<str>, kind: WaitKind) {
        if is_planted(Canary::WaitForgotten) && matches!(kind, WaitKind::Message { .. }) {
            return;
        }
        let wait = WaitKey(self.instance.next.wait);
        let opened = Wait { node, element: element.clone(), since: self.now, kind };
        self.emit(Fact::WaitOpened { wait, opened });
    }

    pub(super) fn close_waits(&mut self, node: NodeKey) {
        while let Some(wait) = self.instance.node(node).and_then(|node| node.waits.last().copied()) {
            self.emit(Fact::WaitClosed { wait });
        }
    }

    pub(super) fn queue(&mut self, effect: Effect) {
        self.queue_shared(Arc::new(effect));
    }

    pub(super) fn queue_shared(&mut self, effect: Arc<Effect>) {
        let sequence = EffectSequence(self.instance.next.effect);
        self.emit(Fact::EffectQueued { sequence, effect });
    }

    /// Calls for a human. The activation stands still until then.
    pub(super) fn open_incident(&mut self, node: NodeKey, trouble: Trouble, effect: Option<Arc<Effect>>) {
        let Some(element) = self.instance.node(node).map(|node| node.element.clone()) else { return };
        let incident = Incident {
            key: IncidentKey(self.instance.next.incident),
            node,
            element,
            code: trouble.code.code.into(),
            message: trouble.message,
            evidence: trouble.evidence,
            since: self.now,
            effect,
        };
        self.emit(Fact::IncidentOpened { incident: Arc::new(incident) });
    }

    fn stop(&mut self, node: NodeKey) {
        let message = format!("stopped after {FACTS_PER_STEP_MAX} changes without a wait");
        self.open_incident(node, Trouble::new(&incident::LOOP, message), None);
    }

    /// Joins whose missing tokens can not come any more would otherwise be silence.
    fn report_dead_joins(&mut self) {
        let instance = &*self.instance;
        if instance.status != Status::Running
            || !instance.waits.is_empty()
            || !instance.incidents.is_empty()
            || instance.effects.values().any(|effect| owner(effect).is_some())
        {
            return;
        }
        let parked = instance.nodes.iter().filter(|(_, node)| node.state == State::Parked);
        let parked = parked.map(|(key, node)| (*key, node.element.clone())).collect::<Vec<_>>();
        for (node, element) in parked {
            let message = format!("nothing is active any more that could reach the join `{element}`");
            self.open_incident(node, Trouble::new(&incident::STUCK, message), None);
        }
    }
}
