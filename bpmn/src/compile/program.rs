//! The executable form of one process: a graph of elements and flows by index. No XML, no model types; immutable, to be
//! shared by all instances behind one `Arc`. Indexes are valid for this program only and are never stored: records name
//! elements by their BPMN id.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::ways;
use crate::decision::Decision;
use crate::diagnostic::Position;
use crate::expression::{Expression, Template};

/// Names an element within one [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementIndex(u32);

/// Names a sequence flow within one [`Program`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FlowIndex(u32);

impl ElementIndex {
    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("the reader admits fewer elements than u32 can count"))
    }

    /// Its position among all elements of its program, from 0.
    pub fn slot(self) -> usize {
        usize::try_from(self.0).expect("usize holds u32")
    }
}

impl FlowIndex {
    pub(super) fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("the reader admits fewer flows than u32 can count"))
    }

    pub(super) fn slot(self) -> usize {
        usize::try_from(self.0).expect("usize holds u32")
    }
}

/// One process, ready to be executed.
///
/// ```
/// use tessera_bpmn::{compile, read};
///
/// let reading = read::read(br#"
///     <definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
///       <process id="hello" isExecutable="true">
///         <startEvent id="start"/><sequenceFlow id="flow" sourceRef="start" targetRef="end"/><endEvent id="end"/>
///       </process>
///     </definitions>"#);
/// let program = compile::compile(&reading.model.unwrap(), "hello").unwrap();
/// let start = program.element(program.find("start").unwrap());
/// assert_eq!(&*program.element(program.flow(start.outgoing[0]).target).id, "end");
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Program {
    /// The id of the process element.
    pub process_id: String,
    /// Its name.
    pub name: Option<String>,
    /// `camunda:versionTag` or `tessera:versionTag`.
    pub version_tag: Option<String>,
    /// `camunda:historyTimeToLive`, as a duration.
    pub history_time_to_live: Option<String>,
    elements: Vec<Element>,
    flows: Vec<Flow>,
    element_by_id: BTreeMap<Arc<str>, ElementIndex>,
    flow_by_id: BTreeMap<Arc<str>, FlowIndex>,
    inclusive_joins: Vec<ElementIndex>,
    has_complex_joins: bool,
    has_conditions: bool,
    pub(super) ways: ways::Found,
}

impl Program {
    /// The process itself: the root scope.
    pub const ROOT: ElementIndex = ElementIndex(0);

    pub(super) fn new(process_id: String, elements: Vec<Element>, flows: Vec<Flow>) -> Self {
        let element_by_id = elements
            .iter()
            .enumerate()
            .map(|(index, element)| (element.id.clone(), ElementIndex::new(index)));
        let flow_by_id =
            flows.iter().enumerate().map(|(index, flow)| (flow.id.clone(), FlowIndex::new(index)));
        let joins = elements
            .iter()
            .enumerate()
            .filter(|(_, element)| waits_at_rest(&element.kind) && element.incoming.len() > 1);
        let inclusive_joins = joins.clone().map(|(index, _)| ElementIndex::new(index)).collect();
        let has_complex_joins =
            joins.clone().any(|(_, element)| matches!(element.kind, Kind::ComplexGateway { .. }));
        let has_conditions = elements.iter().any(|element| {
            let triggers = element.kind.trigger().map(Trigger::each).unwrap_or_default();
            triggers.iter().any(|trigger| matches!(trigger, Trigger::Condition(_)))
        });
        Self {
            ways: ways::Found::default(),
            has_conditions,
            has_complex_joins,
            inclusive_joins,
            process_id,
            name: None,
            version_tag: None,
            history_time_to_live: None,
            element_by_id: element_by_id.collect(),
            flow_by_id: flow_by_id.collect(),
            elements,
            flows,
        }
    }

    /// The element at an index of this program.
    ///
    /// # Panics
    /// If the index belongs to another, larger program.
    pub fn element(&self, index: ElementIndex) -> &Element {
        self.elements.get(index.slot()).expect("the index was given out by this program")
    }

    /// The sequence flow at an index of this program.
    ///
    /// # Panics
    /// If the index belongs to another, larger program.
    pub fn flow(&self, index: FlowIndex) -> &Flow {
        self.flows.get(index.slot()).expect("the index was given out by this program")
    }

    /// All elements, the process first, each before what it contains.
    pub fn elements(&self) -> impl ExactSizeIterator<Item = (ElementIndex, &Element)> {
        self.elements.iter().enumerate().map(|(index, element)| (ElementIndex::new(index), element))
    }

    /// All sequence flows, in document order within each scope.
    pub fn flows(&self) -> impl Iterator<Item = (FlowIndex, &Flow)> {
        self.flows.iter().enumerate().map(|(index, flow)| (FlowIndex::new(index), flow))
    }

    /// The element with a BPMN id.
    pub fn find(&self, id: &str) -> Option<ElementIndex> {
        self.element_by_id.get(id).copied()
    }

    /// The sequence flow with a BPMN id.
    pub fn find_flow(&self, id: &str) -> Option<FlowIndex> {
        self.flow_by_id.get(id).copied()
    }

    /// Whether some event waits for a condition.
    pub fn has_conditions(&self) -> bool {
        self.has_conditions
    }

    /// The gateways with several incoming flows that wait for the tokens that can still come: inclusive and complex ones.
    pub fn inclusive_joins(&self) -> &[ElementIndex] {
        &self.inclusive_joins
    }

    /// Whether some of them are complex gateways.
    pub fn has_complex_joins(&self) -> bool {
        self.has_complex_joins
    }

    /// What a process or subprocess contains.
    ///
    /// # Panics
    /// If the element is no scope; [`Element::scope`] and [`Program::ROOT`] always are.
    pub fn scope(&self, index: ElementIndex) -> &Scope {
        self.element(index).kind.scope().expect("only the process and subprocesses are scopes")
    }
}

/// Whether a join can only be decided when all else is at rest.
fn waits_at_rest(kind: &Kind) -> bool {
    matches!(kind, Kind::InclusiveGateway | Kind::ComplexGateway { .. })
}

/// One flow node, or the process itself.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "they are independent attributes of the model")]
pub struct Element {
    /// The BPMN id.
    pub id: Arc<str>,
    /// The label in the diagram.
    pub name: Option<Arc<str>>,
    /// The text of its `documentation` elements.
    pub documentation: Option<Arc<str>>,
    /// Where it stands in the file.
    pub position: Position,
    /// The process or subprocess around it; the process is its own.
    pub scope: ElementIndex,
    /// What it is.
    pub kind: Kind,
    /// The flows that lead to it, in document order.
    pub incoming: Vec<FlowIndex>,
    /// The flows that leave it, in document order.
    pub outgoing: Vec<FlowIndex>,
    /// The flow taken when no condition holds; one of `outgoing`.
    pub default_flow: Option<FlowIndex>,
    /// The boundary events attached to it, in document order.
    pub boundary_events: Vec<ElementIndex>,
    /// Whether it is executed once for each item of a collection.
    pub multi_instance: Option<MultiInstance>,
    /// Whether it is executed again and again while a condition holds; never together with `multi_instance`.
    pub standard_loop: Option<StandardLoop>,
    /// What undoes it once it has completed.
    pub compensated_by: Option<ElementIndex>,
    /// Whether it does nothing but undo another activity: no flow leads to it.
    pub is_for_compensation: bool,
    /// Of the start event of an event subprocess: whether all else in the scope around that ends.
    pub interrupts: bool,
    /// Of a receive task or catch event of the process: whether its message starts an instance.
    pub instantiates: bool,
    /// How many tokens must have come by its incoming flows before it begins; at least 1.
    pub start_quantity: u32,
    /// How many tokens each outgoing flow gets; at least 1.
    pub completion_quantity: u32,
    /// Variables set in its scope before it starts.
    pub inputs: Vec<Mapping>,
    /// Variables set in the scope around it after it ended.
    pub outputs: Vec<Mapping>,
    /// What the model says about whoever does it, if it is a user task.
    pub assignment: Option<Box<Assignment>>,
    /// Whether what its work yields stays with it, so that only its outputs decide what is seen around it.
    pub keeps_results: bool,
    /// What is called when it starts and ends, in document order.
    pub listeners: Vec<Listener>,
    /// How often failed work is tried again; `None` leaves it to the engine.
    pub retry_cycle: Option<RetryCycle>,
    /// A commit of its own before it.
    pub async_before: bool,
    /// A commit of its own after it.
    pub async_after: bool,
}

/// One sequence flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// The BPMN id.
    pub id: Arc<str>,
    /// The label in the diagram.
    pub name: Option<Arc<str>>,
    /// Where it stands in the file.
    pub position: Position,
    /// The element that it leaves.
    pub source: ElementIndex,
    /// The element that it leads to.
    pub target: ElementIndex,
    /// Taken only if this holds.
    pub condition: Option<Expression>,
    /// What is called when it is taken.
    pub listeners: Vec<Listener>,
}

/// The contents of a process or subprocess.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Scope {
    /// Everything directly within, in document order.
    pub children: Vec<ElementIndex>,
    /// The start events among them.
    pub start_events: Vec<ElementIndex>,
    /// The event subprocesses among them.
    pub event_sub_processes: Vec<ElementIndex>,
    /// Where it begins if it has no start event: all that no flow leads to.
    pub implicit_starts: Vec<ElementIndex>,
    /// The data objects in it that some data association reads or writes, by the names of their variables.
    pub data_objects: Vec<Arc<str>>,
}

/// What an element is. Closed: an engine that matches it executes all that this crate accepts.
#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    /// The process itself.
    Process(Scope),
    /// An embedded subprocess.
    SubProcess(Scope),
    /// A subprocess that a cancel end event in it undoes and leaves by its cancel boundary event.
    Transaction(Scope),
    /// A subprocess whose activities need no flow to begin.
    AdHocSubProcess {
        /// What it contains.
        scope: Scope,
        /// What begins in it, and when that is enough.
        plan: AdHoc,
    },
    /// A subprocess that begins when the trigger of a start event of it comes while the scope around it is active.
    EventSubProcess {
        /// What it contains.
        scope: Scope,
        /// Whether all else in the scope around it ends when the trigger of one of its start events comes.
        interrupting: bool,
    },
    /// Where a process or subprocess begins.
    StartEvent(Trigger),
    /// Waits for its trigger; never [`Trigger::None`] or what is thrown at a scope.
    CatchEvent(Trigger),
    /// Waits for its trigger while the activity that it is attached to is active; never [`Trigger::None`].
    BoundaryEvent {
        /// What it waits for.
        trigger: Trigger,
        /// The activity.
        attached_to: ElementIndex,
        /// Whether the activity ends when the trigger comes.
        interrupting: bool,
    },
    /// Throws and goes on; never an error, never terminates.
    ThrowEvent(Throw),
    /// Throws and ends its token.
    EndEvent(Throw),
    /// An abstract or manual task: passes through.
    Task,
    /// Work done by a handler or an expression.
    ServiceTask(Work),
    /// Sends a message.
    SendTask(Send),
    /// Waits for a message.
    ReceiveTask(MessageTrigger),
    /// Waits until somebody says that it is done: a user task, or a receive task that names no message.
    UserTask,
    /// Calls another process and waits for its end.
    CallActivity(Box<Call>),
    /// Takes the first outgoing flow whose condition holds.
    ExclusiveGateway,
    /// Waits for all incoming flows, takes all outgoing flows.
    ParallelGateway,
    /// Waits for the tokens that may still come, takes every outgoing flow whose condition holds.
    InclusiveGateway,
    /// Lets tokens through once a condition over what has come holds, and again when all has come that can.
    ComplexGateway {
        /// When it lets them through; sees the variable `activationCount`.
        activation: Expression,
    },
    /// One end of a link: two of them are a flow that is drawn in two pieces.
    Link,
    /// Takes the flow whose target's trigger comes first; each target is a catch event or a receive task.
    EventBasedGateway,
    /// Starts an instance with the first message that one of its targets waits for.
    InstantiatingGateway {
        /// Whether the instance then waits for the others too.
        parallel: bool,
    },
}

impl Kind {
    /// What it waits for, if it is an event that waits.
    pub fn trigger(&self) -> Option<&Trigger> {
        if let Self::CatchEvent(trigger) | Self::StartEvent(trigger) | Self::BoundaryEvent { trigger, .. } =
            self
        {
            Some(trigger)
        } else {
            None
        }
    }

    /// Whether it is a task or subprocess that a flow can lead to.
    pub fn is_activity(&self) -> bool {
        match self {
            Self::SubProcess(_)
            | Self::Transaction(_)
            | Self::AdHocSubProcess { .. }
            | Self::Task
            | Self::ServiceTask(_)
            | Self::SendTask(_)
            | Self::ReceiveTask(_)
            | Self::UserTask
            | Self::CallActivity(_) => true,
            Self::Process(_)
            | Self::EventSubProcess { .. }
            | Self::StartEvent(_)
            | Self::CatchEvent(_)
            | Self::BoundaryEvent { .. }
            | Self::ThrowEvent(_)
            | Self::EndEvent(_)
            | Self::ExclusiveGateway
            | Self::ParallelGateway
            | Self::InclusiveGateway
            | Self::ComplexGateway { .. }
            | Self::Link
            | Self::EventBasedGateway
            | Self::InstantiatingGateway { .. } => false,
        }
    }

    /// What it contains, if it is a process or subprocess.
    pub fn scope(&self) -> Option<&Scope> {
        match self {
            Self::Process(scope)
            | Self::SubProcess(scope)
            | Self::Transaction(scope)
            | Self::AdHocSubProcess { scope, .. }
            | Self::EventSubProcess { scope, .. } => Some(scope),
            Self::StartEvent(_)
            | Self::CatchEvent(_)
            | Self::BoundaryEvent { .. }
            | Self::ThrowEvent(_)
            | Self::EndEvent(_)
            | Self::Task
            | Self::ServiceTask(_)
            | Self::SendTask(_)
            | Self::ReceiveTask(_)
            | Self::UserTask
            | Self::CallActivity(_)
            | Self::ExclusiveGateway
            | Self::ParallelGateway
            | Self::InclusiveGateway
            | Self::ComplexGateway { .. }
            | Self::Link
            | Self::EventBasedGateway
            | Self::InstantiatingGateway { .. } => None,
        }
    }

    pub(super) fn scope_mut(&mut self) -> Option<&mut Scope> {
        match self {
            Self::Process(scope)
            | Self::SubProcess(scope)
            | Self::Transaction(scope)
            | Self::AdHocSubProcess { scope, .. }
            | Self::EventSubProcess { scope, .. } => Some(scope),
            Self::StartEvent(_)
            | Self::CatchEvent(_)
            | Self::BoundaryEvent { .. }
            | Self::ThrowEvent(_)
            | Self::EndEvent(_)
            | Self::Task
            | Self::ServiceTask(_)
            | Self::SendTask(_)
            | Self::ReceiveTask(_)
            | Self::UserTask
            | Self::CallActivity(_)
            | Self::ExclusiveGateway
            | Self::ParallelGateway
            | Self::InclusiveGateway
            | Self::ComplexGateway { .. }
            | Self::Link
            | Self::EventBasedGateway
            | Self::InstantiatingGateway { .. } => None,
        }
    }
}

/// What an event waits for.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// Nothing: a plain start event.
    None,
    /// A message.
    Message(MessageTrigger),
    /// A point in time.
    Timer(Timer),
    /// A broadcast within the site.
    Signal {
        /// Its name.
        name: Template,
    },
    /// A BPMN error out of the activity.
    Error(ErrorTrigger),
    /// An escalation out of the activity.
    Escalation(EscalationTrigger),
    /// Variables that make a condition hold.
    Condition(Condition),
    /// The undoing of the activity or subprocess that it belongs to; never waited for.
    Compensation,
    /// The cancellation of the transaction that it is attached to; never waited for.
    Cancel,
    /// Several of the others but the last two.
    Several {
        /// Each of them, in document order.
        triggers: Vec<Self>,
        /// Whether all have to come instead of one.
        all: bool,
    },
}

impl Trigger {
    /// Each thing that it waits for: itself, unless it is several.
    pub fn each(&self) -> &[Self] {
        match self {
            Self::Several { triggers, .. } => triggers,
            Self::None
            | Self::Message(_)
            | Self::Timer(_)
            | Self::Signal { .. }
            | Self::Error(_)
            | Self::Escalation(_)
            | Self::Condition(_)
            | Self::Compensation
            | Self::Cancel => std::slice::from_ref(self),
        }
    }
}

/// What an event throws.
#[derive(Debug, Clone, PartialEq)]
pub enum Throw {
    /// Nothing.
    None,
    /// A message.
    Message(Send),
    /// A broadcast within the site.
    Signal {
        /// Its name.
        name: Template,
        /// The variables that travel with it.
        payload: Vec<Passing>,
    },
    /// A BPMN error; end events only.
    Error {
        /// The code that boundary events are matched by.
        code: Template,
        /// A text for humans.
        message: Option<Template>,
    },
    /// An escalation: tells a scope around it, and goes on unless that is interrupted.
    Escalation {
        /// The code that events are matched by.
        code: Template,
    },
    /// Ends every token of its scope; end events only.
    Terminate,
    /// Undoes what has completed in the scope, and waits until that is done.
    Compensation {
        /// The one activity that is undone; all if `None`.
        activity: Option<ElementIndex>,
    },
    /// Ends everything in the transaction around it, undoes what has completed there; end events only.
    Cancel,
    /// Each of them, one after the other; at least two, and none of these is of several.
    Several(Vec<Self>),
}

impl Throw {
    /// All that is thrown, in order.
    pub fn each(&self) -> &[Self] {
        if let Self::Several(throws) = self { throws } else { std::slice::from_ref(self) }
    }

    pub(super) fn each_mut(&mut self) -> &mut [Self] {
        if let Self::Several(throws) = self { throws } else { std::slice::from_mut(self) }
    }

    /// Whether its thrower, and its scope with it, ends by it in another way than by coming to an end.
    pub fn ends_scope(&self) -> bool {
        matches!(self, Self::Error { .. } | Self::Terminate | Self::Cancel)
    }
}

/// A message that is waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageTrigger {
    /// The message's name.
    pub name: Template,
    /// What the message's correlation key must equal. `None`: the local variable `correlationKey`, if there is one.
    pub correlation_key: Option<Template>,
}

/// A point in time that is waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct Timer {
    /// How `value` is to be read.
    pub kind: TimerKind,
    /// An ISO 8601 date and time, duration or repeating interval, or an expression that yields one. Literals were checked.
    pub value: Template,
}

/// How a timer's value is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimerKind {
    /// A date and time.
    Date,
    /// A duration from the moment of waiting.
    Duration,
    /// `R3/PT10M` and the like.
    Cycle,
}

/// A BPMN error that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorTrigger {
    /// The code; `None` catches all.
    pub code: Option<String>,
    /// The variable that receives the code.
    pub code_variable: Option<String>,
    /// The variable that receives the message.
    pub message_variable: Option<String>,
}

/// A condition that is waited for.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// What must hold.
    pub expression: Expression,
    /// The variables whose changes count; all if there is none.
    pub variables: Vec<String>,
    /// Which of their changes do.
    pub changes: Changes,
}

/// Kinds of changes of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Changes {
    /// It was not there before.
    pub created: bool,
    /// It got another value.
    pub updated: bool,
    /// It is not there any more.
    pub removed: bool,
}

impl Changes {
    /// Every change.
    pub const ALL: Self = Self { created: true, updated: true, removed: true };
}

/// An escalation that is waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EscalationTrigger {
    /// The code; `None` catches all.
    pub code: Option<String>,
    /// The variable that receives the code.
    pub code_variable: Option<String>,
}

/// Work that a handler or an expression does.
#[derive(Debug, Clone, PartialEq)]
pub struct Work {
    /// Who does it: `tessera:handler`, `camunda:class`, `camunda:topic`, `zeebe:taskDefinition` or a plain `implementation`.
    pub handler: Option<String>,
    /// What the model injects into the handler.
    pub fields: Vec<Field>,
    /// The variable that receives the result.
    pub result_variable: Option<String>,
    /// `camunda:expression`, or a script: evaluated instead of calling a handler.
    pub expression: Option<Expression>,
    /// A decision: decided instead of calling a handler.
    pub rules: Option<Rules>,
}

/// A decision that a business rule task asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Rules {
    /// The decision.
    pub decision: Arc<Decision>,
    /// What of its outcome is the result.
    pub result: RulesResult,
}

/// What of the outcome of a decision is the result of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RulesResult {
    /// The value, as DMN has it.
    Value,
    /// A list of the outputs of each rule.
    Rows,
    /// The outputs of the one rule.
    Row,
    /// The one output of the one rule.
    Entry,
    /// A list of the one output of each rule.
    Entries,
}

/// A message that is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// The name of the BPMN message. `None`: the handler or the field `messageName` says it.
    pub message_name: Option<Template>,
    /// Who shapes the message.
    pub handler: Option<String>,
    /// What the model injects into the handler.
    pub fields: Vec<Field>,
}

/// A process that is called.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// `process/@id`, or an expression that yields it.
    pub process: Template,
    /// In which version.
    pub binding: Binding,
    /// The conversation that the called instance belongs to; one of its own if absent.
    pub business_key: Option<Template>,
    /// What the called instance gets, in document order.
    pub inputs: Vec<Passing>,
    /// What comes back from it, in document order.
    pub outputs: Vec<Passing>,
}

/// Which version of a process is called.
#[derive(Debug, Clone, PartialEq)]
pub enum Binding {
    /// The newest active one.
    Latest,
    /// The one that was deployed together with the caller.
    Deployment,
    /// The so-many-th that was deployed, from 1.
    Version(Template),
    /// The newest with this version tag.
    VersionTag(Template),
}

/// What crosses the border of a call activity.
#[derive(Debug, Clone, PartialEq)]
pub struct Passing {
    /// What.
    pub what: Passed,
    /// On the way in: only what the activity itself holds. On the way out: kept by the activity itself.
    pub local: bool,
}

/// One thing that crosses.
#[derive(Debug, Clone, PartialEq)]
pub enum Passed {
    /// All variables.
    All,
    /// One variable; null if it is not set.
    Variable {
        /// Its name on this side.
        source: String,
        /// Its name on the other.
        target: String,
    },
    /// A value computed on this side.
    Value {
        /// What yields it.
        source: Template,
        /// The name of the variable on the other side.
        target: String,
    },
}

/// A value that the model injects into a handler.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: Template,
}

/// Execution once for each item of a collection, or a number of times. `collection` or `cardinality` is always there.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiInstance {
    /// One after the other instead of all at once.
    pub sequential: bool,
    /// How many; with a collection the smaller one counts.
    pub cardinality: Option<Template>,
    /// A list, or the name of a variable that holds one (then an expression that reads it).
    pub collection: Option<Template>,
    /// The variable that holds the item in each instance.
    pub element_variable: Option<String>,
    /// What the first instance's `loopCounter` is: 1 where Zeebe's words say what is repeated, as in BPMN, else 0, as in
    /// Camunda 7.
    pub counts_from: u32,
    /// The variable that receives the list of results.
    pub output_collection: Option<String>,
    /// What each instance contributes to it.
    pub output_element: Option<Template>,
    /// Evaluated after each instance; the rest is cancelled when it holds.
    pub completion_condition: Option<Expression>,
    /// A commit of its own before each instance.
    pub async_before: bool,
    /// A commit of its own after each instance.
    pub async_after: bool,
    /// How often failed work of an instance is tried again.
    pub retry_cycle: Option<RetryCycle>,
}

/// What a model says about whoever does a user task. What is computed is computed when it is looked at; that it can be is
/// checked when the task begins.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Assignment {
    /// Who is to do it.
    pub assignee: Option<Template>,
    /// Who may do it, separated by commas or as a list.
    pub candidate_users: Option<Template>,
    /// The groups whose members may do it.
    pub candidate_groups: Option<Template>,
    /// The form to do it with.
    pub form: Option<Template>,
    /// Until when.
    pub due_date: Option<Template>,
    /// When to look after it.
    pub follow_up_date: Option<Template>,
    /// How urgent it is.
    pub priority: Option<Template>,
}

/// Execution again and again.
#[derive(Debug, Clone, PartialEq)]
pub struct StandardLoop {
    /// Another round follows while it holds; it always does if `None`.
    pub condition: Option<Expression>,
    /// Whether the condition is looked at before the first round too.
    pub test_before: bool,
    /// Not more rounds than this.
    pub maximum: Option<u32>,
}

/// What begins in an ad-hoc subprocess, and when that is enough.
#[derive(Debug, Clone, PartialEq)]
pub struct AdHoc {
    /// One after the other instead of all at once.
    pub sequential: bool,
    /// A list of the ids of the activities that begin; all that no flow leads to if `None`.
    pub active_elements: Option<Template>,
    /// Looked at whenever an activity in it has completed; nothing else begins once it holds.
    pub completion_condition: Option<Expression>,
    /// Whether what is still active then ends too.
    pub cancel_remaining: bool,
    /// The variable that receives a list of results, and what is put into it whenever a token in it ends with an activity.
    pub results: Option<(String, Template)>,
}

/// A variable and the value that it gets.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The variable.
    pub name: String,
    /// Where in it, if it is a map of which one member is set: the names on the way there.
    pub path: Vec<String>,
    /// The value.
    pub value: MappingValue,
}

/// The value of a [`Mapping`].
#[derive(Debug, Clone, PartialEq)]
pub enum MappingValue {
    /// Text or an expression.
    Template(Template),
    /// `camunda:list`.
    List(Vec<Self>),
    /// `camunda:map`, in document order.
    Map(Vec<(String, Self)>),
}

/// What is called when an element starts or ends, or a flow is taken. A handler or an expression is always there.
#[derive(Debug, Clone, PartialEq)]
pub struct Listener {
    /// When.
    pub event: ListenerEvent,
    /// Who is called.
    pub handler: Option<String>,
    /// What is evaluated.
    pub expression: Option<Expression>,
    /// What the model injects into the handler.
    pub fields: Vec<Field>,
}

/// When a listener is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenerEvent {
    /// Before the element does anything, after its inputs are set.
    Start,
    /// After the element is done.
    End,
    /// When the sequence flow is taken.
    Take,
}

/// How often failed work is tried, and after what pause. From `R3/PT5S`, `PT5M` or `PT1M,PT5M,PT10M`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetryCycle {
    /// Tries in all, the first included; at least 1.
    pub attempts: u32,
    /// The pauses; the last one repeats. Empty means at once.
    pub intervals: Vec<Duration>,
}

impl RetryCycle {
    /// The pause before the next try after `failures` failed ones; `None` when there is none left.
    pub fn pause_after(&self, failures: u32) -> Option<Duration> {
        if failures >= self.attempts {
            return None;
        }
        let index = usize::try_from(failures.saturating_sub(1)).unwrap_or(usize::MAX);
        Some(self.intervals.get(index).or_else(|| self.intervals.last()).copied().unwrap_or(Duration::ZERO))
    }
}
