//! What a process can do, by exploring its states: whether it always comes to an end, and if not, the shortest way to
//! where it does not. Each process and subprocess is explored by itself; around it, a subprocess is an activity that ends
//! if it was found to be able to. Conditions are opaque: whatever way a gateway offers may be taken.
//!
//! [`explore`] is where to start; `net` says what can happen in a scope, `explore` goes through its states, `judge` reads
//! the verdicts from them. Every limit is named, and where one is reached, that is a verdict too.

mod explore;
mod judge;
mod net;

use std::collections::{BTreeMap, BTreeSet};

use crate::compile::{ElementIndex, FlowIndex, Kind, Outline, Program, Trigger};
use crate::limits::{
    BEHAVIOUR_FILE_STATES_MAX, BEHAVIOUR_STATES_BYTES_MAX, BEHAVIOUR_STATES_MAX, BEHAVIOUR_WORK_MAX,
};

/// What was found out about a process.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behaviour {
    /// Scope by scope, the innermost first.
    pub verdicts: Vec<Verdict>,
    /// How many states were explored.
    pub states: usize,
}

/// One thing that can happen, or cannot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What.
    pub kind: VerdictKind,
    /// Where.
    pub element: ElementIndex,
    /// What else takes part: joins that wait too, elements of the region.
    pub others: Vec<ElementIndex>,
    /// A shortest way there.
    pub path: Vec<Step>,
}

/// One step of a way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub element: ElementIndex,
    /// The flows that are taken, where there was a choice.
    pub taken: Vec<FlowIndex>,
}

/// What can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerdictKind {
    /// A token waits for ever at a join.
    Deadlock {
        /// Whether it always comes to this once a certain step is taken: no knowledge about conditions can tell otherwise.
        is_certain: bool,
    },
    /// Two tokens meet at an element that does not wait for both, so that what follows happens twice.
    LackOfSynchronisation,
    /// No way leads to the element.
    DeadElement,
    /// A region that nothing leads out of.
    Livelock,
    /// Ever more tokens.
    UnboundedTokens,
    /// An end event that one run reaches more than once.
    ImproperCompletion,
    /// A scope whose behaviour is not decided.
    Undecided(Undecided),
}

/// Why the behaviour of a scope is not decided, with the element that is the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undecided {
    /// More states than [`BEHAVIOUR_STATES_MAX`].
    States,
    /// States that need more than [`BEHAVIOUR_STATES_BYTES_MAX`].
    StatesBytes,
    /// More states in the file than [`BEHAVIOUR_FILE_STATES_MAX`].
    FileStates,
    /// More places looked at than [`BEHAVIOUR_WORK_MAX`].
    Work,
    /// More tokens in one place than [`BEHAVIOUR_TOKENS_MAX`](crate::limits::BEHAVIOUR_TOKENS_MAX).
    Tokens,
    /// More conditions behind an element than [`BEHAVIOUR_CONDITIONS_MAX`](crate::limits::BEHAVIOUR_CONDITIONS_MAX).
    Conditions(ElementIndex),
    /// More flows into an inclusive join than [`BEHAVIOUR_JOINED_FLOWS_MAX`](crate::limits::BEHAVIOUR_JOINED_FLOWS_MAX).
    JoinedFlows(ElementIndex),
    /// A complex gateway joins, by an expression.
    ComplexJoin(ElementIndex),
    /// An activity takes or gives several tokens.
    Quantity(ElementIndex),
    /// What begins in an ad-hoc subprocess, or when it is done, is computed.
    AdHoc,
}

/// What a scope can do, seen from around it.
#[derive(Debug, Clone, Copy)]
struct Outlook {
    completes: bool,
    leaves: bool,
    cancels: bool,
}

impl Outlook {
    const OPEN: Self = Self { completes: true, leaves: true, cancels: true };
}

/// What may still be spent on a file.
#[derive(Debug)]
pub(crate) struct Budget {
    states: usize,
    work: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { states: BEHAVIOUR_FILE_STATES_MAX, work: BEHAVIOUR_WORK_MAX }
    }
}

/// A program, and what is to be known of its conditions.
struct Reading<'p> {
    program: &'p Program,
    /// Flows with a condition that was not understood.
    conditional: Option<&'p BTreeSet<FlowIndex>>,
    is_executable: bool,
}

impl Reading<'_> {
    fn is_conditional(&self, flow: FlowIndex) -> bool {
        self.program.flow(flow).condition.is_some()
            || self.conditional.is_some_and(|conditional| conditional.contains(&flow))
    }
}

/// Explores a program.
///
/// ```
/// use tessera_bpmn::{behaviour, compile, read};
///
/// let reading = read::read(br#"
///     <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
///       <process id="p" isExecutable="true">
///         <startEvent id="s"/><exclusiveGateway id="x" default="x_a"/><task id="a"/><task id="b"/><parallelGateway id="j"/>
///         <sequenceFlow id="s_x" sourceRef="s" targetRef="x"/><sequenceFlow id="x_a" sourceRef="x" targetRef="a"/>
///         <sequenceFlow id="x_b" sourceRef="x" targetRef="b"><conditionExpression>${c}</conditionExpression></sequenceFlow>
///         <sequenceFlow id="a_j" sourceRef="a" targetRef="j"/><sequenceFlow id="b_j" sourceRef="b" targetRef="j"/>
///       </process>
///     </definitions>"#);
/// let program = compile::compile(&reading.model.unwrap(), "p").unwrap();
/// let found = &behaviour::explore(&program).verdicts[0];
/// assert_eq!(found.kind, behaviour::VerdictKind::Deadlock { is_certain: true });
/// assert_eq!(&*program.element(found.element).id, "j");
/// ```
#[must_use]
pub fn explore(program: &Program) -> Behaviour {
    explore_reading(&Reading { program, conditional: None, is_executable: true }, &mut Budget::default())
}

/// Explores what is drawn, executable or not, with what is left for the file.
pub(crate) fn explore_outline(outline: &Outline, budget: &mut Budget) -> Behaviour {
    let reading = Reading {
        program: &outline.program,
        conditional: Some(&outline.conditional),
        is_executable: outline.is_executable,
    };
    explore_reading(&reading, budget)
}

fn explore_reading(reading: &Reading<'_>, budget: &mut Budget) -> Behaviour {
    let program = reading.program;
    let mut behaviour = Behaviour::default();
    let mut outlooks: BTreeMap<ElementIndex, Outlook> = BTreeMap::new();
    // Every element comes before what it contains.
    let scopes: Vec<ElementIndex> = program
        .elements()
        .filter(|(_, element)| element.kind.scope().is_some())
        .map(|(index, _)| index)
        .collect();
    for scope in scopes.into_iter().rev() {
        let outlook = scope_outlook(reading, scope, &outlooks, budget, &mut behaviour);
        outlooks.insert(scope, outlook);
    }
    behaviour
}

fn scope_outlook(
    reading: &Reading<'_>,
    scope: ElementIndex,
    outlooks: &BTreeMap<ElementIndex, Outlook>,
    budget: &mut Budget,
    behaviour: &mut Behaviour,
) -> Outlook {
    let program = reading.program;
    let mut undecided = |why| {
        let (others, path) = (Vec::new(), Vec::new());
        behaviour.verdicts.push(Verdict { kind: VerdictKind::Undecided(why), element: scope, others, path });
        Outlook::OPEN
    };
    let contents = program.scope(scope);
    if let Kind::AdHocSubProcess { plan, .. } = &program.element(scope).kind
        && (plan.active_elements.is_some() || plan.completion_condition.is_some())
    {
        let has_flows = contents.children.iter().any(|child| !program.element(*child).outgoing.is_empty());
        return if has_flows { undecided(Undecided::AdHoc) } else { Outlook::OPEN };
    }
    let net = match net::Net::of(reading, scope, outlooks) {
        Ok(net) => net,
        Err(why) => return undecided(why),
    };
    if net.beginnings.is_empty() {
        return Outlook::OPEN;
    }
    let fitting = BEHAVIOUR_STATES_BYTES_MAX.checked_div(net.places.len()).unwrap_or(usize::MAX);
    let states_max = BEHAVIOUR_STATES_MAX.min(fitting).min(budget.states);
    let exploration = explore::explore(&net, states_max, &mut budget.work);
    budget.states = budget.states.saturating_sub(exploration.states.len());
    if !exploration.is_whole && exploration.growths.is_empty() {
        undecided(if exploration.has_too_many_tokens {
            Undecided::Tokens
        } else if budget.work == 0 {
            Undecided::Work
        } else if states_max == fitting {
            Undecided::StatesBytes
        } else if states_max < BEHAVIOUR_STATES_MAX {
            Undecided::FileStates
        } else {
            Undecided::States
        });
    }
    let judged = judge::judge(reading, scope, &net, &exploration, outlooks);
    behaviour.states = behaviour.states.saturating_add(exploration.states.len());
    behaviour.verdicts.extend(judged.verdicts);
    let handled = contents.event_sub_processes.iter().any(|handler| {
        let interrupts =
            program.scope(*handler).start_events.iter().any(|start| program.element(*start).interrupts);
        interrupts && outlooks.get(handler).is_some_and(|outlook| outlook.completes)
    });
    Outlook { completes: judged.outlook.completes || handled, ..judged.outlook }
}

/// Whether an event can end all that is active in a scope, whatever it waits for. An event subprocess is not ended by the
/// event that begins it.
fn is_interruptible(program: &Program, scope: ElementIndex) -> bool {
    let (mut scope, mut within) = (scope, None);
    loop {
        let element = program.element(scope);
        let handlers = program.scope(scope).event_sub_processes.iter();
        let handlers = handlers.filter(|handler| Some(**handler) != within);
        let mut starts = handlers.flat_map(|handler| &program.scope(*handler).start_events);
        let comes_from_outside = |trigger: &Trigger| {
            trigger.each().iter().any(|each| {
                matches!(
                    each,
                    Trigger::Message(_) | Trigger::Timer(_) | Trigger::Signal { .. } | Trigger::Condition(_)
                )
            })
        };
        let interrupts = |index: &ElementIndex| {
            let event = program.element(*index);
            let interrupts = matches!(event.kind, Kind::BoundaryEvent { interrupting: true, .. })
                || matches!(event.kind, Kind::StartEvent(_)) && event.interrupts;
            interrupts && event.kind.trigger().is_some_and(comes_from_outside)
        };
        if starts.any(interrupts) || element.boundary_events.iter().any(interrupts) {
            return true;
        }
        if scope == Program::ROOT {
            return false;
        }
        within = Some(scope);
        scope = element.scope;
    }
}
