//! Standard loop: one body around the rounds of an activity. After each round, and before the first one too if the model
//! says so, the condition decides whether another follows; `loopMaximum` ends it in any case. A round knows its number as
//! `loopCounter`, from 0.

use tessera_bpmn::compile::StandardLoop;

use super::misplaced;
use super::multi_instance::{begin_iteration, count_ended};
use crate::identity::NodeKey;
use crate::instance::compensation;
use crate::instance::fact::Fact;
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Place, Step};
use crate::instance::variables::View;

pub(super) static TABLE: Table = Table {
    element: "loop",
    rows: &[
        Row {
            from: State::Started,
            on: Occasion::Begun,
            to: &[Next::Stay(State::Holding), Next::DONE],
            act: begin,
        },
        Row {
            from: State::Holding,
            on: Occasion::IterationEnded,
            to: &[Next::Stay(State::Holding), Next::DONE],
            act: go_on,
        },
    ],
    leaves: Leaves::EachThatHolds,
};

fn begin(step: &mut Step<'_>, at: At<'_>, _: Occurrence) -> Result<Next, Trouble> {
    let Some(plan) = &at.element.standard_loop else { return Err(misplaced(at)) };
    let total = plan.maximum.unwrap_or(u32::MAX);
    if total == 0 || (plan.test_before && !holds(step, at.node, plan)?) {
        return Ok(Next::DONE);
    }
    step.emit(Fact::IterationsPlanned { node: at.node, total, items: None });
    round(step, at, 0);
    Ok(Next::Stay(State::Holding))
}

fn round(step: &mut Step<'_>, at: At<'_>, index: u32) {
    let node = begin_iteration(step, at, None, index, None);
    step.emit(Fact::IterationsCounted { node: at.node, started: index.saturating_add(1), ended: index });
    step.due(node, Place::Element(at.index), Occurrence::Begun);
}

fn holds(step: &Step<'_>, node: NodeKey, plan: &StandardLoop) -> Result<bool, Trouble> {
    let Some(condition) = &plan.condition else { return Ok(true) };
    Ok(condition.evaluate_condition(&View::of(step, node))?)
}

/// A round has done its work; the condition sees its variables once more.
pub(super) fn end_round(
    step: &mut Step<'_>,
    at: At<'_>,
    index: u32,
    plan: &StandardLoop,
) -> Result<Next, Trouble> {
    let last = plan.maximum.is_some_and(|maximum| index.saturating_add(1) >= maximum);
    let enough = last || !holds(step, at.node, plan)?;
    compensation::keep(step, at);
    count_ended(step, at.node, at.parent, Place::Element(at.index), enough);
    Ok(Next::Gone)
}

fn go_on(step: &mut Step<'_>, at: At<'_>, occurrence: Occurrence) -> Result<Next, Trouble> {
    if matches!(occurrence, Occurrence::IterationEnded { satisfied: true }) {
        return Ok(Next::DONE);
    }
    let counts = step.instance.node(at.node).and_then(|body| body.iterations.as_deref());
    let Some(started) = counts.map(|counts| counts.started) else { return Err(misplaced(at)) };
    round(step, at, started);
    Ok(Next::Stay(State::Holding))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::instance::tests::run::Run;

    fn model(attributes: &str, condition: &str) -> String {
        format!(
            r#"<startEvent id="start"/><userTask id="u"><standardLoopCharacteristics {attributes}>{condition}</standardLoopCharacteristics></userTask>
            <endEvent id="end"/><endEvent id="x"/>
            <boundaryEvent id="b" attachedToRef="u"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></boundaryEvent>
            start -> u
            u -> end
            b -> x"#
        )
    }

    const AGAIN: &str = "<loopCondition>${again}</loopCondition>";
    const COUNTED: &str = "<loopCondition>${loopCounter &lt; 2}</loopCondition>";

    #[test]
    fn rounds_follow_one_another_while_the_condition_holds() {
        // Attributes, condition, what each round sets, and the rounds that there are.
        let cases: [(&str, &str, Value, usize); 7] = [
            ("", AGAIN, json!(false), 1),
            ("", AGAIN, json!(true), 3),
            (r#"testBefore="true""#, AGAIN, json!(false), 0),
            (r#"testBefore="true""#, AGAIN, json!(true), 3),
            (r#"loopMaximum="2""#, AGAIN, json!(true), 2),
            (r#"loopMaximum="2""#, "", json!(true), 2),
            (r#"loopMaximum="0""#, "", json!(true), 0),
        ];
        for (attributes, condition, again, rounds) in cases {
            let mut run = Run::start_with(&model(attributes, condition), json!({"again": again}));
            for round in 0..rounds {
                assert_eq!(run.places(), "u", "{attributes} {condition} {round}");
                run.complete("u", json!({"again": again == json!(true) && round < 2}));
            }
            assert_eq!(run.places(), "Completed", "{attributes} {condition}");
            assert_eq!(run.path(), format!("start {}u#body end", "u ".repeat(rounds)));
        }
    }

    #[test]
    fn a_round_knows_its_number() {
        let mut run = Run::start(&model("", COUNTED));
        for _ in 0..3 {
            run.complete("u", json!({}));
        }
        assert_eq!(run.places(), "Completed");
    }

    #[test]
    fn a_boundary_event_ends_the_whole_loop() {
        let mut run = Run::start_with(&model("", AGAIN), json!({"again": true}));
        run.complete("u", json!({}));
        run.advance(3_600);
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start u -u -u#body b x"));
    }

    #[test]
    fn a_condition_without_a_value_needs_a_human() {
        let mut run = Run::start(&model("", AGAIN));
        run.complete("u", json!({}));
        assert_eq!(run.places(), "u!P501");
        run.set("again", json!(false));
        run.retry();
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start u u#body end"));
    }
}
