//! End event: throws and ends its token; an error ends its scope by another way, a terminate ends all of its scope.

use tessera_bpmn::compile::{ElementIndex, Kind, Throw, Trigger};

use super::multiple_throw::thrown;
use super::{misplaced, pass, sending, throw_event};
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::{Role, State};
use crate::instance::step::{At, Step};
use crate::instance::variables::View;
use crate::instance::{compensation, errors, triggers};

pub(super) static NONE: Table = Table {
    element: "end event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::Every,
};

pub(super) static MESSAGE: Table =
    Table { element: "message end event", rows: sending::ROWS, leaves: Leaves::Every };

pub(super) static SIGNAL: Table = Table {
    element: "signal end event",
    rows: &[Row {
        from: State::Started,
        on: Occasion::Begun,
        to: &[Next::DONE, Next::Gone],
        act: throw_event::throw_signal,
    }],
    leaves: Leaves::Every,
};

pub(super) static ERROR: Table = Table {
    element: "error end event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::Gone], act: throw_error }],
    leaves: Leaves::Every,
};

pub(super) static TERMINATE: Table = Table {
    element: "terminate end event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::Gone], act: terminate }],
    leaves: Leaves::Every,
};

pub(super) static ESCALATION: Table = Table {
    element: "escalation end event",
    rows: &[Row {
        from: State::Started,
        on: Occasion::Begun,
        to: &[Next::DONE, Next::Gone],
        act: throw_event::escalate,
    }],
    leaves: Leaves::Every,
};

pub(super) static COMPENSATION: Table =
    Table { element: "compensation end event", rows: throw_event::COMPENSATING, leaves: Leaves::Every };

pub(super) static CANCEL: Table = Table {
    element: "cancel end event",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Holding), Next::Gone],
            act: cancel,
        },
        Row { from: State::Holding, on: Occasion::Emptied, to: &[Next::Gone], act: cancelled },
    ],
    leaves: Leaves::Every,
};

/// All else in the transaction ends, and what has completed in it is undone.
fn cancel(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    let others = step.instance.node(at.parent).map(|scope| scope.children.clone()).unwrap_or_default();
    for other in others.into_iter().filter(|other| *other != at.node) {
        step.cancel(other);
    }
    triggers::close_starts(step, at.parent);
    if compensation::undo(step, at, None) {
        return Ok(Next::Stay(State::Holding));
    }
    cancelled(step, at, occurrence)
}

/// Then the transaction itself is left by its cancel boundary event; all iterations of it are one.
fn cancelled(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(mut transaction) = step.at(at.parent) else { return Ok(Next::Gone) };
    if let Role::Iteration(_) = transaction.role {
        transaction = step.at(transaction.parent).ok_or_else(|| misplaced(at))?;
    }
    let is_cancel = |index: &&ElementIndex| {
        matches!(step.program.element(**index).kind, Kind::BoundaryEvent { trigger: Trigger::Cancel, .. })
    };
    let event = transaction.element.boundary_events.iter().find(is_cancel).ok_or_else(|| misplaced(at))?;
    step.cancel(transaction.node);
    step.enter(transaction.parent, *event, None);
    Ok(Next::Gone)
}

fn throw_error(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(Throw::Error { code, message }) = thrown(step, at) else { return Err(misplaced(at)) };
    let view = View::of(step, at.node);
    let code = code.evaluate_text(&view)?;
    let message = message.as_ref().map(|message| message.evaluate_text(&view)).transpose()?;
    errors::raise(step, at.node, &code, message.as_deref().unwrap_or_default())?;
    Ok(Next::Gone)
}

fn terminate(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    step.complete(at.node);
    step.cancel_children(at.parent);
    step.token_ended(at.parent);
    Ok(Next::Gone)
}

#[cfg(test)]
mod tests {
    use crate::instance::tests::run::Run;

    fn model(end: &str) -> String {
        format!(
            r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/><serviceTask id="a" camunda:class="H"/><serviceTask id="b" camunda:class="H"/>
              <endEvent id="e0">{end}</endEvent><endEvent id="e1"/>
              s0 -> a
              s0 -> b
              a -> e0
              b -> e1
            </subProcess><endEvent id="end"/><endEvent id="caught"/>
            <boundaryEvent id="b0" attachedToRef="sub"><errorEventDefinition errorRef="e"/></boundaryEvent>
            start -> sub
            sub -> end
            b0 -> caught"#
        )
    }

    #[test]
    fn codes_may_be_computed() {
        let model = model(r#"<errorEventDefinition errorRef="${code}"/>"#);
        for (code, places) in [("E", "Completed"), ("other", "b e0!P503")] {
            let mut run = Run::start_with(&model, serde_json::json!({"code": code}));
            run.done("a");
            assert_eq!(run.places(), places, "{code}");
        }
    }

    #[test]
    fn what_an_end_event_does_to_its_scope() {
        let cases = [
            ("", "b", "start s0 a e0"),
            (r#"<signalEventDefinition signalRef="sig"/>"#, "b", "start s0 a e0"),
            ("<terminateEventDefinition/>", "Completed", "start s0 a e0 -b sub end"),
            (r#"<errorEventDefinition errorRef="e"/>"#, "Completed", "start s0 a -e0 -b -sub b0 caught"),
        ];
        for (end, places, path) in cases {
            let mut run = Run::start(&model(end));
            assert_eq!(run.places(), "a b");
            run.done("a");
            assert_eq!((run.places().as_str(), run.path().as_str()), (places, path), "{end}");
        }
    }

    #[test]
    fn an_uncaught_error_needs_a_human() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><endEvent id="end"><errorEventDefinition errorRef="e"/></endEvent>
            start -> end"#,
        );
        assert_eq!(run.places(), "end!P503");
        run.retry();
        assert_eq!(run.places(), "end!P503");
    }
}
