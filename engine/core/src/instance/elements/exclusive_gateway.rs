//! Exclusive gateway: each token by itself, one way out.

use super::pass;
use crate::instance::occurrence::{Leaves, Next, Occasion, Row, Table};
use crate::instance::state::State;

pub(super) static TABLE: Table = Table {
    element: "exclusive gateway",
    rows: &[Row { from: State::Started, on: Occasion::Begun, to: &[Next::DONE], act: pass }],
    leaves: Leaves::FirstThatHolds,
};

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::instance::tests::run::Run;

    const SPLIT: &str = r#"<startEvent id="start"/><exclusiveGateway id="g"/><endEvent id="a"/><endEvent id="b"/>
        start -> g
        g -> a if ${x >= 1}
        g -> b if ${x >= 2}"#;
    const DEFAULT: &str = r#"<startEvent id="start"/><exclusiveGateway id="g" default="g_a"/><endEvent id="a"/><endEvent id="b"/>
        start -> g
        g -> a
        g -> b if ${x == 1}"#;
    const MERGE: &str = r#"<startEvent id="start"/><task id="f"/><exclusiveGateway id="g"/><endEvent id="a"/>
        start -> f
        f -> g
        f -> g2
        <task id="g2"/>
        g2 -> g
        g -> a"#;

    #[test]
    fn one_token_one_way() {
        let cases: [(&str, &str, Value, &str, &str); 6] = [
            (
                "the first flow that holds, in document order",
                SPLIT,
                json!({"x": 2}),
                "Completed",
                "start g a",
            ),
            ("no flow that holds", SPLIT, json!({"x": 0}), "g!P502", "start"),
            ("a condition without a value", SPLIT, json!({}), "g!P501", "start"),
            ("the default flow", DEFAULT, json!({"x": 2}), "Completed", "start g a"),
            ("not the default flow", DEFAULT, json!({"x": 1}), "Completed", "start g b"),
            ("merging does not wait", MERGE, json!({}), "Completed", "start f g a g2 g a"),
        ];
        for (case, model, variables, places, path) in cases {
            let run = Run::start_with(model, variables);
            assert_eq!((run.places().as_str(), run.path().as_str()), (places, path), "{case}");
        }
    }

    #[test]
    fn a_repaired_variable_and_a_retry_move_it_on() {
        let mut run = Run::start_with(SPLIT, json!({"x": 0}));
        run.retry();
        assert_eq!(run.places(), "g!P502");
        run.set("x", json!(1));
        run.retry();
        assert_eq!((run.places().as_str(), run.path().as_str()), ("Completed", "start g a"));
    }
}
