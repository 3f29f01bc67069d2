//! Service task: a handler works, or an expression is evaluated. A task without either is the work of a handler that
//! bears the task's id.

use std::sync::Arc;

use tessera_bpmn::compile::Kind;

use super::pass;
use crate::effect::Effect;
use crate::instance::calls;
use crate::instance::mappings::storable;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::variables::View;
use crate::plugin::Hook;

pub(super) static TABLE: Table = Table {
    element: "service task",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Working), Next::DONE],
            act: begin,
        },
        Row { from: State::Working, on: Occasion::Answered, to: &[Next::DONE], act: pass },
    ],
    leaves: Leaves::ByEveryThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Kind::ServiceTask(work) = &at.element.kind else { return Ok(Next::DONE) };
    if let (Some(expression), None) = (&work.expression, &work.handler) {
        let value = expression.evaluate(&View::new(step.instance, step.program, at.node))?;
        if let Some(name) = &work.result_variable {
            step.set_visible(at.node, name.as_str().into(), storable(value)?);
        }
        return Ok(Next::DONE);
    }
    let fields = calls::evaluate_fields(step, at.node, &work.fields)?;
    let handler = work.handler.as_deref().map_or_else(|| at.element.id.clone(), Arc::from);
    step.queue(Effect::Call { node: at.node, handler: Some(handler), hook: Hook::ServiceTask, fields, attempt: 1 });
    Ok(Next::Stay(State::Working))
}
