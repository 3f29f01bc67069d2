//! The elements of BPMN, one file each: a table of its life cycle (in this state, when this occurs, do that, then it is
//! there) and the decisions that the table names. A new element is a file and one line in [`table`].

#![allow(
    clippy::unnecessary_wraps,
    clippy::needless_pass_by_value,
    reason = "the actions of all tables have one signature"
)]

pub(super) mod ad_hoc_sub_process;
pub(super) mod boundary_event;
pub(super) mod multi_instance;

mod call_activity;
mod catch_event;
mod complex_gateway;
mod end_event;
mod event_based_gateway;
mod event_sub_process;
mod exclusive_gateway;
pub(super) mod inclusive_gateway;
mod instantiating_gateway;
mod link;
mod multiple_throw;
mod parallel_gateway;
mod process;
mod receive_task;
mod send_task;
mod sending;
mod service_task;
mod standard_loop;
mod start_event;
pub(super) mod sub_process;
mod task;
mod throw_event;
mod undoing;
mod user_task;

use tessera_bpmn::compile::{Element, Kind, Throw};

use super::incident;
use super::occurrence::{Next, Occurrence, Table, Trouble};
use super::state::{Role, State};
use super::step::{At, Step};

/// The table that an activation lives by.
pub(super) fn table(element: &Element, role: Role) -> &'static Table {
    match role {
        Role::Body if element.standard_loop.is_some() => return &standard_loop::TABLE,
        Role::Body => return &multi_instance::TABLE,
        Role::Restored => return &undoing::TABLE,
        Role::Element | Role::Iteration(_) | Role::Flow => {}
    }
    match &element.kind {
        Kind::Process(_) => &process::TABLE,
        Kind::SubProcess(_) => &sub_process::TABLE,
        Kind::Transaction(_) => &sub_process::TRANSACTION,
        Kind::AdHocSubProcess { .. } => &ad_hoc_sub_process::TABLE,
        Kind::EventSubProcess { .. } => &event_sub_process::TABLE,
        Kind::StartEvent(_) => &start_event::TABLE,
        Kind::CatchEvent(_) => &catch_event::TABLE,
        Kind::BoundaryEvent { .. } => &boundary_event::TABLE,
        Kind::ThrowEvent(Throw::Message(_)) => &throw_event::MESSAGE,
        Kind::ThrowEvent(Throw::Signal { .. }) => &throw_event::SIGNAL,
        Kind::ThrowEvent(Throw::Escalation { .. }) => &throw_event::ESCALATION,
        Kind::ThrowEvent(Throw::Compensation { .. }) => &throw_event::COMPENSATION,
        Kind::ThrowEvent(Throw::Several(_)) => &multiple_throw::THROW,
        Kind::ThrowEvent(Throw::None | Throw::Error { .. } | Throw::Terminate | Throw::Cancel) => {
            &throw_event::NONE
        }
        Kind::EndEvent(Throw::Several(_)) => &multiple_throw::END,
        Kind::EndEvent(Throw::None) => &end_event::NONE,
        Kind::EndEvent(Throw::Message(_)) => &end_event::MESSAGE,
        Kind::EndEvent(Throw::Signal { .. }) => &end_event::SIGNAL,
        Kind::EndEvent(Throw::Escalation { .. }) => &end_event::ESCALATION,
        Kind::EndEvent(Throw::Error { .. }) => &end_event::ERROR,
        Kind::EndEvent(Throw::Compensation { .. }) => &end_event::COMPENSATION,
        Kind::EndEvent(Throw::Cancel) => &end_event::CANCEL,
        Kind::EndEvent(Throw::Terminate) => &end_event::TERMINATE,
        Kind::Task => &task::TABLE,
        Kind::ServiceTask(_) => &service_task::TABLE,
        Kind::SendTask(_) => &send_task::TABLE,
        Kind::ReceiveTask(_) => &receive_task::TABLE,
        Kind::UserTask => &user_task::TABLE,
        Kind::CallActivity(_) => &call_activity::TABLE,
        Kind::ExclusiveGateway => &exclusive_gateway::TABLE,
        Kind::ParallelGateway => &parallel_gateway::TABLE,
        Kind::InclusiveGateway => &inclusive_gateway::TABLE,
        Kind::ComplexGateway { .. } => &complex_gateway::TABLE,
        Kind::Link => &link::TABLE,
        Kind::EventBasedGateway => &event_based_gateway::TABLE,
        Kind::InstantiatingGateway { .. } => &instantiating_gateway::TABLE,
    }
}

/// Does what the element's table says.
pub(super) fn act(
    step: &mut Step<'_>,
    at: At<'_>,
    state: State,
    occurrence: Occurrence,
) -> Result<Next, Trouble> {
    let table = table(at.element, at.role);
    let on = occurrence.occasion();
    let Some(row) = table.rows.iter().find(|row| row.from == state && row.on == on) else {
        let message = format!("{} `{}` has no rule for {on:?} while {state:?}", table.element, at.element.id);
        return Err(Trouble::new(&incident::NO_RULE, message));
    };
    let next = (row.act)(step, at, occurrence);
    debug_assert!(next.as_ref().map_or(true, |next| row.to.contains(next)), "{}: {state:?}", table.element);
    #[cfg(test)]
    super::tests::coverage::record(table, row, &next);
    next
}

/// An action was asked for something that its table does not lead to.
fn misplaced(at: At<'_>) -> Trouble {
    Trouble::new(&incident::NO_RULE, format!("`{}` was treated as what it is not", at.element.id))
}

/// Does nothing: the work is done.
fn pass(_: &mut Step<'_>, _: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    Ok(Next::DONE)
}

/// All tables, so that a test can tell which rows were never taken.
#[cfg(test)]
pub(super) static TABLES: &[&Table] = &[
    &multi_instance::TABLE,
    &standard_loop::TABLE,
    &undoing::TABLE,
    &process::TABLE,
    &sub_process::TABLE,
    &sub_process::TRANSACTION,
    &ad_hoc_sub_process::TABLE,
    &event_sub_process::TABLE,
    &start_event::TABLE,
    &catch_event::TABLE,
    &boundary_event::TABLE,
    &throw_event::NONE,
    &throw_event::MESSAGE,
    &throw_event::SIGNAL,
    &throw_event::ESCALATION,
    &throw_event::COMPENSATION,
    &end_event::NONE,
    &end_event::MESSAGE,
    &end_event::SIGNAL,
    &end_event::ERROR,
    &end_event::ESCALATION,
    &end_event::TERMINATE,
    &end_event::COMPENSATION,
    &end_event::CANCEL,
    &multiple_throw::THROW,
    &multiple_throw::END,
    &task::TABLE,
    &service_task::TABLE,
    &send_task::TABLE,
    &receive_task::TABLE,
    &user_task::TABLE,
    &call_activity::TABLE,
    &exclusive_gateway::TABLE,
    &parallel_gateway::TABLE,
    &inclusive_gateway::TABLE,
    &complex_gateway::TABLE,
    &link::TABLE,
    &event_based_gateway::TABLE,
    &instantiating_gateway::TABLE,
];
