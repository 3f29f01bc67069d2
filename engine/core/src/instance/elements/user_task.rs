//! User task: waits until somebody says that it is done, or that it ended with a BPMN error. So does a receive task that
//! names no message.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::variables::View;
use crate::instance::wait::WaitKind;

pub(super) static TABLE: Table = Table {
    element: "user task",
    rows: &[
        Row { from: State::Started, on: Occasion::Begun, to: &[Next::Stay(State::Waiting)], act: begin },
        Row { from: State::Waiting, on: Occasion::Triggered, to: &[Next::DONE], act: pass },
    ],
    leaves: Leaves::EachThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    // What is said about whoever does it is computed when somebody looks; what cannot be needs a human now.
    if let Some(assignment) = &at.element.assignment {
        let view = View::of(step, at.node);
        for (_, template) in assignment.entries() {
            template.evaluate(&view)?;
        }
    }
    step.open_wait(at.node, &at.element.id, WaitKind::Completion);
    Ok(Next::Stay(State::Waiting))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;
    use crate::instance::{Input, Refused, explain};

    const MODEL: &str = r#"<startEvent id="start"/><userTask id="u"><extensionElements><camunda:inputOutput>
          <camunda:inputParameter name="local">1</camunda:inputParameter></camunda:inputOutput></extensionElements></userTask>
        <receiveTask id="r"/><endEvent id="end"/><endEvent id="caught"/>
        <boundaryEvent id="b" attachedToRef="u"><errorEventDefinition errorRef="e"/></boundaryEvent>
        start -> u
        u -> r
        r -> end
        b -> caught"#;

    #[test]
    fn somebody_completes_it_and_leaves_variables() {
        let mut run = Run::start(MODEL);
        assert_eq!(run.places(), "u");
        run.complete("u", json!({"x": 1, "local": 2}));
        assert_eq!(
            (run.variable("x"), run.variable("local")),
            (json!(1), json!(null)),
            "its own stays its own"
        );
        run.complete("r", json!({}));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start u r end"));
    }

    #[test]
    fn whoever_asks_is_told_who_is_to_do_it() {
        let model = r#"<startEvent id="start"/><userTask id="u" camunda:assignee="${who}" camunda:formKey="f"/>
            start -> u"#;
        let run = Run::start_with(model, json!({"who": "anna"}));
        let told = explain(&run.instance, Some(&run.program), run.now).lines.join("\n");
        assert!(
            told.contains("u waits for somebody to complete it (assignee: anna, form: f); began"),
            "{told}"
        );
        assert_eq!(Run::start(model).places(), "u!P501", "nobody could be told");
    }

    #[test]
    fn an_error_is_caught_or_refused() {
        let mut run = Run::start(MODEL);
        let (wait, variables) = (run.completion("u"), Vec::new());
        let (code, message) = ("other".to_owned(), String::new());
        let input =
            Input::Throw { wait, code: code.clone(), message: message.clone(), variables: variables.clone() };
        assert_eq!(run.input(input), Err(Refused::Uncaught { code }));
        run.input(Input::Throw { wait, code: "E".into(), message, variables }).unwrap();
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start -u b caught"));
    }
}
