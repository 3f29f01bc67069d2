//! Intermediate catch event: waits for a message, a point in time or a signal.

use tessera_bpmn::compile::Kind;

use super::{misplaced, pass};
use crate::instance::occurrence::{Leaves, Next, Occasion, Occurrence, Row, Table, Trouble};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::triggers;

pub(super) static TABLE: Table = Table {
    element: "catch event",
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
    let Kind::CatchEvent(trigger) = &at.element.kind else { return Err(misplaced(at)) };
    triggers::begin_waiting(step, at, trigger)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    fn model(definition: &str) -> String {
        format!(
            r#"<startEvent id="start"/><intermediateCatchEvent id="c">{definition}</intermediateCatchEvent><endEvent id="end"/>
            start -> c
            c -> end"#
        )
    }

    #[test]
    fn times_are_dates_durations_or_cycles() {
        let timer = |kind: &str, text: &str| {
            model(&format!("<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"))
        };
        // The clock starts at 2030-01-01T00:00:00Z.
        let cases = [
            ("timeDuration", "PT20S", json!({}), Some(20)),
            ("timeDuration", "${d}", json!({"d": "PT1M30S"}), Some(90)),
            ("timeDuration", "P1M", json!({}), Some(31 * 86_400)),
            ("timeDuration", "${d}", json!({"d": "soon"}), None),
            ("timeDate", "2030-01-01T00:00:07Z", json!({}), Some(7)),
            ("timeDate", "2030-01-01T01:00:07+01:00", json!({}), Some(7)),
            ("timeDate", "${d}", json!({"d": "2030-01-02"}), Some(86_400)),
            ("timeDate", "2029-01-01T00:00:00", json!({}), Some(0)),
            ("timeCycle", "R3/PT10S", json!({}), Some(10)),
            ("timeCycle", "${d}", json!({"d": "R/PT0S"}), None),
        ];
        for (kind, text, variables, due) in cases {
            let mut run = Run::start_with(&timer(kind, text), variables);
            let Some(due) = due else {
                assert_eq!(run.places(), "c!P504", "{kind} {text}");
                continue;
            };
            if due > 0 {
                run.advance(due - 1);
                assert_eq!(run.places(), "c", "{kind} {text}");
            }
            run.advance(1);
            assert_eq!(run.places(), "Completed", "{kind} {text}");
        }
    }

    #[test]
    fn a_message_waits_for_the_nearest_correlation_key() {
        let definition = r#"<messageEventDefinition messageRef="m"/>"#;
        let mut run = Run::start_with(&model(definition), json!({"correlationKey": "k"}));
        run.message("m", Some("k"));
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start c end"));
        assert_eq!(run.answers(), ["m0 InProgress", "m0 Completed"]);
    }

    #[test]
    fn a_signal_brings_its_variables() {
        let mut run = Run::start(&model(r#"<signalEventDefinition signalRef="sig"/>"#));
        run.signal("s", json!({"x": 1}));
        assert_eq!((run.places().as_str(), run.variable("x")), ("Completed", json!(1)));
    }
}
