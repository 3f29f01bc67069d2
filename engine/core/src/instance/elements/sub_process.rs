//! Embedded subprocess: a scope. It is done when the last token in it has ended, and then answers for the messages that
//! it took.

use std::sync::Arc;

use serde_json::Value;
use tessera_bpmn::compile::Kind;

use super::misplaced;
use crate::instance::fact::Fact;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::triggers;

pub(super) static TABLE: Table = Table { element: "subprocess", rows: ROWS, leaves: Leaves::EachThatHolds };

/// One that a cancel end event can undo: see there.
pub(super) static TRANSACTION: Table =
    Table { element: "transaction", rows: ROWS, leaves: Leaves::EachThatHolds };

/// The life of all that contains something and is no process.
pub(super) static ROWS: &[Row] = &[
    Row { from: State::Started, on: Occasion::Begun, to: &[Next::Stay(State::Holding)], act: begin },
    Row { from: State::Holding, on: Occasion::Emptied, to: &[Next::DONE], act: end },
];

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    prepare(step, at)?;
    let scope = step.program.scope(at.index);
    if let Kind::EventSubProcess { .. } = at.element.kind {
        let by = step.instance.node(at.node).and_then(|node| node.by.clone());
        let start = by.and_then(|start| step.program.find(&start));
        let start = start.filter(|start| scope.start_events.contains(start));
        let Some(start) = start.or_else(|| scope.start_events.first().copied()) else {
            return Err(misplaced(at));
        };
        step.enter(at.node, start, None);
    } else if scope.start_events.is_empty() {
        step.enter_all(at.node, &scope.implicit_starts);
    } else {
        step.enter_all(at.node, &scope.start_events);
    }
    Ok(Next::Stay(State::Holding))
}

/// Opens what the event subprocesses wait for, and declares the data objects.
pub(in crate::instance) fn prepare(step: &mut Step<'_>, at: At<'_>) -> Result<(), Trouble> {
    triggers::open_event_sub_processes(step, at)?;
    for name in &step.program.scope(at.index).data_objects {
        step.emit(Fact::VariableSet { node: at.node, name: name.clone(), value: Arc::new(Value::Null) });
    }
    Ok(())
}

fn end(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    step.answer_completed(at.node);
    Ok(Next::DONE)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    #[test]
    fn it_ends_with_its_last_token_and_answers_for_its_messages() {
        let mut run = Run::start(
            r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/>
              <intermediateCatchEvent id="c"><messageEventDefinition messageRef="m"/></intermediateCatchEvent><serviceTask id="w" camunda:class="H"/>
              s0 -> c
              c -> w
            </subProcess><serviceTask id="after" camunda:class="H"/>
            start -> sub
            sub -> after"#,
        );
        run.message("m", None);
        assert_eq!((run.places().as_str(), run.answers()), ("w", vec!["m0 InProgress".to_owned()]));
        run.done("w");
        assert_eq!((run.places().as_str(), run.path().as_str()), ("after", "start s0 c w sub"));
        assert_eq!(run.answers(), ["m0 InProgress", "m0 Completed"]);
    }

    #[test]
    fn its_variables_end_with_it() {
        let mut run = Run::start_with(
            r#"<startEvent id="start"/><subProcess id="sub"><extensionElements><camunda:inputOutput>
                <camunda:inputParameter name="inner">${x}</camunda:inputParameter>
                <camunda:outputParameter name="y">${inner + local}</camunda:outputParameter></camunda:inputOutput></extensionElements>
              <startEvent id="s0"/><serviceTask id="w" camunda:class="H"/>
              s0 -> w
            </subProcess><serviceTask id="after" camunda:class="H"/>
            start -> sub
            sub -> after"#,
            json!({"x": 1}),
        );
        run.done_with("w", json!({"local*": 2}));
        assert_eq!(
            (run.variable("inner"), run.variable("local"), run.variable("y")),
            (json!(null), json!(null), json!(3))
        );
    }
}
