//! Event subprocess: begins when what its start event waits for comes while the scope around it is active; the waiting
//! belongs to that scope. One that interrupts ends all else there. From then on it lives like any subprocess.

use super::sub_process;
use crate::instance::occurrence::{Leaves, Table};

pub(super) static TABLE: Table =
    Table { element: "event subprocess", rows: sub_process::ROWS, leaves: Leaves::EachThatHolds };

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    const MESSAGE: &str = r#"<messageEventDefinition messageRef="m"/>"#;
    const SIGNAL: &str = r#"<signalEventDefinition signalRef="sig"/>"#;
    const TIMER: &str = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
    const CYCLE: &str = "<timerEventDefinition><timeCycle>R/PT1H</timeCycle></timerEventDefinition>";

    fn handler(interrupting: bool, definition: &str) -> String {
        format!(
            r#"<subProcess id="h" triggeredByEvent="true"><startEvent id="h0" isInterrupting="{interrupting}">{definition}</startEvent>
              <userTask id="hu"/><endEvent id="h1"/>
              h0 -> hu
              hu -> h1
            </subProcess>"#
        )
    }

    /// In the process itself, or in a subprocess of it.
    fn models(handler: &str) -> [(String, &'static str); 2] {
        let body = format!(
            r#"<startEvent id="start"/><userTask id="u"/>{handler}
            start -> u"#
        );
        let nested = format!(
            r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/><userTask id="u"/>{handler}
              s0 -> u
            </subProcess>
            start -> sub"#
        );
        [(body, "start"), (nested, "start s0")]
    }

    type Occurs = fn(&mut Run);
    const CASES: [(&str, Occurs, usize); 4] = [
        (MESSAGE, |run| run.message("m", None), 1),
        (SIGNAL, |run| run.signal("s", json!({"x": 1})), 1),
        (TIMER, |run| run.advance(3_600), 0),
        (CYCLE, |run| run.advance(3_600), 1),
    ];

    #[test]
    fn one_that_interrupts_ends_all_else_in_its_scope() {
        for (definition, occurs, _) in CASES {
            for (model, before) in models(&handler(true, definition)) {
                let mut run = Run::start(&model);
                assert_eq!(run.places(), "u");
                occurs(&mut run);
                assert_eq!(
                    (run.places().as_str(), run.path()),
                    ("hu", format!("{before} -u h0")),
                    "{definition}"
                );
                assert_eq!(run.instance.waits().count(), 1, "only the user task waits: {definition}");
                run.complete("hu", json!({}));
                assert_eq!(run.places(), "Completed");
            }
        }
    }

    #[test]
    fn the_others_begin_again_and_again() {
        for (definition, occurs, waits) in CASES {
            for (model, before) in models(&handler(false, definition)) {
                let mut run = Run::start(&model);
                occurs(&mut run);
                assert_eq!(
                    (run.places().as_str(), run.path()),
                    ("hu u", format!("{before} h0")),
                    "{definition}"
                );
                assert_eq!(run.instance.waits().count(), 2 + waits, "{definition}");
                if waits > 0 {
                    occurs(&mut run);
                    assert_eq!(run.places(), "hu hu u");
                    run.complete("hu", json!({}));
                }
                run.complete("u", json!({}));
                assert_eq!(run.places(), "hu", "it ends with its last token, whatever else could begin");
                run.complete("hu", json!({}));
                assert_eq!(run.places(), "Completed");
            }
        }
    }

    #[test]
    fn it_answers_for_the_message_that_began_it() {
        for (model, _) in models(&handler(false, MESSAGE)) {
            let mut run = Run::start(&model);
            run.message("m", None);
            assert_eq!(run.answers(), ["m0 InProgress"]);
            run.complete("hu", json!({}));
            assert_eq!(run.answers(), ["m0 InProgress", "m0 Completed"]);
        }
    }

    #[test]
    fn it_catches_errors_before_the_boundary_does_but_not_its_own() {
        let model = r#"<startEvent id="start"/><subProcess id="sub"><startEvent id="s0"/><serviceTask id="w" camunda:class="H"/>
              <subProcess id="h" triggeredByEvent="true"><startEvent id="h0"><errorEventDefinition errorRef="e" camunda:errorCodeVariable="code"/></startEvent>
                <serviceTask id="repair" camunda:class="H"/>
                h0 -> repair
              </subProcess>
              s0 -> w
            </subProcess><endEvent id="caught"/>
            <boundaryEvent id="b" attachedToRef="sub"><errorEventDefinition errorRef="e"/></boundaryEvent>
            start -> sub
            b -> caught"#;
        let mut run = Run::start(model);
        run.throw("w", "E");
        assert_eq!((run.places().as_str(), run.variable("code")), ("repair", json!("E")));
        run.throw("repair", "E");
        assert_eq!(
            (run.places().as_str(), run.path().as_str()),
            ("Completed", "start s0 -w h0 -repair -h -sub b caught")
        );
    }

    #[test]
    fn a_timer_without_a_value_needs_a_human_and_does_not_stop_the_rest() {
        let timer = "<timerEventDefinition><timeDuration>${d}</timeDuration></timerEventDefinition>";
        let [(model, _), (nested, _)] = models(&handler(true, timer));
        let mut run = Run::start(&model);
        assert_eq!((run.places().as_str(), run.instance.incidents().count()), ("u", 1));
        run.set("d", json!("PT1H"));
        run.retry();
        run.advance(3_600);
        assert_eq!(run.places(), "hu");
        let mut run = Run::start(&model);
        run.complete("u", json!({}));
        assert_eq!((run.places().as_str(), run.instance.incidents().count()), ("Completed", 0));
        assert_eq!(Run::start(&nested).places(), "sub!P501");
    }
}
