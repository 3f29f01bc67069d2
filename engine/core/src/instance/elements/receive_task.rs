//! Receive task: waits for a message.

use tessera_bpmn::compile::{Kind, Trigger};

use super::{misplaced, pass};
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::triggers;

pub(super) static TABLE: Table = Table {
    element: "receive task",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Waiting), Next::DONE],
            act: begin,
        },
        Row { from: State::Waiting, on: Occasion::Triggered, to: &[Next::DONE], act: pass },
    ],
    leaves: Leaves::EachThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Kind::ReceiveTask(message) = &at.element.kind else { return Err(misplaced(at)) };
    triggers::begin_waiting(step, at, &Trigger::Message(message.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    #[test]
    fn iterations_wait_for_a_message_each() {
        let model = r#"<startEvent id="start"/><receiveTask id="r" messageRef="m"><extensionElements><camunda:inputOutput>
              <camunda:inputParameter name="correlationKey">${item}</camunda:inputParameter></camunda:inputOutput></extensionElements>
            <multiInstanceLoopCharacteristics isSequential="SEQ" camunda:collection="${items}" camunda:elementVariable="item"/>
            </receiveTask><endEvent id="end"/>
            start -> r
            r -> end"#;
        for (sequential, places) in [("false", "r r"), ("true", "r")] {
            let mut run = Run::start_with(&model.replace("SEQ", sequential), json!({"items": ["a", "b"]}));
            assert_eq!(run.places(), places);
            run.message("m", Some("a"));
            assert_eq!(run.places(), "r");
            run.message("m", Some("b"));
            assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start r r r#body end"));
        }
    }
}
