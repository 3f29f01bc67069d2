//! From an input to a step: everything that could refuse it is checked first, so that a refusal leaves no trace.

use std::sync::Arc;
use tessera_canary::{Canary, is_planted};

use serde_json::Value;
use tessera_bpmn::compile::{ElementIndex, Kind, Program};

use super::called;
use super::calls;
use super::errors;
use super::fact::{Fact, Started};
use super::input::{Input, Refused, Start};
use super::occurrence::Occurrence;
use super::state::{Instance, Role, Status};
use super::step::{Place, Step, role_of};
use super::triggers::{self, Payload};
use super::wait::{Wait, WaitKind};
use super::{migration, modification, suspension};
use crate::calling::Returned;
use crate::identity::{IncidentKey, NodeKey, Timestamp, WaitKey};
use crate::limits::VALUE_DEPTH_MAX;
use crate::message::Message;

use super::variables::{Named, is_storable};

/// Decides what follows from `input`, applies it, and returns it. `Err`: nothing happened.
///
/// Same state, program, time and input: same facts, on every machine.
pub fn handle(
    instance: &mut Instance,
    program: &Program,
    now: Timestamp,
    input: Input,
) -> Result<Vec<Fact>, Refused> {
    suspension::admit(instance, &input)?;
    if let Input::Migrate(migration) = &input {
        is_of(instance, program)?;
        return migration::migrate(instance, program, now, migration);
    }
    // What may be refused halfway is tried first.
    if let Input::Modify(changes) = &input {
        let mut copy = instance.clone();
        let mut trial = Step::new(&mut copy, program, now);
        is_running(&trial)?;
        modification::modify(&mut trial, changes)?;
    }
    if let Input::Start(start) = &input
        && !start.before.is_empty()
    {
        let mut copy = instance.clone();
        begin(&mut Step::new(&mut copy, program, now), Start::clone(start))?;
    }
    let mut step = Step::new(instance, program, now);
    match input {
        Input::Suspend => {
            is_running(&step)?;
            suspension::suspend(&mut step)?;
        }
        Input::Resume => {
            is_running(&step)?;
            suspension::resume(&mut step)?;
        }
        Input::Modify(changes) => modification::modify(&mut step, &changes)?,
        Input::Migrate(_) => {}
        Input::Start(start) => begin(&mut step, *start)?,
        Input::Settled { effect, outcome } => {
            is_of_program(&step)?;
            calls::settle(&mut step, effect, outcome)?;
        }
        Input::Message { wait, message } => take_message(&mut step, wait, message)?,
        Input::Delivery { wait, name, variables } => take_delivery(&mut step, wait, &name, variables)?,
        Input::Signal { wait, name, variables } => take_signal(&mut step, wait, &name, variables)?,
        Input::Timer { wait } => take_time(&mut step, wait)?,
        Input::Complete { wait, variables } => complete(&mut step, wait, variables)?,
        Input::Throw { wait, code, message, variables } => {
            throw(&mut step, wait, &code, &message, variables)?;
        }
        Input::Returned { wait, returned, variables } => {
            called::take(&mut step, wait, returned, &variables)?;
        }
        Input::Released => {
            is_running(&step)?;
            step.end(Status::Cancelled, Some("the instance that called it does not need it any more"));
        }
        Input::Cancel { reason } => {
            is_running(&step)?;
            called::tell(&mut step, Returned::Lost { reason: format!("it was cancelled: {reason}") });
            step.end(Status::Cancelled, Some(&*reason).filter(|_| !is_planted(Canary::ToldCompleted)));
        }
        Input::RetryIncident { incident } => retry(&mut step, incident)?,
        Input::SetVariables { node, variables } => set_variables(&mut step, node, variables)?,
    }
    Ok(step.run())
}

fn begin(step: &mut Step<'_>, start: Start) -> Result<(), Refused> {
    let Start { definition, id, business_key, at, before, variables, message, caller } = start;
    if step.instance.status != Status::Empty {
        return Err(Refused::AlreadyStarted);
    }
    if *definition.process_id != *step.program.process_id {
        let given = step.program.process_id.clone();
        return Err(Refused::WrongProgram { expected: definition.process_id, given });
    }
    let is_start = |index: &_| {
        let element = step.program.element(*index);
        let begins = matches!(element.kind, Kind::StartEvent(_)) || element.instantiates;
        // A process without start events begins at all that no flow leads to; then it is named itself.
        let implicit =
            *index == Program::ROOT && !step.program.scope(Program::ROOT).implicit_starts.is_empty();
        implicit || (element.scope == Program::ROOT && begins)
    };
    let event = step.program.find(&at).filter(is_start);
    if event.is_none() && before.is_empty() {
        return Err(Refused::UnknownElement { process: step.program.process_id.clone(), element: at });
    }
    are_storable(&variables)?;
    step.emit(Fact::Started(Box::new(Started { id, definition, business_key, at: step.now })));
    if let Some(caller) = caller {
        step.emit(Fact::CalledBy(Box::new(caller)));
    }
    step.set_own(NodeKey::ROOT, variables);
    if let Some(message) = message {
        step.take_message(NodeKey::ROOT, message, true);
    }
    for name in &step.program.scope(Program::ROOT).data_objects {
        if step.instance.variable(name).is_none() {
            step.emit(Fact::VariableSet {
                node: NodeKey::ROOT,
                name: name.clone(),
                value: Arc::new(Value::Null),
            });
        }
    }
    if let Some(event) = event.filter(|_| before.is_empty()) {
        enter_start(step, event);
    }
    for element in &before {
        modification::start_before(step, element)?;
    }
    if !step.program.scope(Program::ROOT).event_sub_processes.is_empty() {
        step.due(NodeKey::ROOT, Place::Element(Program::ROOT), Occurrence::Begun);
    }
    Ok(())
}

/// Puts the first tokens where the instance begins.
fn enter_start(step: &mut Step<'_>, event: ElementIndex) {
    let program = step.program;
    let element = program.element(event);
    if event == Program::ROOT {
        return step.enter_all(NodeKey::ROOT, &program.scope(Program::ROOT).implicit_starts);
    }
    if !element.instantiates {
        step.enter(NodeKey::ROOT, event, None);
        return;
    }
    // What the event waits for has come; a parallel gateway before it waits for the others.
    let Some(flow) = element.incoming.first() else {
        let (id, place) = (element.id.clone(), Place::Element(event));
        let role = role_of(element);
        step.activate(NodeKey::ROOT, id.clone(), role, Some(id), place);
        return;
    };
    let gateway = program.flow(*flow).source;
    if program.element(gateway).kind == (Kind::InstantiatingGateway { parallel: true }) {
        let id = program.element(gateway).id.clone();
        step.activate(NodeKey::ROOT, id, Role::Element, Some(element.id.clone()), Place::Element(gateway));
    }
    step.enter(NodeKey::ROOT, event, Some(*flow));
}

fn take_message(step: &mut Step<'_>, key: WaitKey, message: Arc<Message>) -> Result<(), Refused> {
    let wait = open_wait(step, key)?;
    match &wait.kind {
        WaitKind::Message { name, .. } if *name == message.name => {
            fire(step, key, &wait, Payload::Message(message))
        }
        WaitKind::Message { .. }
        | WaitKind::Timer { .. }
        | WaitKind::Signal { .. }
        | WaitKind::Completion
        | WaitKind::Condition
        | WaitKind::Called { .. }
        | WaitKind::Continuation { .. }
        | WaitKind::Retry { .. } => Err(Refused::WrongWait(key)),
    }
}

fn take_delivery(step: &mut Step<'_>, key: WaitKey, name: &str, variables: Named) -> Result<(), Refused> {
    are_storable(&variables)?;
    let wait = open_wait(step, key)?;
    match &wait.kind {
        WaitKind::Message { name: awaited, .. } if **awaited == *name => {
            fire(step, key, &wait, Payload::Variables(variables))
        }
        WaitKind::Message { .. }
        | WaitKind::Timer { .. }
        | WaitKind::Signal { .. }
        | WaitKind::Completion
        | WaitKind::Condition
        | WaitKind::Called { .. }
        | WaitKind::Continuation { .. }
        | WaitKind::Retry { .. } => Err(Refused::WrongWait(key)),
    }
}

fn take_signal(step: &mut Step<'_>, key: WaitKey, name: &str, variables: Named) -> Result<(), Refused> {
    are_storable(&variables)?;
    let wait = open_wait(step, key)?;
    match &wait.kind {
        WaitKind::Signal { name: awaited } if **awaited == *name => {
            fire(step, key, &wait, Payload::Variables(variables))
        }
        WaitKind::Message { .. }
        | WaitKind::Timer { .. }
        | WaitKind::Signal { .. }
        | WaitKind::Completion
        | WaitKind::Condition
        | WaitKind::Called { .. }
        | WaitKind::Continuation { .. }
        | WaitKind::Retry { .. } => Err(Refused::WrongWait(key)),
    }
}

fn take_time(step: &mut Step<'_>, key: WaitKey) -> Result<(), Refused> {
    let wait = open_wait(step, key)?;
    let due = wait.kind.due().ok_or(Refused::WrongWait(key))?;
    if step.now < due {
        return Err(Refused::NotDue { wait: key, due });
    }
    match &wait.kind {
        WaitKind::Continuation { .. } => {
            triggers::close(step, key);
            if let Some(place) = step.place(wait.node) {
                step.due(wait.node, place, Occurrence::Continued);
            }
            Ok(())
        }
        WaitKind::Retry { effect, .. } => {
            triggers::close(step, key);
            step.queue_shared(effect.clone());
            Ok(())
        }
        WaitKind::Timer { .. }
        | WaitKind::Message { .. }
        | WaitKind::Signal { .. }
        | WaitKind::Completion
        | WaitKind::Condition
        | WaitKind::Called { .. } => fire(step, key, &wait, Payload::Nothing),
    }
}

fn complete(step: &mut Step<'_>, key: WaitKey, variables: Named) -> Result<(), Refused> {
    let wait = completion(step, key, &variables)?;
    for (name, value) in variables {
        step.set_result(wait.node, name, value);
    }
    fire(step, key, &wait, Payload::Nothing)
}

fn throw(
    step: &mut Step<'_>,
    key: WaitKey,
    code: &str,
    message: &str,
    variables: Named,
) -> Result<(), Refused> {
    let wait = completion(step, key, &variables)?;
    if !errors::is_caught(step, wait.node, code) {
        return Err(Refused::Uncaught { code: code.to_owned() });
    }
    for (name, value) in variables {
        step.set_visible(wait.node, name, value);
    }
    errors::raise(step, wait.node, code, message).map_err(|_| Refused::Uncaught { code: code.to_owned() })
}

/// The wait for somebody who says that work is done.
fn completion(step: &Step<'_>, key: WaitKey, variables: &Named) -> Result<Wait, Refused> {
    are_storable(variables)?;
    let wait = open_wait(step, key)?;
    if wait.kind != WaitKind::Completion {
        return Err(Refused::WrongWait(key));
    }
    if triggers::waiting(step, &wait).is_none() {
        let process = step.program.process_id.clone();
        return Err(Refused::UnknownElement { process, element: wait.element });
    }
    Ok(wait)
}

fn fire(step: &mut Step<'_>, key: WaitKey, wait: &Wait, payload: Payload) -> Result<(), Refused> {
    let Some(waiting) = triggers::waiting(step, wait) else {
        let process = step.program.process_id.clone();
        return Err(Refused::UnknownElement { process, element: wait.element.clone() });
    };
    triggers::fire(step, key, wait, &waiting, payload);
    Ok(())
}

fn retry(step: &mut Step<'_>, key: IncidentKey) -> Result<(), Refused> {
    is_running(step)?;
    let incident = step.instance.incidents.get(&key).cloned().ok_or(Refused::UnknownIncident(key))?;
    let Some(place) = step.place(incident.node) else {
        let process = step.program.process_id.clone();
        return Err(Refused::UnknownElement { process, element: incident.element.clone() });
    };
    step.emit(Fact::IncidentResolved { incident: key });
    match &incident.effect {
        Some(effect) => step.queue_shared(effect.clone()),
        None => step.due(incident.node, place, Occurrence::Begun),
    }
    Ok(())
}

fn set_variables(step: &mut Step<'_>, node: NodeKey, variables: Named) -> Result<(), Refused> {
    is_running(step)?;
    are_storable(&variables)?;
    if step.instance.node(node).is_none() {
        return Err(Refused::UnknownNode(node));
    }
    step.set_own(node, variables);
    Ok(())
}

pub(super) fn open_wait(step: &Step<'_>, key: WaitKey) -> Result<Wait, Refused> {
    is_running(step)?;
    step.instance.waits.get(&key).cloned().ok_or(Refused::UnknownWait(key))
}

fn is_running(step: &Step<'_>) -> Result<(), Refused> {
    if step.instance.is_running() { is_of_program(step) } else { Err(Refused::NotRunning) }
}

fn is_of_program(step: &Step<'_>) -> Result<(), Refused> {
    is_of(step.instance, step.program)
}

fn is_of(instance: &Instance, program: &Program) -> Result<(), Refused> {
    let expected = &instance.definition.process_id;
    if **expected == *program.process_id {
        return Ok(());
    }
    Err(Refused::WrongProgram { expected: expected.clone(), given: program.process_id.clone() })
}

fn are_storable(variables: &[(Arc<str>, Arc<Value>)]) -> Result<(), Refused> {
    match variables.iter().find(|(_, value)| !is_storable(value)) {
        Some((name, _)) => Err(Refused::ValueTooDeep { name: name.clone(), max: VALUE_DEPTH_MAX }),
        None => Ok(()),
    }
}

impl Step<'_> {
    /// Ends the instance: nothing is active any more, senders are told.
    pub(super) fn end(&mut self, status: Status, error: Option<&str>) {
        self.cancel_children(NodeKey::ROOT);
        self.close_waits(NodeKey::ROOT);
        if let Some(incident) = self.instance.node(NodeKey::ROOT).and_then(|root| root.incident) {
            self.emit(Fact::IncidentResolved { incident });
        }
        match error {
            Some(error) => self.answer_failed(error),
            None => self.answer_completed(NodeKey::ROOT),
        }
        self.emit(Fact::Ended { status, at: self.now });
    }
}
