//! Boundary event: entered when what it waits for comes while its activity is active; the waiting itself belongs to the
//! activity. A non-interrupting one keeps waiting: for the next message or signal, or the next round of a cycle.

use super::pass;
use crate::identity::WaitKey;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;
use crate::instance::step::{At, Step};
use crate::instance::wait::{Wait, WaitKind};
use crate::instance::{timers, triggers};

pub(super) static TABLE: Table = Table {
    element: "boundary event",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::EachThatHolds,
};

/// What remains to be waited for after a non-interrupting event.
pub(in crate::instance) fn rearm(step: &mut Step<'_>, at: At<'_>, key: WaitKey, wait: &Wait) {
    match &wait.kind {
        WaitKind::Timer { due, repeat } => {
            triggers::close(step, key);
            if let Some(kind) = repeat.as_ref().and_then(|repeat| timers::next(*due, repeat, step.now)) {
                step.open_wait(at.node, &wait.element, kind);
            }
        }
        WaitKind::Message { .. }
        | WaitKind::Signal { .. }
        | WaitKind::Completion
        | WaitKind::Condition
        | WaitKind::Called { .. }
        | WaitKind::Continuation { .. }
        | WaitKind::Retry { .. } => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::instance::tests::run::Run;

    fn model(cancel: bool, definition: &str) -> String {
        format!(
            r#"<startEvent id="start"/><serviceTask id="w" camunda:class="H"/><endEvent id="end"/><endEvent id="x"/>
            <boundaryEvent id="b" attachedToRef="w" cancelActivity="{cancel}">{definition}</boundaryEvent>
            start -> w
            w -> end
            b -> x"#
        )
    }

    const MESSAGE: &str = r#"<messageEventDefinition messageRef="m"/>"#;
    const SIGNAL: &str = r#"<signalEventDefinition signalRef="sig"/>"#;
    const TIMER: &str = "<timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition>";
    const CYCLE: &str = "<timerEventDefinition><timeCycle>R2/PT1H</timeCycle></timerEventDefinition>";

    #[test]
    fn interrupting_events_end_the_activity() {
        type Occurs = fn(&mut Run);
        let cases: [(&str, Occurs); 3] = [
            (MESSAGE, |run| run.message("m", None)),
            (SIGNAL, |run| run.signal("s", json!({}))),
            (TIMER, |run| run.advance(3_600)),
        ];
        for (definition, occurs) in cases {
            let mut run = Run::start(&model(true, definition));
            occurs(&mut run);
            assert_eq!(
                (run.places().as_str(), run.path().as_str()),
                ("Completed", "start -w b x"),
                "{definition}"
            );
        }
    }

    #[test]
    fn the_others_leave_it_alone() {
        type Occurs = fn(&mut Run);
        let cases: [(&str, Occurs, usize); 4] = [
            (MESSAGE, |run| run.message("m", None), 1),
            (SIGNAL, |run| run.signal("s", json!({})), 1),
            (TIMER, |run| run.advance(3_600), 0),
            (CYCLE, |run| run.advance(3_600), 1),
        ];
        for (definition, occurs, waits) in cases {
            let mut run = Run::start(&model(false, definition));
            occurs(&mut run);
            assert_eq!((run.places().as_str(), run.path().as_str()), ("w", "start b x"), "{definition}");
            assert_eq!(run.instance.waits().count(), waits, "{definition}");
            run.done("w");
            assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start b x w end"));
        }
    }

    #[test]
    fn a_bounded_cycle_ends_and_a_message_is_answered() {
        let mut run = Run::start(&model(false, CYCLE));
        run.advance(36_000);
        assert_eq!(run.path(), "start b x b x");
        let mut run = Run::start(&model(true, MESSAGE));
        run.message("m", None);
        assert_eq!(run.answers(), ["m0 InProgress", "m0 Completed"]);
    }
}
