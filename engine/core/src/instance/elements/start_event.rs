//! Start event: the trigger was what made the site (or the subprocess) begin; the token goes on.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;

pub(super) static TABLE: Table = Table {
    element: "start event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::EachThatHolds,
};

#[cfg(test)]
mod tests {
    use crate::instance::tests::run::Run;

    #[test]
    fn the_token_goes_on_and_the_starter_is_answered_at_the_end() {
        let mut run = Run::start_by_message(
            r#"<startEvent id="start"><messageEventDefinition messageRef="m"/></startEvent>
            <serviceTask id="work" camunda:class="W"/><endEvent id="end"/>
            start -> work
            work -> end"#,
        );
        assert_eq!((run.places().as_str(), run.answers()), ("work", vec!["start InProgress".to_owned()]));
        run.done("work");
        assert_eq!(run.path(), "start work end");
        assert_eq!(run.answers(), ["start InProgress", "start Completed"]);
    }
}
